// name: mend_draws
// purpose: the draws from pools that lines of lots give
// parameters: -
// returns: mended: a count
// order: one row
// anchor: INPUT
// cost: O(inputs)
MATCH (l:Lot)-[r:INPUT]->(h) WHERE r.pooled = 1 AND NOT EXISTS {
  MATCH (p:Pool)-[q:INPUT]->(h)
  WHERE p.node = l.node + 1 AND r.seq = q.seq AND r.pos = q.pos AND r.via = q.via
    AND r.rec = q.rec AND r.void = q.void }
MERGE (p:Traced {node: l.node + 1})
ON CREATE SET p:Pool
MERGE (l)-[:POOL]->(p)
CREATE (p)-[q:INPUT]->(h)
SET q = properties(r)
RETURN count(*) AS mended
