"""The workspace's goal bank: who keeps it, what is found, and files that are taken whole or not at all."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import Session, col
from starlette.applications import Starlette

from tests.conftest import OpenDb
from tests.domain.test_goal_bank import form
from tests.factories import Cast, add_student, grant, make_cast
from tests.services.progress_world import counted, use_cookies
from therapytrack.access.actor import Actor
from therapytrack.domain.bank_choice import BankChoice
from therapytrack.domain.goal_bank_file import json_text
from therapytrack.domain.starter_goals import starter_goals
from therapytrack.errors import Conflict, Invalid, NotFound, NotPermitted, TherapyTrackError
from therapytrack.models import BankGoal, Workspace, WorkspaceStatus, new_id
from therapytrack.routes.client import answer_error
from therapytrack.services import goal_bank
from therapytrack.services.goal_bank import (
    add_bank_goal,
    add_starters,
    bring_bank_goal_back,
    change_bank_goal,
    get_bank,
    get_bank_goal,
    import_goals,
    retire_bank_goal,
    students_for_goals,
)
from therapytrack.therapytrack import ROUTES


@pytest.fixture
def cast(db: OpenDb) -> Cast:
    with db() as session:
        return make_cast(session)


def bank(db: Session, cast: Cast, who: str = "slp", **choice: Any) -> goal_bank.BankPage:
    return get_bank(db, cast.actor(db, who), BankChoice(**choice))


def test_a_goal_is_added_once_changed_retired_and_brought_back(db: OpenDb, cast: Cast) -> None:
    key = new_id()
    with db() as session:
        slp = cast.actor(session, "slp")
        for _ in range(2):
            add_bank_goal(session, slp, key, form())
        change_bank_goal(session, slp, key, 1, form(area="Phonology"))
    with db() as session:
        slp = cast.actor(session, "slp")
        (line,) = bank(session, cast).lines
        assert (line.form.area, line.version) == ("Phonology", 2)
        retire_bank_goal(session, slp, key)
        assert (bank(session, cast).lines, bank(session, cast, retired=True).total) == ([], 1)
        bring_bank_goal_back(session, slp, key)
        assert bank(session, cast).total == 1


def test_the_second_of_two_changes_over_one_version_is_a_conflict(db: OpenDb, cast: Cast) -> None:
    key = new_id()
    with db() as session:
        add_bank_goal(session, cast.actor(session, "slp"), key, form())
        change_bank_goal(session, cast.actor(session, "slp"), key, 1, form(area="Phonology"))
    with pytest.raises(Conflict), db() as session:
        change_bank_goal(session, cast.actor(session, "owner"), key, 1, form(area="Other"))


def test_words_and_filters_find_goals_and_nothing_is_a_wildcard(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        owner = cast.actor(session, "owner")
        add_bank_goal(session, owner, new_id(), form(label="50% of turns", discipline=""))
        add_bank_goal(session, owner, new_id(), form(label="Über words", grade_band="g35"))
    with db() as session:
        labels = {
            words: [one.form.label for one in bank(session, cast, words=words).lines]
            for words in ("", "50%", "5_%", "über", "WORDS pictures", "nothing")
        }
        assert labels == {
            "": ["50% of turns", "Über words"],
            "50%": ["50% of turns"],
            "5_%": [],
            "über": ["Über words"],
            "WORDS pictures": ["50% of turns", "Über words"],
            "nothing": [],
        }
        assert bank(session, cast, discipline="ot").total == 1, "a goal of any discipline is of each"
        assert bank(session, cast, grade="k2").total == 1
        assert bank(session, cast, area="Articulation", measure="trials").total == 2


@pytest.mark.parametrize("who", ["slpa", "reader", "outsider"])
def test_only_the_office_and_who_writes_goals_keeps_the_bank(db: OpenDb, cast: Cast, who: str) -> None:
    key = new_id()
    with db() as session:
        add_bank_goal(session, cast.actor(session, "supervisor"), key, form())
    acts: list[Callable[[Session, Actor], object]] = [
        lambda db, actor: change_bank_goal(db, actor, key, 1, form(area="x")),
        lambda db, actor: retire_bank_goal(db, actor, key),
        lambda db, actor: bring_bank_goal_back(db, actor, key),
    ]
    refusal: type[TherapyTrackError] = NotFound if who == "outsider" else NotPermitted
    for act in acts:
        with pytest.raises(refusal), db() as session:
            act(session, cast.actor(session, who))
    with db() as session:
        found = bank(session, cast, who)
        assert (found.total, bool(found.why_not)) == ((0, False) if who == "outsider" else (1, True))
    if who != "outsider":
        for add in (add_starters, lambda db, actor: import_goals(db, actor, [form()])):
            with pytest.raises(NotPermitted), db() as session:
                add(session, cast.actor(session, who))


def test_a_read_only_workspace_takes_no_goal(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        session.get_one(Workspace, cast.workspace_id).status = WorkspaceStatus.READ_ONLY
    with pytest.raises(NotPermitted), db() as session:
        add_bank_goal(session, cast.actor(session, "owner"), new_id(), form())


def test_starters_are_added_once_and_a_file_brings_only_what_is_new(db: OpenDb, cast: Cast) -> None:
    with db() as session:
        slp = cast.actor(session, "slp")
        added = add_starters(session, slp)
        assert (added >= 80, add_starters(session, slp)) == (True, 0)
        assert import_goals(session, slp, [form(), form(), starter_goals()[0]]) == (1, 2)
        assert bank(session, cast).total == added + 1


def test_a_full_bank_takes_none_of_a_file(db: OpenDb, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goal_bank, "MOST_GOALS", 1)
    with pytest.raises(Invalid), db() as session:
        import_goals(session, cast.actor(session, "slp"), [form(), form(area="x")])
    with db() as session:
        assert session.execute(select(func.count()).select_from(BankGoal)).scalar() == 0


def test_a_goal_is_used_for_students_whose_goals_one_may_change(db: OpenDb, cast: Cast) -> None:
    key = new_id()
    with db() as session:
        add_bank_goal(session, cast.actor(session, "slp"), key, form())
        ana, ben = add_student(session, cast), add_student(session, cast, "Ben")
        grant(session, cast, ana, "supervisor", edit=True)
        grant(session, cast, ben, "supervisor")
    with db() as session:
        supervisor = cast.actor(session, "supervisor")
        assert students_for_goals(session, supervisor) == [(ana.id, "Ana Test")]
        assert get_bank_goal(session, supervisor, ana.id, key) == (form(), "Ana")
        assert bank(session, cast, "supervisor", student=str(ana.id)).student == "Ana Test"
    for who, student, wanted in (("supervisor", ben.id, key), ("outsider", ana.id, key), ("slp", ana.id, uuid4())):
        with pytest.raises((NotFound, NotPermitted)), db() as session:
            get_bank_goal(session, cast.actor(session, who), student, UUID(str(wanted)))


def test_the_number_of_statements_does_not_grow_with_the_bank(db: OpenDb, engine: Engine, cast: Cast) -> None:
    counts = []
    for goals in ([form()], starter_goals()):
        with db() as session:
            import_goals(session, cast.actor(session, "slp"), goals)
        with db() as session:
            actor = cast.actor(session, "slp")
            with counted(engine) as statements:
                found = get_bank(session, actor, BankChoice())
            counts.append(len(statements))
    assert (counts[0] == counts[1] <= 5, len(found.lines)) == (True, goal_bank.PAGE_ROWS)


@pytest.fixture
async def http(db: OpenDb, cast: Cast) -> AsyncIterator[httpx.AsyncClient]:
    """The plain routes, signed in by the name of one of the cast as the cookie."""
    with db() as session:
        use_cookies(session, cast)
    app = Starlette(routes=list(ROUTES), exception_handlers={TherapyTrackError: answer_error})
    headers = {"x-csrf-token": "token", "accept": "application/json"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://app.test", headers=headers
    ) as client:
        client.cookies.set("tt_csrf", "token")
        yield client


async def send(http: httpx.AsyncClient, who: str, data: bytes) -> httpx.Response:
    http.cookies.set("tt_session", who)
    return await http.post("/goal-bank/import", files={"file": ("bank.csv", data)})


async def test_a_saved_file_is_imported_again_and_a_bad_one_changes_nothing(
    http: httpx.AsyncClient, db: OpenDb, cast: Cast
) -> None:
    goals = [form(), form(label="=1+1", area="Formulas")]
    answer = await send(http, "slp", json_text(goals).encode())
    assert answer.json() == {"location": "/goal-bank?new=2&same=0"}
    saved = await http.get("/goal-bank.csv")
    assert "'=1+1" in saved.text
    assert (await send(http, "slp", saved.content)).json() == {"location": "/goal-bank?new=0&same=2"}
    bad = saved.content.replace(b'"k2"', b'"k9"', 1).replace(b"Articulation", b"Elsewhere", 1)
    refused = await send(http, "slp", bad)
    assert (refused.status_code, "grade band" in refused.json()["errors"]["file"]) == (422, True)
    with db() as session:
        labels = session.execute(select(col(BankGoal.label)).order_by(col(BankGoal.label))).scalars().all()
    assert labels == ["=1+1", "{sound} in words"]
    half = b'{"format": "therapytrack goal bank", "goals": [{"\\ud800": "x"}]}'
    assert "“?” is no column" in (await send(http, "slp", half)).json()["errors"]["file"]
    assert (await send(http, "reader", saved.content)).status_code == 403
    assert (await send(http, "slp", b"x" * 1_100_000)).status_code == 413
