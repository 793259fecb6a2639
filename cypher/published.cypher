// name: published
// purpose: how far readers see
// parameters: -
// returns: seq, recorded (microseconds; 0 before the first batch), journal, item, run
// order: one row
// anchor: Counter.name
// cost: O(1)
MATCH (c:Counter {name: 'journal'})
OPTIONAL MATCH (b:Batch {last: c.published})
RETURN c.published AS seq, coalesce(b.recorded, 0) AS recorded, c.seq AS journal,
       c.item AS item, c.run AS run
