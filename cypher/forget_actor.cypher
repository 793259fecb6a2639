// name: forget_actor
// purpose: mentions that the journal does not give: actor
// parameters: rows
// returns: -
// order: -
// anchor: Person.key
// cost: O(mentions)
UNWIND $rows AS row
MATCH (e:Event {seq: row[1]})-[r:BY]->(:Person {key: row[0]})
DELETE r
