// name: create_claims
// purpose: product names and materials that product records claim
// parameters: rows
// returns: -
// order: -
// anchor: -
// cost: O(claims)
UNWIND $rows AS r
CREATE (:Claim {name: r[0], kind: r[1], seq: r[2]})
