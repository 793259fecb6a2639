// name: whole_event
// purpose: a stretch of a projection table, for comparison
// parameters: high, low
// returns: rows: [seq, start, start_rest, at, at_rest, hub, voider, void], 1,000 a row
// order: by seq
// anchor: Event.seq
// cost: O(rows of the stretch)
MATCH (e:Event) WHERE e.seq > $low AND e.seq <= $high
WITH e ORDER BY e.seq
WITH collect([e.seq, e.start, e.start_rest, e.at, e.at_rest, e.hub, e.voider, e.void]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
