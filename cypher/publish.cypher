// name: publish
// purpose: let readers see a batch, after its commit; never takes anything back
// parameters: seq
// returns: -
// order: -
// anchor: Counter.name
// cost: O(1)
MATCH (c:Counter {name: 'journal'}) WHERE c.published < $seq
SET c.published = $seq
