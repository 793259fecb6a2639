// name: create_comprises
// purpose: serials of lots, and what unnamed draws from the lots are taken from
// parameters: rows
// returns: -
// order: -
// anchor: Traced.node
// cost: O(memberships)
UNWIND $rows AS r
MATCH (l:Traced {node: r[0]})
MATCH (s:Traced {node: r[1]})
MERGE (p:Traced {node: r[0] + 1})
ON CREATE SET p:Pool
MERGE (l)-[:POOL]->(p)
CREATE (l)-[:COMPRISES {at: r[2], since: r[3], until: r[4], rec: r[5], void: r[6]}]->(s)
CREATE (s)-[:POOLED {at: r[2], since: r[3], until: r[4], rec: r[5], void: r[6]}]->(p)
