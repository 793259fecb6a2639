// name: delete_references
// purpose: references that the journal does not give
// parameters: rows
// returns: -
// order: -
// anchor: Reference.target
// cost: O(references)
UNWIND $rows AS r
MATCH (f:Reference {target: r[0], kind: r[1], seq: r[2]})
DELETE f
