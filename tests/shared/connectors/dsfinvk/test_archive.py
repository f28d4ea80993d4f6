"""A zip from outside is damaged, hostile or odd, and nothing worse than a refusal comes of it."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.connectors.dsfinvk import archive
from shared.connectors.dsfinvk.archive import Archive
from shared.errors import ConnectorRejected
from tests.support.tills import export, head, line, master_data, zipped

GOOD = export([head("b-1"), *line("b-1"), *master_data()])
ROWS = b"Z_KASSE_ID;A;B\r\nk;1;2\r\n"


def rows(files: dict[str, bytes], *optional: str) -> list[list[str]]:
    return list(Archive(zipped(files)).table("t.csv").rows(("A",), optional))


def described(*parts: str) -> bytes:
    return f"<DataSet><Table><URL>t.csv</URL>{''.join(parts)}</Table></DataSet>".encode()


COLUMNS = "".join(
    f"<VariableColumn><Name>{name}</Name></VariableColumn>" for name in ("Z_KASSE_ID", "A", "B")
)


@pytest.mark.parametrize("length", [0, 2, 4, 500, len(GOOD) - 30, len(GOOD) - 1])
def test_refuses_what_is_no_whole_zip(length: int) -> None:
    with pytest.raises(ConnectorRejected, match="no zip"):
        Archive(GOOD[:length])


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_refused_or_does_no_harm(place: int, change: int) -> None:
    broken = bytearray(GOOD)
    broken[place] ^= change
    try:
        found = Archive(bytes(broken))
        for name in ("lines.csv", "transactions.csv"):
            list(found.table(name).rows(("BON_ID",)))
    except ConnectorRejected:
        pass


def test_refuses_a_bomb_before_unpacking_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "UNPACKED_BYTES_MAX", 1_000_000)
    files = {"t.csv": bytes(500_000), "u.csv": bytes(500_000), "index.pdf": bytes(500_000)}
    assert len(zipped(files)) < 3_000
    Archive(zipped(files))
    monkeypatch.setattr(zipfile.ZipExtFile, "read", refuse)
    with pytest.raises(ConnectorRejected, match="bytes in it"):
        Archive(zipped({**files, "u.csv": bytes(500_001)}))


def refuse(*_: object) -> bytes:
    raise AssertionError("nothing is to be unpacked")


def test_never_reads_more_than_the_zip_declares() -> None:
    honest = zipped({"t.csv": ROWS + b"k;3;4\r\n" * 10_000})
    size = len(ROWS + b"k;3;4\r\n" * 10_000).to_bytes(4, "little")
    lying = honest.replace(size, len(ROWS).to_bytes(4, "little"))
    assert lying != honest
    with pytest.raises(ConnectorRejected, match=r"t\.csv is damaged"):
        list(Archive(lying).table("t.csv").rows(("A",)))


def test_refuses_many_files_before_listing_them(monkeypatch: pytest.MonkeyPatch) -> None:
    most = {f"{number}.csv": b"" for number in range(archive.MEMBERS_MAX)}
    Archive(zipped(most))
    monkeypatch.setattr(zipfile, "ZipFile", refuse)
    with pytest.raises(ConnectorRejected, match="more than 100 files"):
        Archive(MANY)


MANY = zipped({f"{number}.csv": b"" for number in range(archive.MEMBERS_MAX + 1)})


def test_refuses_other_ways_of_packing() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as packed:
        packed.writestr("t.csv", ROWS)
    with pytest.raises(ConnectorRejected, match=r"t\.csv in the zip is encrypted, or packed"):
        Archive(target.getvalue())


def test_folders_and_their_names_do_not_matter() -> None:
    paths = {"../../etc/T.CSV": ROWS, "__MACOSX/._t.csv": b"\0", "x/readme.pdf": b"\0"}
    assert rows(paths) == [["1"]]
    assert rows({"C:\\export\\t.csv": ROWS}) == [["1"]]


def test_refuses_two_files_of_one_name() -> None:
    with pytest.raises(ConnectorRejected, match=r"two files t\.csv"):
        Archive(zipped({"1/t.csv": ROWS, "2/T.csv": ROWS}))


@pytest.mark.parametrize(
    "text", [ROWS, b"\xef\xbb\xbf" + ROWS, ROWS.replace(b"\r\n", b"\n"), b"\r\n" + ROWS + b"\r\n"]
)
def test_reads_tables_with_and_without_a_mark(text: bytes) -> None:
    assert rows({"t.csv": text}, "B", "C") == [["1", "2", ""]]


def test_reads_quoted_fields() -> None:
    text = b'Z_KASSE_ID;A;B\r\nk;"one; ""two""\r\nthree";2\r\n'
    assert rows({"t.csv": text}, "B") == [['one; "two"\r\nthree', "2"]]


def test_takes_the_columns_of_the_description_where_there_are_no_headings() -> None:
    files = {"t.csv": b"k;1;2\r\n", "index.xml": described(COLUMNS)}
    assert rows(files, "B") == [["1", "2"]]


def test_headings_hold_where_the_description_says_otherwise() -> None:
    columns = COLUMNS.replace("<Name>A<", "<Name>X<")
    assert rows({"t.csv": ROWS, "index.xml": described(columns)}, "B") == [["1", "2"]]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"k;1;2\r\n", "does not say what its columns are"),
        (b"Z_KASSE_ID;B\r\nk;2\r\n", "has no column A"),
        (ROWS + b"k;1\r\n", "has 2 fields instead of 3 in line 3"),
        (ROWS + b"k;1;2;3\r\n", "has 4 fields instead of 3 in line 3"),
        (
            ROWS + b'k;"1;2\r\nk;3;4\r\n',
            "a quote that is never closed, in the row that begins in line 3",
        ),
        (ROWS + b"k;" + b"x" * 200_000 + b";2\r\n", "is no CSV in line 3"),
    ],
    ids=range(6),
)
def test_refuses_a_table_that_is_not_what_it_says(text: bytes, reason: str) -> None:
    with pytest.raises(ConnectorRejected, match=reason):
        rows({"t.csv": text})


def test_refuses_a_table_that_is_not_in_the_encoding_that_it_claims() -> None:
    files = {"t.csv": ROWS + b"k;\xfc;2\r\n", "index.xml": described("<UTF8/>")}
    with pytest.raises(ConnectorRejected, match="not in the encoding"):
        rows(files)


@pytest.mark.parametrize(
    ("content", "read", "problem"),
    [
        (b"k;K\xc3\xa4se\r\nk;\xfc\r\n", ["Käse", "\ufffd"], "in line 3"),
        (b"k;K\xe4se\r\nk;\xfc\r\n", ["Käse", "ü"], "was read as Windows-1252"),
        (b"k;K\xc3\xa4se\r\n", ["Käse"], ""),
    ],
    ids=range(3),
)
def test_finds_the_encoding_of_a_table_that_does_not_say_it(
    content: bytes, read: list[str], problem: str
) -> None:
    table = Archive(zipped({"t.csv": b"Z_KASSE_ID;A\r\n" + content})).table("t.csv")
    assert [each for [each] in table.rows(("A",))] == read
    assert problem in table.encoding.problem
    assert bool(problem) == bool(table.encoding.problem)


def test_reads_a_table_in_the_unicode_of_windows() -> None:
    assert rows({"t.csv": "Z_KASSE_ID;A\r\nk;Käse\r\n".encode("utf-16")}) == [["Käse"]]


@pytest.mark.parametrize(
    "text",
    [
        b"Z_KASSE_ID;A;B;\r\nk;1;2;\r\n",
        b"Z_KASSE_ID;A;B\r\nk;1;2;;\r\n",
        b"Z_KASSE_ID;A;B;\r\nk;1;2\r\n",
        b"sep=;\r\n" + ROWS,
    ],
)
def test_reads_rows_that_end_in_a_delimiter_and_what_excel_writes_first(text: bytes) -> None:
    assert rows({"t.csv": text}, "B") == [["1", "2"]]


def test_reads_a_folder_as_a_mac_packs_it() -> None:
    files = {
        "Export/": b"",
        "Export/t.csv": ROWS,
        "Export/index.xml": described(),
        "__MACOSX/": b"",
        "__MACOSX/Export/": b"",
        "__MACOSX/Export/._t.csv": b"\0\5\x16\7",
        "__MACOSX/Export/t.csv": b"\0\5\x16\7",
        "__MACOSX/._Export": b"\0\5\x16\7",
        "Export/.DS_Store": b"\0",
    }
    assert rows(files) == [["1"]]


def test_says_how_many_rows_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ROWS_MAX", 2)
    assert len(rows({"t.csv": ROWS + b"k;1;2\r\n"})) == 2
    with pytest.raises(ConnectorRejected, match=r"t\.csv has more than 2 rows; export fewer days"):
        rows({"t.csv": ROWS + b"k;1;2\r\n" * 2})


@pytest.mark.parametrize(
    ("signs", "text", "number"),
    [
        ("<DecimalSymbol>.</DecimalSymbol>", "12.500", "12.5"),
        ("<DecimalSymbol>.</DecimalSymbol>", "1.859", "1.859"),
        (
            "<DecimalSymbol>.</DecimalSymbol><DigitGroupingSymbol></DigitGroupingSymbol>",
            "12.500",
            "12.5",
        ),
        (
            "<DigitGroupingSymbol>,</DigitGroupingSymbol><DecimalSymbol>.</DecimalSymbol>",
            "1,234.5",
            "1234.5",
        ),
        ("<DecimalSymbol>,</DecimalSymbol>", "12.500", "12500"),
        ("<DigitGroupingSymbol/>", "12,500", "12.5"),
        ("", "12.500", "12500"),
    ],
)
def test_a_sign_for_thousands_that_is_not_said_is_a_point_unless_decimals_have_it(
    signs: str, text: str, number: str
) -> None:
    table = Archive(zipped({"t.csv": ROWS, "index.xml": described(signs)})).table("t.csv")
    assert table.number(text) == Decimal(number)


def test_without_a_sign_for_thousands_there_are_no_thousands() -> None:
    index = described("<DecimalSymbol>.</DecimalSymbol>")
    table = Archive(zipped({"t.csv": ROWS, "index.xml": index})).table("t.csv")
    for text in ("1,234.50", "1.234.567"):
        with pytest.raises(ValueError, match="is no number"):
            table.number(text)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [("1.234", "1234"), ("1234,00", "1234"), ("007", "7"), ("Z-7", "Z-7"), ("1,5", "1,5")],
)
def test_spells_whole_numbers_in_one_way(text: str, spelled: str) -> None:
    assert Archive(zipped({"t.csv": ROWS})).table("t.csv").whole(text) == spelled


@pytest.mark.parametrize(
    "signs",
    [
        "<DecimalSymbol>.</DecimalSymbol><DigitGroupingSymbol>.</DigitGroupingSymbol>",
        "<DigitGroupingSymbol>,</DigitGroupingSymbol>",
        "<Numeric><ImpliedAccuracy>2</ImpliedAccuracy></Numeric>",
    ],
)
def test_refuses_numbers_that_can_be_read_in_two_ways_by_the_file(signs: str) -> None:
    found = Archive(zipped({"t.csv": ROWS, "u.csv": ROWS, "index.xml": described(signs)}))
    with pytest.raises(ConnectorRejected, match=r"t\.csv has .* says index\.xml"):
        found.table("t.csv")
    assert found.table("u.csv").number("1,5") == Decimal("1.5")


@pytest.mark.parametrize(
    ("index", "reason"),
    [
        (b"<DataSet>", "no XML"),
        (b"\xff\xfe<", "no XML"),
        (b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>', "entities"),
        (b'<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/passwd">%b;]><a/>', "entities"),
        (b"<a>" * 40, "nested"),
        (b" " * (archive.INDEX_BYTES_MAX + 1), "too long"),
        (described("<UTF7/>"), "UTF7"),
        (described("<DecimalSymbol>,,</DecimalSymbol>"), "DecimalSymbol"),
        (described("<ColumnDelimiter></ColumnDelimiter>"), "ColumnDelimiter"),
        (described("<DigitGroupingSymbol>0</DigitGroupingSymbol>"), "DigitGroupingSymbol"),
    ],
    ids=range(10),
)
def test_refuses_a_description_that_is_none(index: bytes, reason: str) -> None:
    with pytest.raises(ConnectorRejected, match=reason):
        rows({"t.csv": ROWS, "index.xml": index})


def test_does_not_fetch_the_document_type() -> None:
    doctype = b'<!DOCTYPE DataSet SYSTEM "http://127.0.0.1:1/gdpdu-01-08-2002.dtd">'
    assert rows({"t.csv": ROWS, "index.xml": doctype + described()}) == [["1"]]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("1234,50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("-1.234.567,00005", "-1234567.00005"),
        ("+7,", "7"),
        ("12.500", "12500"),
    ],
)
def test_reads_numbers(text: str, number: str) -> None:
    assert Archive(zipped({"t.csv": ROWS})).table("t.csv").number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "12.50", "1.23.456", "1,2,3", "1e9", "NaN", "٣", ",5", "--1", "1 000", "9" * 25]
)
def test_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="is no number"):
        Archive(zipped({"t.csv": ROWS})).table("t.csv").number(text)


@given(st.decimals(-(10**9), 10**9, places=5, allow_nan=False))
def test_reads_every_number_that_tills_write(number: Decimal) -> None:
    text = f"{number:,.5f}".translate(str.maketrans(",.", ".,"))
    assert Archive(zipped({"t.csv": ROWS})).table("t.csv").number(text) == number
