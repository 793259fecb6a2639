// name: mention_place
// purpose: events that name: place
// parameters: rows
// returns: -
// order: -
// anchor: Place.key, Event.seq
// cost: O(mentions)
UNWIND $rows AS r
MATCH (e:Event {seq: r[1]})
MERGE (n:Place {key: r[0]})
CREATE (e)-[:AT]->(n)
