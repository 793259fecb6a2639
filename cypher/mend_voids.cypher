// name: mend_voids
// purpose: what each void made void
// parameters: -
// returns: mended: a count
// order: one row
// anchor: Event
// cost: O(events)
MATCH (e:Event) WHERE e.voider > 0 AND NOT EXISTS { (e)<-[:VOIDS]-(:Event {seq: e.voider}) }
MATCH (v:Event {seq: e.voider})
CREATE (v)-[:VOIDS]->(e)
RETURN count(*) AS mended
