// name: delete_postings
// purpose: blocks in which the journal gives other events
// parameters: rows
// returns: -
// order: -
// anchor: Posting.field, value, block
// cost: O(blocks)
UNWIND $rows AS r
MATCH (p:Posting {field: r[0], value: r[1], block: r[2]})
DELETE p
