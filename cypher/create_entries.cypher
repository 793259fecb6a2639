// name: create_entries
// purpose: journal entries
// parameters: rows
// returns: -
// order: -
// anchor: -
// cost: O(entries)
UNWIND $rows AS r
CREATE (:Entry {seq: r[0], uid: r[1], source: r[2], id: r[3], type: r[4], body: r[5], hash: r[6],
                caller: r[7], batch: r[8]})
