// name: names_of_products
// purpose: every name met under product names
// parameters: products
// returns: rows: [key, home, item, kind, product, number, rec], 1,000 a row
// order: none
// anchor: Name.product
// cost: O(names of the products)
UNWIND $products AS product
MATCH (n:Name {product: product})
WITH collect([n.key, n.home, n.item, n.kind, n.product, n.number, n.rec]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
