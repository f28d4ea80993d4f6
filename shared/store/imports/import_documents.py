"""Imports and their parts."""

from __future__ import annotations

from shared.domain.imports.imports import Import, ImportPart, ImportState
from shared.store import paths
from shared.store.documents import Documents
from shared.store.personal import NoPersonalData

IMPORTS = Documents(
    Import,
    paths.import_,
    collection="imports",
    path_of=lambda found: paths.import_(found.import_id),
)
PARTS = Documents(
    ImportPart,
    paths.import_part,
    collection="importParts",
    path_of=lambda part: paths.import_part(part.import_id, part.number),
    personal=NoPersonalData("Rows of a file: encrypted until they are booked, and then expiring."),
)

decode = IMPORTS.decode
find = IMPORTS.find
write = IMPORTS.write
decode_part = PARTS.decode
find_part = PARTS.find
write_part = PARTS.write


def list_open(limit: int) -> list[Import]:
    """Return imports that have not ended."""
    wanted = [ImportState.RUNNING.value, ImportState.RECEIVING.value]
    return [each for state in wanted for each in IMPORTS.query(("state", "==", state), limit=limit)]
