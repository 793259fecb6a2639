// name: comprises_of
// purpose: standing memberships of serials
// parameters: nodes, stands
// returns: rows: [lot node, serial node, at, rest, since, until, rec], 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(memberships)
UNWIND $nodes AS node
MATCH (s:Traced {node: node})<-[r:COMPRISES]-(l:Item) WHERE r.void = $stands
WITH collect([l.node, s.node, r.at, r.rest, r.since, r.until, r.rec]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
