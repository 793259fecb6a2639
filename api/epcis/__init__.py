"""GS1 EPCIS 2.0 over HTTP: what partners and line systems speak.

POST /epcis/capture ──> jobs ──> documents ──> the graph
POST /epcis/events ─────────────────┘
"""
