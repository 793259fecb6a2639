"""Stores: the port, the projection that both engines keep, and the engines."""
