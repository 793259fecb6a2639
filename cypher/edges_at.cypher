// name: edges_at
// purpose: the walked edges from and to some nodes, whatever the cut
// parameters: nodes
// returns: src, dst, at, rec, void: the columns of the edges, in one row
// order: none
// anchor: Traced.node
// cost: O(edges of the nodes)
UNWIND $nodes AS node
MATCH (n:Traced {node: node})-[r:INPUT|OUTPUT|COMPRISES|POOLED]-()
WITH DISTINCT r
RETURN collect(startNode(r).node) AS src, collect(endNode(r).node) AS dst, collect(r.at) AS at,
  collect(r.rec) AS rec, collect(r.void) AS void
