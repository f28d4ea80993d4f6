"""POST /api/v1/getHealth: tell whether this server works, and which version it is."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.errors import Unhealthy
from shared.schemas.base import RequestModel, ResponseModel, Success
from shared.services.accounts import health


class Request(RequestModel):
    """Needs no key, for monitors and load balancers: 200 while all works, else 503.

    What it found is kept for a few seconds, so that asking often costs nothing.
    """


class Response(ResponseModel):
    """The version, and what was found to work. A 503 names in ``details`` what does not."""

    success: Success = True
    version: str = Field(description="The release, by SemVer.")
    commit: str | None = Field(
        description="The commit that was deployed, if the operator has named it."
    )
    firestore: bool = Field(description="True: the database answers.")
    task_queue: bool = Field(
        description="True: the task queues are configured. They are not called for this, and "
        "without them the answer is still 200: webhooks wait for the sweep then."
    )
    encryption_keys: bool = Field(description="True: there are keys for what is stored encrypted.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {"any": {}}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "version": "0.2.0",
    "commit": "7294cd0",
    "firestore": True,
    "taskQueue": True,
    "encryptionKeys": True,
}

REFUSALS = (Unhealthy,)


def handle(_: Request, __: Caller | None) -> Response:
    """Look at what the server needs: one read, at most every few seconds."""
    found = health.check()
    return Response(
        version=found.version,
        commit=found.commit,
        firestore=found.firestore,
        task_queue=found.task_queue,
        encryption_keys=found.encryption_keys,
    )
