// name: create_names
// purpose: names met for the first time
// parameters: rows
// returns: -
// order: -
// anchor: -
// cost: O(names)
UNWIND $rows AS r
CREATE (:Name {key: r[0], home: r[1], item: r[2], kind: r[3], product: r[4], number: r[5], rec: r[6]})
