from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import bootstrap

# A virtualenv takes seconds to make; whoever runs the tests has just set up the project with it.
pytestmark = [pytest.mark.xdist_group("bootstrap"), pytest.mark.wide]

NODE = "#!/bin/sh\necho v20.11.1\n"
NPM = """#!/bin/sh
echo "${PWD##*/} $*" >> ../npm-calls
if [ "${PWD##*/}" = web ]; then
  mkdir -p node_modules/.bin dist && touch node_modules/.bin/vite dist/card.html && exit 0
fi
[ -f ../npm-fails ] && echo "the registry said no" && exit 7
while [ -f ../npm-waits ]; do sleep 0.05; done
mkdir -p node_modules/.bin && touch node_modules/.bin/firebase
"""


class Project:
    """A folder with the set-up alone, stand-ins for node and npm, and no requirements."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "bin").mkdir(parents=True)
        for name in ("tools", "web", "docs"):
            (root / name).mkdir()
        shutil.copy(bootstrap.__file__, root / "tools")
        (root / "requirements-dev.txt").write_text("# none\n")
        (root / "docs" / "openapi.json").write_text("{}\n")
        for name in ("package.json", "package-lock.json"):
            for folder in ("tools", "web"):
                (root / folder / name).write_text("{}\n")
        self.put("node", NODE)
        self.put("npm", NPM)

    def put(self, name: str, script: str) -> None:
        path = self.root / "bin" / name
        path.write_text(script)
        path.chmod(0o755)

    def start(self) -> subprocess.Popen[str]:
        command = [sys.executable, str(self.root / "tools" / "bootstrap.py")]
        env = {**os.environ, "PATH": f"{self.root / 'bin'}:/usr/bin:/bin"}
        return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)

    def set_up(self) -> tuple[int, str]:
        process = self.start()
        _, said = process.communicate()
        return process.returncode, said

    def npm_calls(self, folder: str = "tools") -> int:
        calls = self.root / "npm-calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return sum(each.startswith(f"{folder} ") for each in lines)

    @property
    def python(self) -> Path:
        return self.root / "venv" / "bin" / "python3.11"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project that is set up: a virtualenv takes seconds to make."""
    project = Project(tmp_path_factory.mktemp("project") / "here")
    code, said = project.set_up()
    assert code == 0, said
    assert "Setting up: Python packages (venv/)" in said
    assert "Setting up: Firebase CLI (tools/node_modules/)" in said
    assert project.python.exists()
    assert "Setting up: the web apps (web/dist/)" in said
    assert (project.npm_calls(), project.npm_calls("web")) == (1, 2)
    return project


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    return Project(tmp_path / "bare")


def test_second_start_does_nothing_at_once(project: Project) -> None:
    project.set_up()
    calls, made_at = project.npm_calls(), project.python.lstat().st_ctime_ns
    started_at = time.monotonic()
    assert project.set_up() == (0, "")
    assert time.monotonic() - started_at < 2
    assert (project.npm_calls(), project.python.lstat().st_ctime_ns) == (calls, made_at)


def test_changed_lock_file_is_installed_and_nothing_else(project: Project) -> None:
    project.set_up()
    calls, made_at = project.npm_calls(), project.python.lstat().st_ctime_ns
    lock = project.root / "tools" / "package-lock.json"
    lock.write_text(lock.read_text() + "\n")
    code, said = project.set_up()
    assert (code, project.npm_calls()) == (0, calls + 1)
    assert "venv" not in said
    assert project.python.lstat().st_ctime_ns == made_at


def test_missing_product_is_built_again(project: Project) -> None:
    project.set_up()
    calls = project.npm_calls()
    (project.root / "tools" / "node_modules" / ".bin" / "firebase").unlink()
    assert project.set_up()[0] == 0
    assert project.npm_calls() == calls + 1


def test_failure_shows_the_log_and_leaves_no_stamp(project: Project) -> None:
    lock = project.root / "tools" / "package-lock.json"
    lock.write_text(lock.read_text() + "\n")
    fails = project.root / "npm-fails"
    fails.touch()
    code, said = project.set_up()
    fails.unlink()
    assert code == 1
    assert "the registry said no" in said
    assert "`npm ci --ignore-scripts --no-audit ...` failed with exit code 7" in said
    assert "The whole log is .local/logs/bootstrap-npm.log." in said
    assert not (project.root / "tools" / "node_modules" / ".stamp").exists()
    assert project.set_up()[0] == 0


def test_two_at_once_build_once(project: Project) -> None:
    project.set_up()
    calls = project.npm_calls()
    lock = project.root / "tools" / "package-lock.json"
    lock.write_text(lock.read_text() + "\n")
    waits = project.root / "npm-waits"
    waits.touch()
    first = project.start()
    assert first.stderr is not None
    assert "Setting up: Firebase CLI" in first.stderr.readline()
    second = project.start()
    assert second.stderr is not None
    assert second.stderr.readline() == "Another set-up is at work here; waiting for it.\n"
    waits.unlink()
    assert [process.communicate()[1] for process in (first, second)] == ["", ""]
    assert [first.returncode, second.returncode] == [0, 0]
    assert project.npm_calls() == calls + 1


def test_packages_are_installed_while_npm_is_at_work(project: Project) -> None:
    project.set_up()
    stamp = project.root / "venv" / ".stamp-packages"
    before = stamp.read_text()
    for path in (project.root / "requirements-dev.txt", project.root / "tools/package-lock.json"):
        path.write_text(path.read_text() + "\n")
    waits = project.root / "npm-waits"
    waits.touch()
    process = project.start()
    deadline_s = time.monotonic() + 100
    while not stamp.exists() or stamp.read_text() == before:
        assert time.monotonic() < deadline_s
        time.sleep(0.05)
    assert process.poll() is None
    waits.unlink()
    process.communicate()
    assert process.returncode == 0


def test_changed_requirements_are_installed_in_place(project: Project) -> None:
    project.set_up()
    calls, made_at = project.npm_calls(), project.python.lstat().st_ctime_ns
    requirements = project.root / "requirements-dev.txt"
    requirements.write_text(requirements.read_text() + "# more\n")
    code, said = project.set_up()
    assert (code, said) == (
        0,
        "Setting up: Python packages (venv/); the first time takes a minute ...\n",
    )
    assert project.python.lstat().st_ctime_ns == made_at
    assert project.npm_calls() == calls


def test_moved_folder_gets_a_new_virtualenv(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The scripts of a virtualenv name their interpreter by its absolute path.
    project.set_up()
    monkeypatch.setattr(bootstrap, "ROOT", project.root)
    (virtualenv, _), *_ = bootstrap.chains(sys.executable, 20)
    assert virtualenv.is_done()
    moved = shutil.copytree(project.root, tmp_path / "moved", symlinks=True)
    monkeypatch.setattr(bootstrap, "ROOT", moved)
    (virtualenv, _), *_ = bootstrap.chains(sys.executable, 20)
    assert not virtualenv.is_done()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param(
            lambda project: project.put("node", "#!/bin/sh\nexit 127\n"),
            "Node.js is missing: install version 20 or newer.\n",
            id="no-node",
        ),
        pytest.param(
            lambda project: project.put("node", "#!/bin/sh\necho v18.19.0\n"),
            "Node.js 18 is too old: install version 20 or newer.\n",
            id="old-node",
        ),
    ],
)
def test_missing_thing_is_named(
    bare: Project, change: Callable[[Project], None], sentence: str
) -> None:
    change(bare)
    assert bare.set_up() == (1, sentence)
    assert not (bare.root / "venv").exists()
    assert bare.npm_calls() == 0


def test_all_missing_things_are_named_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bootstrap, "PYTHON_VERSION", "3.99")
    assert bootstrap.main() == 1
    assert capsys.readouterr().err == (
        "Python 3.99 with its venv module is missing: install it, for example with "
        "`apt-get install python3.99 python3.99-venv` or `brew install python@3.99`.\n"
        "Node.js is missing: install version 20 or newer.\n"
        "npm is missing: install it; on Debian it is a package beside nodejs.\n"
    )
