// name: edges_from
// purpose: the walked edges from a stretch of nodes, whatever the cut
// parameters: high, low
// returns: src, dst, at, rec, void: the columns of the edges, in one row
// order: none
// anchor: Traced.node
// cost: O(edges of the stretch)
MATCH (n:Traced) WHERE n.node > $low AND n.node <= $high
MATCH (n)-[r:INPUT|OUTPUT|COMPRISES|POOLED]->(m)
RETURN collect(n.node) AS src, collect(m.node) AS dst, collect(r.at) AS at, collect(r.rec) AS rec,
  collect(r.void) AS void
