"""The output of a benchmark: tables, and a verdict for each goal."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title: first ``texts`` columns of text, then figures."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    notes: list[str] = field(default_factory=list)
    texts: int = 1

    def __str__(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(len(line[index]) for line in lines) for index in range(len(self.columns))]
        rule = tuple("-" * width for width in widths)
        text = [self._line(line, widths) for line in (self.columns, rule, *self.rows)]
        return "\n".join([self.title, "", *text, *(f"  {note}" for note in self.notes)])

    def _line(self, cells: tuple[str, ...], widths: list[int]) -> str:
        padded = (
            cell.ljust(width) if index < self.texts else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  " + "  ".join(padded).rstrip()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A claim that the run tests."""

    claim: str
    measured: str
    goal: str
    is_met: bool

    def row(self) -> tuple[str, ...]:
        """Return the verdict as a row of a table."""
        return (self.claim, self.measured, self.goal, "met" if self.is_met else "MISSED")


@dataclass(frozen=True, slots=True)
class Section:
    """The result of one benchmark."""

    tables: list[Table]
    verdicts: list[Verdict] = field(default_factory=list)


def summary(sections: list[Section]) -> Table:
    """Return the verdicts of all benchmarks in one table."""
    rows = [verdict.row() for section in sections for verdict in section.verdicts]
    return Table("Goals", ("claim", "measured", "goal", "verdict"), rows)


def milliseconds(duration_s: float) -> str:
    """Write a duration as a table shows it."""
    milliseconds = duration_s * 1000
    return f"{milliseconds:.0f} ms" if milliseconds >= 100 else f"{milliseconds:.1f} ms"  # noqa: PLR2004 - three digits
