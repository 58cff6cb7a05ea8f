"""How many statements it takes to open notes and the queue to co-sign, whatever the number of sessions and students."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.factories import Cast, add_goal, add_plan, add_session, add_student, grant, make_cast
from tests.harness import Tabs, running_tabs
from tests.state.test_report_statements import MOST, entered
from tests.state.test_statements import TODAY
from therapytrack.models import (
    NoteAddendum,
    NoteReturn,
    NoteStatus,
    SessionEntry,
    Student,
    utc_now,
)
from therapytrack.services.note_templates import add_default_templates
from therapytrack.state.co_sign import CoSignState
from therapytrack.state.notes import NotesState

MOST_TO_COSIGN = 12
WORDS = "Named eight of ten pictures after one model and stayed with the game until its very end."


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        built = make_cast(session)
        add_default_templates(session, built.workspace_id)
        return built


@pytest.fixture
async def tabs(cast: Cast) -> AsyncIterator[Tabs]:
    async with running_tabs() as running:
        yield running
        assert running.errors == []


def add_children(db: Session, cast: Cast, count: int, who: str) -> list[tuple[Student, list[SessionEntry]]]:
    """Students of `who`, each with a plan, three goals and a written note with data of each of the last three days."""
    found = []
    for number in range(count):
        child = add_student(db, cast, f"Ana {number}")
        if who != "slp":
            grant(db, cast, child, who, edit=True)
        add_plan(db, child, TODAY - timedelta(days=100))
        scores = [(add_goal(db, child, f"Goal {n}", position=n)[1], 5, 4) for n in range(3)]
        held = [add_session(db, cast, child, TODAY - timedelta(days=n), who=who, scores=scores) for n in (1, 2, 3)]
        for one in held:
            one.note = WORDS
        found.append((child, held))
    db.flush()
    return found


def together(db: Session, children: list[tuple[Student, list[SessionEntry]]], session_id: UUID | None) -> UUID:
    """All of yesterday's notes in one session."""
    key = session_id or children[0][1][0].session_id
    for _, held in children:
        held[0].session_id = key
    db.flush()
    return key


def hand_in(db: Session, cast: Cast, held: list[SessionEntry]) -> None:
    """Two of the notes wait for the second time, and two addenda to the third, which came back once, too."""
    who, boss = cast.members["slpa"], cast.members["supervisor"]
    for one in held:
        one.note_status, one.submitted_at = NoteStatus.SUBMITTED, utc_now()
    held[2].note_status = NoteStatus.COSIGNED
    texts: dict[str, Any] = {"text": WORDS, "status": NoteStatus.SUBMITTED, "content_hash": "0" * 64}
    about: dict[str, Any] = {"workspace_id": cast.workspace_id, "entry_id": held[2].id}
    addenda = [NoteAddendum(author_id=who, **about, **texts) for _ in range(2)]
    db.add_all(addenda)
    db.flush()
    answer: dict[str, Any] = {"workspace_id": cast.workspace_id, "returned_by_id": boss, "comment": "Which cues?"}
    for one, addendum_id in ((held[0], None), (held[1], None), (held[2], addenda[0].id), (held[2], addenda[1].id)):
        db.add(NoteReturn(entry_id=one.id, addendum_id=addendum_id, returned_text="Named pictures.", **answer))
    db.flush()


async def test_notes_of_nine_sessions_take_as_many_statements_as_those_of_three(
    tabs: Tabs, cast: Cast, db: OpenDb
) -> None:
    tab = await tabs.tab(cast.tokens["slp"]).open("/caseload")
    taken: list[tuple[int, ...]] = []
    group = signed = None
    for count, rows in ((1, 2), (2, 8)):
        with db() as session:
            children = add_children(session, cast, count, "slp")
            group = together(session, children, group)
            if signed is None:
                signed, children[0][1][2].note_status = children[0][1][2].id, NoteStatus.SIGNED
        of_list = await entered(tab, NotesState, "/notes")
        assert (len(tab.var(NotesState.rows)), len(tab.var(NotesState.offers))) == (rows, 3)
        of_other = await entered(tab, NotesState, f"/notes?tab=unsigned&note={signed}")
        assert (tab.var(NotesState.sheet).id, tab.var(NotesState.sheet).status) == (str(signed), "Signed")
        of_session = await entered(tab, NotesState, f"/sessions/{group}/notes")
        assert len(tab.var(NotesState.rows)) == rows / 2 - (count == 2)
        taken.append((of_list, of_other, of_session))
    assert taken[0] == taken[1]
    assert max(taken[0]) <= MOST


async def test_the_queue_to_co_sign_takes_as_many_statements_for_twelve_as_for_four(
    tabs: Tabs, cast: Cast, db: OpenDb
) -> None:
    boss = await tabs.tab(cast.tokens["supervisor"]).open("/today")
    taken = []
    for count, waiting in ((1, 4), (2, 12)):
        with db() as session:
            for _, held in add_children(session, cast, count, "slpa"):
                hand_in(session, cast, held)
        taken.append(await entered(boss, CoSignState, "/co-sign"))
        assert len(boss.var(CoSignState.queue)) == boss.var(CoSignState.to_cosign) == waiting
        assert boss.var(CoSignState.sheet).pieces and boss.var(CoSignState.sheet).charts
    assert taken[0] == taken[1] <= MOST_TO_COSIGN
