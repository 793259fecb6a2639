// name: forget_place
// purpose: mentions that the journal does not give: place
// parameters: rows
// returns: -
// order: -
// anchor: Place.key
// cost: O(mentions)
UNWIND $rows AS row
MATCH (e:Event {seq: row[1]})-[r:AT]->(:Place {key: row[0]})
DELETE r
