// name: forget_order
// purpose: mentions that the journal does not give: order
// parameters: rows
// returns: -
// order: -
// anchor: Order.key
// cost: O(mentions)
UNWIND $rows AS row
MATCH (e:Event {seq: row[1]})-[r:UNDER]->(:Order {key: row[0]})
DELETE r
