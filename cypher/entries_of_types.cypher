// name: entries_of_types
// purpose: standing journal entries of types, after a seq
// parameters: after, known, types
// returns: rows: [seq, source, id, type, recorded, body, hash, caller, void, voider, batch], 100 a row
// order: by seq
// anchor: Event.type and Event.seq
// cost: O(entries of the types after the seq)
UNWIND $types AS type
MATCH (e:Event) USING INDEX e:Event(type, seq)
WHERE e.type = type AND e.seq > $after AND e.seq <= $known AND e.void > $known
MATCH (j:Entry {seq: e.seq})
MATCH (b:Batch {last: j.batch})
WITH j, b, e ORDER BY j.seq
WITH collect([j.seq, j.source, j.id, j.type, b.recorded, j.body, j.hash, j.caller, e.void, e.voider, j.batch]) AS rows
UNWIND range(0, size(rows) - 1, 100) AS i
RETURN rows[i..i + 100] AS rows
