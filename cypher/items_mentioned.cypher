// name: items_mentioned
// purpose: items on the lines of standing events that name something
// parameters: key, kind, known
// returns: nodes: item nodes, 1,000 a row
// order: none
// anchor: the key of what is named
// cost: O(lines of the events that name it)
WITH [$kind, $key] AS m
CALL (m) {
    WITH m WHERE m[0] = 'place' MATCH (:Place {key: m[1]})<-[:AT]-(e:Event) RETURN e
    UNION ALL
    WITH m WHERE m[0] = 'party' MATCH (:Party {key: m[1]})<-[:WITH]-(e:Event) RETURN e
    UNION ALL
    WITH m WHERE m[0] = 'order' MATCH (:Order {key: m[1]})<-[:UNDER]-(e:Event) RETURN e
    UNION ALL
    WITH m WHERE m[0] = 'equipment' MATCH (:Equipment {key: m[1]})<-[:USES]-(e:Event) RETURN e
    UNION ALL
    WITH m WHERE m[0] = 'document' MATCH (:Paper {key: m[1]})<-[:CITES]-(e:Event) RETURN e
    UNION ALL
    WITH m WHERE m[0] = 'actor' MATCH (:Person {key: m[1]})<-[:BY]-(e:Event) RETURN e
    UNION ALL
    WITH m WHERE m[0] = 'product' MATCH (:Product {key: m[1]})<-[:DESCRIBES]-(e:Event) RETURN e
}
WITH collect(DISTINCT e) AS es
CALL (es) {
  UNWIND es AS e
  MATCH (e)-[r:INPUT|OUTPUT|CONCERNS]-(i:Item) WHERE r.rec <= $known AND r.void > $known RETURN i
  UNION
  UNWIND es AS e
  MATCH (e)-[:PART_OF]->(h:Run)-[r:INPUT|OUTPUT]-(i:Item)
  WHERE r.seq = e.seq AND r.rec <= $known AND r.void > $known RETURN i
}
WITH collect(DISTINCT i.node) AS ns
UNWIND range(0, size(ns) - 1, 1000) AS i
RETURN ns[i..i + 1000] AS nodes
