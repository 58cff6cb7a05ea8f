"""The supervision page: how each assistant stands against her rule, contacts to log, and the rule itself."""

from typing import Any

import reflex as rx
from uuid6 import uuid7

from therapytrack.access.actions import Action
from therapytrack.access.roles import OFFICE
from therapytrack.domain.ids import parse_id
from therapytrack.domain.supervision_form import parse_rule
from therapytrack.errors import Conflict, NotPermitted, TherapyTrackError
from therapytrack.services.people_forms import contact_as_typed, link_as_typed
from therapytrack.services.supervision import SupervisionPage, open_supervision, strike_out_contact
from therapytrack.services.supervision_links import LinksPage, end_link, open_links
from therapytrack.services.supervision_rules import rule_versions, set_rule
from therapytrack.state.base import SignedInState
from therapytrack.state.guard import current_actor, requires
from therapytrack.state.record_form import typed_in
from therapytrack.state.supervision_views import (
    Choice,
    ContactView,
    LinkView,
    RuleView,
    SupervisedView,
    contact_view,
    link_view,
    rule_view,
    supervised_view,
)


class SupervisionState(SignedInState):
    """`form_key` makes the contact form begin again and is the id of what it logs, so that a double click logs one;
    `striking` is the contact whose reason is being asked for; `refused`: the page is not this person's."""

    supervised: list[SupervisedView] = []
    contacts: list[ContactView] = []
    assistants: list[Choice] = []
    students: list[Choice] = []
    rule: RuleView = RuleView()
    links: list[LinkView] = []
    supervisors: list[Choice] = []
    linkable: list[Choice] = []
    link_key: str = ""
    may_log: bool = False
    may_set_rule: bool = False
    today: str = ""
    form_key: str = ""
    rule_key: str = ""
    striking: str = ""
    said: str = ""
    refused: bool = False
    _versions: dict[tuple[str, str], int] = {}

    @rx.event
    @requires(Action.VIEW_SUPERVISION)
    async def enter(self) -> None:
        """Load the page."""
        await self._enter()
        kept = self._kept()
        shown = (self.rule, self.rule_key, self._versions)
        self.said, self.striking = "", kept.get("striking", "")
        await self._load()
        if kept and shown[1]:
            self.rule, self.rule_key, self._versions = shown
        self._begin_contact(kept.get("contact", ""))
        self._begin_link(kept.get("link", ""))
        self.ready = True

    @rx.event
    @requires(Action.LOG_CONTACT)
    async def log(self, form: dict[str, Any]) -> None:
        """Log what was typed; on an error everything typed stays."""
        self.said = ""
        if await self._try(contact_as_typed, typed_in(form)) is None:
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
        self._keep_open(striking=contact)

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
        self._keep_open(striking="")
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

    @rx.event
    @requires(Action.LINK_SUPERVISION)
    async def link(self, form: dict[str, Any]) -> None:
        """Let a supervisor supervise an assistant; on an error everything typed stays."""
        self.said = ""
        if await self._try(link_as_typed, typed_in(form)) is None:
            return
        await self._load()
        self._begin_link()
        self.said = "Linked."

    @rx.event
    @requires(Action.LINK_SUPERVISION)
    async def unlink(self, link: str) -> None:
        """End a tie now."""
        self.said = ""
        if await self._try(_end, link) is None:
            return
        await self._load()
        self.said = "Ended. What she may still edit hangs on her other supervisors."

    async def _load(self) -> None:
        self._clear_messages()
        self.refused = False
        actor = current_actor.get()
        try:
            page = await self._ask(open_supervision)
        except TherapyTrackError as error:
            self._show(error)
            self.refused = isinstance(error, NotPermitted)
            return
        if actor is None:
            return
        self.today = actor.today.isoformat()
        self.may_set_rule = actor.member.admin in OFFICE
        self.may_log = any(one.can_log for one in page.supervised)
        if self.may_set_rule:
            self._versions = await self._ask(rule_versions)
            self._fill_links(await self._ask(open_links))
        self._fill(page)

    def _fill(self, page: SupervisionPage) -> None:
        self.supervised = [supervised_view(one) for one in page.supervised]
        self.contacts = [contact_view(one) for one in page.contacts]
        self.assistants = [Choice(str(one.assistant_id), one.assistant) for one in page.supervised if one.can_log]
        seen = {one.student_id: one.name for each in page.supervised if each.can_log for one in each.students}
        self.students = [Choice(str(key), name) for key, name in sorted(seen.items(), key=lambda pair: pair[1])]
        rules = [one.rule for one in page.supervised if one.rule]
        self.rule = rule_view(rules[0]) if rules else RuleView()
        self.rule_key = f"{self.rule}"

    def _fill_links(self, page: LinksPage) -> None:
        self.links = [link_view(one) for one in page.links]
        self.supervisors = [Choice(str(key), name) for key, name in page.supervisors]
        self.linkable = [Choice(str(key), name) for key, name in page.assistants]

    def _begin_link(self, kept: str = "") -> None:
        self.link_key = kept or str(uuid7())
        self._keep_open(link=self.link_key)

    def _begin_contact(self, kept: str = "") -> None:
        self.form_key = kept or str(uuid7())
        self._keep_open(contact=self.form_key)


def _strike(db: Any, actor: Any, contact: str, why: str) -> Any:
    return strike_out_contact(db, actor, parse_id(contact), why)


def _end(db: Any, actor: Any, link: str) -> Any:
    return end_link(db, actor, parse_id(link))
