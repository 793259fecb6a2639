// name: posting_blocks
// purpose: in which blocks events have terms
// parameters: first, last, terms
// returns: rows: [field, value, block], 1,000 a row
// order: by term and block
// anchor: Posting.field, value, block
// cost: O(blocks)
UNWIND $terms AS t
MATCH (p:Posting {field: t[0], value: t[1]})
WHERE p.block >= $first AND p.block <= $last
WITH p ORDER BY p.field, p.value, p.block
WITH collect([p.field, p.value, p.block]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
