// name: event_rows
// purpose: events by seq
// parameters: seqs
// returns: rows: [seq, source, id, type, start, start_rest, at, at_rest, hub, void, voider], 1,000 a row
// order: none
// anchor: Event.seq
// cost: O(events)
UNWIND $seqs AS seq
MATCH (e:Event {seq: seq})
WITH collect([e.seq, e.source, e.id, e.type, e.start, e.start_rest, e.at, e.at_rest, e.hub, e.void, e.voider]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
