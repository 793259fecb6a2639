// name: create_runs
// purpose: runs
// parameters: rows
// returns: -
// order: -
// anchor: -
// cost: O(runs)
UNWIND $rows AS r
CREATE (:Run:Traced {node: r[0], key: r[1]})
