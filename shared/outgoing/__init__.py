"""Outgoing calls: the only modules that open connections to other people's servers."""
