"""The lists of the notes page, as links with counts."""

from dataclasses import dataclass

from therapytrack.services.note_lists import NoteTab
from therapytrack.state.guard import current_actor

TAB_WORDS = {
    NoteTab.UNSIGNED: "Unsigned",
    NoteTab.RETURNED: "Returned",
    NoteTab.SUBMITTED: "Waiting",
    NoteTab.SIGNED: "Signed",
}
ASSISTANT_TABS = (NoteTab.RETURNED, NoteTab.SUBMITTED)


@dataclass(frozen=True, slots=True)
class TabView:
    """One of the page's lists."""

    name: str
    label: str
    count: int
    href: str
    current: bool


def tab_views(counts: dict[str, int], current: NoteTab) -> list[TabView]:
    """The lists that the signed-in person has; only assistants hand notes in."""
    actor = current_actor.get()
    assistant = actor is not None and actor.member.clinical == "assistant"
    shown = [one for one in NoteTab if assistant or one not in ASSISTANT_TABS]
    return [
        TabView(one, TAB_WORDS[one], 0 if one == NoteTab.SIGNED else counts[one], f"/notes?tab={one}", one == current)
        for one in shown
    ]
