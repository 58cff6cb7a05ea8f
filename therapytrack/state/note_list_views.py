"""What the notes page says of several notes at once: templates to begin with, and why a list was not signed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from therapytrack.access.actions import Action
from therapytrack.domain.draft_facts import join_words
from therapytrack.services.note_offers import Offer
from therapytrack.services.note_sheet import NoteSheet
from therapytrack.state.note_views import ActView, RowView

SIGN, SIGN_NEXT, SIGN_ALL = "sign", "sign_next", "sign_all"
SUBMIT, SUBMIT_NEXT = "submit", "submit_next"
GOES_ON = (SIGN_NEXT, SUBMIT_NEXT)


@dataclass(frozen=True, slots=True)
class ValueView:
    """A value that a template took from the data, and where it came from."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class OfferView:
    """A template, filled for the open note."""

    id: str
    name: str
    text: str
    values: list[ValueView]


def offer_views(offers: Sequence[Offer]) -> list[OfferView]:
    """The templates as the editor offers them."""
    return [
        OfferView(
            str(one.id), one.name, one.filled.text, [ValueView(each.value, each.source) for each in one.filled.values]
        )
        for one in offers
    ]


def empty_of(rows: Sequence[RowView]) -> list[RowView]:
    """Those of `rows` whose student was there and whose note says nothing."""
    return [one for one in rows if one.present and not one.text.strip()]


def still_empty(rows: Sequence[RowView]) -> str:
    """Why not one of `rows` was signed: whose notes wait for words."""
    names = join_words(one.student for one in empty_of(rows))
    return f"Nothing was signed yet. Write what happened in the session for {names}, then sign."


def still_unread(rows: Sequence[RowView], unread: Collection[str]) -> str:
    """Why not one of `rows` was signed: whose notes were not read as they stand now."""
    names = join_words(one.student for one in rows if one.id in unread)
    return f"Nothing was signed yet. Open and read the notes of {names}, then sign all."


def marked(rows: Sequence[RowView], refused: Mapping[str, str]) -> list[RowView]:
    """`rows`, those that kept the others from being signed with the word why."""
    return [replace(one, wanting=refused.get(one.id, "")) for one in rows]


def acts_of(sheet: NoteSheet, signable: int) -> list[ActView]:
    """The buttons beneath the open note; `signable`: how many notes of the list she may sign."""
    if Action.SUBMIT_NOTE in sheet.can:
        again = "Submit again" if sheet.returned else "Submit for co-signature"
        return [ActView(SUBMIT, again, True), ActView(SUBMIT_NEXT, "Submit and next", False)]
    if Action.SIGN_NOTE not in sheet.can:
        return []
    acts = [ActView(SIGN, "Sign", False), ActView(SIGN_NEXT, "Sign and next", True)]
    return [*acts, ActView(SIGN_ALL, f"Sign all {signable}", False)] if signable > 1 else acts


def following(rows: Sequence[RowView], entry: str) -> str:
    """The address of the next note to be written after `entry`, in the list's order and then from its start; "" when
    there is none."""
    place = next((n for n, one in enumerate(rows) if one.id == entry), -1)
    others = [*rows[place + 1 :], *rows[: max(place, 0)]]
    return next((one.href for one in others if one.status in ("Draft", "Returned")), "")
