"""Rows of imports of members in requests, and their results in answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from shared import clock
from shared.domain.members import member_rows
from shared.domain.members.member_rows import MemberRowOutcome, MemberRowResult
from shared.schemas.base import Number, Points, RequestTime, Timestamp, WireModel
from shared.schemas.fields import NewUserId, ProgramId
from shared.schemas.members.profile_bodies import ProfileFields
from shared.schemas.rows import JudgedLater, NamedRow

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""Earlier times are those of systems that know none, such as the first second of 1970."""
CLOCKS_DIFFER = timedelta(minutes=5)


def _past(moment: datetime) -> datetime:
    now = clock.utc_now()
    if moment < EARLIEST:
        raise ValueError("must be 1980 or later")
    if moment > now + CLOCKS_DIFFER:
        raise ValueError("must not be in the future")
    return min(moment, now)


PastTime = Annotated[RequestTime, AfterValidator(_past)]


class MemberToImportBody(ProfileFields, NamedRow):
    """A createMember, with what the person brings along. ``programId`` may stand above all rows."""

    named_by: ClassVar[str] = "user_id"
    user_id: NewUserId | None = None
    program_id: ProgramId | None = None
    enrolled_at: PastTime | None = Field(
        default=None, description="When the person joined your program; now, if it is left out."
    )
    points: Points | None = Field(
        default=None, description="What the person has now: the opening balance, booked once."
    )
    total_earned: Points | None = Field(
        default=None,
        description="All that the person has earned, for the tier: at least `points`, the default.",
    )
    points_earned_at: PastTime | None = Field(
        default=None,
        description=(
            "From when the program's expiry counts for `points`; the day of the import by default."
        ),
    )

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        named = (self.user_id, self.email, self.phone, self.customer_number)
        if not any(named) and not any(self.external_ids.values()):
            raise ValueError("needs userId, email, phone, customerNumber or externalIds")
        return self

    @model_validator(mode="after")
    def _says_when_consent_was_given(self) -> Self:
        if self.newsletter and self.newsletter.subscribed and not self.newsletter.consented_at:
            raise ValueError("needs newsletter.consentedAt if it is subscribed")
        return self


MemberToImport = Annotated[dict[str, Any], JudgedLater(MemberToImportBody)]
"""A ``MemberToImportBody`` that is not validated yet."""


class ImportedMember(WireModel):
    """The result of a row."""

    index: int = Field(description="Number of the row, from 0.")
    outcome: MemberRowOutcome = Field(
        strict=False,
        description=(
            "`created`; `updated`; `skipped`: the member was there, and nothing was changed; "
            "`duplicate` of an earlier row; `failed`; or `not_done` yet: send the same again."
        ),
    )
    user_id: str | None = Field(
        description=(
            "The member, or whom a row names that failed or is not done. Null if it names nobody "
            "by id, or the dry run makes none."
        )
    )
    is_enrolled: bool = Field(description="Whether the row opened the membership.")
    entry_id: str | None = Field(description="The entry of the opening balance. Null without one.")
    new_balance: Number | None = Field(
        description="The balance after it. Null without one, or if the points had expired already."
    )
    expires_at: Timestamp | None = Field(
        description="When those points expire; a time in the past if they have already."
    )
    error: str | None = Field(description="Code of the refusal. Null if it did not fail.")
    message: str | None = Field(description="What is wrong, for people. Null if nothing is.")
    fields: list[str] = Field(description="The fields that are wrong, or that others have.")
    duplicate_of: int | None = Field(description="`index` of the row that names the same person.")


class NumberedImportedMember(ImportedMember):
    """The result of a row of a file."""

    line: int = Field(description="The line of the file in which the row ends, from 1.")


class MemberImportCounts(WireModel):
    """How many rows have each outcome."""

    created: int = Field(description="How many members were made.")
    updated: int = Field(description="How many members were changed.")
    skipped: int = Field(description="How many were there, and not changed.")
    duplicates: int = Field(description="How many name the person of an earlier row.")
    failed: int = Field(description="How many failed: nothing of them was written.")
    not_done: int = Field(description="How many are left.")


def to_import_counts(found: Mapping[str, int]) -> MemberImportCounts:
    """Return the numbers of outcomes for an answer."""
    return MemberImportCounts(
        created=found.get(MemberRowOutcome.CREATED, 0),
        updated=found.get(MemberRowOutcome.UPDATED, 0),
        skipped=found.get(MemberRowOutcome.SKIPPED, 0),
        duplicates=found.get(MemberRowOutcome.DUPLICATE, 0),
        failed=found.get(MemberRowOutcome.FAILED, 0),
        not_done=found.get(MemberRowOutcome.NOT_DONE, 0),
    )


def to_imported_rows(rows: Iterable[MemberRowResult]) -> list[ImportedMember]:
    """Return the results of rows for an answer."""
    return [_to_row(each) for each in rows]


def counts_of(rows: Iterable[MemberRowResult]) -> MemberImportCounts:
    """Return the numbers of outcomes of some rows for an answer."""
    found = member_rows.counted(rows)
    return to_import_counts({each.value: found[each] for each in found})


def _to_row(row: MemberRowResult) -> ImportedMember:
    return ImportedMember(
        index=row.index,
        outcome=row.outcome,
        user_id=row.user_id,
        is_enrolled=row.is_enrolled,
        entry_id=row.entry_id,
        new_balance=row.new_balance,
        expires_at=row.expires_at,
        error=row.error,
        message=row.message,
        fields=list(row.fields),
        duplicate_of=row.duplicate_of,
    )


IMPORTED_EXAMPLES: list[dict[str, Any]] = [
    {
        "index": 0,
        "outcome": "created",
        "userId": "user_xyz",
        "isEnrolled": True,
        "entryId": "le_abc123",
        "newBalance": 120,
        "expiresAt": None,
        "error": None,
        "message": None,
        "fields": [],
        "duplicateOf": None,
    },
    {
        "index": 1,
        "outcome": "duplicate",
        "userId": None,
        "isEnrolled": False,
        "entryId": None,
        "newBalance": None,
        "expiresAt": None,
        "error": None,
        "message": "Row 0 has the same email.",
        "fields": ["email"],
        "duplicateOf": 0,
    },
]
