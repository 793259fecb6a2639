// name: set_states
// purpose: what the projection must know of items
// parameters: rows
// returns: -
// order: -
// anchor: Traced.node
// cost: O(items)
UNWIND $rows AS r
MERGE (n:Traced {node: r[0]})
SET n:Item, n.kinds = r[1], n.inflows = r[2], n.draws = r[3], n.serials = r[4], n.lots = r[5],
    n.packings = r[6], n.suppliers = r[7]
