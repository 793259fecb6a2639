// name: mention_party
// purpose: events that name: party
// parameters: rows
// returns: -
// order: -
// anchor: Party.key, Event.seq
// cost: O(mentions)
UNWIND $rows AS r
MATCH (e:Event {seq: r[1]})
MERGE (n:Party {key: r[0]})
CREATE (e)-[:WITH]->(n)
