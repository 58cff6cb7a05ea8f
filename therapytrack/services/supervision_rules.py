"""The dated rules of supervision that a workspace holds: its own ones, else the shipped, unverified defaults."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from therapytrack.access.actions import Action
from therapytrack.access.actor import Actor
from therapytrack.access.refusals import refused
from therapytrack.access.supervising import access_rules
from therapytrack.domain.dates import short_date
from therapytrack.domain.supervision import Rule, rule_on
from therapytrack.domain.supervision_defaults import DEFAULT_RULES, DefaultRule
from therapytrack.domain.supervision_form import RuleForm
from therapytrack.errors import Conflict, Invalid, TherapyTrackError
from therapytrack.models import ClinicalRole, SupervisionRule
from therapytrack.services.activity import record

NOT_FOR_ONESELF = "An assistant does not choose the rules that bind assistants. Ask another administrator or the owner."
CHANGED = "A colleague saved this rule meanwhile. Yours is still here: read theirs, then save yours or leave theirs."


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """What is held against an assistant's supervision on a day: the rule, where it comes from, whether it was checked.

    `id` and `version`: of the workspace's own row; None and 0 for a shipped default.
    """

    us_state: str
    discipline: str
    rule: Rule
    source: str
    verified: bool
    may_interpret: bool = False
    id: UUID | None = None
    version: int = 0


def rules_in_force(
    db: Session, actor: Actor, places: Iterable[tuple[str, str]], day: date, action: Action = Action.VIEW_SUPERVISION
) -> dict[tuple[str, str], RuleInForce | None]:
    """The rule of each (us_state, discipline) on `day`; None where neither the workspace nor we have one."""
    own = access_rules(db, actor, action)
    return {place: _in_force(own, *place, day) for place in places}


def rule_versions(db: Session, actor: Actor) -> dict[tuple[str, str], int]:
    """The version of the newest rule of each (us_state, discipline) for which the workspace has one of its own."""
    own = access_rules(db, actor, Action.SET_SUPERVISION_RULE)
    return {(one.us_state, one.discipline): one.version for one in reversed(own)}


def set_rule(db: Session, actor: Actor, form: RuleForm, version: int) -> SupervisionRule:
    """Hold `form` from its first day on. The rule that held before ends that day, and stays for the days before.

    `version`: of the workspace's newest rule for this place when the form was filled (0: none). Raises NotPermitted,
    and Conflict with the newest rule in words when it is another one.
    """
    own = access_rules(db, actor, Action.SET_SUPERVISION_RULE, for_update=True)
    if form.may_interpret and actor.member.clinical == ClinicalRole.ASSISTANT:
        raise _refused(Invalid({"may_interpret": NOT_FOR_ONESELF}), None)
    same = [one for one in own if (one.us_state, one.discipline) == (form.us_state, form.discipline)]
    if same and same[0].version != version:
        raise _refused(Conflict(CHANGED, theirs=in_words(same[0]), version=same[0].version), same[0].id)
    if not same and version:
        raise _refused(Conflict(CHANGED), None)
    for one in same:
        if one.ends_on is None or one.ends_on > form.starts_on:
            one.ends_on = max(form.starts_on, one.starts_on)
            one.version += 1
    rule = SupervisionRule(workspace_id=actor.workspace_id, version=version + 1, **form.values())
    db.add(rule)
    record(
        db,
        actor,
        Action.SET_SUPERVISION_RULE,
        record_kind="supervision_rule",
        record_id=rule.id,
        us_state=form.us_state,
        discipline=form.discipline,
        starts_on=form.starts_on.isoformat(),
    )
    db.flush()
    return rule


def _refused(error: TherapyTrackError, rule_id: UUID | None) -> TherapyTrackError:
    return refused(error, Action.SET_SUPERVISION_RULE, "supervision_rule", rule_id)


def in_words(row: SupervisionRule) -> str:
    """A rule in one line, to be compared by a person."""
    asked = [
        f"{row.total_percent:g}% of the time" if row.total_percent is not None else "",
        f"{row.direct_percent:g}% direct" if row.direct_percent is not None else "",
        f"over {row.period_days} days",
        f"observed every {row.observe_every_days} days" if row.observe_every_days else "",
        "may interpret data" if row.may_interpret else "",
        f"source: {row.source}" if row.source else "",
        "checked" if row.verified else "not checked",
    ]
    return f"From {short_date(row.starts_on)}: " + ", ".join(one for one in asked if one)


def _in_force(own: list[SupervisionRule], us_state: str, discipline: str, day: date) -> RuleInForce | None:
    same = [one for one in own if (one.us_state, one.discipline) == (us_state, discipline)]
    rules = {_rule(one): one for one in reversed(same)}
    held = rule_on(rules, day)
    if held is None:
        return _shipped(us_state, discipline)
    row = rules[held]
    return RuleInForce(
        us_state, discipline, held, row.source, row.verified, row.may_interpret, id=row.id, version=row.version
    )


def _rule(row: SupervisionRule) -> Rule:
    return Rule(
        row.starts_on, row.ends_on, row.total_percent, row.direct_percent, row.period_days, row.observe_every_days
    )


def _shipped(us_state: str, discipline: str) -> RuleInForce | None:
    known: dict[tuple[str, str], DefaultRule] = {(one.us_state, one.discipline): one for one in DEFAULT_RULES}
    found = known.get((us_state, discipline)) or known.get(("", discipline))
    if found is None:
        return None
    rule = Rule(date.min, None, found.total_percent, found.direct_percent, found.period_days, found.observe_every_days)
    return RuleInForce(us_state, discipline, rule, found.source, verified=False)
