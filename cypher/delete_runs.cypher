// name: delete_runs
// purpose: runs that the journal does not give
// parameters: nodes
// returns: -
// order: -
// anchor: Traced.node
// cost: O(runs)
UNWIND $nodes AS node
MATCH (n:Run&Traced {node: node})
DETACH DELETE n
