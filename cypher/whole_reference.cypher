// name: whole_reference
// purpose: a stretch of a projection table, for comparison
// parameters: high, low
// returns: rows: [target, kind, seq], 1,000 a row
// order: none
// anchor: Reference.seq
// cost: O(rows of the stretch)
MATCH (f:Reference) WHERE f.seq > $low AND f.seq <= $high
WITH collect([f.target, f.kind, f.seq]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
