"""Apple passes: passkit-generator, an independent builder, takes and builds what we build."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shared.connectors.wallets import apple_identity, apple_pass
from shared.connectors.wallets.apple_pass import AppleLink
from shared.domain.loyalty.programs import ProgramType
from shared.domain.wallets.pass_faces import PassFace
from tests.support.wallets import PassFile, certificates
from tools.emulators import ROOT

LINK = AppleLink("wp_1", "t" * 32, "https://loyalty.example.com/walletPasses/apple")
FACE = PassFace(
    program_id="lp_1",
    program_name="Bäckerei „Plus“",
    store_name="Bäckerei",
    kind=ProgramType.POINTS,
    free=Decimal(120),
    currency="EUR",
    stamps_needed=None,
    tier=None,
    logo=None,
    color="#1d5fbf",
    ink="#ffffff",
    code="S7K2M9QXT4HBCW3ZE",
    is_valid=True,
)
OF_EACH_KIND = [
    FACE,
    replace(FACE, kind=ProgramType.STAMPS, free=Decimal(3), stamps_needed=10),
    replace(FACE, kind=ProgramType.CASHBACK, free=Decimal("12.50")),
    replace(FACE, kind=ProgramType.TIER, tier="Gold"),
    replace(FACE, reserved=Decimal(50), more_stamps=2),
    replace(FACE, kind=ProgramType.CASHBACK, free=Decimal(0), owed=Decimal("3.20")),
    replace(FACE, code=None, is_valid=False),
]


def built(face: PassFace) -> PassFile:
    return PassFile(apple_pass.build(face, LINK, apple_identity.read(certificates().pem)))


@pytest.mark.parametrize("face", OF_EACH_KIND, ids=lambda face: f"{face.kind}-{face.is_valid}")
def test_an_independent_builder_understands_it(face: PassFace, tmp_path: Path) -> None:
    ours = built(face)
    for name in ours.names:
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ours.read(name))
    for name in ("wwdr", "certificate", "key"):
        (tmp_path / f"{name}.pem").write_text(getattr(certificates(), name))

    command = ["node", str(ROOT / "tests" / "support" / "passkit.mjs"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "rejected" not in done.stderr
    understood = json.loads(done.stdout)
    said = ours.content
    assert understood["type"] == "storeCard"
    assert understood["primary"] == said["storeCard"]["primaryFields"]
    assert sorted(understood["languages"]) == ["de", "en"]
    # A single barcode is what iOS 8 reads; that builder leaves it out.
    expected = {name: each for name, each in said.items() if name not in {"storeCard", "barcode"}}
    assert {name: understood["props"].get(name) for name in expected} == expected
    theirs = PassFile((tmp_path / "built.pkpass").read_bytes())
    # It writes anew what it has read; the pictures stay as they are.
    same = [each for each in manifest_of(ours) if each.endswith(".png")]
    assert {each: manifest_of(ours)[each] for each in same} == {
        each: manifest_of(theirs).get(each) for each in same
    }
    for language in ("de", "en"):
        theirs_said, ours_said = (each.strings(language).split("\n") for each in (theirs, ours))
        assert [*filter(None, theirs_said)] == [*filter(None, ours_said)]


def manifest_of(found: PassFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(found.read("manifest.json"))
    return manifest


def test_the_manifest_names_every_file_but_itself_and_the_signature() -> None:
    found = built(FACE)

    assert {*manifest_of(found)} == {*found.names} - {"manifest.json", "signature"}
    assert {"icon.png", "icon@2x.png", "logo.png", "pass.json"} <= {*found.names}


def test_money_has_its_currency_and_no_binary_fractions() -> None:
    found = built(replace(FACE, kind=ProgramType.CASHBACK, free=Decimal("0.30")))

    assert b'"value": 0.3}' in found.read("pass.json").replace(b", ", b", ")
    (balance,) = found.content["storeCard"]["primaryFields"]
    assert balance["currencyCode"] == "EUR"


def test_what_is_reserved_owed_or_more_than_a_card_stands_below_the_balance() -> None:
    full = replace(
        FACE,
        kind=ProgramType.STAMPS,
        free=Decimal(3),
        stamps_needed=3,
        more_stamps=1,
        reserved=Decimal(6),
    )
    owing = replace(FACE, kind=ProgramType.CASHBACK, free=Decimal(0), owed=Decimal("3.20"))

    of_full, of_owing = (built(each).content["storeCard"] for each in (full, owing))

    assert of_full["primaryFields"][0]["value"] == "3 / 3"
    assert [(each["label"], each["value"]) for each in of_full["secondaryFields"]] == [
        ("pw.reserved", 6),
        ("pw.more", 1),
    ]
    (owed,) = of_owing["secondaryFields"]
    assert (owed["label"], owed["value"], owed["currencyCode"]) == ("pw.owed", 3.2, "EUR")
    assert [each["value"] for each in of_owing["backFields"]] == ["pw.how_text", "pw.owed_text"]


def test_a_level_tells_when_it_changes() -> None:
    (level,) = built(replace(FACE, tier="Gold")).content["storeCard"]["secondaryFields"]

    assert level == {
        "key": "level",
        "label": "pw.level",
        "value": "Gold",
        "changeMessage": "pw.level_now",
    }
