// name: whole_claim
// purpose: a stretch of a projection table, for comparison
// parameters: high, low
// returns: rows: [name, kind, seq], 1,000 a row
// order: none
// anchor: Claim.seq
// cost: O(rows of the stretch)
MATCH (c:Claim) WHERE c.seq > $low AND c.seq <= $high
WITH collect([c.name, c.kind, c.seq]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
