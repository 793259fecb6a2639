// name: close_anomalies
// purpose: anomalies that end
// parameters: rows
// returns: -
// order: -
// anchor: Anomaly.seq, Anomaly.item
// cost: O(anomalies)
UNWIND $rows AS r
CALL (r) {
  MATCH (a:Anomaly {seq: nullIf(r[0], 0)}) RETURN a
  UNION ALL
  MATCH (a:Anomaly {item: nullIf(r[1], 0)}) RETURN a
}
WITH a, r
WHERE a.code = r[2] AND a.pointer = r[3] AND a.detail = r[4] AND a.rec = r[5]
SET a.void = r[6]
