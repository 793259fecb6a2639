// name: mention_document
// purpose: events that name: document
// parameters: rows
// returns: -
// order: -
// anchor: Paper.key, Event.seq
// cost: O(mentions)
UNWIND $rows AS r
MATCH (e:Event {seq: r[1]})
MERGE (n:Paper {key: r[0]})
CREATE (e)-[:CITES]->(n)
