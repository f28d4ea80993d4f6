"""Sentences for people, and what they mean."""

from __future__ import annotations

from shared import said
from shared.errors import ConnectorRejected, ConnectorTimeout, MemberSuspended
from shared.said import Meaning, say


def test_a_sentence_is_a_text_that_knows_what_it_means() -> None:
    text = say("price_below_zero", "has a price below zero: {price}", price="-1.00 EUR")

    assert text == "has a price below zero: -1.00 EUR"
    assert said.meaning_of(text) == Meaning("price_below_zero", {"price": "-1.00 EUR"})


def test_braces_of_data_are_no_placeholders() -> None:
    text = say("system_refused", "{system} refused: {words}", system="x", words="{system} {0}")

    assert text == "x refused: {system} {0}"


def test_parameters_are_bounded() -> None:
    meaning = said.meaning_of(say("a", "{words}", words="w" * 300))

    assert meaning is not None
    assert len(meaning.parameters["words"]) == said.PARAMETER_CHARS_MAX


def test_what_it_is_about_stands_in_front() -> None:
    text = said.about("total", said.in_line(3, say("no_date", "is no date")))

    assert text == "total line 3: is no date"
    assert said.meaning_of(text) == Meaning("no_date", {"inLine": "3", "about": "total"})


def test_a_beginning_is_only_english() -> None:
    text = said.begun("The file", say("twice", "is there twice"))

    assert text == "The file is there twice"
    assert said.meaning_of(text) == Meaning("twice", {})


def test_a_sentence_without_a_code_stays_without() -> None:
    assert said.about("total", "is odd") == "total is odd"
    assert said.meaning_of(said.about("total", "is odd")) is None
    assert said.meaning_of(None) is None
    assert said.wire_meaning("is odd") is None


def test_an_error_keeps_what_its_sentence_means() -> None:
    text = say("no_date", "is no date")

    assert said.meaning_of(said.sentence_of(ValueError(text))) == Meaning("no_date", {})
    assert said.sentence_of(ValueError("odd")) == "odd"
    assert said.sentence_of(ValueError()) == ""


def test_a_connectors_refusal_tells_its_meaning() -> None:
    refused = ConnectorTimeout(say("no_answer_in_time", "{system} sleeps.", system="korona"))

    meaning = {"code": "no_answer_in_time", "parameters": {"system": "korona"}}
    assert refused.details == {"retryable": True, "meaning": meaning}
    assert ConnectorRejected("Odd.").details == {"retryable": False}


def test_a_refusal_of_ours_is_a_sentence_by_its_code() -> None:
    sentence = MemberSuspended("The member is suspended.").sentence

    assert sentence == "MEMBER_SUSPENDED: The member is suspended."
    assert said.meaning_of(sentence) == Meaning(
        "refused", {"refusal": "MEMBER_SUSPENDED", "message": "The member is suspended."}
    )
