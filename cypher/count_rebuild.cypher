// name: count_rebuild
// purpose: one more rebuild that mended something
// parameters: id, kind, uid
// returns: -
// order: -
// anchor: Document.uid
// cost: O(1)
MERGE (d:Document {uid: $uid})
ON CREATE SET d.kind = $kind, d.id = $id, d.version = 1, d.body = '{}'
ON MATCH SET d.version = d.version + 1
