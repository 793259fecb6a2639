// name: delete_comprises
// purpose: memberships that the journal does not give
// parameters: rows
// returns: -
// order: -
// anchor: Traced.node
// cost: O(memberships of the serials)
UNWIND $rows AS row
MATCH (s:Traced {node: row[1]})
CALL (s, row) {
  MATCH (l:Traced {node: row[0]})-[r:COMPRISES]->(s) RETURN r
  UNION ALL
  MATCH (s)-[r:POOLED]->(p:Traced {node: row[0] + 1}) RETURN r
}
WITH r, row
WHERE r.at = row[2] AND r.rest = row[3] AND r.since = row[4] AND r.until = row[5] AND r.rec = row[6]
DELETE r
