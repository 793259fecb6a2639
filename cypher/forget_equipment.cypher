// name: forget_equipment
// purpose: mentions that the journal does not give: equipment
// parameters: rows
// returns: -
// order: -
// anchor: Equipment.key
// cost: O(mentions)
UNWIND $rows AS row
MATCH (e:Event {seq: row[1]})-[r:USES]->(:Equipment {key: row[0]})
DELETE r
