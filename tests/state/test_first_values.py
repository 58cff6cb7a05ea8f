"""What a tab holds before its first page: shared by all where nobody can change it, its own where somebody could."""

from dataclasses import FrozenInstanceError, dataclass, field, is_dataclass

import pytest

import therapytrack.therapytrack as application
from therapytrack.state.caseload import CaseloadState
from therapytrack.state.goal import GoalState
from therapytrack.state.shell import ShellState, never_changes


@dataclass(frozen=True)
class Plain:
    words: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class WithList:
    parts: list[str] = field(default_factory=list)


@dataclass
class Open:
    words: str = ""


def every_state(parent: type[ShellState]) -> set[type[ShellState]]:
    return {parent} | {one for child in parent.__subclasses__() for one in every_state(child)}


@pytest.mark.parametrize(
    ("value", "frozen"),
    [(Plain(), True), (WithList(), False), (Open(), False), ((), False), ([], False), ("", False)],
    ids=["frozen", "list in a frozen view", "open view", "tuple", "list", "text"],
)
def test_only_a_view_that_is_frozen_all_through_is_shared(value: object, frozen: bool) -> None:
    assert never_changes(value) is frozen


def test_no_tab_can_change_what_another_begins_with() -> None:
    assert application.PAGES
    shared = own = 0
    for state in every_state(ShellState):
        for name, var in state.__fields__.items():
            first, second = var.default_value(), var.default_value()
            if isinstance(first, list | dict | set) or (is_dataclass(first) and not never_changes(first)):
                assert first is not second, (state.__name__, name)
                own += 1
            shared += is_dataclass(first) and first is second
    assert shared > 50
    assert own > 50


def test_the_caseloads_choice_is_one_for_all_and_cannot_be_written_to() -> None:
    choice = CaseloadState.__fields__["choice"].default_value()
    assert choice is CaseloadState.__fields__["choice"].default_value()
    assert choice is not None
    with pytest.raises(FrozenInstanceError):
        choice.view = "mine"


def test_a_view_that_holds_a_list_is_made_anew_for_each_tab() -> None:
    offered = GoalState.__fields__["offered"]
    assert offered.default_value() is not offered.default_value()
