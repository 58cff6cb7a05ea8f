"""What the pages of progress reports show, as small frozen views."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from therapytrack.domain.dates import due_label, long_date, moment_line, span_words
from therapytrack.domain.palette import PRINT
from therapytrack.domain.report_content import GoalContent
from therapytrack.domain.word_diff import Piece
from therapytrack.services.report_contents import GoalDraft
from therapytrack.services.report_page import AddendumLine, ReportPage
from therapytrack.services.report_queue import QueueLine
from therapytrack.services.report_settings import PeriodLine

STATES = {
    "due": ("Due", ""),
    "draft": ("Draft", "info"),
    "returned": ("Returned", "bad"),
    "submitted": ("To co-sign", "cue"),
    "signed": ("Signed", "good"),
    "cosigned": ("Co-signed", "good"),
}
# The print's colors by the names that the screen has for them, light and dark.
ON_SCREEN = {
    PRINT.surface: "var(--surface)",
    PRINT.text: "var(--text)",
    PRINT.muted: "var(--text3)",
    PRINT.grid: "var(--border)",
    PRINT.baseline: "var(--surface2)",
    PRINT.probe: "var(--c1)",
    PRINT.practice: "var(--c3)",
    PRINT.trend: "var(--c2)",
    PRINT.criterion: "var(--good)",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a list, and its words."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class PeriodView:
    """A period among those to choose from."""

    id: str
    name: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class QueueView:
    """A student of the queue."""

    id: str
    name: str
    href: str
    state: str
    tone: str
    missing: str
    mine: bool
    answers: bool


@dataclass(frozen=True, slots=True)
class ReportGoalView:
    """One goal of a report. `family` is in the language that is shown; `own`: its words are the author's."""

    id: str = ""
    number: str = ""
    label: str = ""
    text: str = ""
    paragraph: str = ""
    cautions: tuple[str, ...] = ()
    chart: str = ""
    alt: str = ""
    code: str = ""
    code_words: str = ""
    suggested: str = ""
    reason: str = ""
    words: str = ""
    words_version: int = 1
    family_en: str = ""
    family_en_version: int = 1
    own_en: bool = False
    family_es: str = ""
    family_es_version: int = 1
    own_es: bool = False
    error: str = ""


@dataclass(frozen=True, slots=True)
class PieceView:
    """A run of a difference: "same", "deleted" or "inserted"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A part of a report that reads otherwise than when it was returned."""

    place: str
    pieces: tuple[PieceView, ...]


@dataclass(frozen=True, slots=True)
class AddendumView:
    """An addendum."""

    id: str
    line: str
    text: str
    state: str
    tone: str
    hash: str
    comment: str
    mine: bool
    answers: bool
    pieces: tuple[PieceView, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report; nothing while `record` is empty. `record` is its place, PERIOD/STUDENT, as in the address."""

    record: str = ""
    student: str = ""
    student_href: str = ""
    queue_href: str = ""
    file_href: str = ""
    period: str = ""
    days: str = ""
    due: str = ""
    state: str = ""
    tone: str = ""
    author: str = ""
    service: str = ""
    code_set: str = ""
    verified: bool = False
    sealed: bool = False
    done: bool = False
    hash: str = ""
    hidden: str = ""
    hint: str = ""
    comment: str = ""
    changes: tuple[ChangeView, ...] = ()
    write: bool = False
    sign: bool = False
    submit: bool = False
    answer: bool = False
    add: bool = False
    export: bool = False
    no_export: str = ""
    signed: tuple[str, ...] = ()


def period_view(one: PeriodLine, shown: PeriodLine | None) -> PeriodView:
    """A period to choose."""
    return PeriodView(str(one.id), one.name, f"/reports?period={one.id}", bool(shown and shown.id == one.id))


def days_line(period: PeriodLine, today: date) -> str:
    """The period's days and when its reports are due."""
    due, _ = due_label(period.due_on, today)
    return f"{span_words(period.first_on, period.last_on)}; due {long_date(period.due_on)} ({due})"


def queue_view(one: QueueLine, period: PeriodLine) -> QueueView:
    """A student's line."""
    words, tone = STATES[one.state]
    href = f"/reports/{period.id}/{one.student_id}"
    return QueueView(str(one.student_id), one.name, href, words, tone, one.missing, one.mine, one.answers)


def tally_line(lines: list[QueueLine]) -> str:
    """How many stand where: "12 due, 3 drafts, 1 returned, 2 to co-sign, 40 signed", without the noughts."""
    states = Counter("signed" if one.state == "cosigned" else one.state for one in lines)
    drafts = states["draft"]
    words = {"due": "due", "draft": "draft" if drafts == 1 else "drafts", "returned": "returned"}
    words |= {"submitted": "to co-sign", "signed": "signed"}
    return ", ".join(f"{states[state]} {said}" for state, said in words.items() if states[state])


def report_view(page: ReportPage, zone: ZoneInfo) -> ReportView:
    """The head of a report."""
    words, tone = STATES[page.status]
    period, rights = page.period, page.rights
    record = f"{period.id}/{page.student_id}"
    sealed = not page.drafts and page.status in ("submitted", "signed", "cosigned")
    return ReportView(
        record=record,
        student=page.student_name,
        student_href=f"/students/{page.student_id}",
        queue_href=f"/reports?period={period.id}",
        file_href=f"/reports/{record}/report.pdf",
        period=period.name,
        days=span_words(period.first_on, period.last_on),
        due=long_date(period.due_on),
        state=words,
        tone=tone,
        author=page.content.author,
        service=page.content.service,
        code_set=page.content.code_set,
        verified=page.verified,
        sealed=sealed,
        done=page.status in ("signed", "cosigned"),
        hash=page.hash,
        hidden=page.hidden,
        hint=page.hint,
        comment=page.comment,
        changes=tuple(ChangeView(one.place, piece_views(one.pieces)) for one in page.changes),
        write=rights.write,
        sign=rights.sign,
        submit=rights.submit,
        answer=rights.answer,
        add=rights.add,
        export=rights.export,
        no_export=rights.why_not_export,
        signed=tuple(f"{what}, {moment_line(at.astimezone(zone))}" for what, at in page.signed),
    )


def goal_view(content: GoalContent, draft: GoalDraft | None, errors: dict[str, str]) -> ReportGoalView:
    """One goal, with its suggestion while the report is written."""
    words, english, spanish = draft.versions if draft else (1, 1, 1)
    own = draft.own if draft else ()
    return ReportGoalView(
        id=content.goal_id,
        number=f"Goal {content.number}",
        label=content.label,
        text=content.text,
        paragraph=content.paragraph,
        cautions=content.cautions,
        chart=on_screen(content.chart),
        alt=content.alt,
        code=content.code,
        code_words=content.code_words,
        suggested=draft.suggestion.code if draft else "",
        reason=draft.suggestion.reason if draft else "",
        words=content.words,
        words_version=words,
        family_en=content.family_en,
        family_en_version=english,
        own_en="family_en" in own,
        family_es=content.family_es,
        family_es_version=spanish,
        own_es="family_es" in own,
        error=errors.get(f"goal:{content.goal_id}", ""),
    )


def addendum_view(one: AddendumLine, zone: ZoneInfo) -> AddendumView:
    """An addendum."""
    words, tone = STATES[one.status]
    line = f"{one.author}, {moment_line(one.made_at.astimezone(zone))}"
    return AddendumView(
        id=str(one.id),
        line=line,
        text=one.text,
        state=words,
        tone=tone,
        hash=one.hash,
        comment=one.comment,
        mine=one.mine,
        answers=one.answers,
        pieces=piece_views(one.pieces),
    )


def piece_views(pieces: Iterable[Piece]) -> tuple[PieceView, ...]:
    """A difference in pieces."""
    return tuple(PieceView(one.kind, one.text) for one in pieces)


def on_screen(drawing: str) -> str:
    """A print's drawing in the colors of the screen's mode; its words stand beside it."""
    found = re.sub("#[0-9A-F]{6}", lambda match: ON_SCREEN.get(match[0], match[0]), drawing)
    found = re.sub(r'width="[\d.]+" height="[\d.]+" viewBox', "viewBox", found, count=1)
    return found.replace('role="img"', 'aria-hidden="true"', 1)
