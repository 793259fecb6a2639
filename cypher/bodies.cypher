// name: bodies
// purpose: what was sent, by seq
// parameters: seqs
// returns: rows: [seq, body], 100 a row
// order: none
// anchor: Entry.seq
// cost: O(entries)
UNWIND $seqs AS seq
MATCH (j:Entry {seq: seq})
WITH collect([j.seq, j.body]) AS rows
UNWIND range(0, size(rows) - 1, 100) AS i
RETURN rows[i..i + 100] AS rows
