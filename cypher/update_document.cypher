// name: update_document
// purpose: a document at the version that was read
// parameters: body, uid, version
// returns: written: 1 or 0
// order: one row
// anchor: Document.uid
// cost: O(1)
MATCH (d:Document {uid: $uid})
SET d.lock = 1
WITH d WHERE d.version = $version
SET d.version = $version + 1, d.body = $body
RETURN count(d) AS written
