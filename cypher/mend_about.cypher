// name: mend_about
// purpose: what each anomaly is about
// parameters: -
// returns: mended: a count
// order: one row
// anchor: Anomaly
// cost: O(anomalies)
MATCH (a:Anomaly) WHERE NOT EXISTS { (a)-[:ABOUT]->() }
MATCH (n:Traced {node: CASE WHEN a.seq > 0 THEN 4 * a.seq + 2 ELSE 4 * a.item END})
CREATE (a)-[:ABOUT]->(n)
RETURN count(*) AS mended
