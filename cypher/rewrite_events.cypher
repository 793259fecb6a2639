// name: rewrite_events
// purpose: events as the journal gives them
// parameters: rows
// returns: -
// order: -
// anchor: Event.seq
// cost: O(events)
UNWIND $rows AS r
MATCH (e:Event {seq: r[0]})
SET e.start = r[1], e.start_rest = r[2], e.at = r[3], e.at_rest = r[4], e.hub = r[5],
    e.voider = r[6], e.void = r[7]
