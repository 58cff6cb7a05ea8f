"""The demo workspace: a caseload in the middle of its school year, made anew relative to today, the same for everybody.

It is written with bulk inserts before anybody is signed in, so its functions take no actor.
"""

import random
import secrets
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from therapytrack.adapters.passwords import hash_password
from therapytrack.db import IDENTITY, enter_workspace, transaction
from therapytrack.models import (
    Account,
    AdminRole,
    ClinicalRole,
    Membership,
    ReportPeriod,
    SignIn,
    SupervisionLink,
    Workspace,
    utc_now,
)
from therapytrack.services.attendance_codes import add_default_codes
from therapytrack.services.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from therapytrack.services.demo_caseload import Caseload, Provider
from therapytrack.services.demo_data import OUTSIDERS_STUDENTS, STUDENTS
from therapytrack.services.demo_files import add_files
from therapytrack.services.demo_reports import add_districts_codes, add_reports
from therapytrack.services.demo_rows import Rows
from therapytrack.services.demo_sessions import ZONE, add_school_year
from therapytrack.services.demo_supervision import add_supervision
from therapytrack.services.goal_bank import add_default_goals
from therapytrack.services.identity import hash_token
from therapytrack.services.note_templates import add_default_templates
from therapytrack.services.prompt_scale import add_default_scale
from therapytrack.services.report_settings import add_default_code_sets

PLACES = {
    "owner": (AdminRole.OWNER, ClinicalRole.NONE, "Administrator"),
    "supervisor": (AdminRole.NONE, ClinicalRole.SUPERVISOR, "MA, CCC-SLP"),
    "clinician": (AdminRole.NONE, ClinicalRole.CLINICIAN, "MS, CCC-SLP"),
    "assistant": (AdminRole.NONE, ClinicalRole.ASSISTANT, "SLPA"),
    "reader": (AdminRole.NONE, ClinicalRole.READER, "Principal"),
}
# How many days ago each was here last; a day ago where it says nothing.
AWAY = {"owner": 2, "assistant": 1, "reader": 9, "outsider": 3}
FOUNDER = (AdminRole.OWNER, ClinicalRole.CLINICIAN, "MS, CCC-SLP")
CLINICIANS_STUDENTS = 28
PERIOD_WEEKS = 9


def load_demo_workspace() -> bool:
    """Store the demo's two workspaces unless they are there; answers whether they were missing."""
    with transaction(IDENTITY) as db:
        first = DEMO_ACCOUNTS["owner"].email
        if db.execute(select(col(Account.id)).where(col(Account.email) == first)).first():
            return False
        load_demo(db, hash_password(DEMO_PASSWORD))
        return True


def load_demo(db: Session, password_hash: str) -> None:
    """Store the demo with accounts that have `password_hash`; about three seconds on SQLite."""
    today = utc_now().astimezone(ZONE).date()
    chance = random.Random(today.toordinal())  # noqa: S311
    accounts = {who: _account(db, who, password_hash) for who in DEMO_ACCOUNTS}
    lincoln, harbor = _workspace(db, "Lincoln USD"), _workspace(db, "Harbor Learning")
    _load_lincoln(db, lincoln, accounts, today, chance)
    _load_harbor(db, harbor, accounts["outsider"], today, chance)


def _load_lincoln(
    db: Session, workspace: Workspace, accounts: dict[str, Account], today: date, chance: random.Random
) -> None:
    enter_workspace(db, workspace.id)
    add_default_scale(db, workspace.id)
    add_default_codes(db, workspace.id)
    add_default_templates(db, workspace.id)
    add_default_code_sets(db, workspace.id, workspace.us_state)
    add_districts_codes(db, workspace.id)
    period = _add_periods(db, workspace.id, today)
    add_default_goals(db, workspace.id)
    rows = Rows()
    caseload = Caseload(rows, _lincoln_people(db, workspace, accounts), today, chance)
    for number, student in enumerate(STUDENTS):
        manager = "clinician" if number < CLINICIANS_STUDENTS else "supervisor"
        caseload.add_student(number, student, manager)
    add_school_year(rows, caseload, today, chance)
    add_supervision(rows, caseload, today)
    rows.store(db)
    add_reports(db, caseload, period)
    add_files(db, caseload)


def _add_periods(db: Session, workspace_id: UUID, today: date) -> ReportPeriod:
    """The reporting periods: one that is due this week, which is answered, and the one that begins now."""
    last = today - timedelta(days=1)
    made = [
        ReportPeriod(
            workspace_id=workspace_id,
            name=name,
            first_on=ends - timedelta(weeks=PERIOD_WEEKS) + timedelta(days=1),
            last_on=ends,
            due_on=ends + timedelta(days=6),
        )
        for name, ends in (("Quarter 2", last), ("Quarter 3", last + timedelta(weeks=PERIOD_WEEKS)))
    ]
    db.add_all(made)
    db.flush()
    return made[0]


def _load_harbor(db: Session, workspace: Workspace, outsider: Account, today: date, chance: random.Random) -> None:
    enter_workspace(db, workspace.id)
    add_default_scale(db, workspace.id)
    add_default_codes(db, workspace.id)
    add_default_templates(db, workspace.id)
    add_default_code_sets(db, workspace.id, workspace.us_state)
    add_districts_codes(db, workspace.id)
    add_default_goals(db, workspace.id)
    rows = Rows()
    caseload = Caseload(rows, {"outsider": _member(db, workspace, "outsider", outsider)}, today, chance)
    for number, student in enumerate(OUTSIDERS_STUDENTS):
        caseload.add_student(number, student, "outsider")
    rows.store(db)


def _lincoln_people(db: Session, workspace: Workspace, accounts: dict[str, Account]) -> dict[str, Provider]:
    people = {who: _member(db, workspace, who, accounts[who]) for who in PLACES}
    db.add(
        SupervisionLink(
            workspace_id=workspace.id,
            supervisor_id=people["supervisor"].membership_id,
            assistant_id=people["assistant"].membership_id,
            discipline="slp",
            starts_at=utc_now() - timedelta(days=400),
        )
    )
    db.flush()
    return people


def _workspace(db: Session, name: str) -> Workspace:
    workspace = Workspace(
        name=name, us_state="NY", time_zone="America/New_York", is_demo=True, break_glass_enabled=True
    )
    db.add(workspace)
    db.flush()
    return workspace


def _account(db: Session, who: str, password_hash: str) -> Account:
    _, clinical, credential = PLACES.get(who, FOUNDER)
    person = DEMO_ACCOUNTS[who]
    account = Account(
        name=person.name,
        email=person.email,
        profession="slpa" if clinical == ClinicalRole.ASSISTANT else "slp",
        credential=credential,
        us_state="NY",
        password_hash=password_hash,
    )
    db.add(account)
    db.flush()
    return account


def _member(db: Session, workspace: Workspace, who: str, account: Account) -> Provider:
    admin, clinical, _ = PLACES.get(who, FOUNDER)
    membership = Membership(
        workspace_id=workspace.id,
        account_id=account.id,
        admin_role=admin,
        clinical_role=clinical,
        discipline="slp",
        starts_at=utc_now() - timedelta(days=400),
    )
    db.add(membership)
    db.flush()
    _was_here(db, workspace, who, account)
    return Provider(workspace.id, membership.id)


def _was_here(db: Session, workspace: Workspace, who: str, account: Account) -> None:
    """A sign-in that is over, of which nobody has the token: Team tells when somebody was here last."""
    left = utc_now() - timedelta(days=AWAY.get(who, 1), hours=3)
    db.add(
        SignIn(
            account_id=account.id,
            workspace_id=workspace.id,
            token_hash=hash_token(secrets.token_urlsafe(32)),
            created_at=left - timedelta(hours=1),
            last_active_at=left,
            expires_at=left,
            ended_at=left,
        )
    )
