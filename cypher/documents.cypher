// name: documents
// purpose: documents whose uid begins with a prefix, which is that of a kind
// parameters: prefix
// returns: rows: [id, version, body], one row
// order: by id
// anchor: Document.uid
// cost: O(documents of the kind)
MATCH (d:Document) WHERE d.uid STARTS WITH $prefix
WITH d ORDER BY d.uid
RETURN collect([d.id, d.version, d.body]) AS rows
