"""What the owner is told of by itself: unusual volume within an hour (requirement L5), and what other services tell.

A student's record counts as viewed when it is opened: the student's page, a goal, the goals of several students
together (each of them), a draft, a file, a ledger, or a colleague's session or note. The reader's own sessions and
notes, and notes that wait for her co-signature, are her day's work; lists (the caseload, today, the schedule) show many
students as a matter of course: neither counts. A file is one export, however many students are in it. What is a row
for each student is written in `services.activity`. One alarm for a member, kind and hour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain import report_acts
from therapytrack.models import Account, Activity, AdminRole, Alarm, Invite, Membership, MemberStatus, Workspace
from therapytrack.services.letters import Letter, send_after_commit
from therapytrack.settings import get_settings

WINDOW = timedelta(hours=1)
OPENED = (Action.VIEW, Action.VIEW_PROGRESS, Action.VIEW_STATISTICS, Action.DOWNLOAD, Action.READ_NOTE)
EXPORTED = (*(one for one in Action if one.value.startswith("export")), report_acts.EXPORT, report_acts.DOWNLOAD)
MANY_STUDENTS, MANY_EXPORTS, BREAK_GLASS, LOG_RESUMED = "many students", "many exports", "break glass", "log resumed"
MANY_REFUSALS, LINK_USED = "many refusals", "link used"
INVITED, GUEST_GIVEN = "invited", "guest given"
# What an alarm says after the name of the member; {count} and {limit} come from its detail, {whom} is who its ids name.
WORDS = {
    MANY_STUDENTS: "opened the records of {count} students within an hour (you are told above {limit})",
    MANY_EXPORTS: "exported {count} times within an hour (you are told above {limit})",
    BREAK_GLASS: "used emergency access to open a student's record",
    LOG_RESUMED: "was at work when the end of the activity log was not as TherapyTrack had left it; ask whoever runs"
    " this installation to use `audit verify`",
    MANY_REFUSALS: "tried the same {count} times within an hour without being allowed to",
    LINK_USED: "handed over the link of an invitation, and a new account was made with it: no mailbox has proved whose"
    " the address is. Ask the person who was invited",
    INVITED: "invited {whom} as {role} ({count} students come with it). Make sure that this is a person whom you know:"
    " nobody else looks at invitations",
    GUEST_GIVEN: "gave {whom}, who came by an invitation of the same person, a way to the records of {count} students."
    " Make sure that these are two people",
}
SUBJECT = "Something to look at in TherapyTrack"
BODY = "{who} {what}.\n\nThis is a notice, nothing was stopped. Look at it here: {origin}/activity\n"


@dataclass(frozen=True, slots=True)
class Watch:
    """What one member does in a transaction that counts: the students whom she opens, how often she exports."""

    workspace_id: UUID
    membership_id: UUID
    at: datetime
    students: frozenset[UUID]
    exports: int

    @property
    def asked(self) -> dict[str, Any]:
        """The values of the parameters in `counts`."""
        return {
            "watched_workspace": self.workspace_id,
            "watched_member": self.membership_id,
            "watched_since": self.at - WINDOW,
            "watched_students": list(self.students),
        }


def watch_for(acts: Sequence[Mapping[str, Any]]) -> Watch | None:
    """The watch on the acts of one transaction, None when none of them counts."""
    done = [act for act in acts if act["membership_id"] and act["outcome"] == "done"]
    opened = [act for act in done if act["action"] in OPENED and act["student_id"] and not act["facts"].get("own")]
    exported = [act for act in done if act["action"] in EXPORTED and not act["facts"].get("part")]
    if not opened and not exported:
        return None
    one = (opened or exported)[0]
    students = frozenset(act["student_id"] for act in opened)
    return Watch(one["workspace_id"], one["membership_id"], one["created_at"], students, len(exported))


@cache
def counts() -> tuple[Any, ...]:
    """What `judge` needs, as subqueries for the statement that moves the log's head: no statement of its own.

    Students opened (beside those of this transaction) and exports made within the hour, the workspace's two limits, and
    the alarms of either kind that there were.
    """
    member: Any = bindparam("watched_member")
    since: Any = bindparam("watched_since")
    recent = (
        col(Activity.membership_id) == member,
        col(Activity.created_at) > since,
        col(Activity.outcome) == "done",
    )
    foreign = Activity.detail["own"].as_boolean().is_(None)
    whole = Activity.detail["part"].as_boolean().is_(None)
    others = col(Activity.student_id).not_in(bindparam("watched_students", expanding=True))
    opened = select(func.count(col(Activity.student_id).distinct())).where(
        *recent, col(Activity.action).in_(OPENED), foreign, others
    )
    files = (*recent, col(Activity.action).in_(EXPORTED), whole)
    exported = select(func.count()).select_from(Activity).where(*files)
    limits = [
        select(limit).where(col(Workspace.id) == bindparam("watched_workspace"))
        for limit in (col(Workspace.alarm_students_an_hour), col(Workspace.alarm_exports_an_hour))
    ]
    told = [
        select(func.count())
        .select_from(Alarm)
        .where(col(Alarm.membership_id) == member, col(Alarm.created_at) > since, col(Alarm.kind) == kind)
        for kind in (MANY_STUDENTS, MANY_EXPORTS)
    ]
    return tuple(query.scalar_subquery() for query in (opened, exported, *limits, *told))


def judge(db: Session, watch: Watch, found: Sequence[int]) -> None:  # called while the log is stored
    """Tell the owner when `found` (the values of `counts`) with this transaction's acts is more than she set."""
    opened, exported, most_students, most_exports, told_students, told_exports = found
    opened, exported = opened + len(watch.students), exported + watch.exports
    if watch.students and opened > most_students and not told_students:
        _tell(db, MANY_STUDENTS, {"count": opened, "limit": most_students}, watch.workspace_id, watch.membership_id)
    if watch.exports and exported > most_exports and not told_exports:
        _tell(db, MANY_EXPORTS, {"count": exported, "limit": most_exports}, watch.workspace_id, watch.membership_id)


def tell_of_log(db: Session, act: Mapping[str, Any]) -> None:  # called while the log is stored
    """Tell the owner that the log was taken up again while a member did `act`."""
    if act["membership_id"]:
        _tell(db, LOG_RESUMED, {}, act["workspace_id"], act["membership_id"])


def named(db: Session, workspace_id: UUID, details: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Whom the ids in these details mean: the address of an `invite`, the name of a `guest`. No id, no statement."""
    invites, guests = ({UUID(one[key]) for one in details if key in one} for key in ("invite", "guest"))
    found = dict[str, str]()
    if invites:
        addresses = select(col(Invite.id), col(Invite.email)).where(col(Invite.workspace_id) == workspace_id)
        found |= {str(key): email for key, email in db.execute(addresses.where(col(Invite.id).in_(invites)))}
    if guests:
        names = select(col(Membership.id), col(Account.name)).join(
            Account, col(Account.id) == col(Membership.account_id)
        )
        here = names.where(col(Membership.workspace_id) == workspace_id, col(Membership.id).in_(guests))
        found |= {str(key): name for key, name in db.execute(here)}
    return found


def in_words(kind: str, detail: Mapping[str, Any], whom: Mapping[str, str]) -> str:
    """What an alarm says after the name of the member."""
    about = detail.get("invite") or detail.get("guest") or ""
    return WORDS[kind].format_map({**detail, "whom": whom.get(about, "somebody")})


def tell_of_link(db: Session, workspace_id: UUID, membership_id: UUID) -> None:
    """Tell the owner that an account was made by a link that a member handed over."""
    _tell(db, LINK_USED, {}, workspace_id, membership_id)


def tell_once(db: Session, actor: Actor, kind: str, **detail: Any) -> None:
    """As `tell`, for the owner, unless she was told of `kind` about `actor` (and the same `guest`) within the hour."""
    query = select(func.count()).where(
        col(Alarm.membership_id) == actor.membership_id,
        col(Alarm.kind) == kind,
        col(Alarm.created_at) > actor.at - WINDOW,
    )
    if "guest" in detail:
        query = query.where(Alarm.detail["guest"].as_string() == detail["guest"])
    if not db.execute(query).scalar_one():
        tell(db, actor, kind, **detail)


def tell(
    db: Session,
    actor: Actor,
    kind: str,
    *,
    told: Sequence[UUID] = (),
    student_id: UUID | None = None,
    **detail: Any,
) -> None:
    """Store an alarm about what `actor` does, for the owner and the members `told`, and mail it after the commit.

    `kind` is one of WORDS; `detail` holds counts and reasons, no names.
    """
    _tell(db, kind, detail, actor.workspace_id, actor.membership_id, told=told, student_id=student_id)


def _tell(
    db: Session,
    kind: str,
    detail: dict[str, Any],
    workspace_id: UUID,
    membership_id: UUID,
    *,
    told: Sequence[UUID] = (),
    student_id: UUID | None = None,
) -> None:
    is_owner = (col(Membership.admin_role) == AdminRole.OWNER) & (col(Membership.status) == MemberStatus.ACTIVE)
    query = (
        select(col(Membership.id), is_owner, col(Account.email), col(Account.name))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Membership.workspace_id) == workspace_id)
        .where(or_(is_owner, col(Membership.id).in_([membership_id, *told])))
    )
    people = db.execute(query).all()
    who = next((name for key, _, _, name in people if key == membership_id), "A member")
    what = in_words(kind, detail, named(db, workspace_id, [detail]))
    body = BODY.format(who=who, what=what, origin=get_settings().origin)
    for key, owns, email, _ in people:
        if owns or key in told:
            db.add(
                Alarm(
                    workspace_id=workspace_id,
                    kind=kind,
                    membership_id=membership_id,
                    told_id=key,
                    student_id=student_id,
                    detail=detail,
                )
            )
            send_after_commit(db, Letter(email, SUBJECT, body))
