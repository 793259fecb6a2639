// name: server
// purpose: the version of the server
// parameters: -
// returns: version
// order: one row
// anchor: -
// cost: O(1)
CALL dbms.components() YIELD name, versions
WITH versions WHERE name = 'Neo4j Kernel'
RETURN versions[0] AS version
