"""Events for every registered handler, made from the registry and the source: each argument, each field of each form.

What looks like an id gets ids of records that the sender has nothing to do with; everything else gets a value that a
page would send, so that the event passes all other checks and arrives at the one about the record.
"""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, get_type_hints
from uuid import UUID
from zoneinfo import ZoneInfo

from reflex_base.registry import RegistrationContext
from sqlalchemy import Engine, text
from sqlalchemy import inspect as inspect_database

from tests.harness import Tab, load_app
from therapytrack.errors import TherapyTrackError
from therapytrack.models import utc_now
from therapytrack.settings import PROJECT_ROOT
from therapytrack.state.guard import FRAMEWORK_EVENTS

LOGS = {"activity", "audit_head", "alarm", "refusal_count", "alembic_version"}
# Moved on by every event of a signed-in person.
RESTLESS = {"last_active_at"}
# The day where the made-up workspaces stand.
HERE = utc_now().astimezone(ZoneInfo("America/New_York")).date()
TODAY, SOON, LATER, MUCH_LATER = ((HERE + timedelta(days=days)).isoformat() for days in (0, 2, 90, 300))
# Arguments and fields that are no ids, each with what a page would send. A new field that is missing here is taken for
# an id: its handler then fails test_every_handler_is_reached, which says so.
PLAIN: dict[str, str | tuple[str, ...]] = {
    "action": ("sign", "submit", "sign_all"),
    "admin": "",
    "alarm_exports_an_hour": "3",
    "alarm_students_an_hour": "25",
    "addendum": "More words.",
    "attendance": "present",
    "area": "",
    "baseline_on": "",
    "baseline_value": "",
    "assistants_may_export": "",
    "behavior": "Says it.",
    "billing": "",
    "birth_date": "",
    "break_glass_enabled": "",
    "came": "",
    "clinical": "reader",
    "closes_at": "12:30",
    "code": "present",
    "codes": "A = Met | met\nB = Not met",
    "comment": "Which prompts?",
    "columns": "Starts",
    "condition": "given cards",
    "credential": "CCC-SLP",
    "credential_until": "",
    "criterion": "with 80% accuracy",
    "decided": "owed",
    "counts": "all",
    "day": TODAY,
    "day_school": "",
    "delivery": "pull_out",
    "corrects": "",
    "direct_percent": "5",
    "direction": "up",
    "disclosed_on": TODAY,
    "discipline": "slp",
    "due_on": LATER,
    "doing": ("give", "take", "substitute"),
    "edit": "on",
    "email": "new@example.com",
    "ends": "10:30",
    "ends_on": LATER,
    "export": "",
    "family_name": "Test",
    "field": ("family_en", "family_es"),
    "file_closes_at": "",
    "file_school": "",
    "finish_days": "0",
    "first_on": TODAY,
    "generate": "",
    "given_name": "Ana",
    "grade": "",
    "grade_band": "k2",
    "held_on": TODAY,
    "event_here": "",
    "event_on": TODAY,
    "event_text": "New hearing aids",
    "iep_starts_on": TODAY,
    "kind": "indirect",
    "label": "A goal",
    "max_group": "",
    "max_prompt_level": "",
    "measure": "trials",
    "medicaid_number": "",
    "method": "meeting",
    "metric": "independent",
    "min_opportunities": "",
    "minutes": "30",
    "name": "Ana Test",
    "note_due_days": "7",
    "observe_every_days": "",
    "left": "10:20",
    "last_on": TODAY,
    "link_ends_on": "",
    "link_starts_on": "",
    "local_number": "",
    "party": "District",
    "pause": "stay",
    "objective_text": "Says it in words.",
    "people": "",
    "period": "month",
    "period_days": "30",
    "place": "",
    "points_needed": "3",
    "points_out_of": "",
    "preferred_name": "",
    "pronouns": "",
    "purpose": "Transfer",
    "reason": "A reason of twenty signs or more.",
    "schedule_state.reason": "school_closed",
    "reevaluation_due_on": "",
    "repeat": "week",
    "review_due_on": "",
    "revised": "Other words.",
    "road_minutes": "20",
    "hours_open": "08:15",
    "hours_close": "14:45",
    "hours_school": "",
    "school": "",
    "school_name": "Pine",
    "service": "",
    "sessions": "4",
    "setting": "group",
    "settings": "",
    "set_name": "Our codes",
    "shown": "0" * 64,
    "since": "2026-01-01",
    "source": "",
    "stage": "acquisition",
    "stage_note": "",
    "stage_on": TODAY,
    "starts": "10:00",
    "starts_on": (SOON, LATER),
    "status": "active",
    "target_on": MUCH_LATER,
    "target_value": "80",
    "text": "Words.",
    "to": TODAY,
    "time_zone": "America/New_York",
    "then": "next",
    "title": "Group A",
    "topic": "",
    "total_percent": "10",
    "turn": "on",
    "until": TODAY,
    "us_state": "NY",
    "verified": "",
    "view": "on",
    "what": "Goals",
    "why": "A mistake.",
}
# What a page asks for before: a handler that goes on with what was opened, selected or done (nothing where it has only
# to come before the others of its page). Each line of handlers is tried in turn, on the same page and with the same id;
# None takes the arguments that the sweep makes.
Lead = tuple[tuple[str, Mapping[str, Any] | None], ...]
PICKED: Lead = (("pick_all", {"on": True}),)
OPENED: Lead = (("open_person", None),)
LEADS: dict[str, tuple[Lead, ...]] = {
    "access_matrix_state.confirm": tuple(
        (*PICKED, ("start", {"doing": one}), ("submit", None)) for one in ("take", "substitute")
    ),
    "access_matrix_state.start": (PICKED,),
    "access_matrix_state.submit": tuple((*PICKED, ("start", {"doing": one})) for one in ("give", "take", "substitute")),
    "access_matrix_state.undo": (
        (*PICKED, ("start", {"doing": "give"}), ("submit", None), ("start", {"doing": "take"}), ("submit", None)),
    ),
    "handover_state.confirm": ((("check", None),),),
    "goal_editor_state.save": ((),),
    "goal_plan_state.save_event": ((), (("edit_event", None),)),
    "goal_plan_state.undo_remove": ((("remove_event", None),),),
    "notes_state.note_read": ((),),
    "schedule_state.move": ((),),
    "schedule_state.move_to": ((("pick", None),),),
    "student_form_state.save": ((),),
    "student_access_state.undo": ((("give", None),), (("revoke", None),)),
    "team_state.offer": (OPENED,),
    "team_state.remove": (OPENED,),
    "team_state.resume": ((*OPENED, ("suspend", None), *OPENED),),
    "team_state.save_person": (OPENED,),
    "team_state.suspend": (OPENED,),
    "team_state.undo": ((*OPENED, ("suspend", None)),),
}
# The words of a page's address that hold an id.
ADDRESSED = {
    "bank": "bank_id",
    "goal": "goal_id",
    "goals": "goal_id",
    "note": "entry_id",
    "pick": "student_id",
    "student": "student_id",
}
# Arguments and fields in which a page sends another id than in its other places.
ANOTHER = {"of": "manager_id", "schedule_state.key": "slot_key", "schedule_state.changing": "slot_key"}
# Whose ids go into every place of an id, one after the other; further ones where a page is about another kind.
IDS = ("student_id", "entry_id", "goal_id", "member_id", "grant_id", "invite_id")
FURTHER_IDS = {
    "activity": ("alarm_id",),
    "co_sign": ("addendum_id",),
    "disclosures": ("disclosure_id",),
    "drafts": ("draft_id",),
    "goal_bank": ("bank_id",),
    "goal_plan": ("phase_id", "objective_id", "student_event_id"),
    "notes": ("addendum_id",),
    "report": ("report_addendum_id", "period_id"),
    "reports": ("period_id",),
    "session": ("session_id", "trial_id"),
    "settings_attendance": ("code_id",),
    "settings_calendar": ("school_id",),
    "settings_reports": ("period_id", "code_set_id"),
    "settings_templates": ("template_id",),
    "student": ("file_id",),
    "student_plan": ("mandate_id", "enrollment_id"),
    "supervision": ("contact_id", "link_id"),
    "today": ("session_id",),
}
# The handlers that strangers may call; tests/state/test_guard.py holds the same list against the registry.
OPEN = {"sign_in_state.enter"}
SETTER = ".setvar"  # the framework's own, without a policy: refused everywhere (tests/state/test_guard.py)
Rows = dict[str, list[str]]
Ids = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to one event on a page, ids and times taken out."""

    route: str
    name: str
    payload: dict[str, Any]
    text: str


def handlers() -> list[str]:
    """The names of all handlers of ours that are not open to strangers, whatever policy they carry."""
    load_app()
    names = RegistrationContext.get().event_handlers
    ours = (name for name in names if "therapytrack___state" in name and name not in FRAMEWORK_EVENTS)
    return sorted(name for name in ours if short(name) not in OPEN and not name.endswith(SETTER))


def short(name: str) -> str:
    """The state and the handler."""
    return name.rpartition("____")[2]


def pages() -> list[str]:
    """The routes of all pages that need a sign-in."""
    app = load_app()
    return sorted(f"/{route}" for route in app._unevaluated_pages if not route.startswith(("sign-", "404")))


def filled(route: str, ids: Ids) -> str:
    """The address of a page: each [parameter] replaced by the id of its name."""
    return re.sub(r"\[+\.*(\w+)\]+", lambda match: ids.get(match[1], ids["any"]), route)


def handlers_by_page() -> dict[str, list[str]]:
    """The handlers of each page: those of its state's module; those of no page's module stand with all pages."""
    app = load_app()
    modules = {
        f"/{route}": str(getattr(getattr(page.on_load, "fn", None), "__module__", "")).rpartition(".")[2]
        for route, page in app._unevaluated_pages.items()
    }
    everywhere = [one for one in handlers() if module_of(one) not in modules.values()]
    return {route: [one for one in handlers() if module_of(one) == modules[route]] + everywhere for route in pages()}


def module_of(name: str) -> str:
    """The state module of a handler, as the registry writes it."""
    return name.rpartition(".")[0].rpartition("therapytrack___state___")[2].partition("____")[0]


@cache
def field_names() -> tuple[frozenset[str], frozenset[str]]:
    """Every word of the code that reads forms which could name a field, and every prefix of one ("student:")."""
    words: set[str] = set()
    for folder in ("state", "domain"):
        for path in sorted((PROJECT_ROOT / "therapytrack" / folder).glob("*.py")):
            constants = (one.value for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, ast.Constant))
            words |= {one for one in constants if isinstance(one, str) and re.fullmatch(r"[a-z][a-z0-9_]*:?", one)}
    return (
        frozenset(one for one in words if not one.endswith(":")),
        frozenset(one for one in words if one.endswith(":")),
    )


def payloads_for(name: str, an_id: str, addresses: Ids) -> Iterator[dict[str, Any]]:
    """Payloads that fit a handler's signature, with `an_id` in all places of ids at once.

    A plain argument that has several values takes them in turn.
    """
    fn, state = RegistrationContext.get().event_handlers[name].handler.fn, short(name).partition(".")[0]
    hints = get_type_hints(fn)
    parameters = list(inspect.signature(fn).parameters)[1:]
    turns = max((len(_values(state, one, an_id, addresses)) for one in parameters), default=1)
    for turn in range(turns):
        yield {one: _value(state, one, hints.get(one), an_id, turn, addresses) for one in parameters}


def _value(state: str, name: str, hint: Any, an_id: str, turn: int, addresses: Ids) -> Any:
    values = _values(state, name, an_id, addresses)
    plain: dict[Any, Any] = {int: 1, bool: True, float: 1.0, str: values[turn % len(values)], UUID: an_id}
    if hint in plain:
        return plain[hint]
    if "dict" in str(hint):
        words, prefixes = field_names()
        ticked = {f"{one}{an_id}": "on" for one in prefixes}
        return {one: _values(state, one, an_id, addresses)[0] for one in words} | ticked
    return [an_id]


def _values(state: str, name: str, an_id: str, addresses: Ids) -> tuple[str, ...]:
    """What stands in the place of `name`: a plain value, another id, or this one."""
    plain, another = _fixed(state, name)
    return plain or (addresses.get(another, an_id),)


@cache
def _fixed(state: str, name: str) -> tuple[tuple[str, ...], str]:
    """The plain values of a field, which may be named with its state, and the name of the id that stands there."""
    named = (f"{state}.{name}", name)
    plain = next((PLAIN[one] for one in named if one in PLAIN), ())
    another = next((ANOTHER[one] for one in named if one in ANOTHER), "")
    return (plain if isinstance(plain, tuple) else (plain,)), another


@cache
def takes_ids(name: str) -> bool:
    """Whether what is sent to the handler differs with the id."""
    one, other = (list(payloads_for(name, an_id, {})) for an_id in "ab")
    return one != other


async def send_all(tab: Tab, addresses: Ids, kinds: Sequence[str] = IDS, states: Sequence[str] = ()) -> list[Answer]:
    """Open every page with `addresses` and call its handlers there with the ids of `kinds` and its further ones; what
    came back each time. `states`: the modules whose handlers are called, all without any.

    Those that go on with something come first: what they go on with is done once only. The pages on which rights are
    taken come last.
    """
    answers = []
    for route, its_own in sorted(handlers_by_page().items(), key=lambda one: "access" in one[0]):
        chosen = [one for one in its_own if not states or module_of(one) in states]
        for name in sorted(chosen, key=lambda one: short(one) not in LEADS):
            wanted = (*kinds, *FURTHER_IDS.get(module_of(name), ()))
            ids = [addresses.get(one, addresses["any"]) for one in wanted]
            answers += await send_each(tab, name, route, addresses, ids)
    return answers


async def send_each(tab: Tab, name: str, route: str, addresses: Ids, ids: Sequence[str]) -> list[Answer]:
    """Open the page of `route`, then call the handler there with each of `ids` in all places of ids."""
    asked = "&".join(f"{word}={addresses.get(one, addresses['any'])}" for word, one in ADDRESSED.items())
    path, answers = f"{filled(route, addresses)}?{asked}", list[Answer]()
    await tab.open(path, **addresses)
    for value in dict.fromkeys(ids if takes_ids(name) or short(name) in LEADS else ids[:1]):
        for lead in LEADS.get(short(name), ((),)):
            if lead:
                await tab.open(path, **addresses)
            for before, payload in lead:
                await _send(tab, f"{name.rpartition('.')[0]}.{before}", value, addresses, payload)
            answers += [Answer(route, name, *one) for one in await _send(tab, name, value, addresses)]
    return answers


async def _send(
    tab: Tab, name: str, value: str, addresses: Ids, payload: Mapping[str, Any] | None = None
) -> list[tuple[dict[str, Any], str]]:
    """Each payload that was sent, and what came back to it."""
    answers = []
    for one in payloads_for(name, value, addresses) if payload is None else [dict(payload)]:
        deltas, events = len(tab.deltas), len(tab.events)
        await tab.send(name=name, payload=one, path=tab.path, query=tab.query)
        answers.append((one, without_ids(repr(tab.deltas[deltas:]) + repr(tab.events[events:]))))
    return answers


def differing(first: Sequence[Answer], second: Sequence[Answer]) -> list[str]:
    """Handlers whose answer tells the ids of one sweep from those of the other."""
    pairs = zip(first, second, strict=True)
    return sorted({short(one.name) for one, other in pairs if one.text != other.text})


def let_in(answers: Sequence[Answer]) -> list[str]:
    """Handlers that did not send a stranger to the sign-in page."""
    return sorted({short(one.name) for one in answers if "/sign-in/" not in one.text})


def unexpected(tab: Tab) -> list[str]:
    """Failures that are no refusals: a handler that fell over instead of answering."""
    return [f"{name}: {error!r}" for name, error in tab.failures if not isinstance(error, TherapyTrackError)]


def learned(tab: Tab, words: Sequence[str]) -> list[str]:
    """Those of `words` that reached the tab."""
    received = tab.received
    return [one for one in words if one in received]


def where(tab: Tab, word: str) -> set[str]:
    """The states in which `word` reached the tab, by their modules."""
    named = {state for delta in tab.deltas for state, values in delta.items() if word in repr(values)}
    return {state.rpartition("___")[2] for state in named}


def rows_of(engine: Engine) -> Rows:
    """All rows of all tables but the logs, to compare before and after."""
    found: Rows = {}
    with engine.connect() as connection:
        seen = inspect_database(connection)
        for table in set(seen.get_table_names()) - LOGS:
            columns = ", ".join(one["name"] for one in seen.get_columns(table) if one["name"] not in RESTLESS)
            found[table] = sorted(repr(row) for row in connection.execute(text(f"SELECT {columns} FROM {table}")))
    return found


def changed(before: Rows, after: Rows) -> set[str]:
    """Tables in which a row of before is gone or reads differently."""
    return {table for table, rows in before.items() if set(rows) - set(after[table])}


def without_ids(received: str) -> str:
    """What was sent with ids, tokens, times and addresses taken out, for comparing two answers."""
    received = re.sub(r"ActivityRow\([^)]*\)", "", received)  # the first look is an act that the second one sees
    received = re.sub(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\S*", "ID", received)
    received = re.sub(r"(at\W{3,7})[0-9a-f]{16}", r"\1ADDRESS", received)  # in what the tab keeps of an open form
    received = re.sub(r"\d\d?:\d\d(:\d\d(\.\d+)?)?", "TIME", received)
    return re.sub(r"txid='?\w+'?|object at 0x[0-9a-f]+", "", received)
