"""The source tree, into which new files and lines are written."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).parent / "templates"


class CannotBegin(Exception):
    """The requested item already exists, or has no place. The message is for people."""


@dataclass
class Tree:
    """Files below ``root``. ``written`` are the new and ``changed`` the other ones, in order."""

    root: Path
    written: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def read(self, path: str) -> str:
        """Return a file's text."""
        return (self.root / path).read_text(encoding="utf-8")

    def has(self, path: str) -> bool:
        """Tell whether a file or folder exists."""
        return (self.root / path).exists()

    def write(self, path: str, template: str, **words: str) -> None:
        """Write a new file from a template of ``tools/new/templates``.

        Raises:
            CannotBegin: The file already exists.
        """
        if self.has(path):
            raise CannotBegin(f"{path} is there already.")
        text = Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(words)
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")
        self.written.append(path)

    def write_test(self, path: str, about: str, sentence: str) -> None:
        """Write a test that fails with a sentence that tells what to fill in."""
        lines = textwrap.wrap(sentence, 80, break_long_words=False, break_on_hyphens=False)
        quoted = [f'        "{line} "' for line in lines[:-1]] + [f'        "{lines[-1]}"']
        self.write(path, "test.py.txt", about=about, sentence="\n".join(quoted))

    def change(self, path: str, text: str) -> None:
        """Replace a file's text."""
        (self.root / path).write_text(text, encoding="utf-8")
        if path not in self.changed:
            self.changed.append(path)

    def insert(self, path: str, line: int, text: str) -> None:
        """Insert lines after line number ``line`` of a file."""
        lines = self.read(path).splitlines(keepends=True)
        self.change(path, "".join([*lines[:line], text, *lines[line:]]))

    def insert_before(self, path: str, anchor: str, text: str) -> None:
        """Insert text before another text that the file has exactly once.

        Raises:
            CannotBegin: The file does not have the other text exactly once.
        """
        found = self.read(path)
        if found.count(anchor) != 1:
            raise CannotBegin(f"{path} does not have {anchor!r} once: write it there by hand.")
        self.change(path, found.replace(anchor, text + anchor))

    def value(self, path: str, name: str) -> ast.expr | None:
        """Return the value of a module's name as its source has it, or ``None``."""
        nodes = ast.parse(self.read(path)).body if self.has(path) else []
        for node in nodes:
            if isinstance(node, ast.AnnAssign):
                targets: list[ast.expr] = [node.target]
            elif isinstance(node, ast.Assign):
                targets = node.targets
            else:
                continue
            if any(isinstance(each, ast.Name) and each.id == name for each in targets):
                return node.value
        return None

    def finish(self) -> None:
        """Format the written files, and regenerate the generated pages."""
        python = [path for path in (*self.written, *self.changed) if path.endswith(".py")]
        _run(self.root, "ruff", "check", "--quiet", "--select", "I", "--fix-only", *python)
        _run(self.root, "ruff", "format", "--quiet", *python)
        folders = (self.root / "docs", self.root / "functions")
        known = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
        for page in _run(self.root, "tools.docs").splitlines():
            path = page.removeprefix("wrote ")
            (self.changed if self.root / path in known else self.written).append(path)


def words_of(value: ast.expr) -> list[str]:
    """Return the words of a tuple or ``Literal``, in their order."""
    return [
        node.value
        for node in ast.walk(value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def rows_of(value: ast.expr | None) -> Iterator[ast.Call]:
    """Return the calls in a tuple."""
    assert isinstance(value, ast.Tuple)
    yield from (each for each in value.elts if isinstance(each, ast.Call))


def _run(root: Path, module: str, *arguments: str) -> str:
    """Run a tool of this tree in a new process, because this process has the old code loaded."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBegin(f"{' '.join(command[2:4])} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
