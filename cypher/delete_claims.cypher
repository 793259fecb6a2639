// name: delete_claims
// purpose: claims that the journal does not give
// parameters: rows
// returns: -
// order: -
// anchor: Claim.name
// cost: O(claims)
UNWIND $rows AS r
MATCH (c:Claim {name: r[0], kind: r[1], seq: r[2]})
DELETE c
