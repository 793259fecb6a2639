// name: whole_posting
// purpose: a stretch of a projection table, for comparison
// parameters: block, field, limit, value
// returns: rows: [field, value, block, offsets], 1,000 a row
// order: by value and block
// anchor: Posting.field, value, block
// cost: O(postings of the stretch)
MATCH (p:Posting {field: $field})
WHERE p.value >= $value AND p.block >= 0 AND (p.value > $value OR p.block > $block)
WITH p ORDER BY p.field, p.value, p.block LIMIT $limit
WITH collect([p.field, p.value, p.block, p.offsets]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
