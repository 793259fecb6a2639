// name: opening
// purpose: how far readers see, the documents of a kind, and what names were met as by then
// parameters: kind, names (lists of names)
// returns: seq, recorded (microseconds; 0 before the first batch); documents: as `documents`; met: [homes, item as `items`, null for none] for each of names
// order: met as names
// anchor: Counter.name, Document.uid, Name.key, Traced.node
// cost: O(documents of every kind, and names)
MATCH (c:Counter {name: 'journal'})
OPTIONAL MATCH (b:Batch {last: c.published})
WITH c.published AS seq, coalesce(b.recorded, 0) AS recorded
CALL () {
  MATCH (d:Document) WHERE d.kind = $kind
  WITH d ORDER BY d.id
  RETURN collect([d.id, d.version, d.body]) AS documents
}
CALL (seq) {
  UNWIND range(0, size($names) - 1) AS place
  CALL (seq, place) {
    UNWIND $names[place] AS key
    MATCH (n:Name {key: key}) WHERE n.rec <= seq
    WITH n.home AS home ORDER BY home
    RETURN collect(DISTINCT home) AS homes
  }
  OPTIONAL MATCH (i:Item&Traced {node: 4 * homes[0]})
  WITH place, homes, i ORDER BY place
  RETURN collect([homes, CASE WHEN i IS NOT NULL THEN [i.node, i.key, i.kind, i.product, i.number, i.rec, i.void, i.was] END]) AS met
}
RETURN seq, recorded, documents, met
