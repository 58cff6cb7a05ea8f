"""What a form about access asks for, and which days that is where the workspace is."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from therapytrack.domain.access_form import (
    Period,
    parse_grant,
    parse_handover,
    parse_reason,
    parse_substitute,
    parse_take,
)
from therapytrack.domain.local_days import first_day, last_day
from therapytrack.errors import Invalid

TODAY, ZONE = date(2026, 3, 7), "America/New_York"
NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
ANA, BEN = str(UUID(int=1)), str(UUID(int=2))


def wrong(parse: Callable[[], object]) -> set[str]:
    with pytest.raises(Invalid) as error:
        parse()
    assert all(error.value.fields.values())
    return set(error.value.fields)


def test_view_is_always_among_the_rights_that_are_given() -> None:
    asked = parse_grant({"person": ANA, "edit": "true", "export": "on"}, TODAY)
    assert (asked.rights, asked.period) == (frozenset({"view", "edit", "export"}), Period())


def test_a_day_begins_and_ends_where_the_workspace_is() -> None:
    period = Period(date(2026, 3, 8), date(2026, 3, 8))
    starts, ends = period.starts_at(NOW, ZONE), period.ends_at(ZONE)
    assert ends is not None
    assert (starts.astimezone(UTC), ends.astimezone(UTC)) == (
        datetime(2026, 3, 8, 5, tzinfo=UTC),
        datetime(2026, 3, 9, 4, tzinfo=UTC),
    ), "23 hours: clocks went forward"
    assert (first_day(starts, ZONE), last_day(ends, ZONE)) == (date(2026, 3, 8), date(2026, 3, 8))


def test_today_and_no_day_mean_now() -> None:
    assert Period(TODAY).starts_at(NOW, ZONE) == Period().starts_at(NOW, ZONE) == NOW
    assert Period().ends_at(ZONE) is None and last_day(None, ZONE) is None


def test_what_cannot_be_is_told_beside_its_field() -> None:
    past = {"starts_on": "2026-03-06", "ends_on": "2026-03-05"}
    assert wrong(lambda: parse_grant({"person": "nobody", **past}, TODAY)) == {"person", "starts_on", "ends_on"}
    turned = {"person": ANA, "starts_on": "2026-05-02", "ends_on": "2026-05-01"}
    assert wrong(lambda: parse_grant(turned, TODAY)) == {"ends_on"}
    assert wrong(lambda: parse_take({"person": ANA})) == {"rights"}
    assert wrong(lambda: parse_substitute({"of": ANA, "to": BEN, "pause": "stay"}, TODAY)) == {"ends_on"}
    assert wrong(lambda: parse_substitute({"of": ANA, "to": BEN, "ends_on": "2026-05-01"}, TODAY)) == {"pause"}
    same = {"of": ANA, "to": ANA, "finish_days": "14"}
    assert wrong(lambda: parse_handover(same, TODAY)) == {"to"}
    assert wrong(lambda: parse_handover({"of": ANA, "to": BEN, "finish_days": "61"}, TODAY)) == {"finish_days"}
    early = {"of": ANA, "to": BEN, "finish_days": "0", "starts_on": "2026-03-01"}
    assert wrong(lambda: parse_handover(early, TODAY)) == {"starts_on"}


def test_a_reason_is_twenty_characters_of_something() -> None:
    assert parse_reason({"reason": " Twenty characters it is. "}) == "Twenty characters it is."
    for text in ("", "x" * 19, "a" + " " * 40 + "b", "x" * 501):
        assert wrong(lambda text=text: parse_reason({"reason": text})) == {"reason"}  # type: ignore[misc]
