// name: V0001__schema
// purpose: constraints and indexes; the counter that orders writers
CREATE CONSTRAINT migration_no IF NOT EXISTS FOR (n:Migration) REQUIRE n.no IS UNIQUE;
CREATE CONSTRAINT counter_name IF NOT EXISTS FOR (n:Counter) REQUIRE n.name IS UNIQUE;
CREATE CONSTRAINT entry_seq IF NOT EXISTS FOR (n:Entry) REQUIRE n.seq IS UNIQUE;
CREATE CONSTRAINT entry_uid IF NOT EXISTS FOR (n:Entry) REQUIRE n.uid IS UNIQUE;
CREATE CONSTRAINT batch_last IF NOT EXISTS FOR (n:Batch) REQUIRE n.last IS UNIQUE;
CREATE INDEX batch_recorded IF NOT EXISTS FOR (n:Batch) ON (n.recorded);
CREATE CONSTRAINT traced_node IF NOT EXISTS FOR (n:Traced) REQUIRE n.node IS UNIQUE;
CREATE CONSTRAINT event_seq IF NOT EXISTS FOR (n:Event) REQUIRE n.seq IS UNIQUE;
CREATE CONSTRAINT run_key IF NOT EXISTS FOR (n:Run) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT name_key IF NOT EXISTS FOR (n:Name) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT name_home IF NOT EXISTS FOR (n:Name) REQUIRE n.home IS UNIQUE;
CREATE INDEX name_product IF NOT EXISTS FOR (n:Name) ON (n.product);
CREATE INDEX item_node IF NOT EXISTS FOR (n:Item) ON (n.node);
CREATE INDEX item_key IF NOT EXISTS FOR (n:Item) ON (n.key);
CREATE INDEX item_number IF NOT EXISTS FOR (n:Item) ON (n.number);
CREATE INDEX item_product IF NOT EXISTS FOR (n:Item) ON (n.product);
CREATE TEXT INDEX item_search IF NOT EXISTS FOR (n:Item) ON (n.search);
CREATE INDEX anomaly_no IF NOT EXISTS FOR (n:Anomaly) ON (n.no);
CREATE INDEX anomaly_seq IF NOT EXISTS FOR (n:Anomaly) ON (n.seq);
CREATE INDEX anomaly_item IF NOT EXISTS FOR (n:Anomaly) ON (n.item);
CREATE INDEX reference_target IF NOT EXISTS FOR (n:Reference) ON (n.target);
CREATE INDEX claim_name IF NOT EXISTS FOR (n:Claim) ON (n.name);
CREATE INDEX claim_seq IF NOT EXISTS FOR (n:Claim) ON (n.seq);
CREATE CONSTRAINT place_key IF NOT EXISTS FOR (n:Place) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT party_key IF NOT EXISTS FOR (n:Party) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT order_key IF NOT EXISTS FOR (n:Order) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT equipment_key IF NOT EXISTS FOR (n:Equipment) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT paper_key IF NOT EXISTS FOR (n:Paper) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT person_key IF NOT EXISTS FOR (n:Person) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT product_key IF NOT EXISTS FOR (n:Product) REQUIRE n.key IS UNIQUE;
CREATE CONSTRAINT document_uid IF NOT EXISTS FOR (n:Document) REQUIRE n.uid IS UNIQUE;
MERGE (c:Counter {name: 'journal'})
  ON CREATE SET c.seq = 0, c.published = 0, c.item = 0, c.run = 0, c.anomaly = 0, c.recorded = 0;
