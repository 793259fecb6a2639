// name: whole_run
// purpose: a stretch of a projection table, for comparison
// parameters: high, low
// returns: rows: [node, key], 1,000 a row
// order: by number
// anchor: Run.node
// cost: O(rows of the stretch)
MATCH (n:Run) WHERE n.node > $low AND n.node <= $high
WITH n ORDER BY n.node
WITH collect([n.node, n.key]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
