// name: cut_by_time
// purpose: the end of the last batch recorded by an instant (microseconds)
// parameters: recorded
// returns: seq
// order: one row
// anchor: Batch.recorded
// cost: O(batches recorded by then)
MATCH (c:Counter {name: 'journal'})
OPTIONAL MATCH (b:Batch) WHERE b.recorded <= $recorded AND b.last <= c.published
RETURN coalesce(max(b.last), 0) AS seq
