"""Reporting periods: which of them stand on the page, and which in the list of earlier ones."""

from datetime import date

import pytest

from therapytrack.domain.report_periods import recent_since

LAST_YEAR, THIS_YEAR, NEXT_YEAR = date(2026, 6, 20), date(2026, 11, 25), date(2027, 11, 20)


@pytest.mark.parametrize(
    ("last_days", "today", "since"),
    [
        ([THIS_YEAR, LAST_YEAR], date(2026, 11, 26), date(2026, 7, 1)),
        ([THIS_YEAR, LAST_YEAR], date(2026, 6, 30), date(2025, 7, 1)),
        ([LAST_YEAR], date(2026, 8, 1), date(2025, 7, 1)),
        ([NEXT_YEAR, THIS_YEAR], date(2026, 11, 26), date(2026, 7, 1)),
        ([], date(2026, 11, 26), date(2026, 7, 1)),
    ],
)
def test_this_school_years_periods_stand_on_the_page(last_days: list[date], today: date, since: date) -> None:
    assert recent_since(last_days, today) == since
