"""Imports and their parts."""

from __future__ import annotations

from shared.domain.imports import imports
from shared.domain.imports.imports import Import, ImportPart, ImportState
from shared.store import paths, personal
from shared.store.documents import Documents
from shared.store.personal import Personal

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
    # The rows themselves are encrypted until they are done, and then gone.
    personal=Personal(
        "imports",
        personal.of_people("importParts"),
        imports.erased,
        exported=imports.of_user_alone,
    ),
)

decode = IMPORTS.decode
find = IMPORTS.find
write = IMPORTS.write
decode_part = PARTS.decode
find_part = PARTS.find
write_part = PARTS.write
delete_part = PARTS.deletion


def list_open(limit: int) -> list[Import]:
    """Return imports that have not ended."""
    wanted = [ImportState.RUNNING.value, ImportState.RECEIVING.value]
    return [each for state in wanted for each in IMPORTS.query(("state", "==", state), limit=limit)]
