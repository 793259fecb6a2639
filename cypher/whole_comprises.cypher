// name: whole_comprises
// purpose: a stretch of a projection table, for comparison
// parameters: high, low
// returns: rows: [lot node, serial node, at, rest, since, until, rec, void], 1,000 a row
// order: by (serial, lot, since, until, at, rest, rec)
// anchor: Item.node
// cost: O(rows of the stretch)
MATCH (s:Item)<-[r:COMPRISES]-(l:Item) WHERE s.node > $low AND s.node <= $high
WITH s, r, l ORDER BY s.node, l.node, r.since, r.until, r.at, r.rest, r.rec
WITH collect([l.node, s.node, r.at, r.rest, r.since, r.until, r.rec, r.void]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
