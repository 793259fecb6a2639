// name: publish
// purpose: let readers see a batch, after its commit; looks under the lock, so that it never goes back
// parameters: seq
// returns: -
// order: -
// anchor: Counter.name
// cost: O(1)
MATCH (c:Counter {name: 'journal'})
SET c.lock = 1
WITH c WHERE c.published < $seq
SET c.published = $seq
