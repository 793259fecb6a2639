// name: materials
// purpose: the product names that bills of materials use
// parameters: -
// returns: rows: [name], one row
// order: none
// anchor: Claim
// cost: O(claims)
MATCH (c:Claim {kind: 'material'})
RETURN collect(DISTINCT [c.name]) AS rows
