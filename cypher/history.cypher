// name: history
// purpose: lines on items, those of voided events included, after a place in their order
// parameters: at, known, limit, nodes, pos, seq, via
// returns: rows: [seq, pos, role, item node, via, quantity, unit, at]
// order: by (at, seq, pos, via)
// anchor: Traced.node
// cost: O(lines on the items)
UNWIND $nodes AS node
MATCH (i:Traced {node: node})-[r:INPUT|OUTPUT|CONCERNS]-(x)
WHERE r.rec <= $known AND (r.at > $at OR (r.at = $at AND (r.seq > $seq OR (r.seq = $seq
    AND (r.pos > $pos OR (r.pos = $pos AND r.via > $via))))))
MATCH (e:Event {seq: r.seq})
WHERE r.void > $known OR r.void = e.void
WITH i, r ORDER BY r.at, r.seq, r.pos, r.via LIMIT $limit
RETURN collect([r.seq, r.pos, r.role, i.node, r.via, r.quantity, r.unit, r.at]) AS rows
