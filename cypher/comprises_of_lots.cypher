// name: comprises_of_lots
// purpose: the memberships of all serials of lots, seen at a cut
// parameters: as_of, known, nodes
// returns: rows: [lot node, serial node, at, rest, since, until], 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(memberships of the lots)
UNWIND $nodes AS node
MATCH (l:Traced {node: node})-[r:COMPRISES]->(s:Item)
WHERE r.at <= $as_of AND r.rec <= $known AND r.void > $known
WITH collect(DISTINCT [l.node, s.node, r.at, r.rest, r.since, r.until]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
