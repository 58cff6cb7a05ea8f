"""A student with two goals and a quarter's data, a period, its code sets, and everybody whom the rules tell apart."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session

from tests.factories import Cast, add_goal, add_session, add_student, grant, make_cast
from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.domain.mastery import MasteryCriterion
from therapytrack.domain.report_content import facts_hash
from therapytrack.models import ReportPeriod, Student, utc_now
from therapytrack.services.report_contents import draft_of, see_report
from therapytrack.services.report_settings import add_default_code_sets
from therapytrack.services.reports import GoalShown, ReportShown, set_code

HITS = (13, 14, 16, 17, 18)


@dataclass
class ReportWorld:
    """Ids of what was made."""

    cast: Cast
    student_id: UUID
    period_id: UUID
    goals: tuple[UUID, UUID]
    today: date

    @property
    def at(self) -> tuple[UUID, UUID]:
        """The report's place."""
        return self.student_id, self.period_id

    def actor(self, db: Session, who: str) -> Actor:
        """The actor `who` at this moment."""
        return self.cast.actor(db, who)


def build_reports(db: Session) -> ReportWorld:
    """One goal that is met, and one without data; the slpa may edit under the supervisor."""
    cast = make_cast(db)
    child = add_student(db, cast, "Maya", "Rivera", preferred_name="May", local_number="900-123")
    grant(db, cast, child, "slpa", edit=True)
    grant(db, cast, child, "supervisor", edit=True, export=True)
    grant(db, cast, child, "reader", export=True)
    today = utc_now().date()
    goal, version = add_goal(db, child, "Initial /s/", mastery=MasteryCriterion(80).to_dict())
    other, _ = add_goal(db, child, "Retell", position=1)
    for place, hits in enumerate(HITS):
        on = today - timedelta(weeks=len(HITS) - place)
        add_session(db, cast, child, on, scores=[(version, 20, hits)])
    return ReportWorld(cast, child.id, add_period(db, cast.workspace_id, today), (goal.id, other.id), today)


def add_period(db: Session, workspace_id: UUID, today: date) -> UUID:
    """A period of eight weeks that ends today, and the shipped code sets."""
    period = ReportPeriod(
        workspace_id=workspace_id,
        name="Quarter 1",
        first_on=today - timedelta(weeks=8),
        last_on=today,
        due_on=today + timedelta(days=5),
    )
    db.add(period)
    add_default_code_sets(db, workspace_id, "NY")
    db.flush()
    return period.id


def shown(db: Session, world: ReportWorld, who: str = "slp") -> ReportShown:
    """The report as the page of `who` shows it now."""
    actor = world.actor(db, who)
    draft = draft_of(db, actor, see_report(db, actor, *world.at, Action.VIEW))
    goals = tuple(GoalShown(UUID(one.content.goal_id), one.content.code, one.versions) for one in draft.goals)
    return ReportShown(*world.at, facts_hash(draft.content), goals)


def coded(db: Session, world: ReportWorld, who: str = "slp") -> ReportShown:
    """The report with a code for each goal, as the page of `who` shows it then."""
    for goal_id, code in zip(world.goals, ("C", "D"), strict=True):
        set_code(db, world.actor(db, who), *world.at, goal_id, code)
    return shown(db, world, who)


def rename(db: Session, world: ReportWorld, given: str) -> None:
    """Give the student another name."""
    student = db.get_one(Student, world.student_id)
    student.preferred_name = given
    db.add(student)
    db.flush()
