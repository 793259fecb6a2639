// name: mention_actor
// purpose: events that name: actor
// parameters: rows
// returns: -
// order: -
// anchor: Person.key, Event.seq
// cost: O(mentions)
UNWIND $rows AS r
MATCH (e:Event {seq: r[1]})
MERGE (n:Person {key: r[0]})
CREATE (e)-[:BY]->(n)
