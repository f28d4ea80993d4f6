"""Firestore through the client library: for independent reads, and as another writer."""

from __future__ import annotations

from functools import cache

from google.cloud.firestore import Client

from shared import config


def library() -> Client:
    """Return a client of the project that the environment currently names."""
    return _of(config.project_id())


@cache
def _of(project: str) -> Client:
    return Client(project=project)
