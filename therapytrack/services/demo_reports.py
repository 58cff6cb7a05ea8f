"""Progress reports of the demo, one in each state: begun, signed, with an addendum, submitted, returned, co-signed.

They are made by what makes everybody's: the content is that of the data on the period's last day.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor, resolve_actor
from therapytrack.domain.progress_codes import CodeSetForm, ProgressCode, codes_to
from therapytrack.domain.report_changes import report_parts
from therapytrack.domain.report_content import GoalContent, ReportContent, content_text, report_addendum_hash, text_hash
from therapytrack.models import (
    Membership,
    NoteStatus,
    ProgressCodeSet,
    ProgressReport,
    ProgressReportGoal,
    ReportAddendum,
    ReportAnswer,
    ReportPeriod,
    SignIn,
    utc_now,
)
from therapytrack.services.demo_caseload import Caseload
from therapytrack.services.identity import hash_token
from therapytrack.services.report_contents import draft_of, see_report

# By the place of the student among those of the writer.
CLINICIANS: Final = {5: "signed", 9: "draft", 14: "addendum", 17: "signed"}
ASSISTANTS: Final = {0: "cosigned", 1: "submitted", 2: "again", 3: "returned"}
ADDENDUM: Final = "The family asked for the words of the home program: they were sent home on paper."
COMMENT: Final = "Please say with how many cues, and in which setting."
WORDS: Final = "Mostly with one verbal cue, in the speech room and in class."
TOO_FEW: Final = "The data do not settle on a code yet; the goal goes on as it is."


# A set of the demo's own: those that are shipped are of other states. Where nothing speaks against the aim line, the
# share of the way decides, so that each goal with data has a code.
DISTRICTS_CODES: Final = CodeSetForm(
    "New York district",
    (
        ProgressCode("A", "Achieved", "met"),
        ProgressCode("PS", "Progressing satisfactorily", "substantial"),
        ProgressCode("PG", "Progressing gradually", "partial"),
        ProgressCode("PI", "Progressing inconsistently", "insufficient"),
        ProgressCode("NA", "Not addressed in this period", "not_introduced"),
        ProgressCode("SC", "See comments", "none"),
    ),
    "A New York district's progress reports (sites.google.com/wiufsd.org)",
    False,
)


@dataclass
class _Desk:
    """Writes the reports of one person about one period."""

    db: Session
    actor: Actor
    period_id: UUID
    code_set: ProgressCodeSet
    supervisor_id: UUID

    def write(self, student_id: UUID, state: str) -> None:
        """One report, in the state that is asked for."""
        report = ProgressReport(
            workspace_id=self.actor.workspace_id,
            student_id=student_id,
            period_id=self.period_id,
            author_id=self.actor.membership_id,
            code_set_id=self.code_set.id,
        )
        self.db.add(report)
        self.db.flush()
        seen = see_report(self.db, self.actor, student_id, self.period_id, Action.VIEW)
        draft = draft_of(self.db, self.actor, seen)
        meanings = {one.code: one.meaning for one in draft.codes}
        goals = [
            replace(one.content, code=code, code_meaning=meanings.get(code, ""), words="" if code else TOO_FEW)
            for one in draft.goals
            for code in [one.suggestion.code]
        ]
        if state == "draft":
            goals = goals[:1]
        content = replace(draft.content, goals=tuple(goals))
        if state in ("again", "returned"):
            self._return(report, content)
        if state == "again":
            goals[0] = replace(goals[0], words=WORDS)
            content = replace(content, goals=tuple(goals))
        self._add_goals(report, goals)
        self.db.flush()
        if state not in ("draft", "returned"):
            self._seal(report, content, state)

    def _add_goals(self, report: ProgressReport, goals: list[GoalContent]) -> None:
        for one in goals:
            self.db.add(
                ProgressReportGoal(
                    workspace_id=report.workspace_id,
                    report_id=report.id,
                    goal_id=UUID(one.goal_id),
                    code=one.code,
                    words=one.words,
                )
            )

    def _seal(self, report: ProgressReport, content: ReportContent, state: str) -> None:
        report.content = content_text(content)
        report.content_hash = text_hash(report.content)
        if state in ("signed", "addendum"):
            report.status, report.signed_at = NoteStatus.SIGNED, self._ago(20)
        else:
            report.status, report.submitted_at = NoteStatus.SUBMITTED, self._ago(20)
        self.db.flush()
        if state == "cosigned":
            self._answer(report, "cosigned", report.content_hash)
            report.status, report.signed_at = NoteStatus.COSIGNED, self._ago(4)
        if state == "addendum":
            self._add_addendum(report)

    def _add_addendum(self, report: ProgressReport) -> None:
        self.db.add(
            ReportAddendum(
                workspace_id=report.workspace_id,
                report_id=report.id,
                author_id=report.author_id,
                text=ADDENDUM,
                status=NoteStatus.SIGNED,
                content_hash=report_addendum_hash(report.content_hash, str(report.author_id), ADDENDUM),
                signed_at=self._ago(3),
                created_at=self._ago(3),
            )
        )

    def _return(self, report: ProgressReport, content: ReportContent) -> None:
        report.status, report.submitted_at = NoteStatus.RETURNED, self._ago(30)
        self.db.flush()
        self._answer(report, "returned", text_hash(content_text(content)), COMMENT, report_parts(content))

    def _answer(self, report: ProgressReport, kind: str, shown: str, comment: str = "", read: str = "") -> None:
        self.db.add(
            ReportAnswer(
                workspace_id=report.workspace_id,
                report_id=report.id,
                answered_by_id=self.supervisor_id,
                kind=kind,
                comment=comment,
                content_hash=shown,
                returned_text=read,
                created_at=self._ago(4 if kind == "cosigned" else 24),
            )
        )
        self.db.flush()

    def _ago(self, hours: int) -> datetime:
        return self.actor.at - timedelta(hours=hours)


def add_districts_codes(db: Session, workspace_id: UUID) -> None:
    """Let the workspace's reports use the codes of a district of its state, in the place of the shipped ones."""
    mine = (col(ProgressCodeSet.workspace_id) == workspace_id, col(ProgressCodeSet.in_use))
    db.execute(update(ProgressCodeSet).where(*mine).values(in_use=False))
    one = DISTRICTS_CODES
    db.add(
        ProgressCodeSet(
            workspace_id=workspace_id,
            name=one.name,
            codes=codes_to(one.codes),
            source=one.source,
            verified=one.verified,
            in_use=True,
        )
    )
    db.flush()


def add_reports(db: Session, caseload: Caseload, period: ReportPeriod) -> None:
    """Reports about `period` in every state, by the clinician and by the assistant; the other students' are due."""
    code_set = db.execute(
        select(ProgressCodeSet).where(
            col(ProgressCodeSet.workspace_id) == period.workspace_id, col(ProgressCodeSet.in_use)
        )
    ).scalar_one()
    boss = caseload.people["supervisor"].membership_id
    for who, states in (("clinician", CLINICIANS), ("assistant", ASSISTANTS)):
        hers = [one.student_id for one in caseload.students if one.provider == who]
        desk = _Desk(db, _actor(db, caseload.people[who].membership_id), period.id, code_set, boss)
        for place, state in states.items():
            if place < len(hers):
                desk.write(hers[place], state)


def _actor(db: Session, membership_id: UUID) -> Actor:
    """That member at this moment, through a sign-in that is taken back: nobody was here."""
    member = db.get_one(Membership, membership_id)
    now, token_hash = utc_now(), hash_token(secrets.token_urlsafe(32))
    sign_in = SignIn(
        account_id=member.account_id,
        workspace_id=member.workspace_id,
        token_hash=token_hash,
        last_active_at=now,
        expires_at=now + timedelta(minutes=1),
    )
    taken_back = db.begin_nested()
    db.add(sign_in)
    db.flush()
    actor = resolve_actor(db, token_hash, now)
    taken_back.rollback()
    if actor is None:
        raise LookupError("the demo's member may not sign in")
    return actor
