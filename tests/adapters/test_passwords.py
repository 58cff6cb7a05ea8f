"""Passwords: strength of the hash, what is refused and why, and the same work for unknown accounts."""

import importlib.metadata
import unicodedata
from statistics import median
from time import process_time

import pytest
from passlib.context import CryptContext

from therapytrack.adapters.passwords import hash_password, problem_with, verify_password

GOOD = "copper lantern meadow 47"


def test_hashes_are_argon2id_with_the_required_cost() -> None:
    _, kind, _version, cost, *_ = hash_password(GOOD).split("$")
    costs = dict(part.split("=") for part in cost.split(","))
    assert kind == "argon2id"
    assert int(costs["m"]) >= 19456
    assert int(costs["t"]) >= 2
    assert int(costs["p"]) >= 1


def test_the_maintained_passlib_is_installed_and_the_old_one_is_not() -> None:
    names = {one.metadata["Name"].lower() for one in importlib.metadata.distributions()}
    assert "libpass" in names
    assert "passlib" not in names


def test_a_weak_hash_is_made_anew_at_the_next_good_sign_in() -> None:
    weak = str(
        CryptContext(["argon2"], argon2__memory_cost=1024, argon2__time_cost=1, argon2__parallelism=1).hash(GOOD)
    )
    ok, new_hash = verify_password(GOOD, weak)
    assert ok
    assert new_hash is not None
    assert "m=19456" in new_hash


def test_a_password_typed_in_another_unicode_form_is_the_same_password() -> None:
    composed = "château méridional 47"
    stored = hash_password(unicodedata.normalize("NFC", composed))
    assert verify_password(unicodedata.normalize("NFD", composed), stored)[0]


def test_nothing_is_cut_off_at_72_bytes() -> None:
    stored = hash_password("x" * 72 + "a")
    assert not verify_password("x" * 72 + "b", stored)[0]


@pytest.mark.parametrize(
    "password",
    [
        "short word",
        "passwordpassword",
        "p@ssw0rdp@ssw0rd",
        "password12345678",
        "qwertyuiopasdfgh",
        "therapytrack2026!",
        "111111111111111",
        "aaaaaaaaaaaaaaaaaaaaaa",
        "Rosa Alvarez Rosa Alvarez",
        "rosa@lincoln.org1",
        "lincoln unified 1",
        "x" * 129,
        "copper lantern\0 meadow",
    ],
)
def test_a_password_that_would_be_guessed_is_refused_with_a_reason(password: str) -> None:
    assert problem_with(password, "Rosa Alvarez", "rosa@lincoln.org", "Lincoln Unified")


@pytest.mark.parametrize(
    "password", [GOOD, "  spaces  at both ends  ", "пять зелёных слонов идут", "정말 긴 비밀번호 입니다 여러분"]
)
def test_long_unpredictable_passwords_of_any_script_are_taken(password: str) -> None:
    assert problem_with(password, "Rosa Alvarez") == ""


def test_an_unknown_account_costs_the_same_work_as_a_known_one() -> None:
    stored = hash_password(GOOD)
    verify_password("warm up both paths", None)

    def cost(known: str | None) -> float:
        start = process_time()
        verify_password("not the password at all", known)
        return process_time() - start

    pairs = [(cost(stored), cost(None)) for _ in range(25)]
    known, unknown = median(one for one, _ in pairs), median(one for _, one in pairs)
    assert abs(known - unknown) < 0.010


def test_nothing_fits_a_missing_hash() -> None:
    assert verify_password("a password that nobody has", None) == (False, None)
