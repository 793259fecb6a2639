// name: term_values_backwards
// purpose: values of terms of a field, descending
// parameters: field, limit, until, value
// returns: value
// order: by value
// anchor: Posting.field, value
// cost: O(blocks of the values); the index of three is used where all three are asked for, and gives the order
MATCH (p:Posting {field: $field})
WHERE p.value > $value AND p.value < $until AND p.block >= 0
WITH p ORDER BY p.field DESC, p.value DESC, p.block DESC
RETURN DISTINCT p.value AS value LIMIT $limit
