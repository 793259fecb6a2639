// name: mention_equipment
// purpose: events that name: equipment
// parameters: rows
// returns: -
// order: -
// anchor: Equipment.key, Event.seq
// cost: O(mentions)
UNWIND $rows AS r
MATCH (e:Event {seq: r[1]})
MERGE (n:Equipment {key: r[0]})
CREATE (e)-[:USES]->(n)
