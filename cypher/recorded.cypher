// name: recorded
// purpose: when a batch was recorded
// parameters: last
// returns: recorded (microseconds), no row for no batch
// order: one row
// anchor: Batch.last
// cost: O(1)
MATCH (b:Batch {last: $last})
RETURN b.recorded AS recorded
