// name: whole_spoken
// purpose: a stretch of a projection table, for comparison
// parameters: high, low
// returns: rows: [key, home, item, kind, product, number, rec], 1,000 a row
// order: by home
// anchor: Name.home
// cost: O(rows of the stretch)
MATCH (n:Name) WHERE n.home > $low AND n.home <= $high
WITH n ORDER BY n.home
WITH collect([n.key, n.home, n.item, n.kind, n.product, n.number, n.rec]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
