// name: create_postings
// purpose: EPCIS events under what they say
// parameters: rows
// returns: -
// order: -
// anchor: Posting.field, value, block
// cost: O(postings)
UNWIND $rows AS r
MERGE (p:Posting {field: r[0], value: r[1], block: r[2]})
SET p.offsets = coalesce(p.offsets, []) + r[3]
