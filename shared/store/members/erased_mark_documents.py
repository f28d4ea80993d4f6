"""Marks of persons who were erased: for a year, a keyed hash of the user id and nothing else."""

from __future__ import annotations

from shared.domain.members.comebacks import ErasedMark
from shared.store import paths
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData

MARKS = Documents(
    ErasedMark,
    paths.erased_mark,
    path_of=lambda mark: paths.erased_mark(mark.account_id, mark.key),
    personal=NoPersonalData("Keyed hashes of those who were erased, deleted after a year."),
)

decode = MARKS.decode
write = MARKS.write
