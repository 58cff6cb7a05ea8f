"""The clock of the made-up worlds: rights are judged there at the world's moment, also under a lock."""

import pytest

from tests.access.worlds import NOW
from therapytrack.access import queries


@pytest.fixture
def clock_of_the_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment at which locks are had is NOW (see `queries.hold_moment`)."""
    monkeypatch.setattr(queries, "utc_now", lambda: NOW)
