"""What an assistant is told beside the note that she writes: how far her license reaches here."""

from sqlmodel import Session

from therapytrack.access import licence
from therapytrack.access.actor import Actor
from therapytrack.models import ClinicalRole
from therapytrack.services.activity import only_reads

HINT = (
    "Your notes state data: what was seen, with its numbers. Conclusions, diagnoses and recommendations are your "
    "supervisor's; report them as hers (“Per …”). Rule for {place}."
)


@only_reads
def scope_hint(db: Session, actor: Actor) -> str:
    """The sentence for an assistant whose notes state data only; "" for everybody else. At most one statement."""
    if actor.member.clinical != ClinicalRole.ASSISTANT:
        return ""
    return hint_of(actor, interprets=licence.may_interpret(db, actor))


def hint_of(actor: Actor, *, interprets: bool) -> str:
    """The same, where the rule was read already."""
    if actor.member.clinical != ClinicalRole.ASSISTANT or interprets:
        return ""
    return HINT.format(place=f"{actor.us_state} {actor.discipline.upper()} assistants".strip())
