// name: whole_mention
// purpose: a stretch of a projection table, for comparison
// parameters: high, low
// returns: rows: [relationship type, key, seq], 1,000 a row
// order: none
// anchor: Event.seq
// cost: O(rows of the stretch)
MATCH (e:Event)-[r:AT|WITH|UNDER|USES|CITES|BY|DESCRIBES]->(n) WHERE e.seq > $low AND e.seq <= $high
WITH collect([type(r), n.key, e.seq]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
