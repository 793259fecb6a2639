// name: records
// purpose: what names items themselves, with their lots, events and bodies but for the seqs `without`, and how many of their serials events name; of `nodes` and of what groups of `names` were met as; beside it how far readers see (which `known` is, where it is null), and the documents whose uid begins with `prefix`, none for null
// parameters: known, names, nodes, prefix, without
// returns: one row. seq, recorded (microseconds; 0 before the first batch); documents: as `documents`; met: [homes, item as `items`, null for none] for each of names; items: as `items`; members: as `comprises_among`; lines: as `lines_of_items`; events: as `event_rows`, and the body; counts: [lot node, seq, role, serials, whether one was of the lot for a while only]
// order: met as names, documents by id
// anchor: Counter.name, Document.uid, Name.key, Traced.node, Event.seq, Entry.seq
// cost: O(documents of the kind, names, and lines on the items, on their lots and on their serials)
MATCH (c:Counter {name: 'journal'})
OPTIONAL MATCH (b:Batch {last: c.published})
WITH c.published AS seq, coalesce(b.recorded, 0) AS recorded, coalesce($known, c.published) AS known
CALL () {
  MATCH (d:Document) WHERE d.uid STARTS WITH $prefix
  WITH d ORDER BY d.uid
  RETURN collect([d.id, d.version, d.body]) AS documents
}
CALL (known) {
  UNWIND range(0, size($names) - 1) AS place
  CALL (known, place) {
    UNWIND $names[place] AS key
    MATCH (n:Name {key: key}) WHERE n.rec <= known
    WITH n.home AS home ORDER BY home
    RETURN collect(DISTINCT home) AS homes
  }
  OPTIONAL MATCH (i:Item&Traced {node: 4 * homes[0]})
  WITH place, homes, i ORDER BY place
  RETURN collect([homes, CASE WHEN i IS NOT NULL THEN [i.node, i.key, i.kind, i.product, i.number, i.rec, i.void, i.was] END]) AS met,
         collect(i.node) AS named
}
CALL (known, named) {
  UNWIND $nodes + named AS node
  WITH DISTINCT known, node
  MATCH (i:Item&Traced {node: node})
  OPTIONAL MATCH (i)<-[c:COMPRISES]-(l:Item) WHERE c.rec <= known AND c.void > known
  WITH collect(DISTINCT i) AS asked, collect(DISTINCT i) + collect(DISTINCT l) AS found,
       collect(DISTINCT CASE WHEN l IS NOT NULL THEN [l.node, i.node, c.at, c.rest, c.since, c.until] END) AS members
  RETURN asked, found, members
}
CALL (known, asked) {
  UNWIND asked AS lot
  MATCH (lot)-[c:COMPRISES]->(s:Item) WHERE c.rec <= known AND c.void > known
  WITH known, lot, s, max(CASE WHEN c.since <> '' OR c.until <> '' THEN 1 ELSE 0 END) AS spell
  MATCH (s)-[r:INPUT|OUTPUT|CONCERNS]-()
  WHERE r.rec <= known AND r.void > known AND coalesce(r.lot, 0) IN [0, lot.node / 4]
  WITH lot.node AS lot, r.seq AS seq, r.role AS role, count(DISTINCT s) AS serials, max(spell) AS spells
  RETURN collect([lot, seq, role, serials, spells = 1]) AS counts
}
CALL (known, found) {
  UNWIND found AS own
  WITH DISTINCT known, own
  OPTIONAL MATCH (own)-[r:INPUT|OUTPUT|CONCERNS]-() WHERE r.rec <= known AND r.void > known
  RETURN
    collect(DISTINCT [own.node, own.key, own.kind, own.product, own.number, own.rec, own.void, own.was]) AS items,
    collect(CASE WHEN r IS NOT NULL THEN
      [r.seq, r.pos, r.role, CASE type(r) WHEN 'INPUT' THEN 1 WHEN 'OUTPUT' THEN 2 ELSE 0 END,
       own.node, r.hub, r.lot, r.via, r.pooled, r.quantity, r.unit] END) AS lines
}
CALL (lines) {
  UNWIND lines AS line
  WITH DISTINCT line[0] AS seq
  MATCH (e:Event {seq: seq})
  MATCH (j:Entry {seq: seq})
  RETURN collect([e.seq, e.source, e.id, e.type, e.start, e.start_rest, e.at, e.at_rest, e.hub, e.void, e.voider,
                  CASE WHEN seq IN $without THEN null ELSE j.body END]) AS events
}
RETURN seq, recorded, documents, met, items, members, lines, events, counts
