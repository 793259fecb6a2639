// name: completions
// purpose: places, parties, orders, pieces of equipment, documents, people and products that begin with a text and that standing events name
// parameters: kinds, known, limit, prefix
// returns: rows: [kind, key], in one row
// order: by kind as given, and key
// anchor: the key of what is named
// cost: O(limit), and what only voided events name
UNWIND range(0, size($kinds) - 1) AS place
WITH place, $kinds[place] AS kind
CALL (kind) {
  WITH kind WHERE kind = 'place' MATCH (n:Place) WHERE n.key STARTS WITH $prefix
    AND EXISTS { (n)<-[:AT]-(e:Event) WHERE e.seq <= $known AND e.void > $known }
  RETURN n.key AS key ORDER BY key LIMIT $limit
  UNION ALL
  WITH kind WHERE kind = 'party' MATCH (n:Party) WHERE n.key STARTS WITH $prefix
    AND EXISTS { (n)<-[:WITH]-(e:Event) WHERE e.seq <= $known AND e.void > $known }
  RETURN n.key AS key ORDER BY key LIMIT $limit
  UNION ALL
  WITH kind WHERE kind = 'order' MATCH (n:Order) WHERE n.key STARTS WITH $prefix
    AND EXISTS { (n)<-[:UNDER]-(e:Event) WHERE e.seq <= $known AND e.void > $known }
  RETURN n.key AS key ORDER BY key LIMIT $limit
  UNION ALL
  WITH kind WHERE kind = 'equipment' MATCH (n:Equipment) WHERE n.key STARTS WITH $prefix
    AND EXISTS { (n)<-[:USES]-(e:Event) WHERE e.seq <= $known AND e.void > $known }
  RETURN n.key AS key ORDER BY key LIMIT $limit
  UNION ALL
  WITH kind WHERE kind = 'document' MATCH (n:Paper) WHERE n.key STARTS WITH $prefix
    AND EXISTS { (n)<-[:CITES]-(e:Event) WHERE e.seq <= $known AND e.void > $known }
  RETURN n.key AS key ORDER BY key LIMIT $limit
  UNION ALL
  WITH kind WHERE kind = 'actor' MATCH (n:Person) WHERE n.key STARTS WITH $prefix
    AND EXISTS { (n)<-[:BY]-(e:Event) WHERE e.seq <= $known AND e.void > $known }
  RETURN n.key AS key ORDER BY key LIMIT $limit
  UNION ALL
  WITH kind WHERE kind = 'product' MATCH (n:Product) WHERE n.key STARTS WITH $prefix
    AND EXISTS { (n)<-[:DESCRIBES]-(e:Event) WHERE e.seq <= $known AND e.void > $known }
  RETURN n.key AS key ORDER BY key LIMIT $limit
}
WITH place, kind, key ORDER BY place, key
RETURN collect([kind, key]) AS rows
