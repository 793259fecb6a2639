// name: journal
// purpose: a stretch of the journal
// parameters: after, known, limit
// returns: rows: [seq, source, id, type, recorded, body, hash, caller, void, voider, batch], 100 a row
// order: by seq
// anchor: Entry.seq
// cost: O(limit)
MATCH (j:Entry) WHERE j.seq > $after AND j.seq <= $known
WITH j ORDER BY j.seq LIMIT $limit
MATCH (b:Batch {last: j.batch})
MATCH (e:Event {seq: j.seq})
WITH j, b, e ORDER BY j.seq
WITH collect([j.seq, j.source, j.id, j.type, b.recorded, j.body, j.hash, j.caller, e.void, e.voider, j.batch]) AS rows
UNWIND range(0, size(rows) - 1, 100) AS i
RETURN rows[i..i + 100] AS rows
