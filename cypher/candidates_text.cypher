// name: candidates_text
// purpose: items that were ever called something that holds a text
// parameters: after, limit, text
// returns: nodes: item nodes
// order: by number
// anchor: Item.search (text index)
// cost: O(items that hold it)
MATCH (i:Item) WHERE i.search CONTAINS $text
WITH DISTINCT i WHERE i.node > $after
WITH i ORDER BY i.node LIMIT $limit
RETURN collect(i.node) AS nodes
