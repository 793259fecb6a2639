// name: anomalies_of
// purpose: anomalies of events and items that stood at a seq
// parameters: items, known, seqs
// returns: rows: [seq, item, code, pointer, detail, rec], 1,000 a row
// order: none
// anchor: Anomaly.seq, Anomaly.item
// cost: O(anomalies)
CALL () {
  UNWIND $seqs AS seq
  MATCH (a:Anomaly {seq: seq}) WHERE a.rec <= $known AND a.void > $known RETURN a
  UNION ALL
  UNWIND $items AS item
  MATCH (a:Anomaly {item: item}) WHERE a.rec <= $known AND a.void > $known RETURN a
}
WITH collect([a.seq, a.item, a.code, a.pointer, a.detail, a.rec]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
