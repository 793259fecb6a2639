// name: whole_item
// purpose: a stretch of a projection table, for comparison
// parameters: high, low
// returns: rows: [node, key, kind, product, number, rec, void, was, kinds, inflows, draws, serials, lots, packings, suppliers], 1,000 a row
// order: by number
// anchor: Item.node
// cost: O(rows of the stretch)
MATCH (n:Item) WHERE n.node > $low AND n.node <= $high
WITH n ORDER BY n.node
WITH collect([n.node, n.key, n.kind, n.product, n.number, n.rec, n.void, n.was, n.kinds, n.inflows,
  n.draws, n.serials, n.lots, n.packings, n.suppliers]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
