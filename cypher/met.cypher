// name: met
// purpose: under which numbers something was met by names, and the item that bears the first
// parameters: keys, known
// returns: homes; item: as `items`; one row, none where it was not met
// order: homes ascending
// anchor: Name.key, Traced.node
// cost: O(names)
UNWIND $keys AS key
MATCH (n:Name {key: key}) WHERE n.rec <= $known
WITH n.home AS home ORDER BY home
WITH collect(DISTINCT home) AS homes
MATCH (i:Item&Traced {node: 4 * homes[0]})
RETURN homes, [i.node, i.key, i.kind, i.product, i.number, i.rec, i.void, i.was] AS item
