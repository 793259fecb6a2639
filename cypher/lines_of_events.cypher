// name: lines_of_events
// purpose: the standing lines of events; with $among only those on these items
// parameters: among, known, seqs
// returns: rows: [seq, pos, role, flow, item node, hub, lot, via, pooled, quantity, unit], 1,000 a row
// order: none
// anchor: Event.seq
// cost: O(lines of the events and of their runs)
UNWIND $seqs AS seq
MATCH (e:Event {seq: seq})
OPTIONAL MATCH (e)-[:PART_OF]->(run:Run)
WITH coalesce(run, e) AS h, collect(DISTINCT e) AS es
CALL (h, es) {
  WITH h, [e IN es | e.seq] AS own
  MATCH (i:Item)-[r:INPUT]->(h) WHERE r.seq IN own AND r.rec <= $known AND r.void > $known
    AND ($among IS NULL OR i.node IN $among)
  RETURN [r.seq, r.pos, r.role, 1, i.node, r.hub, r.lot, r.via, r.pooled, r.quantity, r.unit] AS row
  UNION ALL
  WITH h, [e IN es | e.seq] AS own
  MATCH (h)-[r:OUTPUT]->(i:Item) WHERE r.seq IN own AND r.rec <= $known AND r.void > $known
    AND ($among IS NULL OR i.node IN $among)
  RETURN [r.seq, r.pos, r.role, 2, i.node, r.hub, r.lot, r.via, r.pooled, r.quantity, r.unit] AS row
  UNION ALL
  UNWIND es AS e
  MATCH (e)-[r:CONCERNS]->(i:Item) WHERE r.rec <= $known AND r.void > $known
    AND ($among IS NULL OR i.node IN $among)
  RETURN [r.seq, r.pos, r.role, 0, i.node, r.hub, r.lot, r.via, r.pooled, r.quantity, r.unit] AS row
}
WITH collect(row) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
