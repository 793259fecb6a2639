// name: set_counters
// purpose: the numbers that an append gave
// parameters: anomaly, item, published, recorded, run, seq
// returns: -
// order: -
// anchor: Counter.name
// cost: O(1)
MATCH (c:Counter {name: 'journal'})
SET c.seq = $seq, c.item = $item, c.run = $run, c.anomaly = $anomaly, c.recorded = $recorded,
    c.published = CASE WHEN c.published < $published THEN $published ELSE c.published END
