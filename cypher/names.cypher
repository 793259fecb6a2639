// name: names
// purpose: names by their key as spoken
// parameters: keys
// returns: rows: [key, home, item, kind, product, number, rec], 1,000 a row
// order: none
// anchor: Name.key
// cost: O(names)
UNWIND $keys AS key
MATCH (n:Name {key: key})
WITH collect([n.key, n.home, n.item, n.kind, n.product, n.number, n.rec]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
