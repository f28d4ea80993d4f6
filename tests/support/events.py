"""The way from a ledger entry to a receiver, by the deployed functions, as the emulators call them.

Triggers get CloudEvents as Firestore sends them; tasks wait in a queue; nothing runs by itself. So
a test decides which functions run, how often, and which calls are lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import functions_framework
import pytest
from flask import Flask

from shared import config, ids
from shared.domain.webhooks.deliveries import Delivery
from shared.services.accounts.test_clock_moves import CONTINUE as CONTINUE_CLOCK
from shared.services.events.outbox import FAST, SLOW
from shared.services.events.push_outbox import FUNCTION as SEND_PUSH
from shared.services.events.shop_outbox import FUNCTION as WRITE_TO_SHOP
from shared.services.events.wallet_outbox import FUNCTION as UPDATE_PASS
from shared.services.imports.row_imports import CONTINUE as CONTINUE_IMPORT
from shared.services.loyalty.tier_recalculations import CONTINUE as RECALCULATE
from shared.services.members.erasures import FUNCTION as ERASE
from shared.services.systems.shop_card_fills import CONTINUE as FILL_SHOP
from shared.services.systems.sync_worker import CONTINUE
from shared.store import client
from shared.store.webhooks import delivery_documents
from tests.support import databases
from tests.support.merchants import Merchant
from tests.support.tasks import Task, TaskQueue, task_queue
from tools.emulators import FirestoreEmulator

ENTRY = "onEntryCreated"
MEMBER = "onMemberEnrolled"
CHECK_IN = "onCheckIn"
SWEEP = "sweepOutbox"
CALENDAR = "runMemberCalendar"


@dataclass(frozen=True)
class Registered:
    """A webhook endpoint, with the secret that was shown once."""

    id: str
    url: str
    secret: str


@dataclass
class Pipeline:
    """The functions behind a merchant's webhooks. ``fired`` are documents already announced."""

    triggers: dict[str, Flask]
    sweep_app: Flask
    calendar_app: Flask
    tasks: TaskQueue
    fired: set[str] = field(default_factory=set)

    def register(self, merchant: Merchant, url: str, *events: str, **fields: Any) -> Registered:
        """Register a URL, for all loyalty events unless some are named."""
        body = {
            "storeId": merchant.store_id,
            "url": url,
            "events": list(events) or ["loyalty.*"],
            **fields,
        }
        answer = merchant.api.ok("getLoyaltyWebhookEvents", body)
        secret = fields.get("secret") or answer["secret"]
        return Registered(answer["webhookId"], url, secret)

    def trigger(self, name: str, document: str) -> int:
        """Call a trigger function for a document; return its status."""
        response = (
            self.triggers[name]
            .test_client()
            .post("/", headers=cloud_event_headers(document), data=b"")
        )
        return response.status_code

    def fire(self, merchant: Merchant) -> int:
        """Call the triggers of what a merchant has new; return their number."""
        mine = ("accountId", "==", merchant.account_id)
        found = {each.path: MEMBER for each in client.query("loyaltyMembers", mine)}
        found |= {each.path: ENTRY for each in client.query("entries", mine, group=True)}
        found |= {each.path: CHECK_IN for each in client.query("checkIns", mine)}
        new = [path for path in sorted(found) if path not in self.fired]
        for path in new:
            assert self.trigger(found[path], path) == 200
        self.fired.update(new)
        return len(new)

    def deliver(self, merchant: Merchant) -> int:
        """Run a merchant's tasks until none is left; return the number of tasks that ran."""
        ran = 0
        while more := self.tasks.run_pending(self.is_of(merchant)):
            ran += more
        return ran

    def attempt(self, delivery_id: str, queue: str = FAST) -> int:
        """Call the function of a queue for a delivery; return its status."""
        task = Task(queue, ids.new("task"), {"data": {"deliveryId": delivery_id}}, None, {})
        return self.tasks.run(task)

    def run(self, merchant: Merchant) -> None:
        """Deliver all events that have happened."""
        self.fire(merchant)
        self.deliver(merchant)

    def sweep(self) -> None:
        """Call the scheduled function."""
        assert self.sweep_app.test_client().post("/").status_code == 200

    def run_calendar(self) -> None:
        """Call the scheduled function for the effects of time."""
        assert self.calendar_app.test_client().post("/").status_code == 200

    def is_of(self, merchant: Merchant) -> Any:
        """Return a function that tells whether a task belongs to the merchant."""
        own = {each.delivery_id for each in deliveries_of(merchant)}

        def wanted(task: Task) -> bool:
            return task.delivery_id in own

        return wanted


def cloud_event_headers(document: str) -> dict[str, str]:
    """Return the headers that Firestore sends when a document is created."""
    project = config.project_id()
    return {
        "ce-specversion": "1.0",
        "ce-type": "google.cloud.firestore.document.v1.created",
        "ce-source": f"//firestore.googleapis.com/projects/{project}/databases/(default)",
        "ce-id": ids.new("ce"),
        "ce-subject": f"documents/{document}",
        "ce-time": "2026-03-03T12:00:00Z",
        "ce-datacontenttype": "application/protobuf",
        "ce-dataschema": "https://github.com/googleapis/google-cloudevents/blob/main/proto/google/"
        "events/cloud/firestore/v1/data.proto",
        "ce-location": "europe-west6",
        "ce-project": project,
        "ce-database": "(default)",
        "ce-namespace": "(default)",
        "ce-document": document,
        "Content-Type": "application/protobuf",
    }


def events_of(merchant: Merchant) -> list[dict[str, Any]]:
    """Return the documents of a store's events, in the order in which they happened."""
    found = client.query("events", ("storeId", "==", merchant.store_id))
    documents = [each.data for each in found if each.data]
    return sorted(documents, key=lambda event: (event["createdAt"], event["type"]))


def deliveries_of(merchant: Merchant) -> list[Delivery]:
    """Return the deliveries of a store's events."""
    found = client.query("webhookDeliveries", ("storeId", "==", merchant.store_id))
    return [delivery for each in found if (delivery := delivery_documents.decode(each))]


@pytest.fixture(scope="session")
def _task_queue(firestore_emulator: FirestoreEmulator) -> Iterator[TaskQueue]:
    with task_queue(
        {
            name: _app(name, "http")
            for name in (
                FAST,
                SLOW,
                CONTINUE,
                CONTINUE_IMPORT,
                ERASE,
                RECALCULATE,
                CONTINUE_CLOCK,
                WRITE_TO_SHOP,
                FILL_SHOP,
                SEND_PUSH,
                UPDATE_PASS,
            )
        }
    ) as queue:
        yield queue


@pytest.fixture(scope="session")
def _functions(firestore_emulator: FirestoreEmulator) -> dict[str, Flask]:
    apps = {name: _app(name, "cloudevent") for name in (ENTRY, MEMBER, CHECK_IN)}
    schedules = {name: _app(name, "http") for name in (SWEEP, CALENDAR)}
    return {**apps, **schedules}


def _app(name: str, signature_type: str) -> Flask:
    # functions-framework leaves the type in the environment, and the next app would read it.
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FUNCTION_SIGNATURE_TYPE", signature_type)
        return functions_framework.create_app(name, "main.py", signature_type)


@pytest.fixture
def pipeline(
    _functions: dict[str, Flask], _task_queue: TaskQueue, monkeypatch: pytest.MonkeyPatch
) -> Pipeline:
    """The functions, with a queue that has no tasks of other tests."""
    monkeypatch.setenv("CLOUD_TASKS_EMULATOR_HOST", _task_queue.host)  # other tests have no queue
    _task_queue.reset()
    triggers = {name: _functions[name] for name in (ENTRY, MEMBER, CHECK_IN)}
    return Pipeline(triggers, _functions[SWEEP], _functions[CALENDAR], _task_queue)


@pytest.fixture
def own_database(firestore_emulator: FirestoreEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database for one test alone, for functions that process the whole database."""
    databases.borrow(monkeypatch)
