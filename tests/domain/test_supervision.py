"""Shares of supervised time and days since observed, against rules with dates."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from therapytrack.domain.people import ASSISTANTS
from therapytrack.domain.supervision import Contact, Rule, Treatment, observation, rule_on, standing
from therapytrack.domain.supervision_defaults import DEFAULT_RULES
from therapytrack.domain.us_states import US_STATES

DAY = date(2026, 11, 25)
RULE = Rule(date(2026, 8, 1), total_percent=20, direct_percent=10, period_days=30, observe_every_days=60)


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def test_all_contacts_count_toward_the_total_and_direct_ones_toward_the_direct_share() -> None:
    treatments = [Treatment(ago(day), 30, "ana") for day in range(1, 11)]
    contacts = [Contact(ago(2), 20, direct=True, student="ana"), Contact(ago(3), 25, direct=False)]
    found = standing(contacts, treatments, RULE, DAY)
    assert (found.total.minutes, found.total.of, found.total.percent) == (45, 300, 15)
    assert found.total.short_minutes == 15
    assert found.direct.percent is not None and round(found.direct.percent, 2) == 6.67
    assert found.direct.short_minutes == 10


def test_a_period_has_its_first_and_its_last_day() -> None:
    treatments = [Treatment(ago(29), 30, "ana"), Treatment(ago(30), 500, "ana"), Treatment(DAY, 30, "ana")]
    found = standing([Contact(ago(30), 500, direct=True)], treatments, RULE, DAY)
    assert (found.since, found.until, found.total.of, found.total.minutes) == (ago(29), DAY, 60, 0)


def test_nothing_treated_has_no_share_and_owes_nothing() -> None:
    found = standing([Contact(ago(1), 30, direct=True)], [], RULE, DAY)
    assert found.total.percent is None and found.total.short_minutes == 0


def test_without_a_rule_the_share_is_told_and_nothing_is_asked() -> None:
    found = standing([Contact(ago(1), 30, direct=True)], [Treatment(ago(1), 60, "ana")], None, DAY)
    assert found.total.percent == 50 and found.total.asked is None and found.total.short_minutes == 0


def test_days_count_from_the_last_direct_contact_about_that_student() -> None:
    contacts = [
        Contact(ago(40), 10, direct=True, student="ana"),
        Contact(ago(5), 10, direct=False, student="ana"),
        Contact(ago(3), 10, direct=True, student="ben"),
        Contact(ago(2), 10, direct=True),
    ]
    found = observation("ana", contacts, [Treatment(ago(90), 30, "ana")], RULE, DAY)
    assert (found.days, found.never, found.due_on) == (40, False, ago(-20))
    assert not found.is_late(DAY)


def test_a_student_never_observed_is_due_from_the_first_treatment() -> None:
    treatments = [Treatment(ago(61), 30, "ana"), Treatment(ago(2), 30, "ana")]
    found = observation("ana", [], treatments, RULE, DAY)
    assert (found.days, found.never, found.due_on) == (61, True, ago(1))
    assert found.is_late(DAY)


def test_a_student_not_treated_is_not_due() -> None:
    assert observation("ana", [], [], RULE, DAY).due_on is None


def test_the_rule_of_the_day_is_the_one_that_began_last() -> None:
    old, new = Rule(ago(100), ends_on=ago(10), total_percent=30), Rule(ago(10), total_percent=20)
    later = Rule(ago(-5), total_percent=5)
    assert rule_on([old, new, later], ago(11)) is old
    assert rule_on([old, new, later], ago(10)) is new
    assert rule_on([new, Rule(ago(3), total_percent=1)], DAY) == Rule(ago(3), total_percent=1)
    assert rule_on([later], DAY) is None


@given(
    contacts=st.lists(st.builds(Contact, st.dates(ago(60), DAY), st.integers(1, 60), st.booleans(), st.just("ana"))),
    treatments=st.lists(st.builds(Treatment, st.dates(ago(60), DAY), st.integers(1, 60), st.just("ana"))),
)
def test_one_more_contact_never_lowers_a_share(contacts: list[Contact], treatments: list[Treatment]) -> None:
    before = standing(contacts, treatments, RULE, DAY)
    more = [*contacts, Contact(DAY, 10, direct=True, student="ana")]
    after = standing(more, treatments, RULE, DAY)
    assert before.direct.minutes <= before.total.minutes
    assert after.total.short_minutes <= before.total.short_minutes
    assert after.direct.minutes == before.direct.minutes + 10
    assert observation("ana", more, treatments, RULE, DAY).days == 0


def test_shipped_rules_are_for_disciplines_with_assistants_and_say_their_source() -> None:
    assert {rule.discipline for rule in DEFAULT_RULES} == set(ASSISTANTS.values())
    assert all(rule.source and rule.us_state in {"", *US_STATES} for rule in DEFAULT_RULES)
    assert len({(rule.us_state, rule.discipline) for rule in DEFAULT_RULES}) == len(DEFAULT_RULES)
