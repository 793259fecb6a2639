"""Closures from memory: the walked edges of a store in this process, kept up with its journal."""

from tracegraph.store.adjacency.adjacency import Adjacency

__all__ = ["Adjacency"]
