// name: create_counter
// purpose: the counter that orders writers
// parameters: -
// returns: -
// order: -
// anchor: Counter.name
// cost: O(1)
MERGE (c:Counter {name: 'journal'})
  ON CREATE SET c.seq = 0, c.published = 0, c.item = 0, c.run = 0, c.anomaly = 0, c.recorded = 0
