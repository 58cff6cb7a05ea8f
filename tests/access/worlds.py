"""Worlds for the reference model: how Hypothesis makes them, and how they are stored in a real database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import insert
from sqlmodel import Session

from tests.access.reference import RefGrant, RefLink, RefMember, RefNote, RefStudent, RefWorkspace, World
from therapytrack.access.actor import MEMBER_COLUMNS, WORKSPACE_COLUMNS, Actor, actor_in
from therapytrack.models import (
    Account,
    Membership,
    SessionEntry,
    Student,
    StudentGrant,
    SupervisionLink,
    TherapySession,
    Workspace,
)

NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)
LONG_AGO = NOW - timedelta(days=2)
STARTS = (-timedelta(days=2),) * 20 + (-timedelta(hours=4), -timedelta(hours=4) + TICK, -TICK, timedelta(0), TICK)
ENDS = (None,) * 20 + (-TICK, timedelta(0), TICK, timedelta(hours=1))
RIGHTS = ("view", "edit", "export", "generate")
FIELDS = ("slp",) * 8 + ("ot", "")
# The roles that each member of the first workspace may have, likely ones first; then those of the second workspace.
ADMINS = (
    ("owner", "none"),
    ("none", "admin", "new"),
    *([("none", "none", "none", "admin")] * 4),
    ("owner",),
    ("none",),
)
CLINICAL = (
    ("none", "supervisor", "clinician"),
    (*["supervisor"] * 6, "clinician", "none"),
    ("clinician", "supervisor", "supervisor", "new"),
    (*["assistant"] * 6, "clinician"),
    ("assistant", "assistant", "supervisor", "reader"),
    ("reader", "clinician", "assistant", "none"),
    ("supervisor", "clinician"),
    ("assistant",),
)
OURS, THEIRS = range(6), range(6, 8)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Two workspaces, eight members, five students, their grants, links and notes, at and around the moment NOW."""
    members = tuple(_member(draw, number) for number in (*OURS, *THEIRS))
    students = tuple(_student(draw, number) for number in range(5))
    grants = draw(st.lists(st.builds(_grant, st.randoms(use_true_random=False)), min_size=4, max_size=16))
    grants += [RefGrant(1, 4, draw(st.sampled_from(THEIRS)), NOW, rights=frozenset(RIGHTS))]
    grants += [RefGrant(0, 0, who, LONG_AGO, rights=frozenset(RIGHTS)) for who in (1, 2, 3) if _often(draw)]
    links = [RefLink(0, 1, 3, "slp", LONG_AGO)] if _often(draw) else []
    links += draw(st.lists(st.builds(_link, st.randoms(use_true_random=False)), max_size=4))
    return World(
        now=NOW,
        workspaces=tuple(_workspace(draw, number) for number in (0, 1)),
        members=members,
        students=students,
        grants=tuple(grants),
        links=tuple(links),
        notes=tuple(_note(draw, number, student) for number, student in enumerate(students + students[:3])),
    )


def _pick(draw: st.DrawFn, *choices: Any) -> Any:
    return draw(st.sampled_from(choices))


def _often(draw: st.DrawFn) -> bool:
    return bool(_pick(draw, True, True, True, False))


def _workspace(draw: st.DrawFn, number: int) -> RefWorkspace:
    status = _pick(draw, "active", "active", "active", "active", "active", "read_only", "closed", "new")
    return RefWorkspace(number, status, *(draw(st.booleans()) for _ in range(3)))


def _member(draw: st.DrawFn, number: int) -> RefMember:
    return RefMember(
        id=number,
        workspace=0 if number in OURS else 1,
        start=NOW + _pick(draw, *STARTS),
        end=_later(_pick(draw, *ENDS)),
        admin=_pick(draw, *ADMINS[number]),
        clinical=_pick(draw, *CLINICAL[number]),
        billing=_pick(draw, False, False, True),
        discipline=_pick(draw, *FIELDS),
        status=_pick(draw, *["active"] * 9, "suspended"),
    )


def _student(draw: st.DrawFn, number: int) -> RefStudent:
    here = number < 4
    manager = draw(st.sampled_from(OURS if here else THEIRS))
    flags = [_pick(draw, False, False, True) for _ in range(3)]
    return RefStudent(number, 0 if here else 1, manager, *flags)


def _grant(random: Any) -> RefGrant:
    held = frozenset(right for right in RIGHTS if random.random() < (0.9 if right == "view" else 0.65))
    start, end = NOW + random.choice(STARTS), _later(random.choice(ENDS))
    kind = random.choice(("explicit",) * 4 + ("break_glass",))
    if kind == "break_glass":
        held |= {"view"}  # as every one is stored; rule 8 gives view, whatever else its row says
    return RefGrant(0, random.randrange(4), random.choice(OURS), start, end, kind, held)


def _link(random: Any) -> RefLink:
    supervisor, assistant = random.choice((0, 1, 2, 2, 1, 4)), random.choice((3, 4, 3, 4, 5, 1))
    return RefLink(
        0, supervisor, assistant, random.choice(FIELDS), NOW + random.choice(STARTS), _later(random.choice(ENDS))
    )


def _note(draw: st.DrawFn, number: int, student: RefStudent) -> RefNote:
    if student.id == 0 and _often(draw):
        return RefNote(number, 0, 0, 3, "draft" if number else "submitted", "as stored", "as stored")
    author = draw(st.sampled_from((*OURS, 3, 3, 4) if student.workspace == 0 else THEIRS))
    status = _pick(draw, "draft", "submitted", "submitted", "returned", "signed", "cosigned")
    shown = _pick(draw, "as stored", "as stored", "as stored", "before", "")
    beyond = _pick(draw, False, False, True)
    return RefNote(number, student.workspace, student.id, author, status, "as stored", shown, beyond)


def _later(offset: timedelta | None) -> datetime | None:
    return None if offset is None else NOW + offset


def key(kind: str, number: int) -> UUID:
    """The database key of a row of the world."""
    return UUID(int=(0x7000 << 64) + (sum(kind.encode()) << 16) + number)


def store(db: Session, world: World) -> None:
    """Write the world's rows as they would stand in the product."""
    _store_people(db, world)
    for student in world.students:
        archived = NOW if student.archived else None
        held = {"on_hold": student.on_hold, "ai_opt_out": student.ai_opt_out, "archived_at": archived}
        manager = key("member", student.case_manager)
        names = {"given_name": f"Given {student.id}", "family_name": f"Family {student.id}"}
        row: dict[str, Any] = {"id": key("student", student.id), "workspace_id": key("workspace", student.workspace)}
        db.execute(insert(Student), [{**row, **names, **held, "case_manager_id": manager}])
    for grant in world.grants:
        row = {
            "workspace_id": key("workspace", grant.workspace),
            "student_id": key("student", grant.student),
        }
        row |= {"membership_id": key("member", grant.member), "granted_by_id": key("member", grant.member)}
        row |= {f"can_{right}": right in grant.rights for right in RIGHTS}
        db.execute(insert(StudentGrant), [{**row, "kind": grant.kind, "starts_at": grant.start, "ends_at": grant.end}])
    for link in world.links:
        row = {"workspace_id": key("workspace", link.workspace), "discipline": link.discipline}
        row |= {"supervisor_id": key("member", link.supervisor), "assistant_id": key("member", link.assistant)}
        db.execute(insert(SupervisionLink), [{**row, "starts_at": link.start, "ends_at": link.end}])
    for note in world.notes:
        _store_note(db, note)
    db.flush()


def _store_people(db: Session, world: World) -> None:
    for workspace in world.workspaces:
        db.execute(insert(Workspace), [workspace_row(workspace)])
    for member in world.members:
        account = {"id": key("account", member.id), "email": f"{member.id}@example.org", "name": f"Member {member.id}"}
        account |= {"profession": "slp", "us_state": "NY", "password_hash": "unused"}
        db.execute(insert(Account), [account])
        db.execute(insert(Membership), [member_row(member)])


def workspace_row(workspace: RefWorkspace) -> dict[str, Any]:
    """The columns of a workspace."""
    return {
        "id": key("workspace", workspace.id),
        "name": f"Workspace {workspace.id}",
        "status": workspace.status,
        "ai_enabled": workspace.ai_enabled,
        "assistants_may_export": workspace.assistants_may_export,
        "break_glass_enabled": workspace.break_glass_enabled,
    }


def member_row(member: RefMember) -> dict[str, Any]:
    """The columns of a membership."""
    return {
        "id": key("member", member.id),
        "workspace_id": key("workspace", member.workspace),
        "account_id": key("account", member.id),
        "admin_role": member.admin,
        "clinical_role": member.clinical,
        "billing": member.billing,
        "discipline": member.discipline,
        "status": member.status,
        "starts_at": member.start,
        "ends_at": member.end,
    }


def _store_note(db: Session, note: RefNote) -> None:
    where = {"workspace_id": key("workspace", note.workspace), "held_on": NOW.date()}
    session = {"id": key("session", note.id), "title": "Group", "provider_id": key("member", note.author)}
    session |= {"planned_start": NOW, "planned_end": NOW + timedelta(minutes=30)}
    db.execute(insert(TherapySession), [{**where, **session}])
    entry = {"id": key("entry", note.id), "session_id": key("session", note.id)}
    entry |= {"student_id": key("student", note.student), "author_id": key("member", note.author)}
    text = {"note": "Text", "note_status": note.status, "content_hash": note.content_hash}
    db.execute(insert(SessionEntry), [{**where, **entry, **text}])


def actor(world: World, member: RefMember) -> Actor:
    """The member as an event would resolve her at NOW; also one whose membership ended a moment ago."""
    home = workspace_row(next(one for one in world.workspaces if one.id == member.workspace))
    her = member_row(member)
    ids = (key("sign-in", member.id), "", her["account_id"], her["id"], home["id"])
    words = ("A", "", "slp", "NY", her["discipline"], home["name"], "America/New_York", False, NOW, None)
    return actor_in((*ids, *words, *_columns(her, MEMBER_COLUMNS), *_columns(home, WORKSPACE_COLUMNS), True, 7), NOW)


def _columns(row: dict[str, Any], columns: tuple[Any, ...]) -> list[Any]:
    return [row[one.key] for one in columns]
