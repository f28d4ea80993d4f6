"""Endpoints of the loyalty API: programs, members, points."""
