// name: mend_runs
// purpose: memberships of events in runs, by the hub of each event
// parameters: -
// returns: mended: a count
// order: one row
// anchor: Event
// cost: O(events)
MATCH (e:Event) WHERE (e.hub < 0 AND NOT EXISTS { (e)-[:PART_OF]->(:Run {node: 3 - 4 * e.hub}) })
  OR EXISTS { (e)-[:PART_OF]->(n:Run) WHERE n.node <> 3 - 4 * e.hub }
OPTIONAL MATCH (e)-[old:PART_OF]->()
DELETE old
WITH DISTINCT e WHERE e.hub < 0
MATCH (n:Traced {node: 3 - 4 * e.hub})
CREATE (e)-[:PART_OF]->(n)
RETURN count(*) AS mended
