"""Merge one member into another: all memberships, keys and codes, in one commit (decision 23)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.loyalty import ledger, loyalty_events, merging, welcome
from shared.domain.loyalty.entries import Cause, Entry
from shared.domain.loyalty.membership import Membership, MembershipStatus
from shared.domain.loyalty.programs import Program
from shared.domain.members import check_ins, member_events, member_merging
from shared.domain.members import comebacks as rules_of_comebacks
from shared.domain.members.member import Member, MemberKey
from shared.domain.members.profile import EMAIL, PHONE, Key, Profile
from shared.encrypted import Encrypted
from shared.errors import MemberMerged, MergeLimitExceeded, SignInNotVerified
from shared.services import commands, sealed_profiles
from shared.services.commands import Effect, Reads
from shared.services.events import emission, outbox, push_outbox, shop_outbox
from shared.services.loyalty import returning
from shared.services.members import (
    comebacks,
    member_keys,
    person_memberships,
    profiles,
    push_subscriptions,
    rekeying,
)
from shared.services.members.card_codes import DEVICES_MAX
from shared.services.vaults import vault
from shared.store import paths
from shared.store.client import Document, Write
from shared.store.loyalty import membership_documents, program_documents, return_documents
from shared.store.members import check_in_documents, member_documents, member_key_documents

WRITES_MAX = 450
"""Of the 500 that one commit takes; the rest is for the event and its deliveries."""


@dataclass(frozen=True, slots=True)
class MergedMembership:
    """What a merge moved in one program, in the program's units, and what is there now.

    ``welcome_units`` were taken of a second welcome bonus: one person gets one.
    """

    program_id: str
    moved_units: int
    balance_units: int
    scale: int
    tier: str | None
    welcome_units: int = 0


@dataclass(frozen=True, slots=True)
class Merge:
    """A member who was merged into another one; ``is_repeated`` if that was so before."""

    from_user_id: str
    into_user_id: str
    memberships: tuple[MergedMembership, ...] = ()
    is_repeated: bool = False
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Linking:
    """The user ids of all members who were merged into a sign-in, and of those merged now."""

    user_ids: tuple[str, ...]
    new_user_ids: tuple[str, ...]
    is_replay: bool = False


def merge(caller: Caller, *, from_user_id: str, into_user_id: str) -> Merge:
    """Merge a member into another one. The old id forwards from now on.

    Raises:
        MemberNotFound: One of them does not exist.
        MemberMerged: One of them was merged into a third one before.
        MergeLimitExceeded, BalanceLimitExceeded, IdempotencyKeyReused, Busy.
    """
    return _Merging(caller, from_user_id, into_user_id).run()


def link(caller: Caller, *, user_id: str, keys: Sequence[Key]) -> Linking:
    """Merge the members who have these keys, and behind whom nobody has signed in, into a user.

    A request that was cut off can be repeated: each merge is a commit of its own.

    Args:
        caller: The customer, or a key that vouches for the person.
        user_id: The user who takes over, who need not be a member yet.
        keys: Verified e-mail and phone of that person.

    Raises:
        MemberMerged: The user was merged into another one.
        MergeLimitExceeded, BalanceLimitExceeded, IdempotencyKeyReused, Busy.
    """
    replayed = commands.find_replay(caller.claim, lambda kept, _: _replayed_linking(kept))
    if replayed is not None:
        return replayed
    new = []
    for key in keys:
        found = member_documents.find_by_lookups(
            caller.account_id, member_keys.hashes(caller.account_id, [key])
        )
        member = member_documents.decode(found) if found else None
        if member is None or member.user_id == user_id or member.is_customer:
            continue
        unclaimed = replace(caller, claim=None)
        merge = _Merging(unclaimed, member.user_id, user_id, opens=True, proof=key).run()
        new += [] if merge.is_repeated else [member.user_id]
    own = member_documents.find(caller.account_id, user_id)
    linking = Linking(own.merged_from if own else (), tuple(new))
    commands.keep(caller.claim, {"linked": [*linking.user_ids], "new": new})
    return linking


def _replayed_linking(kept: Document) -> Linking:
    linked = tuple(kept["linked"])
    return Linking(linked, tuple(kept.get("new", linked)), is_replay=True)


def keys_of_sign_in(caller: Caller) -> list[Key]:
    """Return the verified e-mail and phone of the customer who calls.

    Raises:
        SignInNotVerified: There is neither.
    """
    customer = caller.customer
    assert customer is not None
    found = Profile(email=customer.email, phone=customer.phone).keys
    if not customer.is_verified or not found:
        raise SignInNotVerified("The sign-in has no verified e-mail address or phone number.")
    return [each for each in found if each[0] in {EMAIL, PHONE}]


class _UntoldError(Exception):
    """The enrolment of a membership has no event yet."""

    def __init__(self, membership_id: str) -> None:
        super().__init__(membership_id)
        self.membership_id = membership_id


@dataclass(frozen=True)
class _Merging:
    """One merge. ``opens``: the new member may be made; ``proof``: a key the old one must have."""

    caller: Caller
    from_user_id: str
    into_user_id: str
    opens: bool = False
    proof: Key | None = None

    def run(self) -> Merge:
        """Read, decide, commit."""
        known = {
            each: person_memberships.known_paths(self.caller.account_id, each) for each in self._ids
        }
        now, event_id = clock.utc_now(), ids.new("evt")

        def decide(reads: Reads) -> Effect[Merge]:
            return self._decide(reads, known, now, event_id)

        def replay(kept: Document, _: Reads) -> Merge:
            rows = tuple(MergedMembership(*each["row"]) for each in kept["memberships"])
            return Merge(self.from_user_id, self.into_user_id, rows, is_replay=True)

        needs = [*map(self._path, self._ids), *(path for each in known.values() for path in each)]
        while True:
            try:
                return commands.run(needs, decide, claim=self.caller.claim, replay=replay)
            except _UntoldError as untold:
                emission.emit_enrollment(untold.membership_id)

    def _path(self, user_id: str) -> str:
        return paths.account_member(self.caller.account_id, user_id)

    def _decide(
        self, reads: Reads, known: Mapping[str, Sequence[str]], now: datetime, event_id: str
    ) -> Effect[Merge]:
        old, new = (self._person(reads, each, known[each]) for each in self._ids)
        if old is not None and old.merged_into == self.into_user_id:
            return Effect(Merge(*self._ids, is_repeated=True), kept={"memberships": []})
        for each in (old, new):
            member_documents.require_unerased(each)
        for each in (old, new):
            if each is not None and each.merged_into is not None:
                raise MemberMerged(
                    f"User {each.user_id} was merged into another member.",
                    userId=each.user_id,
                    intoUserId=each.merged_into,
                )
        new = new or (
            Member(self.into_user_id, self.caller.account_id, now, now) if self.opens else None
        )
        if old is None or new is None:
            raise profiles.not_found(self.from_user_id if old is None else self.into_user_id)
        if self.proof is not None and not self._has(old, self.proof):
            return Effect(Merge(*self._ids, is_repeated=True))  # It has another address by now.
        joined = self._joined(old, new, now)
        writes, rows = self._memberships(reads, old, joined, known[old.user_id], now)
        writes += [
            member_documents.write(
                reads[self._path(old.user_id)], member_merging.handed_over(old, new.user_id, now)
            ),
            member_documents.write(reads[self._path(new.user_id)], joined),
            *self._older_persons(reads, old, now),
            *self._key_writes(reads, old, new, joined),
        ]
        told = member_events.from_merged(joined, event_id, old.user_id)
        news = outbox.announce([told] if told else [])
        cards = shop_outbox.of_merge(reads, old, new, joined)
        writes += cards.writes
        if len(writes) > WRITES_MAX:
            raise MergeLimitExceeded("The members are in too many programs to be merged at once.")
        kept = {"memberships": [{"row": _plain(each)} for each in rows]}
        result = Merge(*self._ids, memberships=tuple(rows))
        tasks = [*news.tasks, *cards.tasks]
        return Effect(result, [*writes, *news.writes], kept, tasks)

    @property
    def _ids(self) -> tuple[str, str]:
        return self.from_user_id, self.into_user_id

    def _person(self, reads: Reads, user_id: str, known: Sequence[str]) -> Member | None:
        """Return a person; one who has only memberships is known by these."""
        found = member_documents.decode(reads[self._path(user_id)])
        if found is not None:
            return found
        memberships = person_memberships.decoded(reads, known)
        return profiles.of_before(memberships) if memberships else None

    def _has(self, member: Member, key: Key) -> bool:
        hashes = member_keys.hashes(self.caller.account_id, [key])
        return not member.is_customer and bool(set(hashes) & set(member.lookups))

    def _joined(self, old: Member, new: Member, now: datetime) -> Member:
        """Return the new member with all that is personal of both, encrypted for its document."""
        old_path, new_path = self._path(old.user_id), self._path(new.user_id)

        def moved(token: Encrypted) -> Encrypted:
            return vault().encrypt(vault().decrypt(token, old_path), new_path)

        cards = [*filter(None, [old.card_code]), *old.other_card_codes]
        codes = [*filter(None, [new.card_code]), *new.other_card_codes, *map(moved, cards)]
        theirs = [*filter(None, [old.referral_code]), *old.other_referral_codes]
        referring = [
            *filter(None, [new.referral_code]),
            *new.other_referral_codes,
            *map(moved, theirs),
        ]
        # Who verifies an address takes over what was booked for it, and no phone of others.
        theirs_too = () if self.caller.customer is not None else old.devices
        devices = [
            *new.devices,
            *(replace(each, secret=moved(each.secret)) for each in theirs_too),
        ]
        newest = sorted(devices, key=lambda each: each.created_at)[-DEVICES_MAX:]
        both = member_merging.taken_over(new, old, now)
        both = replace(
            both,
            card_code=codes[0] if codes else None,
            other_card_codes=tuple(codes[1:]),
            referral_code=referring[0] if referring else None,
            other_referral_codes=tuple(referring[1:]),
            devices=tuple(newest),
            is_customer=both.is_customer or self.caller.customer is not None,
        )
        if old.profile is not None or new.profile is not None:
            profile = member_merging.joined(
                sealed_profiles.profile_of(new), sealed_profiles.profile_of(old)
            )
            both = sealed_profiles.sealed(both, profile, now)
        hashes = member_keys.hashes(both.account_id, rekeying.keys_of(both))
        return replace(both, lookups=tuple(hashes))

    def _key_writes(self, reads: Reads, old: Member, new: Member, joined: Member) -> list[Write]:
        """Return the writes that give all keys to the new member, and free what nobody has."""
        every = sorted({*old.lookups, *new.lookups, *joined.lookups})
        found = {each: paths.member_key(joined.account_id, each) for each in every}
        commands.want(reads, found.values())
        writes: list[Write] = []
        for each, path in found.items():
            read = reads[path]
            if each in joined.lookups:
                key = MemberKey(joined.account_id, each, joined.user_id)
                writes.append(member_key_documents.write(read, key))
            elif read.data is not None:
                writes.append(member_key_documents.deletion(read))
        return writes

    def _older_persons(self, reads: Reads, old: Member, now: datetime) -> list[Write]:
        """Return the writes that point those on who were merged into the old member."""
        found = [self._path(each) for each in old.merged_from]
        commands.want(reads, found)
        return [
            member_documents.write(
                reads[path], replace(person, merged_into=self.into_user_id, updated_at=now)
            )
            for path in found
            if (person := member_documents.decode(reads[path])) is not None
        ]

    def _memberships(
        self, reads: Reads, old: Member, joined: Member, known: Sequence[str], now: datetime
    ) -> tuple[list[Write], list[MergedMembership]]:
        """Return the writes that move the memberships of the old member, and what they move."""
        sources = self._sources(reads, old, joined, known)
        targets = {each.program_id: self._target_path(each.program_id) for each in sources}
        programs = {each.program_id: paths.program(each.program_id) for each in sources}
        older = [paths.member(name) for each in sources for name in each.merged_from]
        visitors = self._visitor_paths(sources)
        both = [*(each.membership_id for each in sources), *map(self._target_id, targets)]
        pushes = [path for each in both for path in push_outbox.needs(each)]
        needs = [*targets.values(), *programs.values(), *older, *pushes]
        commands.want(reads, [*needs, *(path for each in visitors for path in each)])
        writes = self._visits(reads, visitors)
        rows: list[MergedMembership] = []
        for source in sources:
            program = program_documents.decode(reads[programs[source.program_id]])
            assert program is not None, f"membership {source.membership_id} of unknown program"
            found, row = self._moved(reads, source, program, joined, now)
            writes += found
            rows.append(row)
        return writes, rows

    def _sources(
        self, reads: Reads, old: Member, joined: Member, known: Sequence[str]
    ) -> list[Membership]:
        """Return the memberships of the old member that were not merged before."""
        every = person_memberships.every_path(old.user_id, old.program_ids, known)
        # What these will need is read with them: an enrolment at the same time may add one more.
        needs = [
            *map(paths.program, old.program_ids),
            *map(self._target_path, old.program_ids),
            *(path for each in old.program_ids for path in self._welcome_paths(each)),
            *comebacks.marks_of(joined.account_id, joined.user_id, joined),
        ]
        read = person_memberships.decoded(reads, (each for each in every if each in reads))
        visitors = (path for each in self._visitor_paths(read) for path in each)
        commands.want(reads, [*every, *needs, *visitors])
        found = person_memberships.decoded(reads, every)
        return [each for each in found if each.status is not MembershipStatus.MERGED]

    def _visitor_paths(self, sources: Iterable[Membership]) -> list[tuple[str, str]]:
        """Return where the visits of both are, in each store with a program of the old member."""
        store_ids = sorted({each.store_id for each in sources})
        old, new = self._ids
        return [(paths.visitor(each, old), paths.visitor(each, new)) for each in store_ids]

    def _visits(self, reads: Reads, visitors: Iterable[tuple[str, str]]) -> list[Write]:
        """Return the writes by which what the old member earned today counts for the new one."""
        writes: list[Write] = []
        for old_path, new_path in visitors:
            old = check_in_documents.decode_visitor(reads[old_path])
            if old is not None:
                new = check_in_documents.decode_visitor(reads[new_path])
                both = check_ins.taken_over(new, old, self.into_user_id)
                writes.append(check_in_documents.write_visitor(reads[new_path], both))
        return writes

    def _welcome_paths(self, program_id: str) -> list[str]:
        """Return where the welcome bonuses of both are, if neither was merged before."""
        both = [paths.membership_id(program_id, each) for each in self._ids]
        return [paths.entry(each, welcome.ENTRY_ID) for each in both]

    def _target_id(self, program_id: str) -> str:
        return paths.membership_id(program_id, self.into_user_id)

    def _target_path(self, program_id: str) -> str:
        return paths.member(self._target_id(program_id))

    def _moved(
        self, reads: Reads, source: Membership, program: Program, person: Member, now: datetime
    ) -> tuple[list[Write], MergedMembership]:
        source_read = reads[paths.member(source.membership_id)]
        target_read = reads[self._target_path(source.program_id)]
        target = membership_documents.decode(target_read)
        owed: Sequence[Entry] = ()
        if target is None:
            target, owed = self._opened(reads, source, program, person, now)
        elif source.enrolled_at < target.enrolled_at:
            _require_told(reads, target)
        left, source_caught = ledger.caught_up(source, program, now)
        held, target_caught = ledger.caught_up(target, program, now)
        out, into = (
            Cause(
                entry_id=ids.derived("le", "merge", *pair),
                fingerprint=ids.digest("merge", *pair),
                now=now,
                description="Merged",
            )
            for pair in (("out", self.into_user_id), ("into", self.from_user_id))
        )
        (closed, out_entry), (joined, into_entry) = ledger.merge(left, held, program, out, into)
        joined, taken, returned = self._one_welcome(reads, source, target, program, joined, now)
        writes = [
            *membership_documents.writes(source_read, closed, *source_caught, out_entry),
            *membership_documents.writes(
                target_read, joined, *owed, *target_caught, into_entry, *taken
            ),
            *returned,
        ]
        for name in source.merged_from:
            read = reads[paths.member(name)]
            older = membership_documents.decode(read)
            if older is not None:
                pointed = replace(
                    older, merged_into=joined.membership_id, merged_into_user_id=joined.user_id
                )
                writes += membership_documents.writes(read, pointed)
        writes += push_subscriptions.moved(reads, closed, joined, now)
        row = MergedMembership(
            program.program_id,
            into_entry.units,
            joined.balance_units,
            joined.scale,
            joined.tier,
            -sum(each.units for each in taken),
        )
        return writes, row

    def _one_welcome(
        self,
        reads: Reads,
        source: Membership,
        target: Membership,
        program: Program,
        joined: Membership,
        now: datetime,
    ) -> tuple[Membership, list[Entry], list[Write]]:
        """Take back what the person has had of welcome bonuses beyond one (decision 63).

        Raises:
            Wanted: Something is not read yet.
        """
        if source.awaits_welcome or target.awaits_welcome:
            return joined, [], []
        both = (*source.every_membership_id, *target.every_membership_id)
        found = [paths.entry(each, welcome.ENTRY_ID) for each in both]
        commands.want(reads, found)
        decoded = (membership_documents.decode_entry(reads[each]) for each in found)
        bonuses = [each for each in decoded if each is not None]
        if not bonuses[1:]:
            return joined, [], []
        path_of = {
            each.membership_id: paths.earn_returns(each.membership_id, each.entry_id)
            for each in bonuses
        }
        commands.want(reads, path_of.values())
        granted = [
            (each, return_documents.decode(reads[path]) or returning.none_of(program))
            for each, path in zip(bonuses, path_of.values(), strict=True)
        ]
        taken: list[Entry] = []
        writes: list[Write] = []
        for bonus, returns in welcome.beyond_one(granted, joined, now):
            joined, entry, after = welcome.taken_back(joined, program, bonus, returns, now)
            taken += filter(None, [entry])
            if after != returns:
                writes.append(return_documents.write(reads[path_of[bonus.membership_id]], after))
        return joined, taken, writes

    def _opened(
        self, reads: Reads, source: Membership, program: Program, person: Member, now: datetime
    ) -> tuple[Membership, Sequence[Entry]]:
        """Return the new membership of who takes over, and the entry of what they owe from before.

        Whoever takes over may have been erased, and was made anew under another id: limits and
        debts of before go on. If the old member has come back as well, that one brings them along.

        Raises:
            Wanted: Marks have to be read.
        """
        opened = merging.opened(
            source,
            membership_id=paths.membership_id(source.program_id, self.into_user_id),
            user_id=self.into_user_id,
        )
        before = comebacks.before(reads, program, self.into_user_id, person, now)
        if before is None:
            return opened, ()
        if source.came_back_at is not None:
            return replace(opened, came_back_at=now), ()
        return rules_of_comebacks.opened(opened, program, before, now)


def _require_told(reads: Reads, target: Membership) -> None:
    """Require that an enrolment has its event, before the merge gives it an earlier time.

    Else it would be told and counted on another day, or, if that is long ago, never.

    Raises:
        _UntoldError: It has none yet.
        Wanted: It has to be looked for.
    """
    if target.is_taken_over or emission.is_history(target.enrolled_at):
        return
    event = paths.event(loyalty_events.enrollment_event_id_of(target))
    commands.want(reads, [event])
    if reads[event].data is None:
        raise _UntoldError(target.membership_id)


def _plain(row: MergedMembership) -> list[object]:
    moved = [row.program_id, row.moved_units, row.balance_units, row.scale, row.tier]
    return [*moved, row.welcome_units]
