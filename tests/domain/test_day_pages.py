"""Pages of a long list by day, and what a student's address asks for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.day_pages import page_of
from therapytrack.domain.student_choice import StudentChoice, StudentTab, parse_student_choice

DAY = date(2026, 3, 31)


def walked(days: list[date], size: int) -> list[list[date]]:
    """The pages that somebody sees who goes from page to page, the rows of each asked for as a service does."""
    pages, until = [], max(days)
    while True:
        asked = [day for day in days if day <= until][: size + 1]
        page, older = page_of(asked, lambda day: day, size)
        pages.append(page)
        if not older:
            return pages
        until = date.fromisoformat(older)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40), st.integers(1, 8))
def test_pages_hold_everything_once_and_cut_no_day_that_fits(back: list[int], size: int) -> None:
    days = sorted((DAY - timedelta(days=one) for one in back), reverse=True)
    pages = walked(days, size)
    assert all(page for page in pages[:-1]) and all(len(page) <= size for page in pages)
    shown = [day for page in pages for day in page]
    assert shown == sorted(shown, reverse=True)
    for day in set(days):
        assert shown.count(day) == min(days.count(day), size)
        assert sum(day in page for page in pages) == 1


def test_a_page_that_holds_everything_has_no_next_one() -> None:
    assert page_of([DAY, DAY], lambda day: day, 2) == ([DAY, DAY], "")


@pytest.mark.parametrize(
    ("query", "choice"),
    [
        ({}, StudentChoice()),
        ({"tab": "notes", "until": "2026-03-31"}, StudentChoice(StudentTab.NOTES, DAY)),
        ({"tab": "drop table", "until": "yesterday"}, StudentChoice()),
    ],
)
def test_an_address_asks_for_a_tab_and_a_day_and_nothing_else(query: dict[str, str], choice: StudentChoice) -> None:
    assert parse_student_choice(query) == choice


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_goes_to_is_no_day(day: str) -> None:
    assert parse_student_choice({"tab": "timeline", "until": day}) == StudentChoice(StudentTab.TIMELINE)
