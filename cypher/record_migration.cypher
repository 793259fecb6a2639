// name: record_migration
// purpose: a migration that was applied
// parameters: checksum, name, no
// returns: -
// order: -
// anchor: Migration.no
// cost: O(1)
MERGE (m:Migration {no: $no})
ON CREATE SET m.name = $name, m.checksum = $checksum
