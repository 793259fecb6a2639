// name: create_batch
// purpose: a batch of the journal, with the nodes and items that it touched
// parameters: items, last, nodes, recorded
// returns: -
// order: -
// anchor: -
// cost: O(1)
CREATE (:Batch {last: $last, recorded: $recorded, nodes: $nodes, items: $items})
