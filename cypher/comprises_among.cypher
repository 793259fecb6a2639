// name: comprises_among
// purpose: the memberships of serials in lots, seen at a cut
// parameters: as_of, known, serials
// returns: rows: [lot node, serial node, at, rest, since, until], 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(memberships of the serials)
UNWIND $serials AS node
MATCH (s:Traced {node: node})<-[r:COMPRISES]-(l:Item)
WHERE r.at <= $as_of AND r.rec <= $known AND r.void > $known
WITH collect(DISTINCT [l.node, s.node, r.at, r.rest, r.since, r.until]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
