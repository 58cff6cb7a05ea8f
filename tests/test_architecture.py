"""The code keeps the rules of the house, and each rule notices what it is there for."""

import dataclasses
import datetime
import enum
import importlib
import inspect
import types
import typing
from pathlib import Path
from uuid import UUID

import pytest
from reflex_base.registry import RegistrationContext

from tests import architecture
from tests.architecture import Rule
from therapytrack.settings import PROJECT_ROOT
from therapytrack.state import guard

# Handlers that strangers may call, and why.
OPEN_TO_STRANGERS = {
    "sign_in_state.enter": "begins the sign-in page, shows nothing of anybody",
}
PLAIN = (str, int, float, bool, type(None), datetime.date, datetime.datetime, UUID)
# A small bad source for each rule, and where it would stand.
SERVICE, STATE = "therapytrack/services/goals.py", "therapytrack/state/goals.py"
PAGE, DOMAIN, ROUTE = "therapytrack/pages/goals.py", "therapytrack/domain/goals.py", "therapytrack/routes/goals.py"
BAD = [
    (architecture.services_know_their_actor, SERVICE, "def list_goals(db, student_id): ..."),
    (architecture.services_know_their_actor, SERVICE, "def f(session: Session): ..."),
    (architecture.services_know_their_actor, SERVICE, "def f(actor, db): ..."),
    (architecture.services_know_their_actor, SERVICE, "def f():\n    with transaction() as db: ..."),
    (architecture.queries_stay_behind_the_gate, STATE, "x = select(Goal)"),
    (architecture.queries_stay_behind_the_gate, PAGE, "x = sqlmodel.select(Goal)"),
    (architecture.queries_stay_behind_the_gate, ROUTE, "x = db.exec(statement)"),
    (architecture.queries_stay_behind_the_gate, ROUTE, "x = session.query(Goal)"),
    (architecture.pandas_stays_in_exports, "therapytrack/services/caseload.py", "import pandas as pd"),
    (architecture.pandas_stays_in_exports, DOMAIN, "def f():\n    from pandas import DataFrame"),
    (architecture.nothing_prints, "therapytrack/cli.py", "print('done')"),
    (architecture.sizes, DOMAIN, "def f():\n" + "    x = 1\n" * 41),
    (architecture.sizes, PAGE, "def f():\n" + "    x = 1\n" * 61),
    (architecture.sizes, DOMAIN, "x = 1\n" * 301),
    (architecture.handlers_carry_a_policy, STATE, "class X(SignedInState):\n async def save(self): ..."),
    (architecture.handlers_carry_a_policy, STATE, "class X(rx.State):\n @rx.event\n async def save(self): ..."),
    (architecture.handlers_carry_a_policy, STATE, "class X(rx.State):\n @requires(A)\n def save(self): ..."),
    (architecture.logs_name_nobody, SERVICE, "log.info('saved', first_name=student.id)"),
    (architecture.logs_name_nobody, SERVICE, "logger.warning(f'no {student.last_name}')"),
    (architecture.modules_say_why, DOMAIN, "x = 1"),
    (architecture.tests_wait_and_run, "tests/test_x.py", "time.sleep(1)"),
    (architecture.tests_wait_and_run, "tests/test_x.py", "page.wait_for_timeout(100)"),
    (architecture.tests_wait_and_run, "tests/test_x.py", "@pytest.mark.skip\ndef test_x(): ..."),
]
GOOD = [
    (architecture.services_know_their_actor, SERVICE, "def list_goals(db, actor, student_id): ..."),
    (architecture.services_know_their_actor, SERVICE, "def planned_minutes(session: TherapySession): ..."),
    (architecture.queries_stay_behind_the_gate, "therapytrack/components/forms.py", "x = rx.el.select(choice)"),
    (architecture.queries_stay_behind_the_gate, SERVICE, "x = select(Goal)"),
    (architecture.pandas_stays_in_exports, "therapytrack/services/exports.py", "import pandas as pd"),
    (architecture.handlers_carry_a_policy, STATE, "class X(rx.State):\n @requires(A)\n async def save(self): ..."),
    (architecture.handlers_carry_a_policy, STATE, "class X(rx.State):\n def _helper(self): ..."),
    (architecture.logs_name_nobody, SERVICE, "log.info('saved', student=student.id)"),
]


def sources() -> list[Path]:
    """Every Python file of ours."""
    folders = (PROJECT_ROOT / "therapytrack", PROJECT_ROOT / "tests", PROJECT_ROOT / "alembic")
    files = [path for folder in folders for path in folder.rglob("*.py")]
    return sorted(path for path in files if "versions" not in path.parts)


@pytest.mark.parametrize("rule", architecture.RULES, ids=lambda rule: rule.__name__)
def test_the_code_keeps_the_rule(rule: Rule) -> None:
    findings: list[architecture.Finding] = []
    for path in sources():
        findings += rule(path.relative_to(PROJECT_ROOT).as_posix(), path.read_text(encoding="utf-8"))
    assert not findings, "\n" + "\n".join(str(finding) for finding in findings)


@pytest.mark.parametrize(("rule", "path", "source"), BAD)
def test_the_rule_notices_a_breach_and_says_how_to_mend_it(rule: Rule, path: str, source: str) -> None:
    findings = list(rule(path, source))
    assert findings, "the rule did not notice"
    assert all(finding.fix for finding in findings)


@pytest.mark.parametrize(("rule", "path", "source"), GOOD)
def test_the_rule_leaves_good_code_alone(rule: Rule, path: str, source: str) -> None:
    assert not list(rule(path, source))


def test_every_rule_has_a_bad_example() -> None:
    assert {rule for rule, _, _ in BAD} == set(architecture.RULES)


def test_the_exceptions_still_exist() -> None:
    gone = [name for name in architecture.WITHOUT_ACTOR if not (PROJECT_ROOT / name.partition(":")[0]).exists()]
    assert not gone, f"take these off WITHOUT_ACTOR: {gone}"


@pytest.fixture(scope="module")
def registry() -> RegistrationContext:
    """Everything that importing the app registers with the framework."""
    app = importlib.import_module("therapytrack.therapytrack").app
    app._apply_decorated_pages()
    return RegistrationContext.get()


def is_of_a_test(thing: object) -> bool:
    """Whether a handler belongs to a state that a test made for itself in this process."""
    return str(getattr(thing, "__module__", "")).startswith("tests.")


def is_ours(thing: object) -> bool:
    """Whether a function or class is the product's, not the framework's."""
    return str(getattr(thing, "__module__", "")).startswith("therapytrack.")


def test_every_registered_handler_carries_a_policy_and_is_async(registry: RegistrationContext) -> None:
    wrong = []
    for name, registered in registry.event_handlers.items():
        handler = registered.handler.fn
        if is_ours(handler) and guard.policy_of(name) is None:
            wrong.append(f"{name}: put @requires(Action....) under @rx.event in {handler.__module__}")
        if is_ours(handler) and not (inspect.iscoroutinefunction(handler) or inspect.isasyncgenfunction(handler)):
            wrong.append(f"{name}: make it async def")
        if not is_ours(handler) and not is_of_a_test(handler) and guard.policy_of(name) is not None:
            wrong.append(f"{name}: a handler of the framework must not be opened")
    assert not wrong, "\n" + "\n".join(wrong)


def test_only_listed_handlers_are_open_to_strangers(registry: RegistrationContext) -> None:
    handlers = registry.event_handlers
    ours = [name for name, one in handlers.items() if not is_of_a_test(one.handler.fn)]
    opened = {name.split("____")[-1] for name in ours if guard.policy_of(name) == guard.PUBLIC}
    assert opened == set(OPEN_TO_STRANGERS), "list it in OPEN_TO_STRANGERS with the reason, or use @requires"


def test_what_the_browser_receives_is_small_frozen_and_no_row(registry: RegistrationContext) -> None:
    wrong = []
    for state in registry.base_states.values():
        if not is_ours(state):
            continue
        shown = {name: var._var_type for name, var in state.base_vars.items() if not name.startswith("_")}
        shown |= {name: var._var_type for name, var in state.computed_vars.items() if not var._backend}
        wrong += [f"{state.__name__}.{name}: {kind}" for name, kind in shown.items() if not is_plain(kind)]
    assert not wrong, "show frozen dataclasses of plain values, lists of them, or begin the name with _:\n" + "\n".join(
        wrong
    )


def is_plain(kind: typing.Any) -> bool:
    """A plain value, an enumeration, a frozen dataclass of plain values, or a list, tuple, dict or choice of those."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return True
    if origin in (list, tuple, dict, set, frozenset, typing.Union, types.UnionType):
        return all(is_plain(part) for part in inner if part is not Ellipsis)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        return kind.__dataclass_params__.frozen and all(is_plain(hints[f.name]) for f in dataclasses.fields(kind))  # type: ignore[attr-defined]
    return isinstance(kind, type) and (kind in PLAIN or issubclass(kind, enum.Enum))


def test_a_row_or_a_changeable_object_is_not_plain() -> None:
    from therapytrack.models import Student

    @dataclasses.dataclass
    class Changeable:
        name: str

    assert not is_plain(Student)
    assert not is_plain(list[Changeable])
    assert not is_plain(typing.Any)
    assert is_plain(dict[str, tuple[int, ...]] | None)
