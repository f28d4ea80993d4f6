"""What tests of the shared code need besides the emulator."""

from __future__ import annotations

import pytest
from hypothesis import settings

from shared.store import rpc
from tests.support.wire import Wire
from tools.emulators import FirestoreEmulator

# A busy machine is slow, not wrong.
settings.register_profile("punktwerk", deadline=None)
settings.load_profile("punktwerk")


@pytest.fixture
def wire(firestore_emulator: FirestoreEmulator, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """The RPCs to the emulator: what went over the wire, and what happens to what goes next."""
    wire = Wire()
    monkeypatch.setattr(rpc, "send", wire.through(rpc.send))
    return wire
