// name: closure_forward
// purpose: every node that one item reaches forward, at most $limit of them
// parameters: as_of, dated, known, limit, seeds
// returns: nodes: numbers of items, pools, events and runs, 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(V + E) of what is reached, by breadth-first pruning
UNWIND $seeds AS seed
MATCH (s:Traced {node: seed})
MATCH p = (s)-[:INPUT|OUTPUT|COMPRISES|POOLED*0..]->(n)
WHERE all(r IN relationships(p)
  WHERE r.rec <= $known AND r.void > $known AND (NOT $dated OR r.at <= $as_of))
WITH DISTINCT n LIMIT $limit
WITH collect(n) AS ns
UNWIND range(0, size(ns) - 1, 1000) AS i
RETURN [n IN ns[i..i + 1000] | n.node] AS nodes
