"""What ``make run`` keeps for the next run: the data of Firestore and Auth, in ``.local/data``.

The emulators export it themselves, through the hub of each process of the suite. ``kept.json``
beside the exports says when that was, and the digest of each file: an export that was cut short
or changed is found before an emulator reads half of it.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import shutil
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tools import suite
from tools.emulators import LOCAL, LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EXPORT_TIMEOUT_S = 30
CONTENTS = "kept.json"


class KeepError(Exception):
    """The data could not be kept; what was kept before is still there."""


class KeepTimeoutError(KeepError):
    """An emulator was too slow: the next attempt may succeed."""


def folder() -> Path:
    """Return the folder of the kept data."""
    return LOCAL / "data"


def take_over(*, fresh: bool) -> tuple[Path | None, str]:
    """Return the data to begin with, if there is any, and a sentence that says so.

    Damaged data is set aside under another name. ``fresh`` deletes what was kept.
    """
    data, former = folder(), _beside("former")
    if fresh:
        was_there = data.exists() or former.exists()
        for each in (data, former):
            shutil.rmtree(each, ignore_errors=True)
        return None, (
            "Beginning with fresh demo data: FRESH=1 has deleted the data of the last run."
            if was_there
            else "Beginning with fresh demo data: there was none of a run before."
        )
    if not data.exists() and former.exists():  # a run died between two renames of `keep`
        former.rename(data)
    if not data.exists():
        return None, "Beginning with fresh demo data: there is none of a run before."
    if (damage := _damage(data)) is None:
        return data, (
            f"Going on with the data of {_kept_at(data)} from {data}; "
            "`make run FRESH=1` begins without it."
        )
    aside = _beside(f"damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    data.rename(aside)
    return None, (
        f"The data of the last run is damaged ({damage}), so it was set aside as {aside}. "
        "Beginning with fresh demo data."
    )


def keep(ports: Mapping[str, int]) -> None:
    """Export the data of the running emulators, in place of what was kept before.

    Raises:
        KeepError: An emulator does not export; what was kept before is still there.
    """
    data, former = folder(), _beside("former")
    for left_over in LOCAL.glob(f"{_beside('unfinished').name}*"):
        shutil.rmtree(left_over, ignore_errors=True)
    # A name of its own: an export that was given up may still be written, to its own folder.
    unfinished = _beside(f"unfinished-{time.time_ns()}")
    for process, hub in (("suite", ports["hub"]), ("auth", ports["auth hub"])):
        target = unfinished / process
        target.mkdir(parents=True)
        _export(hub, target)
    contents = {"keptAt": datetime.now(UTC).isoformat(), "files": _digests(unfinished)}
    suite.write_atomically(unfinished / CONTENTS, json.dumps(contents, indent=2) + "\n")
    shutil.rmtree(former, ignore_errors=True)
    if data.exists():
        data.rename(former)
    unfinished.rename(data)
    shutil.rmtree(former, ignore_errors=True)


def last_kept() -> str:
    """Return when the data was kept, for people."""
    return _kept_at(folder()) if (folder() / CONTENTS).exists() else "never"


def _beside(name: str) -> Path:
    return LOCAL / f"data.{name}"


def _export(hub: int, target: Path) -> None:
    """Ask the hub of firebase-tools for an export, as ``firebase emulators:export`` does."""
    connection = http.client.HTTPConnection(LOOPBACK, hub, timeout=EXPORT_TIMEOUT_S)
    body = json.dumps({"path": str(target), "initiatedBy": "make run"})
    try:
        connection.request("POST", "/_admin/export", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    except TimeoutError:
        raise KeepTimeoutError(f"{target.name}: no export in {EXPORT_TIMEOUT_S} s") from None
    except (OSError, http.client.HTTPException) as error:
        raise KeepError(f"{target.name}: {error or type(error).__name__}") from None
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise KeepError(f"{target.name}: {text.strip()}")


def _damage(data: Path) -> str | None:
    """Return what is wrong with kept data, ``None`` if nothing is."""
    try:
        files: dict[str, Any] = _contents(data)["files"]
        _kept_at(data)
    except (OSError, ValueError, KeyError, TypeError):
        return f"{CONTENTS} cannot be read"
    found = _digests(data)
    for name, digest in files.items():
        if name not in found:
            return f"{name} is missing"
        if found[name] != digest:
            return f"{name} has changed"
    return None


def _digests(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path != root / CONTENTS
    }


def _kept_at(data: Path) -> str:
    kept_at = datetime.fromisoformat(_contents(data)["keptAt"])
    return f"{kept_at.astimezone():%Y-%m-%d %H:%M:%S}"


def _contents(data: Path) -> dict[str, Any]:
    contents: dict[str, Any] = json.loads((data / CONTENTS).read_text())
    return contents
