// name: items
// purpose: items by number, with all they were ever called
// parameters: nodes
// returns: rows: [node, key, kind, product, number, rec, void, was], 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(items)
UNWIND $nodes AS node
MATCH (n:Item&Traced {node: node})
WITH collect([n.node, n.key, n.kind, n.product, n.number, n.rec, n.void, n.was]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
