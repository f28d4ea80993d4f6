"""Enrolment and balances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared import clock, ids
from shared.auth.caller import Caller, SignedInCustomer
from shared.domain.loyalty import ledger, loyalty_events, tiers, welcome
from shared.domain.loyalty import standing as standing_rules
from shared.domain.loyalty.entries import Entry
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.tiers import TierProgress
from shared.domain.members import comebacks as rules_of_comebacks
from shared.domain.members.comebacks import Before
from shared.domain.members.member import Member, MemberStatus
from shared.domain.members.profile import Profile
from shared.errors import MembershipNotFound, VerificationRequired
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.events import outbox, shop_outbox, wallet_outbox
from shared.services.loyalty import profile_rewards
from shared.services.members import (
    comebacks,
    member_keys,
    referral_enrolments,
    sign_in_addresses,
)
from shared.services.members.referral_enrolments import Invitation
from shared.store import paths
from shared.store.client import Document, Write
from shared.store.loyalty import membership_documents
from shared.store.members import member_documents


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A membership; ``is_new`` if this request, or the first with the same key, opened it.

    ``bonus_units`` is the welcome bonus that the request granted.
    """

    membership: Membership
    is_new: bool
    bonus_units: int = 0
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """A membership with its program and its progress between tiers."""

    membership: Membership
    program: Program
    progress: TierProgress


@forwarding.following
def enroll(
    caller: Caller,
    *,
    program_id: str,
    user_id: str,
    store_id: str | None,
    referral_code: str | None = None,
) -> Enrolment:
    """Open a membership; return the existing one if the user has one already.

    That of a member who had left is opened again, with its points. Who was erased within a year
    gets nothing again that is given once: no bonus, no referral; limits and debts go on. The
    welcome bonus is granted once, as soon as a key, or the customer with a verified sign-in, asks
    for the membership. So is what the program gives for what the person's profile says. Verified
    addresses of a sign-in are written to a member who has none: ``sign_in_addresses``.

    Raises:
        ProgramNotFound, ProgramInactive, MemberSuspended, MembershipClosed, IdempotencyKeyReused,
        Busy.
        ReferralCodeNotFound: No active member of the program has this code.
        ReferralNotAllowed: It is the own code, the user is a member already, or the program
            rewards no referrals.
        VerificationRequired: An unverified customer wants to join, and the program allows none.
    """
    is_verified = caller.customer is None or caller.customer.is_verified
    program = access.program(caller, program_id, store_id)
    membership_id = paths.membership_id(program_id, user_id)
    path = paths.member(membership_id)
    person_path = paths.account_member(caller.account_id, user_id)
    now, referral_id, event_id = clock.utc_now(), ids.new("ref"), ids.new("evt")
    codes = referral_enrolments.needs(caller.account_id, referral_code)
    customer = caller.customer
    keys = Profile(email=customer.email, phone=customer.phone).keys if customer else ()
    marks = comebacks.marks(program.account_id, user_id, keys)
    said = sign_in_addresses.said_by(customer)
    owners = member_keys.needs(program.account_id, said.keys)

    def replay(kept: Document, reads: Reads) -> Enrolment:
        return _replayed(kept, membership_documents.decode(reads[path]))

    def decide(reads: Reads) -> Effect[Enrolment]:
        existing = membership_documents.decode(reads[path])
        forwarding.require_current(existing)
        person = member_documents.decode(reads[person_path])
        is_new = existing is None
        if is_new:
            forwarding.require_current(person)
        before = (
            comebacks.before(reads, program, user_id, person, now, keys=keys) if is_new else None
        )
        after, owed = _entered(existing, program, membership_id, user_id, before, now)
        has_returned = existing is not None and after != existing
        if has_returned:
            program.require_active()
        if (is_new or has_returned) and not is_verified and not program.allows_unverified:
            raise VerificationRequired(
                "The program takes only customers with a verified e-mail or phone.",
                programId=program_id,
            )
        after, referral = referral_enrolments.joined(
            reads,
            existing,
            after,
            program,
            person,
            Invitation(
                referral_code, referral_id, is_verified=is_verified, is_of_newcomer=before is None
            ),
        )
        after, greeting = welcome.greeted(after, program, is_verified=is_verified, now=now)
        bonus_units = greeting.units if greeting else 0
        given: Sequence[Entry] = ()
        if is_verified:
            after, given = profile_rewards.on_enrolment(after, program, person, now)
        news = outbox.announce([loyalty_events.from_return(after, now)] if has_returned else [])
        cards = shop_outbox.of_people(reads, [person]) if has_returned else shop_outbox.Marks()
        passes = wallet_outbox.of_memberships(reads, [after] if has_returned else [])
        writes: list[Write] = [*news.writes, *referral, *cards.writes, *passes.writes]
        tasks = [*news.tasks, *cards.tasks, *passes.tasks]
        entries = [*owed, *filter(None, [greeting]), *given]
        if after != existing:
            writes += membership_documents.writes(reads[path], after, *entries)
        is_news = person is not None and _is_news(person, customer, is_verified=is_verified)
        noted = sign_in_addresses.noted(
            reads,
            person,
            _joined(person, program, user_id, caller, now)
            if is_new or has_returned or is_news
            else person,
            said,
            event_id=event_id,
            now=now,
        )
        writes += noted.writes
        tasks += noted.tasks
        membership = ledger.current(after, program, now)
        kept = {
            "balanceUnits": membership.balance_units,
            "tier": membership.tier,
            "isNew": is_new,
            "status": membership.status.value,
            "awaitsWelcome": membership.awaits_welcome,
            "bonusUnits": bonus_units,
        }
        enrolment = Enrolment(membership, is_new=is_new, bonus_units=bonus_units)
        return Effect(enrolment, writes, kept, tasks)

    return commands.run(
        [path, person_path, *codes, *marks, *owners], decide, claim=caller.claim, replay=replay
    )


def _replayed(kept: Document, existing: Membership | None) -> Enrolment:
    if existing is None:
        raise MembershipNotFound(
            "The membership was erased since.",
            fix="Use a new `Idempotency-Key` if the customer joins again.",
        )
    then = replace(
        existing,
        balance_units=kept["balanceUnits"],
        tier=kept["tier"],
        # What earlier versions kept does not hold it: there was one status only.
        status=MembershipStatus(kept.get("status", MembershipStatus.ACTIVE)),
        awaits_welcome=kept.get("awaitsWelcome", False),
    )
    return Enrolment(
        then, is_new=kept["isNew"], bonus_units=kept.get("bonusUnits", 0), is_replay=True
    )


def _is_news(person: Member, customer: SignedInCustomer | None, *, is_verified: bool) -> bool:
    """Tell whether the call is the first to say that somebody vouches for a member, or signs in."""
    is_own = customer is not None and customer.user_id == person.user_id
    signs_in_first = is_own and not person.is_customer and person.status is MemberStatus.ACTIVE
    return (is_verified and person.is_unverified) or signs_in_first


def _joined(
    person: Member | None, program: Program, user_id: str, caller: Caller, now: datetime
) -> Member:
    customer = caller.customer
    return member_documents.enrolled(
        person,
        program,
        user_id,
        now,
        is_customer=customer is not None,
        is_vouched_for=customer is None or customer.is_verified,
    )


def _entered(
    existing: Membership | None,
    program: Program,
    membership_id: str,
    user_id: str,
    before: Before | None,
    now: datetime,
) -> tuple[Membership, Sequence[Entry]]:
    if existing is not None:
        return standing_rules.reopened(existing, now), ()
    opened = ledger.enroll(program, membership_id=membership_id, user_id=user_id, now=now)
    if before is None:
        return opened, ()
    return rules_of_comebacks.opened(opened, program, before, now)


@forwarding.following
def standing(
    caller: Caller, *, program_id: str, user_id: str, store_id: str | None
) -> MemberStanding:
    """Return a customer's balance, totals, tier and history: one read, nothing written.

    Expired points do not count, and points that are pending no more do; the history shows that only
    once it is booked.

    Raises:
        ProgramNotFound, MembershipNotFound.
    """
    program = access.program(caller, program_id, store_id)
    found = membership_documents.find(paths.membership_id(program_id, user_id))
    if found is None:
        raise MembershipNotFound(f"User {user_id} is not enrolled.")
    forwarding.require_current(found)
    now = clock.utc_now()
    membership = ledger.current(found, program, now)
    progress = tiers.progress_of(membership, program, now)
    return MemberStanding(membership, program, progress)
