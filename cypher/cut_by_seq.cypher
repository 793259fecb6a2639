// name: cut_by_seq
// purpose: the end of the last batch at or before a seq
// parameters: seq
// returns: seq
// order: one row
// anchor: Batch.last
// cost: O(1)
MATCH (c:Counter {name: 'journal'})
WITH CASE WHEN $seq < c.published THEN $seq ELSE c.published END AS most
OPTIONAL MATCH (b:Batch) WHERE b.last <= most
WITH b.last AS last ORDER BY last DESC LIMIT 1
RETURN coalesce(last, 0) AS seq
