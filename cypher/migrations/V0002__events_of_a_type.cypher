// name: V0002__events_of_a_type
// purpose: events of a type in the order of the journal
CREATE INDEX event_type IF NOT EXISTS FOR (n:Event) ON (n.type, n.seq);
