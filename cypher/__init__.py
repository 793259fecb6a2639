"""Every Cypher statement that the Neo4j engine runs, one a file; `migrations/` holds the schema."""
