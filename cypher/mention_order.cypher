// name: mention_order
// purpose: events that name: order
// parameters: rows
// returns: -
// order: -
// anchor: Order.key, Event.seq
// cost: O(mentions)
UNWIND $rows AS r
MATCH (e:Event {seq: r[1]})
MERGE (n:Order {key: r[0]})
CREATE (e)-[:UNDER]->(n)
