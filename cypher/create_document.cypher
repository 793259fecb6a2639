// name: create_document
// purpose: a new document, unless there is one
// parameters: body, id, kind, uid
// returns: written: 1 or 0
// order: one row
// anchor: Document.uid
// cost: O(1)
MERGE (d:Document {uid: $uid})
ON CREATE SET d.kind = $kind, d.id = $id, d.version = 1, d.body = $body, d.fresh = true
WITH d, coalesce(d.fresh, false) AS fresh
REMOVE d.fresh
RETURN CASE WHEN fresh THEN 1 ELSE 0 END AS written
