// name: number_anomalies
// purpose: the last number given to an anomaly
// parameters: anomaly
// returns: -
// order: -
// anchor: Counter.name
// cost: O(1)
MATCH (c:Counter {name: 'journal'})
SET c.anomaly = $anomaly
