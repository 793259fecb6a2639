// name: sums_of_events
// purpose: what standing events took and gave, added up by event, way, product, lot and unit
// parameters: known, seqs
// returns: rows: [seq, hub, flow, product, lot, kind, unit, quantity, known quantities, lines, renamed item node or 0], 1,000 a row
// order: none
// anchor: Event.seq
// cost: O(lines of the events and of their runs)
UNWIND $seqs AS seq
MATCH (e:Event {seq: seq}) WHERE e.void > $known
OPTIONAL MATCH (e)-[:PART_OF]->(run:Run)
WITH coalesce(run, e) AS h, collect(DISTINCT e.seq) AS own
CALL (h, own) {
  MATCH (i:Item)-[r:INPUT]->(h) WHERE r.seq IN own AND r.rec <= $known AND r.void > $known
  RETURN r, i, 1 AS flow
  UNION ALL
  MATCH (h)-[r:OUTPUT]->(i:Item) WHERE r.seq IN own AND r.rec <= $known AND r.void > $known
  RETURN r, i, 2 AS flow
}
WITH r.seq AS seq, r.hub AS hub, flow, i.product AS product,
     CASE i.kind WHEN 1 THEN i.node / 4 ELSE coalesce(r.lot, 0) END AS lot, i.kind AS kind,
     r.unit AS unit, CASE WHEN i.was IS NULL THEN 0 ELSE i.node END AS renamed,
     sum(r.quantity) AS quantity, count(r.quantity) AS measured, count(*) AS lines
WITH collect([seq, hub, flow, product, lot, kind, unit, quantity, measured, lines, renamed]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
