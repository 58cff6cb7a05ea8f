"""Every act that the log holds has words that people read; a code word of ours on the page is a defect."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import therapytrack.services
from therapytrack.access.actions import Action
from therapytrack.domain.activity_groups import GROUPS
from therapytrack.domain.activity_words import PAST, PHRASES, SEEN, act_in_words

SERVICES = Path(therapytrack.services.__file__).parent
WRITERS = {"record", "_record", "record_each", "record_failure", "record_before_actor"}
SPOKEN_ELSEWHERE = {"view"}


def constants(tree: ast.Module) -> dict[str, str]:
    """The words behind the names that a module gives to its acts."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            values = value.elts if isinstance(value, ast.Tuple) else [value]
            for name, one in zip(names, values, strict=False):
                if isinstance(name, ast.Name) and isinstance(one, ast.Constant) and isinstance(one.value, str):
                    found[name.id] = one.value
    return found


def called(node: ast.AST) -> str:
    """The name of what a node calls, "" when it calls nothing."""
    return getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""


def written() -> Iterator[str]:
    """The acts that services write down under a name of their own, not of the permission table."""
    for path in SERVICES.glob("*.py"):
        tree = ast.parse(path.read_text())
        names = constants(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or called(node) not in WRITERS:
                continue
            place = 1 if called(node) == "record_before_actor" else 2
            act = node.args[place] if len(node.args) > place else None
            if isinstance(act, ast.Constant) and isinstance(act.value, str):
                yield act.value
            elif isinstance(act, ast.Name) and act.id in names:
                yield names[act.id]


ACTS = sorted({*map(str, Action), *written()} - SPOKEN_ELSEWHERE)


def test_the_acts_were_found() -> None:
    assert {"sign in", "change password", "hand over caseload", "end emergency access", "view access"} <= set(ACTS)


@pytest.mark.parametrize("action", ACTS)
def test_each_act_is_told_in_words(action: str) -> None:
    assert action in PHRASES
    assert act_in_words(action, "done", "").split()[0] in PAST.values()


@pytest.mark.parametrize("phrase", [*PHRASES.values(), *SEEN.values()])
def test_a_phrase_begins_with_a_verb_and_can_be_told_as_tried(phrase: str) -> None:
    assert phrase.split()[0] in PAST
    assert not phrase[0].isupper()


def test_a_refused_act_is_told_as_tried() -> None:
    assert act_in_words("view", "refused", "student") == "Tried to open the student's page"


def test_every_act_but_the_installations_own_is_found_by_a_filter_of_the_page() -> None:
    grouped = {action for _, actions in GROUPS.values() for action in actions}
    assert {"view", *PHRASES, *ACTS} == grouped | {"begin log", "resume log"}
