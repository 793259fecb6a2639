// name: draw_voids
// purpose: voids to the events that they made void
// parameters: rows
// returns: -
// order: -
// anchor: Event.seq
// cost: O(events)
UNWIND $rows AS r
MATCH (e:Event {seq: r[0]})
MATCH (v:Event {seq: r[1]})
MERGE (v)-[:VOIDS]->(e)
