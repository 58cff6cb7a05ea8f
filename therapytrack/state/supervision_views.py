"""What the supervision page shows, as small views in words."""

from dataclasses import dataclass

from therapytrack.domain.dates import due_label, long_date, short_date
from therapytrack.domain.supervision import Share
from therapytrack.domain.supervision_form import METHODS
from therapytrack.services.supervision import SeenContact, StudentObserved, Supervised
from therapytrack.services.supervision_links import LinkLine
from therapytrack.services.supervision_rules import RuleInForce
from therapytrack.state.guard import current_actor


@dataclass(frozen=True, slots=True)
class ShareView:
    """A share of treatment time: "15%", "45 of 300 min", "20% asked: 15 min short", and its tone."""

    percent: str = ""
    minutes: str = ""
    asked: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ObservedView:
    """A student's line: how long ago a supervisor saw the treatment, and when the next observation is due."""

    id: str
    name: str
    since: str
    due: str
    tone: str


@dataclass(frozen=True, slots=True)
class SupervisedView:
    """One assistant's card. `rule`: what is asked, in words; `source`: where that comes from, and whether checked."""

    id: str
    name: str
    supervisors: str
    rule: str
    source: str
    verified: bool
    period: str
    total: ShareView
    direct: ShareView
    students: tuple[ObservedView, ...]
    late: str


@dataclass(frozen=True, slots=True)
class ContactView:
    """A line of the log."""

    id: str
    day: str
    people: str
    about: str
    kind: str
    minutes: str
    topic: str
    struck: bool
    why: str
    may_strike: bool


@dataclass(frozen=True, slots=True)
class RuleView:
    """The values that the rule's form begins with."""

    us_state: str = ""
    discipline: str = ""
    total: str = ""
    direct: str = ""
    period: str = "30"
    observe: str = ""
    source: str = ""
    interpret: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a list to choose from."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class LinkView:
    """A tie of supervision: who with whom, in which discipline, from when until when, in words."""

    id: str
    people: str
    line: str


def link_view(one: LinkLine) -> LinkView:
    """A tie in words."""
    until = f"until {long_date(one.until)}" if one.until else "no end"
    words = f"{one.discipline.upper()}, since {long_date(one.since)}, {until}"
    return LinkView(str(one.id), f"{one.supervisor} supervises {one.assistant}", words)


def supervised_view(one: Supervised) -> SupervisedView:
    """An assistant's card."""
    found = one.standing
    return SupervisedView(
        id=str(one.assistant_id),
        name=one.assistant,
        supervisors=", ".join(one.supervisors),
        rule=_rule_words(one.rule),
        source=one.rule.source if one.rule else "",
        verified=bool(one.rule and one.rule.verified),
        period=f"{short_date(found.since)} to {short_date(found.until)}",
        total=share_view(found.total),
        direct=share_view(found.direct),
        students=tuple(_observed_view(each) for each in one.students),
        late=f"{one.late} overdue" if one.late else "",
    )


def _rule_words(rule: RuleInForce | None) -> str:
    if rule is None:
        return "No rule is held for this state and discipline."
    asked = rule.rule
    parts = [f"{asked.total_percent:g}% of treatment time supervised" if asked.total_percent is not None else ""]
    parts += [f"{asked.direct_percent:g}% directly" if asked.direct_percent is not None else ""]
    parts += [f"within {asked.period_days} days"] if any(parts) else []
    if asked.observe_every_days is not None:
        parts += [f"each student seen at least every {asked.observe_every_days} days"]
    return f"{rule.us_state} {rule.discipline.upper()}: " + (", ".join(one for one in parts if one) or "nothing asked")


def share_view(share: Share) -> ShareView:
    """A share in words, and whether it is what is asked."""
    percent = "—" if share.percent is None else _percent(share.percent, share.asked, share.short_minutes)
    minutes = f"{share.minutes} of {share.of} min" if share.of else "nothing treated in this time"
    if share.asked is None:
        return ShareView(percent, minutes)
    short = share.short_minutes
    words = f"{share.asked:g}% asked: {short:.0f} min short" if short >= 0.5 else f"{share.asked:g}% asked: met"
    return ShareView(percent, minutes, words, "warn" if short >= 0.5 else "good")


def _percent(percent: float, asked: float | None, short: float) -> str:
    """Whole, but to a tenth where a share that falls short would round to what is asked."""
    rounds_up = asked is not None and short >= 0.5 and round(percent) >= asked
    return f"{percent:.1f}%" if rounds_up else f"{percent:.0f}%"


def _observed_view(one: StudentObserved) -> ObservedView:
    found, actor = one.found, current_actor.get()
    since = f"never, treated for {found.days} days" if found.never else f"{found.days} days ago"
    since = "today" if found.days == 0 and not found.never else since
    due, tone = due_label(found.due_on, actor.today) if found.due_on and actor else ("", "")
    return ObservedView(str(one.student_id), one.name, since, due, tone)


def contact_view(one: SeenContact) -> ContactView:
    """A line of the log."""
    return ContactView(
        id=str(one.id),
        day=long_date(one.day),
        people=f"{one.supervisor} with {one.assistant}",
        about=one.student,
        kind=f"{one.kind.capitalize()}, {METHODS.get(one.method, one.method).lower()}",
        minutes=f"{one.minutes} min" + (f" · entered {long_date(one.entered)}" if one.entered else ""),
        topic=one.topic,
        struck=one.struck,
        why=one.why,
        may_strike=one.mine and not one.struck,
    )


def rule_view(one: RuleInForce) -> RuleView:
    """What the rule's form begins with."""
    asked = one.rule
    return RuleView(
        us_state=one.us_state,
        discipline=one.discipline,
        total=_number(asked.total_percent),
        direct=_number(asked.direct_percent),
        period=str(asked.period_days),
        observe=_number(asked.observe_every_days),
        source=one.source if one.id else "",
        interpret=one.may_interpret,
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
