// name: candidates_product
// purpose: items of a product, and all that were ever renamed
// parameters: after, limit, product
// returns: nodes: item nodes
// order: by number
// anchor: Item.product
// cost: O(items of the product)
CALL () {
  MATCH (i:Item {product: $product}) RETURN i
  UNION
  MATCH (i:Renamed) RETURN i
}
WITH DISTINCT i WHERE i.node > $after
WITH i ORDER BY i.node LIMIT $limit
RETURN collect(i.node) AS nodes
