// name: closure_many_forward
// purpose: every node that many items reach forward, in one search for all of them
// parameters: as_of, dated, known, limit, rounds, seeds
// returns: nodes: numbers of items, pools, events and runs, 1,000 a row; rest: nodes left unexpanded
// order: none
// anchor: Traced.node
// cost: O(V + E) of what is reached, level by level; rounds without a frontier cost nothing
WITH COLLECT { UNWIND $seeds AS seed MATCH (s:Traced {node: seed}) RETURN DISTINCT s } AS seeds
WITH reduce(acc = {all: seeds, frontier: seeds}, i IN range(1, $rounds) |
  CASE WHEN size(acc.frontier) = 0 OR size(acc.all) > $limit THEN acc ELSE
    [next IN [COLLECT {
        UNWIND acc.frontier AS x
        MATCH (x)-[r:INPUT|OUTPUT|COMPRISES|POOLED]->(n)
        WHERE r.rec <= $known AND r.void > $known AND (NOT $dated OR r.at <= $as_of)
          AND NOT n IN acc.all
        RETURN DISTINCT n }]
      | {all: acc.all + next, frontier: next}][0]
  END) AS acc
WITH acc.all AS ns, size(acc.frontier) AS rest
UNWIND range(0, size(ns) - 1, 1000) AS i
RETURN [n IN ns[i..i + 1000] | n.node] AS nodes, rest
