// name: events_of_runs
// purpose: the standing events of runs
// parameters: known, nodes
// returns: rows: [seq], 1,000 a row
// order: by seq
// anchor: Traced.node
// cost: O(events of the runs)
UNWIND $nodes AS node
MATCH (:Traced {node: node})<-[:PART_OF]-(e:Event) WHERE e.seq <= $known AND e.void > $known
WITH DISTINCT e.seq AS seq ORDER BY seq
WITH collect([seq]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
