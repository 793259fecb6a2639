// name: serials_ever_of
// purpose: every serial that was ever said to be of one of these lots, corrected or not
// parameters: nodes
// returns: nodes: item nodes, 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(memberships of the lots)
UNWIND $nodes AS node
MATCH (l:Traced {node: node})-[:COMPRISES]->(s:Item)
WITH collect(DISTINCT s.node) AS nodes
UNWIND range(0, size(nodes) - 1, 1000) AS i
RETURN nodes[i..i + 1000] AS nodes
