// name: items_by_number
// purpose: items that are or were called by a lot or serial number
// parameters: number
// returns: rows: [node, key, kind, product, number, rec, void, was], 1,000 a row
// order: none
// anchor: Item.number
// cost: O(items of that number)
MATCH (n:Item {number: $number})
WITH collect([n.node, n.key, n.kind, n.product, n.number, n.rec, n.void, n.was]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
