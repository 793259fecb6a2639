// name: create_anomalies
// purpose: anomalies, about their event or item
// parameters: rows
// returns: -
// order: -
// anchor: Traced.node
// cost: O(anomalies)
UNWIND $rows AS r
CREATE (a:Anomaly {no: r[0], seq: r[1], item: r[2], code: r[3], pointer: r[4], detail: r[5],
                   rec: r[6], void: r[7]})
WITH a, CASE WHEN a.seq > 0 THEN 4 * a.seq + 2 ELSE 4 * a.item END AS about
MATCH (n:Traced {node: about})
CREATE (a)-[:ABOUT]->(n)
