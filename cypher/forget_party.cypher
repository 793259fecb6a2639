// name: forget_party
// purpose: mentions that the journal does not give: party
// parameters: rows
// returns: -
// order: -
// anchor: Party.key
// cost: O(mentions)
UNWIND $rows AS row
MATCH (e:Event {seq: row[1]})-[r:WITH]->(:Party {key: row[0]})
DELETE r
