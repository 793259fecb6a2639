// name: drop_draws
// purpose: draws from pools that no line of the lot gives
// parameters: -
// returns: mended: a count
// order: one row
// anchor: Pool
// cost: O(draws from pools)
MATCH (p:Pool)-[q:INPUT]->(h)
WHERE NOT EXISTS {
  MATCH (l:Traced {node: p.node - 1})-[r:INPUT]->(h)
  WHERE r.seq = q.seq AND r.pos = q.pos AND r.via = q.via AND r.rec = q.rec AND r.void = q.void
    AND r.pooled = 1 }
DELETE q
RETURN count(*) AS mended
