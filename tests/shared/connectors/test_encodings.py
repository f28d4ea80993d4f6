"""The encoding of texts that do not say it: one rule, and what is doubtful is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors import encodings
from shared.connectors.encodings import Encoding, Text
from shared.errors import ConnectorRejected

UMLAUTS = "Käse\r\nBrötchen\r\nGrüner Tee\r\nEspresso\r\n"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"Caf\xc3\xa9", "Café"),
        (b"\xef\xbb\xbfCaf\xc3\xa9", "Café"),
        ("Café €".encode("utf-16"), "Café €"),
        (b"\xfe\xff" + "Café €".encode("utf-16-be"), "Café €"),
        (b"Cafe", "Cafe"),
        (b"", ""),
    ],
)
def test_reads_the_text_of_unicode(content: bytes, text: str) -> None:
    assert encodings.to_text(content) == Text(text)


@pytest.mark.parametrize(
    ("content", "text"), [(b"Caf\xe9 \x80", "Café €"), (b"\x81\xe9", "\ufffdé")]
)
def test_reads_the_text_of_windows_and_says_so(content: bytes, text: str) -> None:
    found = encodings.to_text(content)
    assert found.text == text
    assert found.problem.startswith("is not UTF-8 (line 1), so it was read as Windows-1252")


@pytest.mark.parametrize("place", [0, 6, len(UMLAUTS.encode())])
def test_one_wrong_byte_leaves_all_umlauts_as_they_are(place: int) -> None:
    content = UMLAUTS.encode()
    line = content[:place].count(b"\n") + 1
    found = encodings.to_text(content[:place] + b"\xfc" + content[place:])
    assert found.text.replace("\ufffd", "") == UMLAUTS
    assert found.problem == (
        f"is UTF-8, but not in line {line}: what cannot be read there became \ufffd"
    )


@pytest.mark.parametrize("content", [b"\x89PNG\0", b"a\0b"])
def test_refuses_what_is_no_text(content: bytes) -> None:
    with pytest.raises(ConnectorRejected, match="neither text nor a zip"):
        encodings.to_text(content)


@given(st.text(), st.integers(1, 5))
def test_unicode_is_found_however_it_is_cut_into_pieces(text: str, length: int) -> None:
    content = text.encode()
    pieces = [content[at : at + length] for at in range(0, len(content), length)]
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        assert encodings.found_encoding(pieces) == Encoding()


@given(st.binary(), st.integers(1, 5))
def test_pieces_say_the_same_as_the_whole(content: bytes, length: int) -> None:
    pieces = [content[at : at + length] for at in range(0, len(content), length)]
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        found = encodings.found_encoding(pieces)
        assert found == encodings.found_encoding([content])
        content.decode(found.codec, found.errors)


@given(st.text(st.characters(codec="cp1252", exclude_characters="\0"), min_size=1))
def test_a_text_of_windows_is_never_refused(text: str) -> None:
    assert len(encodings.to_text(text.encode("cp1252")).text) <= len(text)
