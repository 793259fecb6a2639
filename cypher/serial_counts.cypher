// name: serial_counts
// purpose: how many serials of lots the standing lines of events name, by lot, event and role
// parameters: known, nodes
// returns: rows: [lot node, seq, role, serials, whether one was of the lot for a while only], 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(lines of the lots' serials)
UNWIND $nodes AS node
MATCH (l:Traced {node: node})-[c:COMPRISES]->(s:Item) WHERE c.rec <= $known AND c.void > $known
WITH l, s, max(CASE WHEN c.since <> '' OR c.until <> '' THEN 1 ELSE 0 END) AS spell
MATCH (s)-[r:INPUT|OUTPUT|CONCERNS]-()
WHERE r.rec <= $known AND r.void > $known AND coalesce(r.lot, 0) IN [0, l.node / 4]
WITH l.node AS lot, r.seq AS seq, r.role AS role, count(DISTINCT s) AS serials, max(spell) AS spells
WITH collect([lot, seq, role, serials, spells = 1]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
