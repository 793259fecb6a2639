// name: create_references
// purpose: references from events to events
// parameters: rows
// returns: -
// order: -
// anchor: -
// cost: O(references)
UNWIND $rows AS r
CREATE (:Reference {target: r[0], kind: r[1], seq: r[2]})
