"""Marks through random cut-offs; `python -m tests.e2e.cutoffs 1000` does the same at length."""

import random
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.cutoffs import KINDS, Mark, is_kept, run
from tests.e2e.servers import Server

MARKS = [Mark(0, goal, "correct") for goal in range(4)]


@pytest.mark.e2e
def test_every_mark_outlives_the_cut_offs(browser: Browser, server: Server, tmp_path: Path) -> None:
    *_, done = run(browser.browser_type, server, 6, 11, tmp_path / "profile")
    assert sum(done[kind] for kind in KINDS) == 6
    assert done["browser"] and done["server"]


def test_what_is_lost_doubled_or_out_of_order_is_seen() -> None:
    assert is_kept(MARKS, MARKS, set())
    for lost in range(len(MARKS)):
        without = MARKS[:lost] + MARKS[lost + 1 :]
        assert not is_kept(without, MARKS, set())
        assert is_kept(without, MARKS, {lost})
        assert not is_kept([*MARKS[: lost + 1], *MARKS[lost:]], MARKS, set(range(4)))
    for one, other in combinations(range(len(MARKS)), 2):
        turned = list(MARKS)
        turned[one], turned[other] = turned[other], turned[one]
        assert not is_kept(turned, MARKS, set(range(4)))


def test_a_mark_that_may_be_missing_is_told_from_one_that_may_not() -> None:
    same = [Mark(0, 0, "correct")] * 3
    assert is_kept(same[:2], same, {random.Random(1).randrange(3)})
    assert not is_kept(same[:1], same, {1})
