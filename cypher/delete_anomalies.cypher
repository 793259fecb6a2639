// name: delete_anomalies
// purpose: anomalies that the journal does not give
// parameters: rows
// returns: -
// order: -
// anchor: Anomaly.seq, Anomaly.item
// cost: O(anomalies)
UNWIND $rows AS r
CALL (r) {
  WITH r WHERE r[0] > 0 MATCH (a:Anomaly {seq: r[0]}) RETURN a
  UNION ALL
  WITH r WHERE r[1] > 0 MATCH (a:Anomaly {item: r[1]}) RETURN a
}
WITH a, r
WHERE a.code = r[2] AND a.pointer = r[3] AND a.detail = r[4] AND a.rec = r[5]
DETACH DELETE a
