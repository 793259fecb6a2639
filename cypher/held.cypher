// name: held
// purpose: every item that packing records put into a container
// parameters: known, node
// returns: nodes: item numbers, one row
// order: ascending
// anchor: Traced.node
// cost: O(lines of its packing records)
MATCH (c:Traced {node: $node})<-[p:CONCERNS]-(e:Pack)
WHERE p.role = 'container' AND p.rec <= $known AND p.void > $known
MATCH (e)-[r:CONCERNS]->(i:Item)
WHERE r.role <> 'container' AND r.rec <= $known AND r.void > $known
WITH DISTINCT i ORDER BY i.node
RETURN collect(i.node) AS nodes
