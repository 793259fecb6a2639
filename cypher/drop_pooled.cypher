// name: drop_pooled
// purpose: what serials add to pools without being of the lot
// parameters: -
// returns: mended: a count
// order: one row
// anchor: POOLED
// cost: O(memberships)
MATCH (s:Serial)-[q:POOLED]->(p:Pool)
WHERE NOT EXISTS {
  MATCH (l:Traced {node: p.node - 1})-[r:COMPRISES]->(s)
  WHERE r.at = q.at AND r.rest = q.rest AND r.since = q.since AND r.until = q.until
    AND r.rec = q.rec AND r.void = q.void }
DELETE q
RETURN count(*) AS mended
