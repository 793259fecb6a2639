// name: item_states
// purpose: standing item rows and states by number
// parameters: nodes
// returns: rows: [node, key, kind, product, number, rec, void, kinds, inflows, draws, serials, lots, packings, suppliers], 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(items)
UNWIND $nodes AS node
MATCH (n:Item&Traced {node: node})
WITH collect([n.node, n.key, n.kind, n.product, n.number, n.rec, n.void, n.kinds, n.inflows,
              n.draws, n.serials, n.lots, n.packings, n.suppliers]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
