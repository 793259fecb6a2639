// name: lock_journal
// purpose: take the lock that orders writers, first of all in every append
// parameters: -
// returns: seq, published, item, run, anomaly, recorded
// order: one row
// anchor: Counter.name
// cost: O(1)
MATCH (c:Counter {name: 'journal'})
SET c.lock = 1
RETURN c.seq AS seq, c.published AS published, c.item AS item, c.run AS run,
       c.anomaly AS anomaly, c.recorded AS recorded
