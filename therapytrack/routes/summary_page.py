"""The student summary as an accessible page that prints well: headings, tables and a chart with its words."""

from html import escape

from therapytrack.domain.chart_svg import render_svg
from therapytrack.domain.goal_chart import ChartRow
from therapytrack.domain.student_summary import GoalSummary, StudentSummary

COLUMNS = ("Date", "Condition", "Trials", "Score", "95% interval", "Recorded by", "Note")
WITHOUT_INTERVAL = ("Date", "Condition", "Data", "Score", "Recorded by", "Note")
TOLD = ("Date", "Condition", "Narrative", "Recorded by", "Note")


def summary_body(summary: StudentSummary, pdf_href: str) -> str:
    """The page's HTML within <body>; `pdf_href` is the same summary as a file."""
    about = "".join(f"<div><dt>{_text(what)}</dt><dd>{_text(value)}</dd></div>" for what, value in summary.about)
    goals = "".join(_goal(goal) for goal in summary.goals) or "<p>No active goal is documented.</p>"
    return (
        f"{_tools(summary, pdf_href)}<main><header><p class='kind'>Progress summary</p>"
        f"<h1 dir='auto'>{_text(summary.student)}</h1><dl class='about'>{about}</dl></header>"
        f"<section><h2>Service</h2><p>{_text(summary.service_sentence)}</p></section>{goals}</main>"
        f"<footer>{_text(summary.workspace)} · {_text(summary.author)} · Confidential student record</footer>"
    )


def _text(words: str) -> str:
    return escape(words.replace("\0", ""))


def _tools(summary: StudentSummary, pdf_href: str) -> str:
    """The range as a form, and the file; not printed."""
    days = summary.range
    return (
        "<nav class='tools' aria-label='Summary'><form method='get'>"
        f"<label>From <input type='date' name='since' value='{days.since.isoformat()}'></label>"
        f"<label>To <input type='date' name='until' value='{days.until.isoformat()}'></label>"
        f"<button type='submit'>Show</button></form><a href='{escape(pdf_href)}'>Download as PDF</a>"
        "<span>Print with Ctrl-P, on a Mac with Cmd-P.</span></nav>"
    )


def _goal(goal: GoalSummary) -> str:
    facts = "".join(
        f"<div><dt>{_text(fact.title)}</dt><dd><b>{_text(fact.headline)}</b> {_text(fact.detail)}</dd></div>"
        for fact in goal.chart.facts
    )
    mastery = f"<p>Mastery: {_text(goal.mastery)}</p>" if goal.mastery else ""
    versions = f"<p>Later versions: {_text(goal.versions)}.</p>" if goal.versions else ""
    drawing = f"<figure>{render_svg(goal.chart, keyed=False)}<figcaption>{_text(goal.chart.alt)}</figcaption></figure>"
    return (
        f"<section class='goal'><h2 dir='auto'>Goal {goal.number}: {_text(goal.label)}</h2>"
        f"<p dir='auto'>{_text(goal.text)}</p><dl class='facts'>{facts}</dl>{mastery}{versions}"
        f"{drawing if goal.chart.segments else ''}<h3>Data points</h3>{_table(goal)}</section>"
    )


def _table(goal: GoalSummary) -> str:
    if not goal.rows:
        return "<p>No data points in this period.</p>"
    head = "".join(f"<th scope='col'>{name}</th>" for name in _columns(goal))
    body = "".join(_row(row, goal) for row in goal.rows)
    caption = f"<caption>Goal {goal.number}, newest first</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _columns(goal: GoalSummary) -> tuple[str, ...]:
    if goal.told:
        return TOLD
    return COLUMNS if goal.has_intervals else WITHOUT_INTERVAL


def _row(row: ChartRow, goal: GoalSummary) -> str:
    counts = () if goal.told else (row.trials,)
    interval = (row.interval,) if goal.has_intervals else ()
    cells = (row.condition, *counts, row.score, *interval, row.recorded_by, row.note_status)
    return f"<tr><th scope='row'>{row.date_text}</th>" + "".join(f"<td>{_text(cell)}</td>" for cell in cells) + "</tr>"
