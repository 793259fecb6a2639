// name: touched
// purpose: the nodes and items that a stretch of batches touched, where they noted it
// parameters: after, until
// returns: batches: how many there are; nodes, items: a list for each batch that noted it
// order: none
// anchor: Batch.last
// cost: O(batches)
MATCH (b:Batch) WHERE b.last > $after AND b.last <= $until
RETURN count(b) AS batches, collect(b.nodes) AS nodes, collect(b.items) AS items
