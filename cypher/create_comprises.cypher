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
CREATE (l)-[:COMPRISES {at: r[2], rest: r[3], since: r[4], until: r[5], rec: r[6], void: r[7]}]->(s)
CREATE (s)-[:POOLED {at: r[2], rest: r[3], since: r[4], until: r[5], rec: r[6], void: r[7]}]->(p)
