// name: runs
// purpose: runs by key
// parameters: keys
// returns: rows: [key, node], 1,000 a row
// order: none
// anchor: Run.key
// cost: O(runs)
UNWIND $keys AS key
MATCH (n:Run {key: key})
WITH collect([n.key, n.node]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
