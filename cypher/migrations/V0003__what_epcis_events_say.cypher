// name: V0003__what_epcis_events_say
// purpose: EPCIS events under what they say, by field, value and block of the journal
CREATE CONSTRAINT posting_block IF NOT EXISTS FOR (n:Posting) REQUIRE (n.field, n.value, n.block) IS UNIQUE;
