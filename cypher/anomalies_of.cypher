// name: anomalies_of
// purpose: standing anomalies of events and items
// parameters: items, seqs, stands
// returns: rows: [seq, item, code, pointer, detail, rec], 1,000 a row
// order: none
// anchor: Anomaly.seq, Anomaly.item
// cost: O(anomalies)
CALL () {
  UNWIND $seqs AS seq
  MATCH (a:Anomaly {seq: seq}) WHERE a.void = $stands RETURN a
  UNION ALL
  UNWIND $items AS item
  MATCH (a:Anomaly {item: item}) WHERE a.void = $stands RETURN a
}
WITH collect([a.seq, a.item, a.code, a.pointer, a.detail, a.rec]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
