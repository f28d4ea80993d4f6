"""The imported codes of a voucher: a merchant brings them, and each is given to one member, once.

A code is a secret until then. Nobody sees it who does not have it: not a list, not a log, not an
event. Who has got one may have used it anywhere, so it is never given to anybody else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared import ids
from shared.encrypted import Encrypted

CODES_A_CALL_MAX = 500
CODES_LEFT_MAX = 10_000
"""Codes of a reward that are not given yet: their ids lie in the shards of its stock."""
_ID_CHARS = 32


class CodeOutcome(StrEnum):
    """What became of a code that somebody imports."""

    IMPORTED = "imported"
    DUPLICATE = "duplicate"
    OF_ANOTHER_REWARD = "of_another_reward"


@dataclass(frozen=True, slots=True)
class VoucherCode:
    """A code of a reward. ``code`` is gone when it is given: the member's entry has it then."""

    account_id: str
    program_id: str
    reward_id: str
    imported_at: datetime
    code: Encrypted | None
    given_at: datetime | None = None

    @property
    def reward_key(self) -> tuple[str, str]:
        """Its program and reward."""
        return self.program_id, self.reward_id

    def given(self, now: datetime) -> VoucherCode:
        """Return it after a member has got it."""
        return replace(self, code=None, given_at=now)


def code_id(account_id: str, code: str) -> str:
    """Return the name of a code: an account has each once."""
    return ids.digest(account_id, code)[:_ID_CHARS]
