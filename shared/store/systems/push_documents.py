"""Records that were pushed to systems."""

from __future__ import annotations

from shared.domain.systems.pushes import Push
from shared.store import paths
from shared.store.documents import Documents

PUSHES = Documents(Push, paths.push, collection="pushes")

decode = PUSHES.decode
write = PUSHES.write
