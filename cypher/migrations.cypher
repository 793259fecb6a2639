// name: migrations
// purpose: the migrations that were applied
// parameters: -
// returns: rows: [no, checksum], one row
// order: by no
// anchor: Migration.no
// cost: O(migrations)
MATCH (m:Migration)
WITH m ORDER BY m.no
RETURN collect([m.no, m.checksum]) AS rows
