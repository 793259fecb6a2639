// name: membership
// purpose: the lots of a serial, and how many serials a lot has
// parameters: known, node
// returns: lots: item numbers, ascending; serials: a count
// order: one row
// anchor: Traced.node
// cost: O(memberships)
MATCH (i:Traced {node: $node})
RETURN COLLECT { MATCH (i)<-[r:COMPRISES]-(l) WHERE r.rec <= $known AND r.void > $known
                 RETURN DISTINCT l.node ORDER BY l.node } AS lots,
       COUNT { MATCH (i)-[r:COMPRISES]->(s) WHERE r.rec <= $known AND r.void > $known
               RETURN DISTINCT s } AS serials
