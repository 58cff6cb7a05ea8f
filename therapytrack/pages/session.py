"""The live session: four students with three goals each in one view, one tap a trial."""

from typing import Any

import reflex as rx

from therapytrack.components import session_grid as grid
from therapytrack.components.buttons import button, link, link_button
from therapytrack.components.feedback import banner, error_panel, not_found_panel
from therapytrack.components.icons import icon
from therapytrack.components.keyboard import keys_layer
from therapytrack.components.layout import page_style, page_title
from therapytrack.components.session_times import closing_question, makes_up, minutes_opener, times_panel
from therapytrack.components.skeletons import session_skeleton
from therapytrack.components.standing import standing
from therapytrack.components.status import avatar
from therapytrack.domain.quick_phrases import QUICK_PHRASES
from therapytrack.state.session import SessionState

Sheet: Any = SessionState  # its attributes are the browser's variables, which types do not know

SCORED_BY_TWO = rx.Var.create(["trials", "tally", "task"])
KEYS = (
    ("1–8", "student"),
    ("Q W E", "goal 1"),
    ("A S D", "goal 2"),
    ("Z X C", "goal 3"),
    ("N P", "further goals"),
    ("T", "target"),
)


def _header() -> rx.Component:
    title = rx.el.div(
        rx.el.h1(rx.cond(Sheet.second, "Second scorer · ", ""), Sheet.title, class_name="trunc"),
        rx.el.p(
            Sheet.when,
            rx.cond(Sheet.place != "", " · " + Sheet.place, ""),
            rx.cond(Sheet.hit != "", " · " + Sheet.hit, ""),
            class_name="t2 s13 trunc",
        ),
        class_name="ttl grow",
    )
    co_scoring = link(
        icon("users", 18),
        href="/sessions/" + Sheet.sheet_id + "/agreement",
        class_name="icobtn",
        aria_label="Co-scoring",
        title="Co-scoring",
    )
    return rx.el.header(
        link(icon("arrow_left", 20), href="/today", class_name="icobtn", aria_label="Back to Today"),
        title,
        _first(co_scoring),
        grid.part(grid.PurposeSwitch),
        grid.part(grid.SaveState),
        grid.part(
            grid.SessionTimer,
            started_at=Sheet.started_at,
            finished=Sheet.finished_at,
            planned=Sheet.planned,
        ),
        _undo(),
        _finish(),
        class_name="sess-h",
    )


def _undo() -> rx.Component:
    return grid.part(grid.UndoButton, labels=Sheet.labels)


def _finish() -> rx.Component:
    start = button("Start session", kind="pri", on_click=Sheet.start)
    notes = link_button("Notes", "square_pen", kind="pri", href="/sessions/" + Sheet.sheet_id + "/notes")
    finish = grid.part(grid.FinishButton, label=rx.cond(Sheet.ends, "Finish", "Leave"), on_finish=Sheet.finish)
    running = rx.cond(Sheet.can_record, finish, rx.fragment())
    done = link_button("Done", kind="pri", href="/sessions/" + Sheet.sheet_id + "/agreement")
    return rx.cond(Sheet.second, done, rx.match(Sheet.status, ("planned", start), ("finished", notes), running))


def _attendance(kid: Any) -> rx.Component:
    return rx.el.select(
        rx.cond(kid.attendance == "planned", rx.el.option("Planned", value="planned"), rx.fragment()),
        rx.foreach(Sheet.codes, lambda code: rx.el.option(code.label, value=code.value)),
        value=kid.choice,
        on_change=lambda code: Sheet.choose_attendance(kid.entry, code),
        disabled=kid.fixed,
        aria_label="Attendance of " + kid.name,
        class_name=rx.cond(kid.missed, "chip att missed", "chip att"),
    )


def _minutes(kid: Any) -> rx.Component:
    def step(name: str, words: str, steps: int) -> rx.Component:
        return rx.el.button(
            icon(name, 14),
            type="button",
            class_name="step",
            aria_label=words + kid.name,
            disabled=kid.closed,
            on_click=Sheet.step_minutes(kid.entry, steps),
        )

    return rx.el.span(
        step("minus", "Fewer minutes for ", -1),
        minutes_opener(kid),
        step("plus", "More minutes for ", 1),
        class_name="mins",
    )


def _adults(*parts: rx.Component) -> rx.Component:
    """What is not drawn while a student holds the tablet."""
    return grid.part(grid.Adults, *parts)


def _first(part: rx.Component) -> rx.Component:
    """What only the person who runs the session has, not a second scorer."""
    return rx.cond(Sheet.second, rx.fragment(), part)


def _hand_over(kid: Any) -> rx.Component:
    return grid.part(grid.HandOver, entry=kid.entry, name=kid.name)


def _card_head(kid: Any) -> rx.Component:
    head = rx.el.div(
        avatar(kid.initials),
        rx.el.div(
            rx.el.h2(kid.name, class_name="trunc"),
            rx.el.div(
                rx.cond(kid.grade != "", rx.el.span(kid.grade), rx.fragment()),
                _first(rx.fragment(_minutes(kid), _hand_over(kid))),
                class_name="sub",
            ),
            class_name="grow",
        ),
        _first(_attendance(kid)),
        class_name="kid-h",
    )
    return _adults(head)


def _goal(kid: Any, goal: Any, index: Any) -> rx.Component:
    return grid.part(
        grid.GoalRow,
        key=goal.id,
        entry=kid.entry,
        goal=goal.id,
        name=goal.name,
        student=kid.name,
        index=index,
        measure=goal.measure,
        setup=goal.setup,
        targets=goal.targets,
        text=Sheet.texts[kid.entry + "|" + goal.id],
        on_text=Sheet.save_text,
        target=goal.target,
        last_practice=goal.last_practice,
        last_probe=goal.last_probe,
        levels=Sheet.levels,
        closed=kid.closed | (Sheet.second & ~SCORED_BY_TWO.contains(goal.measure)),
    )


def _no_goals() -> rx.Component:
    return rx.el.p("No active goals. Write a note, or add a goal on the student's page.", class_name="state s14 t2")


def _card(kid: Any) -> rx.Component:
    note = Sheet.notes[kid.entry]
    box = grid.part(
        grid.NoteBox,
        entry=kid.entry,
        student=kid.name,
        text=note.text,
        version=note.version,
        phrases=QUICK_PHRASES,
        read_only=note.read_only,
        why=note.why,
        on_save=Sheet.save_note,
    )
    return grid.part(
        grid.StudentCard,
        _card_head(kid),
        _adults(_first(rx.fragment(makes_up(kid), times_panel(kid)))),
        rx.foreach(kid.goals, lambda goal, index: _goal(kid, goal, index)),
        rx.cond(kid.goals.length() == 0, _no_goals(), rx.fragment()),
        _adults(_first(box)),
        key=kid.entry,
        entry=kid.entry,
        name=kid.name,
        missed=kid.missed,
    )


def _hints() -> rx.Component:
    shown = [rx.el.span(*[rx.el.kbd(key) for key in keys.split()], what) for keys, what in (*KEYS, ("Ctrl+Z", "undo"))]
    return rx.el.p(*shown, class_name="hint", aria_hidden="true")


def _sheet() -> rx.Component:
    name = rx.cond(Sheet.second, Sheet.sheet_id + "~2", Sheet.sheet_id)
    return grid.part(
        grid.SessionRoot,
        _adults(_header()),
        rx.el.main(
            _adults(
                grid.part(
                    grid.StudentTabs,
                    entries=Sheet.entries,
                    names=Sheet.first_names,
                    letters=Sheet.letters,
                ),
                grid.part(grid.Refusals, labels=Sheet.labels),
                banner(Sheet.problem, "bad"),
                banner(Sheet.said, "good"),
                banner(rx.cond(Sheet.status == "planned", Sheet.hit, ""), "warn"),
                closing_question(),
                grid.part(grid.Company),
            ),
            rx.el.div(rx.foreach(Sheet.kids, _card), class_name="sess-b"),
            id="main",
            class_name="sess-m",
        ),
        _adults(_hints(), rx.el.footer(_undo(), _finish(), class_name="sess-f")),
        grid.part(grid.SessionKeys, kids=Sheet.kids),
        key=name,
        session=name,
        owner=Sheet.owner,
        entries=Sheet.entries,
        stage=Sheet.status,
        levels=Sheet.levels,
        facts=Sheet.facts,
        on_stale=Sheet.look_again,
        class_name="sess",
    )


def session() -> rx.Component:
    """The page /sessions/ID."""
    missing = rx.el.main(rx.el.h1("Session", class_name="sr"), not_found_panel(), class_name="main")
    failed = rx.el.main(
        rx.el.h1("Session", class_name="sr"),
        error_panel(Sheet.problem, Sheet.enter),
        rx.el.p("Marks and text that are not saved yet are kept: they come back with the session.", class_name="t2"),
        id="main",
        class_name="main stack",
    )
    waiting = rx.cond(Sheet.ready & (Sheet.problem != ""), failed, session_skeleton())
    shown = rx.cond(Sheet.sheet_id != "", _sheet(), waiting)
    page = standing(SessionState, "sheet_id", rx.cond(Sheet.missing, missing, shown))
    return rx.fragment(page_style("session"), page, keys_layer("session"))


PAGE = {"route": "/sessions/[session_id]", "title": page_title("Session"), "on_load": Sheet.enter}
