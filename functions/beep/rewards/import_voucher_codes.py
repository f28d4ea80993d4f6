"""POST /api/v1/importVoucherCodes: give a voucher codes of your own, each for one member."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from shared.auth.caller import Caller
from shared.domain.loyalty.voucher_codes import CODES_A_CALL_MAX, CodeOutcome
from shared.errors import LimitExceeded, ProgramNotFound, RewardNotFound
from shared.ids import is_our_reward_code
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, Whole, WireModel, worded
from shared.schemas.fields import ProgramId, StoreId
from shared.schemas.loyalty.reward_bodies import RewardId
from shared.services.rewards import voucher_imports


def _not_ours(code: str) -> str:
    if is_our_reward_code(code):
        raise ValueError("must not begin with RW-, as the codes that we make")
    return code


_Code = Annotated[
    str,
    Field(pattern=worded(r"^[!-~]{4,64}$", "must have 4 to 64 characters of ASCII and no spaces")),
    AfterValidator(_not_ours),
]


class Request(RequestModel):
    """Codes of a reward of the type ``voucher``. Sent again, nothing is added twice."""

    program_id: ProgramId
    reward_id: RewardId
    store_id: StoreId | None = None
    codes: list[_Code] = Field(
        min_length=1,
        max_length=CODES_A_CALL_MAX,
        description="Each of 4 to 64 letters, digits and signs, without spaces; as it is shown.",
    )


class CodeResult(WireModel):
    """What became of a code. The code itself is not repeated."""

    index: Whole = Field(description="Its place in `codes`, from 0.")
    outcome: CodeOutcome = Field(
        description=(
            "`imported`; `duplicate` if the reward has it, or had it and gave it to somebody; "
            "`of_another_reward` of the account, which keeps it."
        )
    )


class Response(ResponseModel):
    """How many were added, and what became of each."""

    success: Success = True
    program_id: answers.ProgramId
    reward_id: str = Field(description="The reward.")
    imported: Whole = Field(description="How many codes were added.")
    codes_left: Whole = Field(description="How many nobody has got yet: the stock of the reward.")
    results: list[CodeResult] = Field(description="What became of each code, in their order.")


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "codes": {
        "programId": "lp_abc123",
        "rewardId": "rw_abc123",
        "codes": ["KINO-7F3K-2M9Q", "KINO-X4HB-C8WZ"],
    }
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "rewardId": "rw_abc123",
    "imported": 2,
    "codesLeft": 2,
    "results": [
        {"index": 0, "outcome": "imported"},
        {"index": 1, "outcome": "imported"},
    ],
}

REFUSALS = (ProgramNotFound, RewardNotFound, LimitExceeded)


def handle(body: Request, caller: Caller) -> Response:
    """Add them in one commit, or none."""
    made = voucher_imports.import_codes(
        caller,
        program_id=body.program_id,
        store_id=body.store_id,
        reward_id=body.reward_id,
        codes=body.codes,
    )
    return Response(
        program_id=body.program_id,
        reward_id=body.reward_id,
        imported=made.outcomes.count(CodeOutcome.IMPORTED),
        codes_left=made.left,
        results=[
            CodeResult(index=index, outcome=outcome) for index, outcome in enumerate(made.outcomes)
        ],
        is_replay=made.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Add the codes to a voucher that has none."""
    seen: set[str] = set()
    outcomes = []
    for code in body.codes:
        outcomes.append(CodeOutcome.DUPLICATE if code in seen else CodeOutcome.IMPORTED)
        seen.add(code)
    return {
        "imported": len(seen),
        "codesLeft": len(seen),
        "results": [
            {"index": index, "outcome": outcome.value} for index, outcome in enumerate(outcomes)
        ],
    }
