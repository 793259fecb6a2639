// name: delete_inputs
// purpose: input lines that the journal does not give
// parameters: rows
// returns: -
// order: -
// anchor: Traced.node
// cost: O(rows * lines of the node that has fewer)
UNWIND $rows AS row
UNWIND [row[0], row[0] + 1] AS node
MATCH (h:Traced {node: row[1]})
MATCH (i:Traced {node: node})
WITH DISTINCT h, i, row  // both ends first, so that the lesser of them is expanded
MATCH (h)<-[r:INPUT]-(i)
WHERE r.seq = row[2] AND r.pos = row[3] AND r.via = row[4] AND r.rec = row[5]
DELETE r
