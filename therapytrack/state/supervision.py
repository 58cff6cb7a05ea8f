"""The supervision page: how each assistant stands against her rule, contacts to log, and the rule itself."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.access.roles import OFFICE
from therapytrack.domain.dates import due_label, long_date, short_date
from therapytrack.domain.ids import parse_id
from therapytrack.domain.supervision import Share
from therapytrack.domain.supervision_form import METHODS, parse_contact, parse_rule
from therapytrack.errors import Conflict, TherapyTrackError
from therapytrack.services.supervision import (
    SeenContact,
    StudentObserved,
    Supervised,
    SupervisionPage,
    log_contact,
    open_supervision,
    strike_out_contact,
)
from therapytrack.services.supervision_rules import RuleInForce, rule_versions, set_rule
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.record_form import typed_in


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
    struck: str
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


class SupervisionState(SignedInState):
    """`form_key` makes the contact form begin again and is the id of what it logs, so that a double click logs one;
    `striking` is the contact whose reason is being asked for."""

    supervised: list[SupervisedView] = []
    contacts: list[ContactView] = []
    assistants: list[Choice] = []
    students: list[Choice] = []
    rule: RuleView = RuleView()
    may_log: bool = False
    may_set_rule: bool = False
    today: str = ""
    form_key: str = ""
    rule_key: str = ""
    striking: str = ""
    said: str = ""
    _versions: dict[tuple[str, str], int] = {}

    @rx.event
    @requires(Action.VIEW_SUPERVISION)
    async def enter(self) -> None:
        """Load the page."""
        await self._enter()
        self.said = self.striking = ""
        await self._load()
        self._begin_contact()
        self.ready = True

    @rx.event
    @requires(Action.LOG_CONTACT)
    async def log(self, form: dict[str, Any]) -> None:
        """Log what was typed; on an error everything typed stays."""
        self._clear_messages()
        self.said = ""
        actor = current_actor.get()
        try:
            contact_id = parse_id(typed_in(form).get("contact_id", ""))
            typed = parse_contact(typed_in(form), actor.today) if actor else None
            if typed:
                await self._ask(log_contact, contact_id, typed)
        except TherapyTrackError as error:
            self._show(error)
            return
        await self._load()
        self._begin_contact()
        self.said = "Contact logged."

    @rx.event
    @requires(Action.LOG_CONTACT)
    async def ask_why(self, contact: str) -> None:
        """Ask why a contact is to be struck out; "" closes the question."""
        self._clear_messages()
        self.striking = contact

    @rx.event
    @requires(Action.LOG_CONTACT)
    async def strike_out(self, form: dict[str, Any]) -> None:
        """Strike out the contact in question."""
        self.said = ""
        typed = typed_in(form)
        done = await self._try(_strike, typed.get("contact", ""), typed.get("why", ""))
        if done is None:
            return
        self.striking = ""
        await self._load()
        self.said = "Struck out. The entry stays readable and does not count."

    @rx.event
    @requires(Action.SET_SUPERVISION_RULE)
    async def save_rule(self, form: dict[str, Any]) -> None:
        """Hold the rule that was typed from its first day on."""
        self._clear_messages()
        self.said = ""
        try:
            rule = parse_rule(typed_in(form))
            await self._ask(set_rule, rule, self._versions.get((rule.us_state, rule.discipline), 0))
        except Conflict as error:
            self._versions = {**self._versions, (rule.us_state, rule.discipline): error.version}
            self.problem = f"{error.sentence} {error.theirs}"
        except TherapyTrackError as error:
            self._show(error)
        else:
            await self._load()
            self.said = "Rule saved."

    async def _load(self) -> None:
        page = await self._try(open_supervision)
        actor = current_actor.get()
        if page is None or actor is None:
            return
        self.today = actor.today.isoformat()
        self.may_set_rule = actor.member.admin in OFFICE
        self.may_log = any(one.can_log for one in page.supervised)
        if self.may_set_rule:
            self._versions = await self._ask(rule_versions)
        self._fill(page)

    def _fill(self, page: SupervisionPage) -> None:
        self.supervised = [_supervised_view(one) for one in page.supervised]
        self.contacts = [_contact_view(one) for one in page.contacts]
        self.assistants = [Choice(str(one.assistant_id), one.assistant) for one in page.supervised if one.can_log]
        seen = {one.student_id: one.name for each in page.supervised if each.can_log for one in each.students}
        self.students = [Choice(str(key), name) for key, name in sorted(seen.items(), key=lambda pair: pair[1])]
        rules = [one.rule for one in page.supervised if one.rule]
        self.rule = _rule_view(rules[0]) if rules else RuleView()
        self.rule_key = f"{self.rule}"

    def _begin_contact(self) -> None:
        self.form_key = str(uuid7())


def _strike(db: Any, actor: Any, contact: str, why: str) -> Any:
    return strike_out_contact(db, actor, parse_id(contact), why)


def _supervised_view(one: Supervised) -> SupervisedView:
    found = one.standing
    return SupervisedView(
        id=str(one.assistant_id),
        name=one.assistant,
        supervisors=", ".join(one.supervisors),
        rule=_rule_words(one.rule),
        source=one.rule.source if one.rule else "",
        verified=bool(one.rule and one.rule.verified),
        period=f"{short_date(found.since)} to {short_date(found.until)}",
        total=_share_view(found.total),
        direct=_share_view(found.direct),
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


def _share_view(share: Share) -> ShareView:
    percent = "—" if share.percent is None else f"{share.percent:.0f}%"
    minutes = f"{share.minutes} of {share.of} min" if share.of else "nothing treated in this time"
    if share.asked is None:
        return ShareView(percent, minutes)
    short = share.short_minutes
    words = f"{share.asked:g}% asked: {short:.0f} min short" if short >= 0.5 else f"{share.asked:g}% asked: met"
    return ShareView(percent, minutes, words, "warn" if short >= 0.5 else "good")


def _observed_view(one: StudentObserved) -> ObservedView:
    found, actor = one.found, current_actor.get()
    since = f"never, treated for {found.days} days" if found.never else f"{found.days} days ago"
    since = "today" if found.days == 0 and not found.never else since
    due, tone = due_label(found.due_on, actor.today) if found.due_on and actor else ("", "")
    return ObservedView(str(one.student_id), one.name, since, due, tone)


def _contact_view(one: SeenContact) -> ContactView:
    row = one.row
    return ContactView(
        id=str(row.id),
        day=long_date(row.held_on),
        people=f"{one.supervisor} with {one.assistant}",
        about=one.student,
        kind=f"{row.kind.capitalize()}, {METHODS.get(row.method, row.method).lower()}",
        minutes=f"{row.minutes} min",
        topic=row.topic,
        struck=row.struck_out_why,
        may_strike=one.mine and row.struck_out_at is None,
    )


def _rule_view(one: RuleInForce) -> RuleView:
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
