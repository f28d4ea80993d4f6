"""Note in older purchases whom they name, so that exports and erasures find them."""

from __future__ import annotations

from shared.services import commands
from shared.services.commands import Effect, Reads
from shared.store.systems import purchase_documents


def note_people() -> int:
    """Write ``people`` into all purchases that lack it, and return how many there were.

    They were stored before it was kept. Each is a commit of its own, so whoever is interrupted
    begins again, and what is done is only read.
    """
    count = 0
    for page in purchase_documents.PURCHASES.pages():
        for read in page:
            if not purchase_documents.has_people(read):
                count += commands.run([read.path], _noted, known={read.path: read})
    return count


def _noted(reads: Reads) -> Effect[bool]:
    (read,) = reads.values()
    purchase = purchase_documents.decode(read)
    if purchase is None or purchase_documents.has_people(read):
        return Effect(result=False)
    return Effect(result=True, writes=[purchase_documents.write(read, purchase)])
