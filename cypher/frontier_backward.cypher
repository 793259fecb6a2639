// name: frontier_backward
// purpose: every node one edge backward of a frontier
// parameters: as_of, dated, frontier, known
// returns: nodes: numbers, 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(edges of the frontier)
UNWIND $frontier AS node
MATCH (x:Traced {node: node})<-[r:INPUT|OUTPUT|COMPRISES|POOLED]-(n)
WHERE r.rec <= $known AND r.void > $known AND (NOT $dated OR r.at <= $as_of)
WITH DISTINCT n
WITH collect(n) AS ns
UNWIND range(0, size(ns) - 1, 1000) AS i
RETURN [n IN ns[i..i + 1000] | n.node] AS nodes
