"""The installation's secret: made once, for its account alone, and turned into keys as RFC 5869 says."""

import stat
import threading
from pathlib import Path

import pytest

from therapytrack.adapters import keys
from therapytrack.errors import Unavailable


@pytest.fixture(autouse=True)
def forget() -> None:
    keys.audit_keys.cache_clear()


def test_hkdf_gives_the_first_block_of_the_rfcs_test_case() -> None:
    """RFC 5869, A.1, its first 32 of 42 bytes."""
    salt, info = bytes.fromhex("000102030405060708090a0b0c"), bytes.fromhex("f0f1f2f3f4f5f6f7f8f9")
    expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
    assert keys.hkdf(b"\x0b" * 22, info, 32, salt).hex() == expected
    with pytest.raises(ValueError):
        keys.hkdf(b"x", b"", 33)


def test_a_missing_secret_is_made_once_and_for_this_account_alone(tmp_path: Path) -> None:
    first = keys.audit_keys("", "", tmp_path / "data" / "secret.key")
    file = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text().strip()) == 64
    keys.audit_keys.cache_clear()
    assert keys.audit_keys("", "", tmp_path / "data" / "secret.key") == first
    assert [one.name for one in file.parent.iterdir()] == ["secret.key"]


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    makers = [threading.Thread(target=keys.make_secret, args=(tmp_path / "secret.key",)) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert [one.name for one in tmp_path.iterdir()] == ["secret.key"]
    assert len(keys.secret_in(tmp_path / "secret.key")) == 64


def test_the_secret_of_the_environment_seals_and_the_file_is_still_known(tmp_path: Path) -> None:
    (in_file,) = keys.audit_keys("", "", tmp_path / "secret.key")
    known = keys.audit_keys("s" * 40, "older, oldest", tmp_path / "secret.key")
    assert [*known] == [keys.audit_key(one).id for one in ("s" * 40,)] + [
        in_file,
        keys.audit_key("older").id,
        keys.audit_key("oldest").id,
    ]


def test_a_secret_in_the_environment_makes_no_file(tmp_path: Path) -> None:
    keys.audit_keys("s" * 40, "", tmp_path / "secret.key")
    assert list(tmp_path.iterdir()) == []


def test_who_only_looks_makes_no_secret(tmp_path: Path) -> None:
    assert keys.known_audit_keys("", "", tmp_path / "secret.key") == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe"])
def test_a_secret_that_cannot_be_used_is_an_error_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    with pytest.raises(Unavailable, match="secret key"):
        keys.audit_keys("", "", tmp_path / "secret.key")


def test_a_folder_that_takes_no_file_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the place of the folder")
    with pytest.raises(Unavailable, match="secret key"):
        keys.audit_keys("", "", tmp_path / "data" / "secret.key")
