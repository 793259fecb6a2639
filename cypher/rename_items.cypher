// name: rename_items
// purpose: items that are called something else, are of another kind, or became part of another item
// parameters: rows
// returns: -
// order: -
// anchor: Traced.node
// cost: O(items)
UNWIND $rows AS r
MERGE (n:Traced {node: r[0]})
SET n:Item, n.key = r[1], n.kind = r[2], n.product = r[3], n.number = r[4], n.rec = r[5],
    n.void = r[6], n.was = r[7], n.search = r[8]
REMOVE n:Lot:Serial:Container:Renamed
FOREACH (x IN CASE WHEN n.kind = 1 THEN [n] ELSE [] END | SET x:Lot)
FOREACH (x IN CASE WHEN n.kind = 2 THEN [n] ELSE [] END | SET x:Serial)
FOREACH (x IN CASE WHEN n.kind = 3 THEN [n] ELSE [] END | SET x:Container)
FOREACH (x IN CASE WHEN n.was IS NOT NULL THEN [n] ELSE [] END | SET x:Renamed)
