// name: documents
// purpose: documents of a kind
// parameters: kind
// returns: rows: [id, version, body], one row
// order: by id
// anchor: Document.uid
// cost: O(documents of every kind)
MATCH (d:Document) WHERE d.kind = $kind
WITH d ORDER BY d.id
RETURN collect([d.id, d.version, d.body]) AS rows
