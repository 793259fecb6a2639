// name: delete_items
// purpose: item nodes that the journal does not give
// parameters: nodes
// returns: -
// order: -
// anchor: Traced.node
// cost: O(items)
UNWIND $nodes AS node
MATCH (n:Item&Traced {node: node})
DETACH DELETE n
