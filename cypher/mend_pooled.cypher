// name: mend_pooled
// purpose: what each serial adds to the pool of its lot
// parameters: -
// returns: mended: a count
// order: one row
// anchor: COMPRISES
// cost: O(memberships)
MATCH (l:Item)-[r:COMPRISES]->(s:Item)
WHERE NOT EXISTS {
  MATCH (s)-[q:POOLED]->(p:Pool)
  WHERE p.node = l.node + 1 AND r.at = q.at AND r.rest = q.rest AND r.since = q.since
    AND r.until = q.until AND r.rec = q.rec AND r.void = q.void }
MERGE (p:Traced {node: l.node + 1})
ON CREATE SET p:Pool
MERGE (l)-[:POOL]->(p)
CREATE (s)-[:POOLED {at: r.at, rest: r.rest, since: r.since, until: r.until, rec: r.rec,
                     void: r.void}]->(p)
RETURN count(*) AS mended
