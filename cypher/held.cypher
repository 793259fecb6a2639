// name: held
// purpose: every item that packing records put into containers or took out
// parameters: as_of, known, nodes
// returns: nodes: item numbers, one row
// order: ascending
// anchor: Traced.node
// cost: O(lines of their packing records)
UNWIND $nodes AS node
MATCH (c:Traced {node: node})<-[p:CONCERNS]-(e:Event)
WHERE p.role = 'container' AND p.at <= $as_of AND p.rec <= $known AND p.void > $known
MATCH (e)-[r:CONCERNS]->(i:Item)
WHERE r.role <> 'container' AND r.rec <= $known AND r.void > $known
WITH DISTINCT i ORDER BY i.node
RETURN collect(i.node) AS nodes
