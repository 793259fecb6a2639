// name: whole_line
// purpose: every line of a stretch of events, ended ones too, for comparison
// parameters: high, low
// returns: rows: [seq, pos, role, flow, item node, hub, at, lot, via, pooled, quantity, unit, rec, void], 1,000 a row
// order: none
// anchor: Event.seq
// cost: O(lines of the events and of their runs)
MATCH (e:Event) WHERE e.seq > $low AND e.seq <= $high
OPTIONAL MATCH (e)-[:PART_OF]->(run:Run)
WITH coalesce(run, e) AS h, collect(DISTINCT e) AS es
CALL (h, es) {
  WITH h, [e IN es | e.seq] AS own
  MATCH (i:Item)-[r:INPUT]->(h) WHERE r.seq IN own
  RETURN [r.seq, r.pos, r.role, 1, i.node, r.hub, r.at, r.lot, r.via, r.pooled, r.quantity, r.unit, r.rec, r.void] AS row
  UNION ALL
  WITH h, [e IN es | e.seq] AS own
  MATCH (h)-[r:OUTPUT]->(i:Item) WHERE r.seq IN own
  RETURN [r.seq, r.pos, r.role, 2, i.node, r.hub, r.at, r.lot, r.via, r.pooled, r.quantity, r.unit, r.rec, r.void] AS row
  UNION ALL
  UNWIND es AS e
  MATCH (e)-[r:CONCERNS]->(i:Item)
  RETURN [r.seq, r.pos, r.role, 0, i.node, r.hub, r.at, r.lot, r.via, r.pooled, r.quantity, r.unit, r.rec, r.void] AS row
}
WITH collect(row) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
