// name: lines_of_items
// purpose: the standing lines on items
// parameters: as_of, known, nodes
// returns: rows: [seq, pos, role, flow, item node, hub, lot, via, pooled, quantity, unit], 1,000 a row
// order: none
// anchor: Traced.node
// cost: O(lines on the items)
UNWIND $nodes AS node
MATCH (i:Item&Traced {node: node})
MATCH (i)-[r:INPUT|OUTPUT|CONCERNS]-()
WHERE r.at <= $as_of AND r.rec <= $known AND r.void > $known
WITH collect([r.seq, r.pos, r.role, CASE type(r) WHEN 'INPUT' THEN 1 WHEN 'OUTPUT' THEN 2 ELSE 0 END,
              i.node, r.hub, r.lot, r.via, r.pooled, r.quantity, r.unit]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
