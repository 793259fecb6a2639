// name: forget_document
// purpose: mentions that the journal does not give: document
// parameters: rows
// returns: -
// order: -
// anchor: Paper.key
// cost: O(mentions)
UNWIND $rows AS row
MATCH (e:Event {seq: row[1]})-[r:CITES]->(:Paper {key: row[0]})
DELETE r
