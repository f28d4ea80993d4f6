"""Entry point of Cloud Functions: every function of the catalog, built when it is asked for."""

from typing import Any

from functions import deploy


def __getattr__(name: str) -> Any:
    return deploy.build(name)


def __dir__() -> list[str]:
    return list(deploy.NAMES)
