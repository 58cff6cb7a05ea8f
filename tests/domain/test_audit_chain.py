"""What a row's hash covers, and how a chain's rows are told from one another."""

import hmac
import itertools
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from therapytrack.adapters.keys import audit_key
from therapytrack.domain.audit_chain import COVERED, Head, head_seal, is_ours, new_head, row_hash, stored_form
from therapytrack.domain.audit_walk import CHANGED, MISSING, Finding, Walk, joined

KEY, OTHER = audit_key("a secret"), audit_key("another secret")
CHAIN = UUID(int=7)
ROW = tuple(f"value of {name}".encode() for name in COVERED)


def test_the_form_that_is_hashed_stays_for_ever() -> None:
    """Written out by hand: what was sealed with it has to be checked with it."""
    framed = b"".join(b"%d:%b" % (len(part), part) for part in ROW) + b"3:end"
    expected = hmac.digest(KEY.rows, b"therapytrack activity 1\n" + framed, "sha256").hex()
    assert row_hash(KEY, ROW, "end") == expected
    assert row_hash(KEY, [None, *ROW[1:]], "") != row_hash(KEY, [b"", *ROW[1:]], "")


@pytest.mark.parametrize("place", range(len(COVERED)))
def test_every_column_counts(place: int) -> None:
    other = [*ROW[:place], b"", *ROW[place + 1 :]]
    assert row_hash(KEY, other, "end") != row_hash(KEY, ROW, "end")


def test_a_value_cannot_be_moved_into_the_next_column() -> None:
    hashes = {row_hash(KEY, [b"x" * n, b"x" * (9 - n), *ROW[2:]], "") for n in range(10)}
    assert len(hashes) == 10


def test_rows_and_heads_have_keys_of_their_own() -> None:
    keys = [KEY.rows, KEY.heads, OTHER.rows, OTHER.heads]
    assert all(one != other for one, other in itertools.combinations(keys, 2))
    assert KEY.id != OTHER.id


def test_a_value_is_hashed_in_one_form_whatever_database_holds_it() -> None:
    moment = datetime(2026, 3, 1, 12, 0, 0, 500, tzinfo=UTC)
    assert stored_form(moment) == b"2026-03-01 12:00:00.000500"
    assert stored_form(moment.astimezone(timezone(timedelta(hours=-5)))) == stored_form(moment)
    assert stored_form(UUID(int=255)) == b"0" * 30 + b"ff"
    assert (stored_form(None), stored_form(7), stored_form("é")) == (None, b"7", "é".encode())


def test_a_head_is_ours_under_its_key_for_its_chain_and_as_it_is() -> None:
    head = new_head(KEY, CHAIN, 12, "abc")
    assert is_ours(KEY, CHAIN, head)
    assert not is_ours(OTHER, CHAIN, head)
    assert not is_ours(KEY, UUID(int=8), head)
    assert not is_ours(KEY, CHAIN, Head(11, head.hash, head.key_id, head.seal))
    assert not is_ours(KEY, CHAIN, Head(12, "abd", head.key_id, head.seal))
    assert head.seal == head_seal(KEY, CHAIN, 12, "abc")


def test_neighbors_of_one_kind_are_one_finding_and_others_stay() -> None:
    found = [Finding(CHANGED, n, n) for n in (3, 4, 5, 9)] + [Finding(MISSING, 10, 12), Finding("the head is missing")]
    said = [str(one) for one in joined(found)]
    assert said == [
        "rows 3 to 5: changed after they were written",
        "row 9: changed after it was written",
        "rows 10 to 12: missing",
        "the head is missing",
    ]


def test_a_walk_over_nothing_finds_nothing() -> None:
    assert list(Walk({KEY.id: KEY}, CHAIN).end(None)) == []
