"""Encryption at rest."""

import base64
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from shared.vault import Vault, VaultError, load_keys, new_key

OLD, NEW = (base64.urlsafe_b64encode(letter * 32).decode() for letter in (b"o", b"n"))
ROOT = Path(__file__).parents[2]
PATH = "webhookEndpoints/we_1"


@given(st.text())
def test_what_is_encrypted_comes_back(text):
    vault = Vault([OLD])
    token = vault.encrypt(text, PATH)
    assert vault.decrypt(token, PATH) == text
    assert token.isascii()
    assert text not in token or len(text) < 8


def test_a_text_is_never_encrypted_to_the_same_token_twice():
    assert Vault([OLD]).encrypt("secret", PATH) != Vault([OLD]).encrypt("secret", PATH)


def test_the_first_key_encrypts_and_all_decrypt():
    old_token = Vault([OLD]).encrypt("secret", PATH)
    both = Vault([NEW, OLD])
    assert both.decrypt(old_token, PATH) == "secret"
    assert Vault([NEW]).decrypt(both.encrypt("secret", PATH), PATH) == "secret"


def test_a_rotated_token_needs_only_the_first_key():
    old_token = Vault([OLD]).encrypt("secret", PATH)
    assert Vault([NEW]).decrypt(Vault([NEW, OLD]).rotate(old_token, PATH), PATH) == "secret"


@pytest.mark.parametrize("method", ["decrypt", "rotate"])
@pytest.mark.parametrize("case", ["other key", "changed", "garbage", "empty", "not ascii"])
def test_a_foreign_token_is_refused_without_repeating_it(method, case):
    token = {
        "other key": Vault([NEW]).encrypt("secret", PATH),
        "changed": Vault([OLD]).encrypt("secret", PATH)[:-6] + "AAAAAA",
        "garbage": "garbage",
        "empty": "",
        "not ascii": "gärbage",
    }[case]
    with pytest.raises(VaultError) as refusal:
        getattr(Vault([OLD]), method)(token, PATH)
    assert str(refusal.value) == "The token was not encrypted with any of the configured keys."
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize("method", ["decrypt", "rotate"])
@pytest.mark.parametrize("path", ["webhookEndpoints/we_2", "webhookEndpoints/we_", "", f"{PATH}/x"])
def test_a_token_of_another_document_is_refused(method, path):
    token = Vault([OLD]).encrypt("secret", PATH)

    with pytest.raises(VaultError, match="belongs to another document"):
        getattr(Vault([OLD]), method)(token, path)


@pytest.mark.parametrize("text", ["a-secret-of-before", '{"apiKey": "x"}', ""])
def test_a_token_of_before_is_read_anywhere_until_it_is_rotated(text):
    vault = Vault([NEW, OLD])
    before = Fernet(OLD).encrypt(text.encode()).decode()

    assert vault.decrypt(before, PATH) == vault.decrypt(before, "elsewhere/x") == text
    bound = vault.rotate(before, PATH)
    assert vault.decrypt(bound, PATH) == text
    with pytest.raises(VaultError):
        vault.decrypt(bound, "elsewhere/x")


def test_no_secret_is_shown():
    vault = Vault([NEW, OLD])
    for text in (repr(vault), str(vault), f"{vault}"):
        assert text == "Vault(keys=2)"


def test_new_keys_differ_and_serve():
    keys = [new_key(), new_key()]
    assert keys[0] != keys[1]
    assert Vault(keys).decrypt(Vault(keys).encrypt("secret", PATH), PATH) == "secret"


def test_no_key_is_refused():
    with pytest.raises(VaultError, match="At least one"):
        Vault([])


@pytest.mark.parametrize("malformed", ["", "short", "A" * 40, "A" * 48, "ü" * 44])
def test_a_malformed_key_is_named_by_its_place_only(malformed):
    with pytest.raises(VaultError) as refusal:
        Vault([OLD, malformed])
    assert str(refusal.value) == (
        "Encryption key 2 of 2 is malformed: 32 bytes in URL-safe base64 are needed."
    )


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        (OLD, [OLD]),
        (f"{NEW},{OLD}", [NEW, OLD]),
        (f" {NEW} ,\n{OLD}\n,", [NEW, OLD]),
    ],
)
def test_keys_of_the_environment_win(tmp_path, value, keys):
    file = tmp_path / "vault.key"
    assert load_keys(value, file) == keys
    assert not file.exists()


@pytest.mark.parametrize("value", [None, "", " , "])
def test_without_keys_and_file_nothing_is_invented(value):
    with pytest.raises(VaultError, match="No encryption key is configured"):
        load_keys(value, None)


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path):
    file = tmp_path / "made" / "vault.key"
    keys = load_keys(None, file)
    assert load_keys("", file) == keys
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]
    assert Vault(keys).decrypt(Vault(keys).encrypt("secret", PATH), PATH) == "secret"


def test_an_empty_key_file_is_named(tmp_path):
    file = tmp_path / "vault.key"
    file.touch()
    with pytest.raises(VaultError, match=r"The key file vault\.key is empty"):
        load_keys(None, file)


def test_threads_that_race_end_with_the_same_key(tmp_path):
    for number in range(20):
        file = tmp_path / f"{number}.key"
        barrier = Barrier(8)

        def load(_, file=file, barrier=barrier):
            barrier.wait()
            return tuple(load_keys(None, file))

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(load, range(8)))) == 1
    assert len(list(tmp_path.iterdir())) == 20


def test_processes_that_race_end_with_the_same_key(tmp_path):
    program = (
        "import sys; from pathlib import Path; from shared.vault import load_keys;"
        "sys.stdout.write('ready\\n'); sys.stdout.flush(); sys.stdin.readline();"
        "print(load_keys(None, Path(sys.argv[1])))"
    )
    file = tmp_path / "vault.key"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(file)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = {process.communicate()[0] for process in processes}
    assert answers == {f"{load_keys(None, file)}\n"}


def test_derived_keys_are_those_of_one_purpose_and_subject_alone():
    subjects = [("codes", "store_1"), ("codes", "store_2"), ("cards", "store_1")]
    derived = {each: Vault([NEW, OLD]).derived_keys(*each) for each in subjects}

    assert len({key for keys in derived.values() for key in keys}) == 2 * len(subjects)
    assert all(len(key) == 32 for keys in derived.values() for key in keys)
    assert derived["codes", "store_1"] == Vault([NEW, OLD]).derived_keys("codes", "store_1")


def test_the_newest_derived_key_is_first_and_an_old_one_stays_as_long_as_its_key():
    (old,) = Vault([OLD]).derived_keys("codes", "store_1")
    new, kept = Vault([NEW, OLD]).derived_keys("codes", "store_1")

    assert (kept, Vault([NEW]).derived_keys("codes", "store_1")) == (old, (new,))


def test_a_derived_key_never_changes_as_codes_on_paper_depend_on_it():
    (key,) = Vault([OLD]).derived_keys("codes", "store_1")

    assert key.hex() == "3bd7b44b899dc9a18f832d292081c0b2a4115712355385e0fe6d08a73b1054cf"
