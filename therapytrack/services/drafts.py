"""Making a draft: prepare it from documented data, write it with no transaction open, store it after a second check.

What the person then makes of it is `services.draft_review`. Nothing is signed or sent by itself.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.gate import access_draft, access_goal, access_seen
from therapytrack.access.seen import Seen
from therapytrack.domain.draft_facts import catalogue, dump_catalogue, load_catalogue
from therapytrack.domain.draft_text import fill, misdirected
from therapytrack.domain.drafting import Kind, Licence, deterministic_draft, llm_payload, require_enough
from therapytrack.domain.ids import require_made
from therapytrack.errors import Invalid, NotFound, Unavailable
from therapytrack.models import Activity, ClinicalRole, Draft
from therapytrack.services.activity import record
from therapytrack.services.disclosures import disclose_to_model
from therapytrack.services.draft_data import Documented, gather, people_to_hide
from therapytrack.services.draft_writing import WritingJob
from therapytrack.settings import get_settings

LONGEST_DRAFT = 20_000
LONGEST_PERIOD = timedelta(days=800)
AI_DRAFTS_A_DAY = 60
PREPARED, WRITING, WRITTEN, ACCEPTED = "prepared", "writing", "written", "accepted"
STOPPED, FAILED, DISCARDED = "stopped", "failed", "discarded"
SENT = "send to AI service"
OPEN = (WRITTEN, ACCEPTED)
REFUSED_TEXT = (
    "The AI service wrote numbers or claims that are not in the documented data, so its text was not kept."
    " Try again, or write the plain draft."
)
NO_BUDGET = "You have reached today's number of AI drafts. The plain draft needs no AI service; or try again tomorrow."
GONE = "This draft was discarded. Start a new one from the student's page."


def right_to_draft(actor: Actor) -> Action:
    """The right that a draft needs: an assistant's draft states data only, as for a note (domain.md 2.8)."""
    assistant = actor.member.clinical == ClinicalRole.ASSISTANT
    return Action.GENERATE_NOTE if assistant else Action.GENERATE_SUMMARY


def prepare_draft(
    db: Session,
    actor: Actor,
    student_id: UUID,
    since: date,
    until: date,
    draft_id: UUID,
    goal_id: UUID | None = None,
) -> Draft:
    """Gather what is documented and keep it with what would be sent; the same `draft_id` twice makes one draft.

    Raises Invalid (field `range`) for a bad period or too few data; NotFound, NotPermitted.
    """
    seen = _access_subject(db, actor, student_id, goal_id)
    _check_period(since, until)
    require_made(draft_id)
    if (existing := db.get(Draft, draft_id)) is not None:
        return _own(actor, existing, student_id)
    kind: Kind = "update" if goal_id else "summary"
    found = gather(db, actor, seen.student, since, until, goal_id)
    require_enough(found.facts, kind)
    source = would_write(actor, seen)
    draft = Draft(
        id=draft_id,
        workspace_id=actor.workspace_id,
        student_id=student_id,
        author_id=actor.membership_id,
        kind=kind,
        since=since,
        until=until,
        status=PREPARED,
        source=source,
        facts=_kept_facts(actor, found, kind, goal_id),
        payload=llm_payload(found.facts, people_to_hide(db, actor), kind) if source == "anthropic" else {},
    )
    db.add(draft)
    _record(db, actor, "prepare draft", draft, source=source)
    return draft


def _kept_facts(actor: Actor, found: Documented, kind: Kind, goal_id: UUID | None) -> dict[str, Any]:
    return {
        "values": dump_catalogue(catalogue(found.facts)),
        "courses": {f"goal{number}": goal.trend for number, goal in enumerate(found.facts.goals, start=1)},
        "plain": deterministic_draft(found.facts, kind, _licence(actor)),
        "goal": str(goal_id) if goal_id else "",
        "unsigned": found.unsigned,
        "attempt": 0,
        "by": "",
    }


def begin_writing(db: Session, actor: Actor, draft_id: UUID, *, plain: bool = False) -> WritingJob | None:
    """Take the draft for writing, by the plain drafter or the one prepared; None when there is nothing to write.

    For the AI service the switches and the day's budget are checked again, and what is sent is logged as sent.
    Raises NotFound, NotPermitted, Unavailable (budget), Invalid (discarded).
    """
    draft = own_draft(db, actor, draft_id, right_to_draft(actor))
    if draft.status in OPEN or (draft.status == WRITING and not is_abandoned(actor, draft)):
        return None
    source, model = "template", ""
    if draft.source == "anthropic" and not plain:
        own_draft(db, actor, draft_id, Action.GENERATE_SUMMARY_WITH_AI)
        _require_budget(db, actor)
        source, model = draft.source, get_settings().anthropic_model
        _record(db, actor, SENT, draft, model=model, goals=len(draft.payload["goals"]))
        disclose_to_model(db, actor, draft.student_id, model)
    draft.status, draft.problem, draft.model = WRITING, "", model
    attempt = draft.facts["attempt"] + 1
    draft.facts = {**draft.facts, "attempt": attempt, "writing_since": actor.at.isoformat(), "by": source}
    return WritingJob(
        draft.id, attempt, source, model, dict(draft.payload), draft.facts["plain"], draft.facts["values"]
    )


def store_draft(db: Session, actor: Actor, draft_id: UUID, attempt: int, text: str) -> Draft:
    """Keep what `attempt` wrote, if the right still holds and every number and direction is from the data.

    A text that fails is not kept: the draft is marked failed with the reason. An attempt that was stopped or overtaken
    changes nothing. Raises NotFound, NotPermitted.
    """
    draft = own_draft(db, actor, draft_id, right_to_draft(actor))
    if draft.status != WRITING or draft.facts["attempt"] != attempt:
        return draft
    if draft.facts["by"] == "anthropic":
        own_draft(db, actor, draft_id, Action.GENERATE_SUMMARY_WITH_AI)
    filled = fill(text[:LONGEST_DRAFT], load_catalogue(draft.facts["values"]))
    wrong = [*filled.violations, *misdirected(filled, draft.facts["courses"])]
    if wrong or not filled.text or len(filled.text) > LONGEST_DRAFT:
        _end(draft, FAILED, REFUSED_TEXT)
        _record(db, actor, "refuse AI text", draft, kinds=sorted({one.kind for one in wrong}))
        return draft
    draft.generated_text, draft.text = text, filled.text
    draft.status, draft.finished_at, draft.version = WRITTEN, actor.at, draft.version + 1
    _record(db, actor, "store draft", draft, source=draft.facts["by"], sentences=len(filled.sentences))
    return draft


def fail_draft(db: Session, actor: Actor, draft_id: UUID, attempt: int, sentence: str) -> Draft:
    """Mark the attempt as failed with the sentence that the person reads. Raises NotFound, NotPermitted."""
    draft = own_draft(db, actor, draft_id, Action.VIEW_PROGRESS)
    if draft.status == WRITING and draft.facts["attempt"] == attempt:
        _end(draft, FAILED, sentence[:500])
        _record(db, actor, "draft failed", draft, source=draft.facts["by"])
    return draft


def cancel_draft(db: Session, actor: Actor, draft_id: UUID) -> Draft:
    """Stop the writing; what was written so far is not kept. Stopping twice changes nothing. Raises NotFound."""
    draft = own_draft(db, actor, draft_id, Action.VIEW_PROGRESS)
    if draft.status == WRITING:
        _end(draft, STOPPED, "Stopped. Nothing was stored.")
        _record(db, actor, "stop draft", draft)
    return draft


def own_draft(db: Session, actor: Actor, draft_id: UUID, action: Action) -> Draft:
    """The actor's own draft, its student held still, when `action` is allowed now; locked for this transaction.

    Raises NotFound, NotPermitted, Invalid (discarded).
    """
    draft, _ = access_draft(db, actor, draft_id, action, to_change=True)
    db.refresh(draft, with_for_update=True)
    if draft.status == DISCARDED:
        raise Invalid({"draft": GONE})
    return draft


def is_abandoned(actor: Actor, draft: Draft) -> bool:
    """Whether the writer must be gone, because its time limit passed long ago (the server was stopped meanwhile)."""
    since = datetime.fromisoformat(draft.facts["writing_since"])
    return actor.at - since > timedelta(seconds=2 * get_settings().anthropic_timeout_seconds + 30)


def _end(draft: Draft, status: str, sentence: str) -> None:
    draft.status, draft.problem, draft.generated_text, draft.text = status, sentence, "", ""


def _access_subject(db: Session, actor: Actor, student_id: UUID, goal_id: UUID | None) -> Seen:
    right = right_to_draft(actor)
    if goal_id is None:
        return access_seen(db, actor, student_id, right)
    return access_goal(db, actor, student_id, goal_id, right)[1]


def _check_period(since: date, until: date) -> None:
    if until < since:
        raise Invalid({"range": "The period ends before it begins. Choose a later last day."})
    if until - since > LONGEST_PERIOD:
        raise Invalid({"range": "A draft covers two years at most. Choose a shorter period."})


def _own(actor: Actor, draft: Draft, student_id: UUID) -> Draft:
    """The draft that an earlier, equal request made; anybody else's id is as unknown as one that does not exist."""
    if (draft.workspace_id, draft.author_id, draft.student_id) != (
        actor.workspace_id,
        actor.membership_id,
        student_id,
    ):
        raise NotFound
    return draft


def would_write(actor: Actor, seen: Seen) -> str:
    """The AI service only with a key, the workspace's switch on, the student not opted out, and a full licence."""
    has_key = bool(get_settings().anthropic_api_key.get_secret_value())
    may = right_to_draft(actor) == Action.GENERATE_SUMMARY and seen.allows(Action.GENERATE_SUMMARY_WITH_AI)
    return "anthropic" if has_key and may else "template"


def _licence(actor: Actor) -> Licence:
    return "assistant" if actor.member.clinical == ClinicalRole.ASSISTANT else "clinician"


def _require_budget(db: Session, actor: Actor) -> None:
    midnight = datetime.combine(actor.today, time(), ZoneInfo(actor.time_zone))
    sent = (
        select(func.count())
        .select_from(Activity)
        .where(
            col(Activity.workspace_id) == actor.workspace_id,
            col(Activity.membership_id) == actor.membership_id,
            col(Activity.action) == SENT,
            col(Activity.created_at) >= midnight,
        )
    )
    if db.execute(sent).scalar_one() >= AI_DRAFTS_A_DAY:
        raise Unavailable(NO_BUDGET)


def _record(db: Session, actor: Actor, action: str, draft: Draft, **detail: Any) -> None:
    record(db, actor, action, student_id=draft.student_id, record_kind="draft", record_id=draft.id, **detail)
