// name: delete_names
// purpose: names that the journal does not give
// parameters: homes
// returns: -
// order: -
// anchor: Name.home
// cost: O(names)
UNWIND $homes AS home
MATCH (n:Name {home: home})
DELETE n
