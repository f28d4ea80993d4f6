"""The Firestore emulator, the gateway in this process, merchants, and the clock."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import settings

from shared import clock
from shared.domain.accounts.packages import Package
from shared.services.accounts import health
from shared.store import cache
from tests.support import databases
from tests.support.api import Api
from tests.support.library import library
from tests.support.merchants import Member, Merchant, create_merchant
from tools.emulators import FirestoreEmulator

pytest_plugins = [
    "tests.support.without_specs",  # first: others import it, and pytest must rewrite it
    "tests.support.scheduling",
    "tests.support.aws",
    "tests.support.branches",
    "tests.support.checkouts",
    "tests.support.erps",
    "tests.support.events",
    "tests.support.fcm",
    "tests.support.payments",
    "tests.support.processes",
    "tests.support.psp_doubles.fixtures",
    "tests.support.receipts",
    "tests.support.shops",
    "tests.support.woocommerce_site",  # before situations, which import it
    "tests.support.situations",
    "tests.support.staff",
    "tests.support.wallets",
    "tests.support.apns",
    "tests.support.google_wallet",
    "tests.support.written_shops",
]


# How long an example takes says more about what else the machine does than about the product.
settings.register_profile("patient", parent=settings(), deadline=None)
settings.load_profile("patient")

# A run is too short for the best compiler and for concurrent garbage collection: without them Java
# takes half the processor time.
JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage among what is collected and stays: that takes a sixth of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.fixture(scope="session")
def firestore_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirestoreEmulator]:
    """The emulator of each worker, empty at its start."""
    with ExitStack() as stack:
        # Only for this emulator: other tests start Java as usual.
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("JAVA_TOOL_OPTIONS", JAVA_OPTIONS)
            emulator = stack.enter_context(FirestoreEmulator())
        os.environ["FIRESTORE_EMULATOR_HOST"] = emulator.host
        # Nobody is there: it says that sign-ins are unsigned.
        os.environ["FIREBASE_AUTH_EMULATOR_HOST"] = "127.0.0.1:9"
        os.environ["GOOGLE_CLOUD_PROJECT"] = "demo-test"
        os.environ["PUNKTWERK_COMMIT"] = "7294cd0"
        os.environ["PUNKTWERK_SECRET_FILE"] = str(tmp_path_factory.mktemp("vault") / "secret.key")
        # The first commit warms up its Java, which may take longer than a request is allowed to.
        library().document("warm/up").set({}, timeout=60)
        yield emulator


@pytest.fixture(scope="session")
def app(firestore_emulator: FirestoreEmulator) -> Flask:
    """The gateway, as functions-framework serves it."""
    import functions_framework

    return functions_framework.create_app("apiGateway", "main.py")


@pytest.fixture(scope="module", autouse=True)
def _roomy_database() -> None:
    """What a module leaves behind does not slow down many others."""
    if databases.is_full():
        databases.renew()


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    cache.clear_all()
    health.forget()
    yield
    cache.clear_all()
    os.environ.pop("PUNKTWERK_PUSH_KEY", None)  # A situation may have switched push on.


@pytest.fixture
def anonymous(app: Flask) -> Api:
    """The API without a key."""
    return Api(app)


@pytest.fixture
def new_merchant(app: Flask) -> Callable[..., Merchant]:
    """Make further merchants: ``new_merchant(Package.GO)``."""

    def make(package: Package = Package.PRIME, **options: object) -> Merchant:
        return create_merchant(app, package, **options)  # type: ignore[arg-type]

    return make


@pytest.fixture
def merchant(app: Flask) -> Merchant:
    """A merchant with the package PRIME, which no other test uses."""
    return create_merchant(app)


@pytest.fixture
def member(merchant: Merchant) -> Member:
    """A member with 100 points in a points program: 10 points a euro, from 5 euros on."""
    return merchant.member("points", balance=100)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def set(self, year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> None:
        self.now = datetime(year, month, day, hour, minute, tzinfo=UTC)

    def advance(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture
def frozen_clock() -> Iterator[Clock]:
    """The product's clock, at 2026-03-03T12:00:00.000Z."""
    stopped = Clock(datetime(2026, 3, 3, 12, tzinfo=UTC))
    with clock.use(lambda: stopped.now):
        yield stopped
