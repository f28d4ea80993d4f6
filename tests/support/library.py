"""Firestore as the client library sees it: a second opinion, and somebody else who writes."""

from __future__ import annotations

from functools import cache

from google.cloud.firestore import Client

from shared import config


def library() -> Client:
    """Return a client of the project that the environment names now."""
    return _of(config.project_id())


@cache
def _of(project: str) -> Client:
    return Client(project=project)
