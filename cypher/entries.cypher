// name: entries
// purpose: journal entries by uid
// parameters: keys, known
// returns: rows: [seq, source, id, type, recorded, body, hash, caller, void, voider, batch], 100 a row
// order: none
// anchor: Entry.uid
// cost: O(entries)
UNWIND $keys AS key
MATCH (j:Entry {uid: key}) WHERE j.seq <= $known
MATCH (b:Batch {last: j.batch})
MATCH (e:Event {seq: j.seq})
WITH collect([j.seq, j.source, j.id, j.type, b.recorded, j.body, j.hash, j.caller, e.void, e.voider, j.batch]) AS rows
UNWIND range(0, size(rows) - 1, 100) AS i
RETURN rows[i..i + 100] AS rows
