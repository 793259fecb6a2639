// name: term_values_backwards
// purpose: values of terms of a field, descending
// parameters: field, limit, until, value
// returns: value
// order: by value
// anchor: Posting.field, value
// cost: O(blocks of the values)
MATCH (p:Posting {field: $field})
WHERE p.value > $value AND p.value < $until
RETURN DISTINCT p.value AS value ORDER BY value DESC LIMIT $limit
