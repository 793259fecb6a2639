// name: join_runs
// purpose: the events of runs
// parameters: rows
// returns: -
// order: -
// anchor: Event.seq, Traced.node
// cost: O(events)
UNWIND $rows AS r
MATCH (e:Event {seq: r[0]})
MATCH (n:Traced {node: r[1]})
CREATE (e)-[:PART_OF]->(n)
