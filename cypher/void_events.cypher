// name: void_events
// purpose: events that end, and what voided them
// parameters: rows
// returns: -
// order: -
// anchor: Event.seq
// cost: O(events)
UNWIND $rows AS r
MATCH (e:Event {seq: r[0]})
SET e.void = r[1], e.voider = r[1]
