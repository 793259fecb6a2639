// name: references
// purpose: references to events that may not have arrived
// parameters: uids
// returns: rows: [target, kind, seq], 1,000 a row
// order: by seq
// anchor: Reference.target
// cost: O(references)
UNWIND $uids AS uid
MATCH (f:Reference {target: uid})
WITH f ORDER BY f.seq
WITH collect([f.target, f.kind, f.seq]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
