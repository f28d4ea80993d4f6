"""The bare google-cloud-firestore client. It makes the product's calls, and nothing else.

It makes the same reads and conditional writes, with documents of the same size: copies of those
that the product wrote. No HTTP, no keys, no schema, no rules, no hash chain.
"""

from __future__ import annotations

import random
import time
from typing import Any

from google.api_core import exceptions
from google.cloud import firestore

from shared import config, ids
from shared.store import paths
from tools.bench.world import Member

ATTEMPTS_MAX = 1000
RECENT_MAX = 10
# The fastest value of those that were tried with 16 clients.
BACKOFF_BASE_S = 0.05
BACKOFF_MAX_S = 0.5

Document = dict[str, Any]


class BareLedger:
    """Bookings on one membership."""

    def __init__(self, client: firestore.Client, store_id: str, member: Member) -> None:
        membership_id = member.membership_id
        self._client = client
        self._member = client.document(paths.member(membership_id))
        self._mirror = client.document(paths.store_member(store_id, membership_id))
        self._entries = self._member.collection("entries")
        # The product's own documents are the pattern, so that both sides move the same bytes.
        self._entry: Document = next(iter(self._entries.limit(1).stream())).to_dict()

    def balance(self) -> int:
        """Return the balance: one read."""
        (snapshot,) = self._client.get_all([self._member])
        return int(snapshot.get("balanceUnits"))

    def entries_count(self, kind: str) -> int:
        """Return the number of entries of a kind."""
        return sum(1 for each in self._entries.stream() if each.to_dict()["kind"] == kind)

    def book(self, units: int) -> bool:
        """Add units, or take them if they are negative: one read and one conditional commit.

        Returns:
            True if it was booked; ``False`` if the balance does not cover it.
        """
        entry_reference = self._entries.document(ids.new("le"))
        for attempt in range(ATTEMPTS_MAX):
            found = {each.reference: each for each in self._read(entry_reference)}
            member = found[self._member]
            written = self._booked(member.to_dict(), entry_reference.id, units)
            if written is None:
                return False
            body, entry = written
            batch = self._client.batch()
            option = self._client.write_option(last_update_time=member.update_time)
            batch.update(self._member, body, option=option)
            batch.set(self._mirror, body)
            batch.create(entry_reference, entry)
            try:
                batch.commit(retry=None)
            except (exceptions.Conflict, exceptions.FailedPrecondition, exceptions.ServerError):
                bound_s = min(BACKOFF_MAX_S, BACKOFF_BASE_S * 2**attempt)
                time.sleep(random.uniform(0, bound_s))
            else:
                return True
        raise TimeoutError(f"No success in {ATTEMPTS_MAX} attempts.")

    def book_transactionally(self, units: int) -> bool:
        """Do the same with the client's ``@transactional``; repeat it until it succeeds."""
        entry_reference = self._entries.document(ids.new("le"))

        @firestore.transactional
        def booked(transaction: firestore.Transaction) -> bool:
            found = {each.reference: each for each in self._read(entry_reference, transaction)}
            written = self._booked(found[self._member].to_dict(), entry_reference.id, units)
            if written is None:
                return False
            body, entry = written
            transaction.update(self._member, body)
            transaction.set(self._mirror, body)
            transaction.create(entry_reference, entry)
            return True

        while True:
            try:
                result: bool = booked(self._client.transaction())
            except (ValueError, exceptions.Aborted, exceptions.ServerError):
                time.sleep(random.uniform(0, BACKOFF_MAX_S))
            else:
                return result

    def _read(self, entry: Any, transaction: Any = None) -> list[Any]:
        return list(self._client.get_all([self._member, entry], transaction=transaction))

    def _booked(
        self, member: Document, entry_id: str, units: int
    ) -> tuple[Document, Document] | None:
        balance_units = member["balanceUnits"] + units
        if balance_units < 0:
            return None
        seq = member["seq"] + 1
        kind = "earn" if units > 0 else "redeem"
        change = {"entryId": entry_id, "kind": kind, "units": units}
        after = {**change, "balanceAfterUnits": balance_units}
        entry = {**self._entry, **after, "seq": seq, "balanceBeforeUnits": member["balanceUnits"]}
        recent = {**member["recent"][0], **after}
        body = {
            **member,
            "balanceUnits": balance_units,
            "lots": [{"units": balance_units, "expiresAt": None}],
            "seq": seq,
            "recent": [recent, *member["recent"]][:RECENT_MAX],
        }
        return body, entry


def new_client() -> firestore.Client:
    """Return a new client with its own channel."""
    return firestore.Client(project=config.project_id())
