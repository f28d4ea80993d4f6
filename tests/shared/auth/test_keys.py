"""API keys."""

import hashlib
import re

import pytest

from shared.auth.keys import ApiKey, KeyKind, KeyMode, MissingHeaderError, bearer, generate, parse

TAIL = "A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6"
MODES_AND_KINDS = [(mode, kind) for mode in KeyMode for kind in KeyKind]


@pytest.mark.parametrize(("mode", "kind"), MODES_AND_KINDS)
def test_a_generated_key_has_the_documented_form_and_parses_back(mode, kind):
    key = generate(mode, kind)
    assert re.fullmatch(rf"bk_{mode}_{kind}_[A-Z0-9]{{32}}", key.text)
    assert parse(key.text) == key


def test_generated_keys_differ_and_use_the_whole_alphabet():
    keys = {generate(KeyMode.LIVE, KeyKind.SECRET).text for _ in range(200)}
    assert len(keys) == 200
    assert len({character for key in keys for character in key[-32:]}) == 36


def test_the_documented_sample_parses():
    text = f"bk_live_sk_{TAIL}"
    key = parse(text)
    assert key == ApiKey(KeyMode.LIVE, KeyKind.SECRET, text)
    assert key.hash == hashlib.sha256(text.encode()).hexdigest()
    # printf bk_live_sk_A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6 | sha256sum
    assert key.hash == "7ce0997661ca7c306c1a9f1d7a4a4babffe2112b6812dee16bb92222ef54f6e4"
    assert (key.prefix, key.last4) == ("bk_live_sk_", "O5P6")


@pytest.mark.parametrize(("mode", "kind"), MODES_AND_KINDS)
def test_the_form_of_the_samples_is_the_same_key(mode, kind):
    sample = parse(f"{kind}_{mode}_{TAIL}")
    canonical = parse(f"bk_{mode}_{kind}_{TAIL}")
    assert sample == canonical
    assert sample.text == f"bk_{mode}_{kind}_{TAIL}"
    assert sample.hash == canonical.hash
    assert (sample.mode, sample.kind) == (mode, kind)


def test_a_tail_in_lower_case_is_a_key_of_its_own():
    lower = parse(f"bk_test_pk_{TAIL.lower()}")
    assert lower.text == f"bk_test_pk_{TAIL.lower()}"
    assert lower.hash != parse(f"bk_test_pk_{TAIL}").hash


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bk_live_sk_",
        TAIL,
        f"bk_live_sk_{TAIL[:-1]}",
        f"bk_live_sk_{TAIL}A",
        f"bk_live_sk_{TAIL}\n",
        f" bk_live_sk_{TAIL}",
        f"BK_LIVE_SK_{TAIL}",
        f"bk_prod_sk_{TAIL}",
        f"bk_live_xk_{TAIL}",
        f"bk_sk_live_{TAIL}",
        f"live_sk_{TAIL}",
        f"sk_{TAIL}",
        f"sk_live_sk_{TAIL}",
        f"bk_live_sk_{TAIL[:-1]}_",
        f"bk_live_sk_{TAIL[:-1]}ü",
        f"bk_live_sk_{TAIL[:-1]}٣",
        f"bk_live_sk_{TAIL[:-1]}/",
        "x" * 1_000_000,
    ],
)
def test_a_malformed_key_is_refused_without_repeating_it(text):
    with pytest.raises(ValueError, match="API key has the form") as refusal:
        parse(text)
    assert str(refusal.value) == "An API key has the form bk_live_sk_ and 32 letters or digits."


def test_no_secret_is_shown():
    key = parse(f"bk_live_sk_{TAIL}")
    assert repr(key) == "ApiKey(mode=<KeyMode.LIVE: 'live'>, kind=<KeyKind.SECRET: 'sk'>)"
    assert TAIL not in f"{key} {key!s}"


@pytest.mark.parametrize(
    "header", ["Bearer abc", "bearer abc", "BEARER abc", "Bearer  abc", " Bearer abc "]
)
def test_a_bearer_token_is_extracted(header):
    assert bearer(header) == "abc"


@pytest.mark.parametrize("header", [None, "", " ", "\t"])
def test_a_missing_header_is_told_apart(header):
    with pytest.raises(MissingHeaderError):
        bearer(header)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "abc",
        "Basic abc",
        "Bearerabc",
        "Bearer a b",
        "Bearer a,Bearer b\n",
        "Bearer abc\n",
        "Bearer ä",
        "Token Bearer abc",
    ],
)
def test_a_header_that_is_not_one_bearer_token_is_malformed(header):
    with pytest.raises(ValueError, match="must be `Bearer`") as refusal:
        bearer(header)
    assert not isinstance(refusal.value, MissingHeaderError)
