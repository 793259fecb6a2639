// name: records
// purpose: what names items themselves, with their lots, events and bodies but for the seqs `without`, in one exchange
// parameters: known, nodes, without
// returns: items: as `items`; members: as `comprises_among`; lines: as `lines_of_items`; events: as `event_rows`, and the body; one row
// order: none
// anchor: Traced.node, Event.seq, Entry.seq
// cost: O(lines on the items and on their lots)
UNWIND $nodes AS node
MATCH (i:Item&Traced {node: node})
OPTIONAL MATCH (i)<-[c:COMPRISES]-(l:Item) WHERE c.rec <= $known AND c.void > $known
WITH collect(DISTINCT i) + collect(DISTINCT l) AS found,
     collect(DISTINCT CASE WHEN l IS NOT NULL THEN [l.node, i.node, c.at, c.rest, c.since, c.until] END) AS members
UNWIND found AS own
WITH DISTINCT own, members
OPTIONAL MATCH (own)-[r:INPUT|OUTPUT|CONCERNS]-() WHERE r.rec <= $known AND r.void > $known
WITH members,
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
RETURN items, members, lines, events
