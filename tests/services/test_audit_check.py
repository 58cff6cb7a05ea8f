"""A check of the log finds whatever is done to it behind the product's back, and nothing where nothing was done."""

import pytest
from sqlmodel import Session

from tests.conftest import OpenDb
from tests.services.audit_attacks import ATTACKS, STRANGE, Attack
from tests.services.audit_world import Log, findings, make_log, make_world, unguarded
from therapytrack.models import new_id


@pytest.fixture
def log(db: OpenDb) -> Log:
    with db() as session:
        cast, student_id = make_world(session)
    with db() as session:
        return make_log(session, cast, student_id)


def test_a_log_that_nobody_touched_has_no_finding(db: OpenDb, log: Log) -> None:
    with db() as session:
        assert findings(session) == []


def test_what_is_done_behind_the_products_back_is_found(db: OpenDb, log: Log) -> None:
    missed = {}
    with db() as session:
        for attack in (*ATTACKS, *(STRANGE if session.get_bind().dialect.name == "sqlite" else ())):
            found = findings_after(session, log, attack)
            if not any(attack.says in one for one in found):
                missed[attack.name] = found
        assert missed == {}
        assert findings(session) == []


def findings_after(db: Session, log: Log, attack: Attack) -> list[str]:
    """What a check says after an attack, which is then undone."""
    with unguarded(db) as run:
        for statement in attack.statements:
            run(statement.format(here=log.here, there=log.there, other=new_id().hex))
        return findings(db)


def test_there_are_forty_attacks_and_more_and_no_two_are_the_same() -> None:
    assert len(ATTACKS) >= 40
    assert len({attack.statements for attack in ATTACKS}) == len(ATTACKS)
