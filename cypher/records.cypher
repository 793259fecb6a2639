// name: records
// purpose: what names items themselves, with their lots, events and bodies but for the seqs `without`, and how many of their serials events name
// parameters: known, nodes, without
// returns: items: as `items`; members: as `comprises_among`; lines: as `lines_of_items`; events: as `event_rows`, and the body; counts: [lot node, seq, role, serials, whether one was of the lot for a while only]; one row, none for no item
// order: none
// anchor: Traced.node, Event.seq, Entry.seq
// cost: O(lines on the items, on their lots and on their serials)
UNWIND $nodes AS node
MATCH (i:Item&Traced {node: node})
OPTIONAL MATCH (i)<-[c:COMPRISES]-(l:Item) WHERE c.rec <= $known AND c.void > $known
WITH collect(DISTINCT i) AS asked, collect(DISTINCT i) + collect(DISTINCT l) AS found,
     collect(DISTINCT CASE WHEN l IS NOT NULL THEN [l.node, i.node, c.at, c.rest, c.since, c.until] END) AS members
CALL (asked) {
  UNWIND asked AS lot
  MATCH (lot)-[c:COMPRISES]->(s:Item) WHERE c.rec <= $known AND c.void > $known
  WITH lot, s, max(CASE WHEN c.since <> '' OR c.until <> '' THEN 1 ELSE 0 END) AS spell
  MATCH (s)-[r:INPUT|OUTPUT|CONCERNS]-()
  WHERE r.rec <= $known AND r.void > $known AND coalesce(r.lot, 0) IN [0, lot.node / 4]
  WITH lot.node AS lot, r.seq AS seq, r.role AS role, count(DISTINCT s) AS serials, max(spell) AS spells
  RETURN collect([lot, seq, role, serials, spells = 1]) AS counts
}
UNWIND found AS own
WITH DISTINCT own, members, counts
OPTIONAL MATCH (own)-[r:INPUT|OUTPUT|CONCERNS]-() WHERE r.rec <= $known AND r.void > $known
WITH members, counts,
     collect(DISTINCT [own.node, own.key, own.kind, own.product, own.number, own.rec, own.void, own.was]) AS items,
     collect(CASE WHEN r IS NOT NULL THEN
       [r.seq, r.pos, r.role, CASE type(r) WHEN 'INPUT' THEN 1 WHEN 'OUTPUT' THEN 2 ELSE 0 END,
        own.node, r.hub, r.lot, r.via, r.pooled, r.quantity, r.unit] END) AS lines
CALL (lines) {
  UNWIND lines AS line
  WITH DISTINCT line[0] AS seq
  MATCH (e:Event {seq: seq})
  MATCH (j:Entry {seq: seq})
  RETURN collect([e.seq, e.source, e.id, e.type, e.start, e.start_rest, e.at, e.at_rest, e.hub, e.void, e.voider,
                  CASE WHEN seq IN $without THEN null ELSE j.body END]) AS events
}
RETURN items, members, lines, events, counts
