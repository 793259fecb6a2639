// name: document
// purpose: a document
// parameters: uid
// returns: version, body
// order: one row or none
// anchor: Document.uid
// cost: O(1)
MATCH (d:Document {uid: $uid})
RETURN d.version AS version, d.body AS body
