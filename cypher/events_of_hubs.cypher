// name: events_of_hubs
// purpose: the standing events of event and run nodes
// parameters: as_of, hubs, known
// returns: rows: [seq, source, id, type, start, start_rest, at, at_rest, hub], 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(events)
UNWIND $hubs AS node
MATCH (h:Traced {node: node})
CALL (h) {
  WITH h WHERE h:Event RETURN h AS e
  UNION ALL
  MATCH (h)<-[:PART_OF]-(e:Event) RETURN e
}
WITH DISTINCT e WHERE e.seq <= $known AND e.void > $known AND e.at <= $as_of
WITH collect([e.seq, e.source, e.id, e.type, e.start, e.start_rest, e.at, e.at_rest, e.hub]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
