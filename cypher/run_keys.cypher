// name: run_keys
// purpose: keys of runs
// parameters: nodes
// returns: rows: [node, key], 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(runs)
UNWIND $nodes AS node
MATCH (n:Run&Traced {node: node})
WITH collect([n.node, n.key]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
