// name: create_batch
// purpose: a batch of the journal
// parameters: last, recorded
// returns: -
// order: -
// anchor: -
// cost: O(1)
CREATE (:Batch {last: $last, recorded: $recorded})
