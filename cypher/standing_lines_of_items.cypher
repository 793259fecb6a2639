// name: standing_lines_of_items
// purpose: standing lines on items, or with $lots on serials of lots, whole
// parameters: lots, nodes, stands
// returns: rows: [seq, pos, role, flow, item node, hub, at, lot, via, pooled, quantity, unit, rec], 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(lines of the items)
UNWIND $nodes AS node
MATCH (l:Item&Traced {node: node})
CALL (l) {
  WITH l RETURN l AS i, false AS named
  UNION ALL
  WITH l WHERE $lots MATCH (l)-[:COMPRISES]->(i:Item) RETURN DISTINCT i, true AS named
}
CALL (l, i, named) {
  MATCH (i)-[r:INPUT]->() WHERE r.void = $stands AND (NOT named OR r.lot = l.node / 4)
  RETURN [r.seq, r.pos, r.role, 1, i.node, r.hub, r.at, r.lot, r.via, r.pooled, r.quantity, r.unit, r.rec] AS row
  UNION ALL
  MATCH (i)<-[r:OUTPUT]-() WHERE r.void = $stands AND (NOT named OR r.lot = l.node / 4)
  RETURN [r.seq, r.pos, r.role, 2, i.node, r.hub, r.at, r.lot, r.via, r.pooled, r.quantity, r.unit, r.rec] AS row
  UNION ALL
  MATCH (i)<-[r:CONCERNS]-() WHERE r.void = $stands AND (NOT named OR r.lot = l.node / 4)
  RETURN [r.seq, r.pos, r.role, 0, i.node, r.hub, r.at, r.lot, r.via, r.pooled, r.quantity, r.unit, r.rec] AS row
}
WITH collect(row) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
