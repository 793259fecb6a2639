// name: label_new_components
// purpose: new items whose product some bill of materials uses, under any of its names
// parameters: rows
// returns: -
// order: -
// anchor: Traced.node
// cost: O(new items)
UNWIND $rows AS r
WITH r[0] AS product, r[1] AS nodes
CALL (product) {
  RETURN product AS called
  UNION
  MATCH (a:Claim {name: product, kind: 'name'})
  MATCH (b:Claim {seq: a.seq, kind: 'name'}) RETURN b.name AS called
}
WITH product, nodes, collect(called) AS names
WHERE EXISTS { MATCH (c:Claim {kind: 'material'}) WHERE c.name IN names }
UNWIND nodes AS node
MATCH (n:Item&Traced {node: node})
SET n:Component
