"""The alarms that somebody was told of and has not put aside yet."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlmodel import Session, col

from therapytrack.access.actor import Actor
from therapytrack.domain.dates import moment_line
from therapytrack.models import Account, Alarm, Membership
from therapytrack.services.activity import only_reads, record
from therapytrack.services.alarms import in_words, named

SHOWN = 20


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One alarm in words: who did what, and when."""

    id: str
    words: str
    at: str
    person: str


@only_reads
def list_alarms(db: Session, actor: Actor) -> list[AlarmLine]:
    """The actor's own unseen alarms, newest first, at most 20. They name no student."""
    query = (
        select(Alarm, col(Account.name))
        .join(Membership, col(Membership.id) == col(Alarm.membership_id))
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(col(Alarm.workspace_id) == actor.workspace_id, col(Alarm.told_id) == actor.membership_id)
        .where(col(Alarm.seen_at).is_(None))
    )
    zone = ZoneInfo(actor.time_zone)
    rows = db.execute(query.order_by(col(Alarm.created_at).desc()).limit(SHOWN)).all()
    whom = named(db, actor.workspace_id, [alarm.detail for alarm, _ in rows])
    return [
        AlarmLine(
            str(alarm.id),
            f"{name} {in_words(alarm.kind, alarm.detail, whom)}.",
            moment_line(alarm.created_at.astimezone(zone)),
            str(alarm.membership_id),
        )
        for alarm, name in rows
    ]


def put_aside(db: Session, actor: Actor, alarm_id: UUID) -> None:
    """Mark one of the actor's own alarms as seen; any other id changes nothing."""
    mine = (col(Alarm.workspace_id) == actor.workspace_id, col(Alarm.told_id) == actor.membership_id)
    query = update(Alarm).where(col(Alarm.id) == alarm_id, *mine, col(Alarm.seen_at).is_(None))
    if db.execute(query.values(seen_at=actor.at).returning(col(Alarm.id))).first():
        record(db, actor, "put alarm aside", record_kind="alarm", record_id=alarm_id)
