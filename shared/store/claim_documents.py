"""Results of requests with an ``Idempotency-Key``, kept to answer repeated requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.domain.pseudonyms import Pseudonyms
from shared.encrypted import Encrypted
from shared.store import codec, paths, personal
from shared.store.client import Document
from shared.store.documents import Documents
from shared.store.personal import Personal

SECRET = "secretToken"  # noqa: S105 - the name of a field
"""The field of a request's result that holds the secret of its answer."""


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """A used key, with its request and the request's result.

    ``secret_token`` is the ``secretToken`` of ``result``, if there is one: nothing else of a result
    is encrypted. ``run_id`` tells the run that has written it from others of the same request.
    ``people`` are those whom the request names: it is emptied when one of them is erased.
    """

    fingerprint: str
    result: Mapping[str, Any]
    created_at: datetime
    expires_at: datetime
    secret_token: Encrypted | None = None
    run_id: str | None = None
    people: tuple[str, ...] = ()


def _from_document(document: Document) -> StoredClaim:
    secret_token = document["result"].get(SECRET)
    return codec.from_document(StoredClaim, {**document, SECRET: secret_token})


def _to_document(claim: StoredClaim) -> Document:
    document = codec.to_document(claim)
    secret_token = document.pop(SECRET)
    if secret_token is not None:
        document["result"][SECRET] = secret_token
    return document


def _erased(claim: StoredClaim, _: Pseudonyms) -> StoredClaim:
    """Return a claim that answers nobody: a repeated request is taken for a different one.

    It must not be deleted: a late repetition would enrol the person again.
    """
    return replace(claim, fingerprint="", result={}, secret_token=None, people=())


CLAIMS = Documents(
    StoredClaim,
    paths.idempotency_key,
    collection="idempotencyKeys",
    from_document=_from_document,
    to_document=_to_document,
    personal=Personal("requests", personal.of_people("idempotencyKeys"), _erased),
)

decode = CLAIMS.decode
write = CLAIMS.write
