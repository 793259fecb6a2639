// name: whole_anomaly
// purpose: a stretch of a projection table, for comparison
// parameters: high, low
// returns: rows: [seq, item, code, pointer, detail, rec, void], 1,000 a row
// order: none
// anchor: Anomaly
// cost: O(rows of the stretch)
MATCH (a:Anomaly) WHERE a.rec > $low AND a.rec <= $high
WITH collect([a.seq, a.item, a.code, a.pointer, a.detail, a.rec, a.void]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
