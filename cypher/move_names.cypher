// name: move_names
// purpose: names that now belong to another item
// parameters: rows
// returns: -
// order: -
// anchor: Name.home
// cost: O(names)
UNWIND $rows AS r
MATCH (n:Name {home: r[0]})
SET n.item = r[1]
