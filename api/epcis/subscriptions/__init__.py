"""Subscriptions to named queries: what is new for one is sent as it is recorded, or by a schedule.

POST …/subscriptions ──> subscription ──notifier──> webhooks
GET  …/events, upgraded ─────────────────────────> sockets
"""
