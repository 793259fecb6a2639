// name: active
// purpose: which of some items have a standing line within a window
// parameters: known, nodes, since, until
// returns: nodes: item nodes, one row
// order: none
// anchor: Traced.node
// cost: O(lines of the items)
UNWIND $nodes AS node
MATCH (i:Traced {node: node})
WHERE EXISTS {
  MATCH (i)-[r:INPUT|OUTPUT|CONCERNS]-()
  WHERE r.at >= $since AND r.at <= $until AND r.rec <= $known AND r.void > $known
}
RETURN collect(i.node) AS nodes
