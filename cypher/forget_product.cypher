// name: forget_product
// purpose: mentions that the journal does not give: product
// parameters: rows
// returns: -
// order: -
// anchor: Product.key
// cost: O(mentions)
UNWIND $rows AS row
MATCH (e:Event {seq: row[1]})-[r:DESCRIBES]->(:Product {key: row[0]})
DELETE r
