// name: create_items
// purpose: items met for the first time
// parameters: rows
// returns: -
// order: -
// anchor: -
// cost: O(items)
UNWIND $rows AS r
CREATE (n:Item:Traced {node: r[0], key: r[1], kind: r[2], product: r[3], number: r[4], rec: r[5],
  void: r[6], was: r[7], search: r[8], kinds: r[9], inflows: r[10], draws: r[11], serials: r[12],
  lots: r[13], packings: r[14], suppliers: r[15]})
WITH collect(n) AS ns
FOREACH (n IN [n IN ns WHERE n.kind = 1] | SET n:Lot)
FOREACH (n IN [n IN ns WHERE n.kind = 2] | SET n:Serial)
FOREACH (n IN [n IN ns WHERE n.kind = 3] | SET n:Container)
FOREACH (n IN [n IN ns WHERE n.was IS NOT NULL] | SET n:Renamed)
