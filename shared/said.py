"""Sentences for people that also say by code what they mean: a page has them in its own language.

A sentence is English, and stays so for who reads the API. Its code and its parameters are beside
it; ``web/console/src/developers/sentences.de.ts`` has German, and a test compares the codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

PARAMETER_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a sentence means, without its words.

    ``parameters`` are data, such as a name, a number or another system's own words. ``about``, if
    it is there, is what the sentence is about, such as a column; ``inLine`` the line of a file.
    """

    code: str
    parameters: Mapping[str, str] = field(default_factory=dict)


class Sentence(str):
    """An English sentence, and what it means."""

    __slots__ = ("meaning",)

    meaning: Meaning

    def __new__(cls, text: str, meaning: Meaning) -> Self:
        """Join a sentence with its meaning."""
        made = super().__new__(cls, text)
        made.meaning = meaning
        return made


def say(code: str, sentence: str, /, **parameters: Any) -> Sentence:
    """Say something.

    Args:
        code: What is meant. Several sentences may mean the same.
        sentence: English, with the parameters in braces.
        parameters: What the sentence names; also what only the words of a code need.
    """
    texts = {name: str(value) for name, value in parameters.items()}
    kept = {name: text[:PARAMETER_CHARS_MAX] for name, text in texts.items()}
    return Sentence(sentence.format_map(texts), Meaning(code, kept))


def about(subject: str, sentence: str, *, separator: str = " ") -> str:
    """Say what a sentence is about, such as the column of a value."""
    return _led(f"{subject}{separator}", sentence, about=subject)


def in_line(number: int, sentence: str) -> str:
    """Say in which line of a file something is."""
    return _led(f"line {number}: ", sentence, inLine=str(number))


def begun(beginning: str, sentence: str) -> str:
    """Put words in front that the words of other languages have already."""
    return _led(f"{beginning} ", sentence)


def meaning_of(text: str | None) -> Meaning | None:
    """Return what a sentence means; ``None`` if nobody has said it by code."""
    return text.meaning if isinstance(text, Sentence) else None


def wire_meaning(text: str) -> dict[str, Any] | None:
    """Return what a sentence means, as answers say it."""
    found = meaning_of(text)
    return {"code": found.code, "parameters": dict(found.parameters)} if found else None


def sentence_of(error: Exception) -> str:
    """Return the sentence of an error, with what it means: ``str`` would lose that."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Sentence) else str(error)


def _led(words: str, sentence: str, **more: str) -> str:
    text = f"{words}{sentence}"
    if not isinstance(sentence, Sentence):
        return text
    meaning = sentence.meaning
    kept = {name: value[:PARAMETER_CHARS_MAX] for name, value in more.items()}
    return Sentence(text, Meaning(meaning.code, {**meaning.parameters, **kept}))
