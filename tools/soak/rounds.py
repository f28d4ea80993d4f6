"""A program with some members, and what they must have by all answers so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import NamedTuple

from shared import clock
from shared.domain.loyalty import due
from shared.domain.members.erasure import ErasureState
from shared.services.loyalty import tier_recalculations
from shared.services.members import erasures
from shared.store import paths
from shared.store.loyalty import membership_documents
from shared.store.members import person_erasure_documents
from tests.support.api import Answer, Api
from tests.support.dying import dying_after
from tests.support.merchants import RULES, Merchant
from tools.soak import proofs
from tools.soak.differences import DifferenceError
from tools.soak.operations import POINT_VALUE, PRICES, Body, Moved, Operation

MEMBERS = 5
STOCKS = {"large": 120, "few": 6}
CODES = 12
RPCS_MAX = 8
GONE = "those who were erased"
OK = 200
BUSY = 503
"""Nothing was done, or it is not known: the same request is sent again."""
TRIES_MAX = 20
OPEN_MAX = 10
STRANGER_URL, CRM_URL = "http://127.0.0.1/all", "http://127.0.0.1/crm"


def until_answered(send: Callable[[], Answer]) -> Answer:
    """Send a request until something else is answered than that it should be sent again."""
    for _ in range(TRIES_MAX - 1):
        answer = send()
        if answer.status != BUSY:
            return answer
    return send()


class Bought(NamedTuple):
    """What a redemption was for: a reward or none, and what it cost."""

    reward_id: str | None
    points: int


class Round:
    """What was done in a program; ``told`` is what each member has earned less what was taken.

    With ``is_told`` the store has two endpoints, and all events and counters are proved as well.
    """

    def __init__(self, merchant: Merchant, random: Random, *, is_told: bool) -> None:
        self.api: Api = merchant.api
        self.store_id = merchant.store_id
        self.random = random
        self.is_told = is_told
        self.history: list[str] = []
        if is_told:
            for webhook in ({"url": STRANGER_URL}, {"url": CRM_URL, "source": "crm"}):
                body = {"storeId": self.store_id, "events": ["loyalty.*"], **webhook}
                self.api.ok("createWebhookEndpoint", body)
        self.program_id = self._program(merchant)
        self.left = Counter(STOCKS)
        self.names = 0
        self._first_day = due.local_day(clock.utc_now(), "Europe/Berlin").isoformat()
        self.restock()
        self.told: Counter[str] = Counter()
        self.users: list[str] = []
        self.bought: list[tuple[str, str]] = []
        self.held: list[tuple[str, str]] = []
        self.redeemed: list[tuple[str, str]] = []
        self.codes: list[str] = []
        self.early: dict[str, Body] = {}
        self.late: dict[str, Body] = {}
        self._bought: dict[str, Bought] = {}
        self._counted: set[str] = set()
        self._returned: set[str] = set()
        for _ in range(MEMBERS):
            self._join(self.name("user_"))

    def _program(self, merchant: Merchant) -> str:
        kind = self.random.choice(["points", "tier"])
        renewed_by = self.random.choice([[], ["earning"], ["earning", "spending"]])
        rewards = [
            {
                "rewardId": reward_id,
                "title": reward_id,
                "type": "voucher",
                "requiredPoints": price,
                "stock": STOCKS.get(reward_id),
            }
            for reward_id, price in PRICES.items()
        ]
        return merchant.program(
            kind,
            transfers="merchant",
            refundPolicy=self.random.choice(["within_balance", "unlimited", "only_pending"]),
            pointsExpiry={"afterDays": 20, "renewedBy": renewed_by},
            pendingDays=self.random.choice([0, 0, 2]),
            pointValue=POINT_VALUE,
            rewards=rewards,
            eventRules=[{"event": "app_login", "points": 5, "timesPerPeriod": 1, "period": "day"}],
            rules=RULES[kind],
        )

    def name(self, kind: str) -> str:
        """Return a new name."""
        self.names += 1
        return f"{kind}{self.names}"

    def someone(self) -> str:
        """Choose a member."""
        return self.random.choice(self.users)

    def ids(self, user_id: str) -> Body:
        """Return what names a member in a request."""
        return {"programId": self.program_id, "userId": user_id}

    def done(self, operation: Operation, answer: Body) -> None:
        """Note what a final answer says."""
        self.history.append(f"{operation.action} {operation.body}: {answer}")
        for user_id, points in operation.moved(answer):
            self.told[user_id] += round(points)
        if operation.action == "reserveLoyaltyPoints":
            self.held.append((operation.user_id, answer["reservationId"]))
        if answer.get("rewardCode") and operation.action != "useRewardCode":
            self.codes.append(answer["rewardCode"])
        if operation.action == "addLoyaltyPoints":
            self._note_early(operation)
        if operation.action == "reverseLoyaltyTransaction":
            self._returned.add(operation.user_id)

    def spent(self, answer: Body) -> Moved:
        """Return what a redemption has taken."""
        redemption_id, user_id = answer["redemptionId"], answer["userId"]
        if not self.is_new(redemption_id):
            return []
        points = answer["pointsRedeemed"] if "pointsRedeemed" in answer else answer["points"]
        self.redeemed.append((user_id, redemption_id))
        self._bought[redemption_id] = Bought(answer["rewardId"], points)
        if answer["rewardId"] in self.left:
            self.left[answer["rewardId"]] -= 1
        return [(user_id, -points)]

    def given_back(self, answer: Body) -> Moved:
        """Return what a cancellation has given back."""
        if not self.is_new(answer["cancellationId"]):
            return []
        self._put_back(answer["redemptionId"])
        return [(answer["userId"], answer["pointsReturned"] - answer["pointsCollected"])]

    def _put_back(self, redemption_id: str) -> None:
        """Note that a piece is back; a code is never given to anybody else."""
        reward_id = self._bought[redemption_id].reward_id
        if reward_id in STOCKS:
            self.left[reward_id] += 1

    def is_new(self, entry_id: str) -> bool:
        """Tell whether no answer before has told of an entry: several may tell of the same one."""
        if entry_id in self._counted:
            return False
        self._counted.add(entry_id)
        return True

    def _note_early(self, purchase: Operation) -> None:
        """Note what a return took that had waited for a purchase."""
        early = self.late.pop(purchase.body["transactionId"], None)
        if early is not None:
            answer = self.api.ok("reverseLoyaltyTransaction", early)
            if answer["status"] != "booked":
                raise DifferenceError(f"{early} still waits after {purchase}")
            self.told[purchase.user_id] -= round(answer["pointsReversed"])
            self._returned.add(purchase.user_id)

    def settle(self) -> None:
        """Note which rewards returns have cancelled: their answers tell only what they took then.

        The answers of all that was sent at the same time must have been noted.
        """
        for user_id in self._returned:
            self._note_taken_back(user_id)
        self._returned.clear()

    def _note_taken_back(self, user_id: str) -> None:
        for each in membership_documents.list_entries(
            paths.membership_id(self.program_id, user_id)
        ):
            redemption_id = each.corrects_entry_id or ""
            if redemption_id in self._bought and self.is_new(each.entry_id):
                if each.units != self._bought[redemption_id].points:
                    raise DifferenceError(f"{each} gives back what nobody had spent")
                self.told[user_id] += each.units - (each.collected_units or 0)
                self._put_back(redemption_id)

    def _surely(self, action: str, body: Body) -> Body:
        """Send a request, perhaps by a process that dies, then again: it must succeed."""
        key = self.name("key")
        if self.random.random() < 0.5:  # noqa: PLR2004 - half of them die first
            with dying_after(self.random.randint(0, RPCS_MAX)):
                self.api(action, body, idempotency_key=key)
        answer = until_answered(lambda: self.api(action, body, idempotency_key=key))
        if answer.status != OK:
            raise DifferenceError(f"{action} {body} was answered with {answer}")
        self.history.append(f"{action} {body}: {answer.body}")
        return answer.body

    def _join(self, user_id: str) -> None:
        self._surely("createMember", {"userId": user_id, "email": f"{user_id}@example.com"})
        enrolled = self._surely("enrollInLoyaltyProgram", self.ids(user_id))
        # Who was erased and comes back still owes what was owed.
        self.told[user_id] += round(enrolled["currentBalance"])
        self.users.append(user_id)

    def restock(self) -> None:
        """Import more codes."""
        codes = [self.name("CODE-") for _ in range(CODES)]
        body = {"programId": self.program_id, "rewardId": "codes", "codes": codes}
        self._surely("importVoucherCodes", body)
        self.left["codes"] += CODES

    def merge(self) -> None:
        """Make one of two members; a new one comes."""
        old, new = self.random.sample(self.users, 2)
        self._surely("mergeMembers", {"fromUserId": old, "intoUserId": new})
        self.told[new] += self.told.pop(old, 0)
        self.users.remove(old)
        self._rename(old, new)
        for body in self.early.values():
            body["userId"] = new if body["userId"] == old else body["userId"]
        self._join(self.name("user_"))

    def _rename(self, old: str, new: str) -> None:
        for pairs in (self.bought, self.held, self.redeemed):
            pairs[:] = [(new if who == old else who, what) for who, what in pairs]

    def erase(self) -> None:
        """Erase a member, who comes back at once or never."""
        user_id = self.someone()
        self._surely("eraseMember", {"userId": user_id})
        # Of a request that died the rest is done by its task, or by a schedule minutes later.
        soon = clock.utc_now() + timedelta(minutes=1)
        for each in person_erasure_documents.list_open(ErasureState.RUNNING, soon, OPEN_MAX):
            erasures.resume(each.erasure_id, erasures.TASK_S)
        self.told[GONE] += self.told.pop(user_id, 0)
        self.users.remove(user_id)
        for pairs in (self.bought, self.held, self.redeemed):
            pairs[:] = [pair for pair in pairs if pair[0] != user_id]
        self.early = {name: body for name, body in self.early.items() if body["userId"] != user_id}
        self._join(self.random.choice([user_id, self.name("user_")]))

    def leave(self) -> None:
        """Let a member leave and come back."""
        ids = self.ids(self.someone())
        self._surely("leaveLoyaltyProgram", ids)
        refused = self.api("redeemLoyaltyPoints", {**ids, "points": 1})
        if refused.error != "MEMBERSHIP_CLOSED":
            raise DifferenceError(f"{ids} has left, and was answered with {refused}")
        self._surely("enrollInLoyaltyProgram", ids)

    def recalculate(self) -> None:
        """Change the thresholds of the tiers, and move all members."""
        silver = self.random.randint(50, 600)
        tiers: list[Body] = [
            {"name": "Bronze", "minPoints": 0},
            {"name": "Silber", "minPoints": silver},
            {"name": "Gold", "minPoints": silver + self.random.randint(50, 600)},
        ]
        program = {"programId": self.program_id}
        if self.api.ok("getLoyaltyProgram", program)["program"]["programType"] != "tier":
            return
        self._surely("updateLoyaltyProgram", {**program, "rules": {"tiers": tiers}})
        begun = self._surely("recalculateTiers", {**program, "dryRun": False})
        with dying_after(self.random.randint(0, RPCS_MAX)):
            tier_recalculations.resume(begun["recalculationId"])
        tier_recalculations.resume(begun["recalculationId"])
        proofs.require_tiers(self.program_id, {each["name"]: each["minPoints"] for each in tiers})

    def prove(self, *, is_over: bool = False) -> None:
        """Compare what is stored with what was answered, and with itself.

        Args:
            is_over: Nothing is booked any more: all events are made, and proved as well.

        Raises:
            DifferenceError: Something is not as it must be.
        """
        proofs.require_balances(self.program_id, self.users, self.told)
        if is_over and self.is_told:
            proofs.tell(self.program_id, self.random)
        proofs.require_books(self.program_id, is_told=is_over and self.is_told)
        if is_over:
            proofs.require_stock(self.program_id, self.left)
        if is_over and self.is_told:
            proofs.require_outbox(self.store_id, self.program_id)
            proofs.require_report(self.api, self.program_id, self._first_day)
