// name: mentioned
// purpose: standing events that name a place, party, order, piece of equipment, document, person or product
// parameters: key, kind, known
// returns: rows: [seq, start, start_rest, at, at_rest], 1,000 a row
// order: by seq
// anchor: the key of what is named
// cost: O(events that name it)
WITH $kind AS what
CALL (what) {
  WITH what WHERE what = 'place' MATCH (:Place {key: $key})<-[:AT]-(e:Event) RETURN e
  UNION ALL
  WITH what WHERE what = 'party' MATCH (:Party {key: $key})<-[:WITH]-(e:Event) RETURN e
  UNION ALL
  WITH what WHERE what = 'order' MATCH (:Order {key: $key})<-[:UNDER]-(e:Event) RETURN e
  UNION ALL
  WITH what WHERE what = 'equipment' MATCH (:Equipment {key: $key})<-[:USES]-(e:Event) RETURN e
  UNION ALL
  WITH what WHERE what = 'document' MATCH (:Paper {key: $key})<-[:CITES]-(e:Event) RETURN e
  UNION ALL
  WITH what WHERE what = 'actor' MATCH (:Person {key: $key})<-[:BY]-(e:Event) RETURN e
  UNION ALL
  WITH what WHERE what = 'product' MATCH (:Product {key: $key})<-[:DESCRIBES]-(e:Event) RETURN e
}
WITH e WHERE e.seq <= $known AND e.void > $known
WITH e ORDER BY e.seq
WITH collect([e.seq, e.start, e.start_rest, e.at, e.at_rest]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
