// name: candidates_all
// purpose: items after a number
// parameters: after, limit
// returns: nodes: item nodes
// order: by number
// anchor: Item.node
// cost: O(limit)
MATCH (i:Item) WHERE i.node > $after
WITH DISTINCT i WHERE i.node > $after
WITH i ORDER BY i.node LIMIT $limit
RETURN collect(i.node) AS nodes
