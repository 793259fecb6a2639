// name: label_components
// purpose: items whose product some bill of materials uses, under any of its names
// parameters: products
// returns: -
// order: -
// anchor: Item.product
// cost: O(items of the products)
UNWIND $products AS product
CALL (product) {
  RETURN product AS called
  UNION
  MATCH (a:Claim {name: product, kind: 'name'})
  MATCH (b:Claim {seq: a.seq, kind: 'name'}) RETURN b.name AS called
}
WITH product, collect(called) AS names
WHERE EXISTS { MATCH (c:Claim {kind: 'material'}) WHERE c.name IN names }
UNWIND names AS called
MATCH (n:Item {product: called}) WHERE NOT n:Component
SET n:Component
