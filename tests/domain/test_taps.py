"""What a browser may send as a mark, and nothing else."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.taps import milliseconds, moment, parse_batch
from therapytrack.errors import Invalid

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def mark(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "entry": str(uuid4()),
        "goal": str(uuid4()),
        "outcome": "correct",
        "prompt": None,
        "purpose": "practice",
        "at": 1_700_000_000_000,
        "n": 1,
    } | changes


def body(*taps: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"taps": list(taps), **more}).encode()


def test_a_mark_is_read() -> None:
    assert parse_batch(body(mark(outcome="no_response", prompt=2))).taps[0].prompt == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "great"},
        {"purpose": "play"},
        {"id": "1"},
        {"at": -1},
        {"at": 10**400},
        {"at": "soon"},
        {"at": 1.5},
        {"n": True},
        {"prompt": 100},
        {"name": "Ana"},
    ],
)
def test_anything_outside_the_closed_lists_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse_batch(body(mark(**changes)))


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(Invalid):
        parse_batch(body(note="Worked on blends."))


def test_a_batch_has_an_end() -> None:
    with pytest.raises(Invalid):
        parse_batch(body(*[mark() for _ in range(501)]))


@given(st.binary(max_size=200).filter(lambda junk: b"{" not in junk))
def test_any_other_bytes_are_refused_and_never_repeated(junk: bytes) -> None:
    with pytest.raises(Invalid) as problem:
        parse_batch(junk)
    assert list(problem.value.fields) == ["taps"]


@given(st.integers(0, 4_102_444_800_000))
def test_a_clock_that_runs_ahead_never_puts_a_trial_into_the_future(at: int) -> None:
    assert moment(at, NOW) <= NOW
    assert milliseconds(moment(at, NOW)) == min(at, milliseconds(NOW))
