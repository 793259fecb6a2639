// name: delete_concerns
// purpose: concern lines that the journal does not give
// parameters: rows
// returns: -
// order: -
// anchor: Traced.node
// cost: O(rows * lines of the node that has fewer)
UNWIND $rows AS row
MATCH (h:Traced {node: row[1]})
MATCH (i:Traced {node: row[0]})
WITH DISTINCT h, i, row  // both ends first, so that the lesser of them is expanded
MATCH (h)-[r:CONCERNS]->(i)
WHERE r.seq = row[2] AND r.pos = row[3] AND r.via = row[4] AND r.rec = row[5]
DELETE r
