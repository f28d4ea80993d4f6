"""Set up the virtualenv ``venv``, ``tools/node_modules`` and the web apps, which targets need.

``make`` runs this before each target with the machine's ``python3``. So it uses only the standard
library, and no syntax newer than Python 3.8. A finished set-up costs milliseconds: each step leaves
a stamp with the hash of its inputs, and runs again when the hash changes.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
# "runtime": "python311" in firebase.json: the Firebase CLI calls the virtualenv's `python3.11`.
PYTHON_VERSION = "3.11"
NODE_MAJOR_MIN = 20
LOG_LINES_SHOWN = 15
# No install scripts, whatever npm's default: we need none, and one downloads a binary.
NPM_CI = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")


class SetupError(Exception):
    """Something is missing or failed; the message says what to do."""


@dataclass(frozen=True)
class Step:
    """A command that makes something from files with pins.

    Attributes:
        title: The text that is printed.
        log: The name of the file with what the command prints.
        stamp: The file with the hash of the inputs; written last.
        product: The file or folder that the step makes.
        salt: Other values that decide the result besides the inputs.
    """

    title: str
    log: str
    stamp: Path
    product: Path
    inputs: tuple[Path, ...]
    salt: str
    command: tuple[str, ...]
    cwd: Path

    def key(self) -> str:
        """Return the hash of everything that decides the result."""
        digest = hashlib.sha256(self.salt.encode())
        for path in self.inputs:
            content = path.read_bytes()
            digest.update(f"\n{path.name} {len(content)}\n".encode() + content)
        return digest.hexdigest()

    def is_done(self) -> bool:
        """Tell whether the step was completed with exactly these inputs."""
        try:
            return self.product.exists() and self.stamp.read_text() == self.key()
        except OSError:
            return False


def main() -> int:
    """Set up what is missing; return the exit code."""
    try:
        with contextlib.suppress(KeyboardInterrupt):
            python, node_major = check_prerequisites()
            with locked(ROOT / ".local" / "bootstrap.lock") as lock:
                set_up(chains(python, node_major), lock)
            return 0
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 130


def check_prerequisites() -> tuple[str, int]:
    """Return the Python to build ``venv`` with, and Node's major version.

    Raises:
        SetupError: Something is missing; the message has a sentence for each missing thing.
    """
    missing = []
    python = find_python()
    if python is None:
        missing.append(
            f"Python {PYTHON_VERSION} with its venv module is missing: install it, for example "
            f"with `apt-get install python{PYTHON_VERSION} python{PYTHON_VERSION}-venv` or "
            f"`brew install python@{PYTHON_VERSION}`."
        )
    node_major = find_node()
    if node_major is None:
        missing.append(f"Node.js is missing: install version {NODE_MAJOR_MIN} or newer.")
    elif node_major < NODE_MAJOR_MIN:
        missing.append(
            f"Node.js {node_major} is too old: install version {NODE_MAJOR_MIN} or newer."
        )
    if shutil.which("npm") is None:
        missing.append("npm is missing: install it; on Debian it is a package beside nodejs.")
    if missing or python is None or node_major is None:
        raise SetupError("\n".join(missing))
    return python, node_major


def find_python() -> str | None:
    """Return a Python of the right version that can build virtualenvs; prefer the running one."""
    # Debian splits ensurepip off into python3.11-venv. A pyenv shim exists without working, so
    # each candidate is tried.
    probe = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    for candidate in (sys.executable, shutil.which(f"python{PYTHON_VERSION}")):
        if candidate and output_of(candidate, "-c", probe) == PYTHON_VERSION:
            return candidate
    return None


def find_node() -> int | None:
    """Return the major version of ``node``."""
    match = re.match(r"v(\d+)\.", output_of("node", "--version"))
    return int(match.group(1)) if match else None


def output_of(*command: str) -> str:
    """Return a command's stripped output; nothing if the command cannot run or fails."""
    try:
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def set_up(wanted: tuple[tuple[Step, ...], ...], lock: IO[str]) -> None:
    """Build what is missing, the chains at the same time: npm loads while pip installs.

    Raises:
        SetupError: Something failed; the other chains were still built to their ends.
    """
    if all(step.is_done() for chain in wanted for step in chain):
        return
    with ThreadPoolExecutor(len(wanted)) as pool:
        building = [pool.submit(build_chain, chain, lock) for chain in wanted]
    failures = []
    for each in building:
        try:
            each.result()
        except SetupError as error:
            failures.append(str(error))
    if failures:
        raise SetupError("\n\n".join(failures))


def build_chain(chain: tuple[Step, ...], lock: IO[str]) -> None:
    """Build the missing steps of a chain, one after the other."""
    for step in chain:
        if not step.is_done():
            build(step, lock)


def chains(python: str, node_major: int) -> tuple[tuple[Step, ...], ...]:
    """Return the steps that follow each other: for Python, the CLI, and the web apps."""
    venv, tools, web = ROOT / "venv", ROOT / "tools", ROOT / "web"
    binary = venv / "bin" / "python"  # a dangling link once its interpreter was uninstalled
    requirements = ROOT / "requirements-dev.txt"
    virtualenv = Step(
        title="virtualenv (venv/)",
        log="bootstrap-venv.log",
        stamp=venv / ".stamp-venv",
        product=binary,
        inputs=(),
        salt=f"{PYTHON_VERSION} {venv}",  # the scripts of a virtualenv hold its absolute path
        command=(python, "-m", "venv", "--clear", str(venv)),  # other stamps go too
        cwd=ROOT,
    )
    pip = (str(binary), "-m", "pip", "install", "--disable-pip-version-check", "--no-input")
    packages = Step(
        title="Python packages (venv/); the first time takes a minute",
        log="bootstrap-pip.log",
        # In place, because programs may run in it. A package whose pin was removed stays installed.
        stamp=venv / ".stamp-packages",
        product=binary,
        inputs=(requirements,),
        salt="",
        command=(*pip, "--require-hashes", "-r", str(requirements)),
        cwd=ROOT,
    )
    cli = Step(
        title="Firebase CLI (tools/node_modules/); the first time takes a minute",
        log="bootstrap-npm.log",
        stamp=tools / "node_modules" / ".stamp",
        product=tools / "node_modules" / ".bin" / "firebase",
        inputs=(tools / "package.json", tools / "package-lock.json"),
        salt=str(node_major),
        command=NPM_CI,
        cwd=tools,
    )
    pins = (web / "package.json", web / "package-lock.json")
    web_packages = Step(
        title="what builds the web apps (web/node_modules/)",
        log="bootstrap-npm-web.log",
        stamp=web / "node_modules" / ".stamp",
        product=web / "node_modules" / ".bin" / "vite",
        inputs=pins,
        salt=str(node_major),
        command=NPM_CI,
        cwd=web,
    )
    web_apps = Step(
        title="the web apps (web/dist/)",
        log="bootstrap-web.log",
        stamp=web / "dist" / ".stamp",
        product=web / "dist" / "card.html",
        inputs=(
            *pins,
            ROOT / "docs" / "openapi.json",
            *sources_of(web),
            *sources_of(ROOT / "public"),
        ),
        salt=str(node_major),
        command=("npm", "run", "build"),
        cwd=web,
    )
    return (virtualenv, packages), (cli,), (web_packages, web_apps)


def sources_of(folder: Path) -> list[Path]:
    """Return the files that a build reads, in order: all but what it and npm write."""
    written = {"node_modules", "dist", "e2e"}
    found = (each for each in folder.rglob("*") if not written & set(each.parts))
    return sorted(each for each in found if each.is_file() and ".gen." not in each.name)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[IO[str]]:
    """Hold the lock for the whole set-up: a second set-up waits, and then finds all done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write("Another set-up is at work here; waiting for it.\n")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def build(step: Step, lock: IO[str]) -> None:
    """Run the step's command and write its stamp; show the end of the log if it fails."""
    log_path = ROOT / ".local" / "logs" / step.log
    log_path.parent.mkdir(parents=True, exist_ok=True)
    sys.stderr.write(f"Setting up: {step.title} ...\n")
    step.stamp.unlink(missing_ok=True)
    with log_path.open("w") as log:
        done = subprocess.run(
            step.command,
            cwd=step.cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # The command holds the lock too, so others wait even if this process is killed.
            pass_fds=[lock.fileno()],
            check=False,
        )
    if done.returncode != 0:
        lines = log_path.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        failed = f"`{' '.join(step.command[:4])} ...` failed with exit code {done.returncode}"
        whole = f"The whole log is {log_path.relative_to(ROOT)}."
        raise SetupError("\n".join([*lines, "", f"{step.title}: {failed}. {whole}"]))
    step.stamp.write_text(step.key())


if __name__ == "__main__":
    sys.exit(main())
