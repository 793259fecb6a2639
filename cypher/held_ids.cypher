// name: held_ids
// purpose: which ids the journal holds
// parameters: uids
// returns: rows: [uid, seq, hash], 1,000 a row
// order: none
// anchor: Entry.uid
// cost: O(ids)
UNWIND $uids AS uid
MATCH (j:Entry {uid: uid})
WITH collect([j.uid, j.seq, j.hash]) AS rows
UNWIND range(0, size(rows) - 1, 1000) AS i
RETURN rows[i..i + 1000] AS rows
