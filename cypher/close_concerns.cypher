// name: close_concerns
// purpose: concern lines that end
// parameters: rows
// returns: -
// order: -
// anchor: Traced.node
// cost: O(lines of the nodes)
UNWIND $rows AS row
MATCH (h:Traced {node: row[1]})
MATCH (h)-[r:CONCERNS]->(i)
WHERE r.seq = row[2] AND r.pos = row[3] AND r.via = row[4] AND r.rec = row[5]
  AND i.node IN [row[0], row[0] + 1]
SET r.void = row[6]
