// name: create_inputs
// purpose: items that went into events or runs
// parameters: rows
// returns: -
// order: -
// anchor: Traced.node
// cost: O(lines)
UNWIND $rows AS r
MATCH (i:Traced {node: r[0]})
MATCH (h:Traced {node: r[1]})
CREATE (i)-[:INPUT {seq: r[2], pos: r[3], role: r[4], hub: r[5], at: r[6],
  lot: r[7], via: r[8], pooled: r[9], quantity: r[10], unit: r[11],
  rec: r[12], void: r[13]}]->(h)
