// name: claims
// purpose: product records that claim names
// parameters: names
// returns: rows: [name, seq], 1,000 a row
// order: by seq
// anchor: Claim.name
// cost: O(claims)
UNWIND $names AS name
MATCH (c:Claim {name: name, kind: 'name'})
WITH c ORDER BY c.seq
WITH collect([c.name, c.seq]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
