// name: delete_document
// purpose: a document that goes; looks under its lock, so that of two deletions one finds it
// parameters: uid
// returns: deleted: 1 or 0
// order: one row
// anchor: Document.uid
// cost: O(1)
MATCH (d:Document {uid: $uid})
SET d.lock = 1
WITH d WHERE d.version > 0
DELETE d
RETURN count(*) AS deleted
