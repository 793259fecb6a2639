// name: postings
// purpose: which events of blocks have terms
// parameters: blocks, terms
// returns: rows: [field, value, block, offsets], 1,000 a row
// order: none
// anchor: Posting.field, value, block
// cost: O(blocks and the events in them)
UNWIND $terms AS t
UNWIND $blocks AS block
MATCH (p:Posting {field: t[0], value: t[1], block: block})
WITH collect([p.field, p.value, p.block, p.offsets]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
