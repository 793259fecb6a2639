"""Tests: unit, contract, property, acceptance; a real Neo4j and Chromium where they are at hand."""
