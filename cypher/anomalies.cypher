// name: anomalies
// purpose: standing anomalies after a cursor
// parameters: after, known, limit
// returns: rows: [no, seq, item, code, pointer, detail]
// order: by no
// anchor: Anomaly.no
// cost: O(anomalies looked at until the page is full)
MATCH (a:Anomaly) WHERE a.no > $after AND a.rec <= $known AND a.void > $known
WITH a ORDER BY a.no LIMIT $limit
RETURN collect([a.no, a.seq, a.item, a.code, a.pointer, a.detail]) AS rows
