// name: closure_many_keys_backward
// purpose: every node that many items reach backward, in one search, with the keys of items
// parameters: as_of, dated, known, limit, rounds, seeds
// returns: nodes: numbers of items, pools, events and runs; keys: what items never renamed are called, else null; 1,000 a row; nothing of a search cut short
// order: none
// anchor: Traced.node
// cost: O(V + E) of what is reached, level by level; rounds without a frontier cost nothing
WITH COLLECT { UNWIND $seeds AS seed MATCH (s:Traced {node: seed}) RETURN DISTINCT s } AS seeds
WITH reduce(acc = {all: seeds, frontier: seeds}, i IN range(1, $rounds) |
  CASE WHEN size(acc.frontier) = 0 OR size(acc.all) > $limit THEN acc ELSE
    [next IN [COLLECT {
        UNWIND acc.frontier AS x
        MATCH (x)<-[r:INPUT|OUTPUT|COMPRISES|POOLED]-(n)
        WHERE r.rec <= $known AND r.void > $known AND (NOT $dated OR r.at <= $as_of)
          AND NOT n IN acc.all
        RETURN DISTINCT n }]
      | {all: acc.all + next, frontier: next}][0]
  END) AS acc
WITH acc.all AS ns WHERE size(acc.frontier) = 0
UNWIND range(0, size(ns) - 1, 1000) AS i
RETURN [n IN ns[i..i + 1000] | n.node] AS nodes,
  [n IN ns[i..i + 1000] |
    CASE WHEN NOT n:Renamed AND n.rec <= $known AND n.void > $known THEN n.key END] AS keys
