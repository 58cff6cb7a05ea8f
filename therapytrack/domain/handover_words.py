"""What a handover or a substitution moves and what stays, as sentences with numbers."""

from collections.abc import Iterable, Mapping
from datetime import date

from therapytrack.domain.permission_words import day_words


def count_words(number: int, one: str, many: str = "") -> str:
    """ "1 note", "3 notes"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def moves(numbers: Mapping[str, int], to: str) -> list[str]:
    """What goes to `to`, one sentence each; nothing is said of what there is none of."""
    told = [
        (numbers["students"], f"{to} gets the same rights on {count_words(numbers['students'], 'student')}."),
        (numbers["managed"], f"{to} becomes case manager of {count_words(numbers['managed'], 'student')}."),
        (numbers["sessions"], f"{count_words(numbers['sessions'], 'planned session')} to lead."),
        (
            numbers["shared"],
            f"The notes in {count_words(numbers['shared'], 'planned session')} shared with other students.",
        ),
    ]
    return [sentence for number, sentence in told if number]


def stays(numbers: Mapping[str, int], of: str, until: str, today: date) -> list[str]:
    """What stays with `of` and why; `until`: the ISO day until which she keeps access to what is unfinished, or ""."""
    kept = numbers["kept"]
    last = f" until {day_words(date.fromisoformat(until), today)}" if until else ""
    time = f" {of} keeps access to {count_words(kept, 'student')}{last} for that." if kept else ""
    no_time = "" if kept else f" {of} has no access any more to do it."
    open_work = numbers["unsigned"] + numbers["before"] + numbers["to_cosign"]
    told = [
        (numbers["unsigned"], f"{count_words(numbers['unsigned'], 'unsigned note')}: only the author can sign."),
        (
            numbers["before"],
            f"{count_words(numbers['before'], 'session')} planned before then, to hold and to sign.",
        ),
        (numbers["to_cosign"], f"{count_words(numbers['to_cosign'], 'note')} of assistants to co-sign."),
        (open_work, (time or no_time).strip()),
        (numbers["drafts"], f"{count_words(numbers['drafts'], 'report draft')}: only the author opens a draft."),
        (
            numbers["unmanaged"],
            f"Case management of {count_words(numbers['unmanaged'], 'student')}: it takes a clinician or supervisor.",
        ),
        (
            numbers["archived"],
            f"Rights on {count_words(numbers['archived'], 'archived student')}: restore one to hand it over.",
        ),
        (
            numbers["elsewhere"],
            f"Rights on {count_words(numbers['elsewhere'], 'student')} whose access you do not govern: ask the owner.",
        ),
    ]
    return [sentence for number, sentence in told if number]


def losing_words(losing: Iterable[tuple[str, int]]) -> list[str]:
    """Whose edit leans on what ends: one sentence for each colleague."""
    return [
        f"{name} cannot edit for {count_words(students, 'student')} any more: that leaned on these rights."
        for name, students in losing
    ]


def substitute_words(numbers: Mapping[str, int], of: str, to: str) -> list[str]:
    """What a substitution gives, and where it gives nothing."""
    told = [
        (numbers["students"], f"{to} gets {of}'s rights on {count_words(numbers['students'], 'student')}."),
        (numbers["already"], f"{to} holds all of it already on {count_words(numbers['already'], 'student')}."),
        (numbers["without"], f"{of} holds nothing on {count_words(numbers['without'], 'student')} in that time."),
    ]
    return [sentence for number, sentence in told if number]
