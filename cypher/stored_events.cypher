// name: stored_events
// purpose: events by seq with what was sent
// parameters: seqs
// returns: rows: [seq, source, id, type, start, start_rest, at, at_rest, hub, void, voider, body], 100 a row
// order: none
// anchor: Event.seq
// cost: O(events)
UNWIND $seqs AS seq
MATCH (e:Event {seq: seq})
MATCH (j:Entry {seq: seq})
WITH collect([e.seq, e.source, e.id, e.type, e.start, e.start_rest, e.at, e.at_rest, e.hub, e.void, e.voider, j.body]) AS rows
UNWIND range(0, size(rows) - 1, 100) AS i
RETURN rows[i..i + 100] AS rows
