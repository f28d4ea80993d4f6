"""Connectors to other people's systems: payment providers, tills and ERPs.

A connector is one module: a model of its configuration, pure functions that translate between its
data and ours, and the calls. It keeps no state, stores nothing, and is imported when it is needed.
"""
