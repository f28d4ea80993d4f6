"""The encoding of a text from outside: UTF-8 or UTF-16 if it can be, else Windows-1252."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

from shared.errors import ConnectorRejected
from shared.said import say

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WHOLE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]"
    rb"|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
"""A letter of several bytes in UTF-8. Other texts have such a sequence by rare chance only."""
_NO_ASCII = re.compile(rb"[\x80-\xff]")
_LETTER_BYTES_MAX = 4
_FIRST_BYTE = 0xC0
"""Bytes from here on begin a letter of several bytes."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How bytes become text. ``problem`` says what a person should check, empty if nothing."""

    codec: str = "utf-8-sig"
    errors: str = "strict"
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file. ``problem`` is that of its encoding."""

    text: str
    problem: str = ""


def to_text(content: bytes) -> Text:
    """Return the text of a file, by the rule of ``found_encoding``.

    Raises:
        ConnectorRejected: The file is not text.
    """
    if b"\0" in content and not content.startswith(_UTF16_MARKS):
        raise ConnectorRejected(say("file_kind_unknown", "The file is neither text nor a zip."))
    found = found_encoding([content])
    return Text(content.decode(found.codec, found.errors), found.problem)


def found_encoding(chunks: Iterable[bytes]) -> Encoding:
    """Return the encoding of a text that does not say it. One rule for all files.

    1. UTF-16 if it begins with its mark, as Excel's "Unicode text" does.
    2. UTF-8, with or without a mark, if all of it is.
    3. UTF-8 with the wrong bytes replaced, if letters of several bytes are at least as many as
       wrong bytes: one wrong byte is not to turn all umlauts into others.
    4. Windows-1252.
    """
    scan = _Scan()
    for number, chunk in enumerate(chunks):
        if number == 0 and chunk.startswith(_UTF16_MARKS):
            return Encoding("utf-16", "replace")
        scan.feed(chunk)
    scan.end()
    if scan.wrong_line is None:
        return Encoding()
    if scan.letters >= scan.wrong:
        problem = say(
            "partly_utf8",
            "is UTF-8, but not in line {number}: what cannot be read there became \ufffd",
            number=scan.wrong_line,
        )
        return Encoding(errors="replace", problem=problem)
    problem = say(
        "read_as_windows_1252",
        "is not UTF-8 (line {number}), so it was read as Windows-1252: check letters like "
        "ä, ö, ü, ß",
        number=scan.wrong_line,
    )
    return Encoding("cp1252", "replace", problem)


class _Scan:
    """Counts letters of several bytes, and bytes that are wrong in UTF-8."""

    def __init__(self) -> None:
        self.letters = 0
        self.wrong = 0
        self.wrong_line: int | None = None
        self._lines = 1
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        """Count in a piece of the text. A letter that it may cut in two is left to the next."""
        data = self._rest + chunk
        cut = next(
            (
                len(data) - length
                for length in range(1, min(_LETTER_BYTES_MAX, len(data) + 1))
                if data[-length] >= _FIRST_BYTE
            ),
            len(data),
        )
        self._rest = data[cut:]
        self._count(data[:cut])

    def end(self) -> None:
        """Count in what is left."""
        self._count(self._rest)
        self._rest = b""

    def _count(self, data: bytes) -> None:
        if not data.isascii():
            self._count_letters(data)
        self._lines += data.count(b"\n")

    def _count_letters(self, data: bytes) -> None:
        # As long as what it replaces, so that a wrong byte is where it was.
        without, letters = _WHOLE.subn(lambda found: b" " * len(found[0]), data)
        self.letters += letters
        wrong = _NO_ASCII.search(without)
        if wrong is None:
            return
        self.wrong += len(_NO_ASCII.findall(without))
        if self.wrong_line is None:
            self.wrong_line = self._lines + data.count(b"\n", 0, wrong.start())
