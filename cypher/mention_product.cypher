// name: mention_product
// purpose: events that name: product
// parameters: rows
// returns: -
// order: -
// anchor: Product.key, Event.seq
// cost: O(mentions)
UNWIND $rows AS r
MATCH (e:Event {seq: r[1]})
MERGE (n:Product {key: r[0]})
CREATE (e)-[:DESCRIBES]->(n)
