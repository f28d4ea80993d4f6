"""The requirements files are those of the list in pyproject.toml, and complete."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.emulators import ROOT

RUNTIME, DEV = "requirements.txt", "requirements-dev.txt"
FILES = (RUNTIME, DEV)
WITH_EVERY_VENV = {"pip", "setuptools"}

_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DIRECT = {
    RUNTIME: _PROJECT["project"]["dependencies"],
    DEV: _PROJECT["project"]["dependencies"] + _PROJECT["dependency-groups"]["dev"],
}
HASHES = re.compile(r"( --hash=sha256:[0-9a-f]{64})+")


def entries(file: str) -> list[str]:
    """Return the entries of a file as pip reads them: without comments, one on a line."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / file).read_text(), flags=re.MULTILINE)
    return re.sub(r"\s*\\\n\s*", " ", text).splitlines()


def pins(file: str) -> dict[str, str]:
    """Return the version of each package that a file installs."""
    found = [Requirement(entry.partition(" --hash")[0]) for entry in entries(file)]
    return {canonicalize_name(each.name): version(each) for each in found}


def version(requirement: Requirement) -> str:
    (specifier,) = requirement.specifier
    assert specifier.operator == "=="
    return specifier.version


@pytest.mark.parametrize("file", FILES)
def test_direct_dependencies_have_the_version_that_they_are_given(file: str) -> None:
    direct = {
        canonicalize_name(each.name): version(each) for each in map(Requirement, DIRECT[file])
    }
    assert direct.items() <= pins(file).items()
    assert len(direct) == len(DIRECT[file])


@pytest.mark.parametrize("file", FILES)
def test_every_entry_is_one_version_with_hashes(file: str) -> None:
    assert len(pins(file)) == len(entries(file)) > 0
    for entry in entries(file):
        name, _, hashes = entry.partition(" ")
        assert re.fullmatch(r"[a-z0-9._-]+(\[[a-z,]+\])?==[a-z0-9.]+", name)
        assert HASHES.fullmatch(f" {hashes}"), name


@pytest.mark.parametrize("file", FILES)
def test_no_host_and_no_folder_of_a_machine_is_named(file: str) -> None:
    assert not re.search(r"://|index|find-links|(^|\s)/", (ROOT / file).read_text())


def test_tests_run_with_what_runs_in_production() -> None:
    assert set(entries(RUNTIME)) <= set(entries(DEV))


def test_what_is_installed_is_pinned_in_its_version_with_all_that_it_needs() -> None:
    pinned = pins(DEV)
    # Others may be left: a pin that went leaves its package behind in a virtualenv.
    installed = {
        canonicalize_name(each.name): each
        for each in metadata.distributions()
        if canonicalize_name(each.name) in pinned
    }
    assert {name: each.version for name, each in installed.items()}.items() <= pinned.items()
    needed = {
        canonicalize_name(each.name)
        for found in installed.values()
        for each in map(Requirement, found.requires or ())
        if each.marker is None or each.marker.evaluate({"extra": ""})
    }
    assert needed <= pinned.keys() | WITH_EVERY_VENV
