"""The goal bank: search, use for a student, and for those who keep it add, change, retire, import."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, file_button, link_button
from therapytrack.components.feedback import banner, empty_state, error_panel, not_found_panel
from therapytrack.components.forms import error_of, http_form, select_field, text_area, text_field, tick_field
from therapytrack.components.islands import FocusInvalid
from therapytrack.components.layout import page_title, shell
from therapytrack.components.settings_parts import who_can
from therapytrack.components.skeletons import form_skeleton
from therapytrack.components.status import tag
from therapytrack.domain.goal_bank import GRADE_BANDS, LONGEST_AREA
from therapytrack.domain.goal_form import DIRECTIONS, LONGEST_LABEL, LONGEST_PART, MEASURES
from therapytrack.domain.goal_setup import INTERVAL_KINDS
from therapytrack.domain.measures import WITH_TARGETS, Measure
from therapytrack.domain.people import DISCIPLINES
from therapytrack.state.goal_bank import GoalBankState

State: Any = GoalBankState
KINDS = ".csv,.json,text/csv,application/json"
WAYS = [(one.value, words) for one, words in MEASURES.items()]
GRADES = {name: words for name, words in GRADE_BANDS.items() if name}
MEANING = (
    "Words in braces, such as {target} or {percent}, are asked for when a goal is used. A goal that was made from the "
    "bank stays as it is when the bank changes."
)


def _error(name: str) -> Any:
    return error_of(State.field_errors, name)


def _filter(name: str, label: str, options: Any, none: str, value: Any) -> rx.Component:
    more: dict[str, Any] = {"default_value": value, "aria_required": "false"}
    return select_field(name, label, options, none=none, span="c3", error="", **more)


def _search() -> rx.Component:
    asked = State.asked
    return rx.el.form(
        rx.el.input(type="hidden", name="find_student", value=asked.student, read_only=True),
        rx.el.div(
            text_field(
                "find_words", "Search", type="search", default_value=asked.words, error="", aria_required="false",
                span="c6",
                auto_complete="off", placeholder="conversation, typing, stairs",
            ),
            _filter("find_discipline", "Discipline", list(DISCIPLINES.items()), "Any", asked.discipline),
            _filter("find_area", "Area", State.areas, "Any", asked.area),
            _filter("find_grade", "Grades", list(GRADES.items()), "Any", asked.grade),
            _filter("find_measure", "Data", WAYS, "Any", asked.measure),
            rx.el.div(
                tick_field("find_retired", "Show retired goals", default_checked=asked.retired != ""),
                rx.el.div(
                    button("Search", "search", kind="pri", type="submit"),
                    link_button("Show all", href="/goal-bank", kind="ghost"),
                    class_name="row",
                ),
                class_name="row wrap c6",
            ),
            class_name="fields find",
        ),
        on_submit=State.look,
        class_name="card pad-l",
        key="search-" + asked.to_string(),
        role="search",
        aria_label="Goal bank",
        no_validate=True,
    )  # fmt: skip


def _use(one: Any) -> rx.Component:
    name = "Use " + one.label
    return rx.cond(
        one.use_href != "",
        link_button("Use", href=one.use_href, small=True, aria_label=name),
        button("Use for a student", small=True, on_click=State.use(one.id), aria_label=name + " for a student"),
    )


def _keep(one: Any) -> rx.Component:
    change = button("Change", kind="ghost", small=True, on_click=State.begin(one.id), aria_label="Change " + one.label)
    away = rx.cond(
        one.retired,
        button("Bring back", small=True, on_click=State.bring_back(one.id), aria_label="Bring back " + one.label),
        button("Retire", kind="ghost", small=True, on_click=State.retire(one.id), aria_label="Retire " + one.label),
    )
    return rx.fragment(change, away)


def _student_form(one: Any) -> rx.Component:
    """For which student, in the place of the goal's buttons."""
    nobody = rx.el.p(
        "There is no student for whom you may add a goal. Ask the student's case manager.", class_name="t2 s14"
    )
    form = rx.el.form(
        select_field("for_student", "Student", State.students, none="Choose", error=_error("for_student")),
        rx.el.div(
            button("Go on", kind="pri", small=True, type="submit"),
            button("Cancel", kind="ghost", small=True, on_click=State.use("")),
            class_name="row",
        ),
        on_submit=State.use_for,
        no_validate=True,
        class_name="stack",
        aria_label="Use " + one.label,
    )
    return rx.cond(State.students.length() > 0, form, nobody)


def _goal(one: Any) -> rx.Component:
    acts = rx.el.div(
        rx.cond(one.retired, rx.fragment(), _use(one)),
        rx.cond(State.why_not == "", _keep(one), rx.fragment()),
        class_name="row wrap",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.p(one.label, class_name="b"),
            rx.el.span(one.about, class_name="sub-line"),
            rx.el.p(one.condition, ", ", one.behavior, " ", one.criterion, ".", class_name="s14 sentence"),
            rx.el.span(one.measured, class_name="sub-line"),
            class_name="grow",
        ),
        rx.cond(one.retired, tag("Retired"), rx.fragment()),
        rx.cond(State.using.id == one.id, _student_form(one), acts),
        key=one.id,
        class_name="wrap",
    )


def _list() -> rx.Component:
    starters = button("Add the starter goals", "plus", kind="pri", on_click=State.add_starters)
    empty = empty_state(
        "The bank is empty",
        "Begin with a hundred starter goals for speech, occupational and physical therapy and counseling, or import.",
        rx.cond(State.why_not == "", starters, who_can(State.why_not)),
    )
    none = empty_state("No goal fits", "Take a word or a filter away.", link_button("Show all", href="/goal-bank"))
    turn = rx.el.div(
        rx.cond(State.newer != "", link_button("Before", href=State.newer, small=True), rx.fragment()),
        rx.cond(State.older != "", link_button("More", href=State.older, small=True), rx.fragment()),
        rx.el.span(State.shown, class_name="s13 t2 num"),
        class_name="row pad-m",
    )
    listed = rx.fragment(rx.el.ul(rx.foreach(State.goals, _goal), class_name="list t-invites"), turn)
    return rx.el.section(
        rx.el.div(
            rx.el.h2(rx.cond(State.student != "", "Goals for " + State.student, "Goals")),
            rx.el.span(State.total, rx.cond(State.total == 1, " goal", " goals"), class_name="t2 s13 grow"),
            class_name="panel-h",
        ),
        rx.cond(State.total > 0, listed, rx.cond(State.any_goals, none, empty)),
        class_name="card clip",
        aria_label="Goals",
    )


def _text(name: str, label: Any, span: str, *, optional: bool = False, **more: Any) -> rx.Component:
    return text_field(
        name, label, span=span, optional=optional, default_value=State.fields[name], error=_error(name), **more
    )


def _area(name: str, label: str, span: str, **more: Any) -> rx.Component:
    return text_area(
        name, label, span=span, default_value=State.fields[name], error=_error(name), max_length=LONGEST_PART, **more
    )


def _choice(name: str, label: str, options: Mapping[Any, str], span: str, **more: Any) -> rx.Component:
    choices = [(str(value), words) for value, words in options.items()]
    return select_field(name, label, choices, span=span, default_value=State.fields[name], error=_error(name), **more)


def _measures(*measures: Measure) -> Any:
    return reduce(or_, [State.measure == one.value for one in measures])


def _numbers() -> list[rx.Component]:
    setup: dict[str, Any] = {"rows": 5}
    interval = rx.fragment(
        _choice("interval_kind", "An interval counts", INTERVAL_KINDS, "c6"),
        _text("interval_seconds", "Seconds each", "c3", input_mode="numeric"),
        _text("interval_number", "Intervals", "c3", input_mode="numeric"),
    )
    metric = select_field(
        "metric", "What counts", State.metrics, span="c6", default_value=State.fields["metric"], error=_error("metric")
    )
    numeric: dict[str, Any] = {"input_mode": "numeric"}
    levels = _area(
        "levels", "Levels", "", hint="One a line, the lowest first: its name, a colon, what it means.", **setup
    )
    fewest = _text("min_opportunities", "Trials each, at least", "c3", optional=True, **numeric)
    return [
        _choice("measure", "Data", MEASURES, "c6", on_change=State.choose_measure),
        _choice("direction", "Direction", DIRECTIONS, "c6"),
        rx.cond(_measures(Measure.INTERVAL), interval, rx.fragment()),
        rx.cond(_measures(Measure.TASK), _area("steps", "Steps, one a line", "", **setup), rx.fragment()),
        rx.cond(_measures(Measure.RUBRIC), levels, rx.fragment()),
        rx.cond(State.metrics.length() > 0, metric, rx.fragment()),
        _text("target_value", State.target_label, "c3", input_mode="decimal"),
        _text("points_needed", "Points needed", "c3", **numeric),
        _text("points_out_of", "Out of", "c3", optional=True, placeholder="in a row", **numeric),
        rx.cond(_measures(*WITH_TARGETS), fewest, rx.fragment()),
        _text("people", "Different people", "c3", optional=True, **numeric),
        _text("settings", "Different settings", "c3", optional=True, **numeric),
        tick_field("probe_only", "Probes only", default_checked=State.fields["probe_only"] != ""),
    ]  # fmt: skip


def _form() -> rx.Component:
    changing = State.editing.id != ""
    any_of = {"": "Any"}
    return rx.el.form(
        rx.el.h2(rx.cond(changing, "Change " + State.editing.label, "Add a goal to the bank")),
        rx.el.p(MEANING, class_name="s13 t2"),
        rx.el.div(
            _text("label", "Short name", "c6", max_length=LONGEST_LABEL, auto_complete="off"),
            _text("area", "Area", "c6", optional=True, max_length=LONGEST_AREA, placeholder="Articulation"),
            _choice("discipline", "Discipline", any_of | DISCIPLINES, "c6"),
            _choice("grade_band", "Grades", GRADE_BANDS, "c6"),
            _area("condition", "Condition", "c4", placeholder="given pictures of {target} words"),
            _area("behavior", "Behavior", "c4", placeholder="say each word with {target}"),
            _area("criterion", "Criterion", "c4", placeholder="with {percent}% accuracy in 3 probes in a row"),
            *_numbers(),
            class_name="fields",
        ),
        rx.el.div(
            button(rx.cond(changing, "Save", "Add goal"), "check", kind="pri", type="submit"),
            button("Cancel", kind="ghost", on_click=State.close),
            class_name="form-foot",
        ),
        on_submit=State.save,
        class_name="card pad-l stack",
        key="bank-" + State.forms.to_string(),
        no_validate=True,
        aria_label="Goal of the bank",
    )


def _files() -> rx.Component:
    chosen = http_form(
        text_field(
            "file", "File of goals", type="file", accept=".csv,.json,text/csv,application/json", hint="At most 1 MB."
        ),
        rx.el.div(button("Import", "upload", type="submit"), class_name="form-foot"),
        action="/goal-bank/import",
        class_name="stack",
    )
    saved = rx.el.div(
        file_button("Save as CSV", href="/goal-bank.csv", small=True),
        file_button("Save as JSON", href="/goal-bank.json", small=True),
        class_name="row wrap",
    )
    words = rx.el.p(
        "A file of this or of another team's bank. A goal that is there already is left out; when anything in the file "
        "is wrong, nothing is imported and you are told the row and the column.",
        class_name="s13 t2",
    )
    return rx.el.section(
        rx.el.h2("Files"),
        saved,
        rx.cond(State.why_not == "", rx.fragment(words, chosen), who_can(State.why_not)),
        class_name="card pad-l stack",
        aria_label="Files",
    )


def goal_bank() -> rx.Component:
    """The page /goal-bank."""
    add = button("Add to the bank", "plus", on_click=State.begin(""))
    content = rx.el.div(
        banner(State.problem, "bad"),
        banner(State.done, "good"),
        FocusInvalid.create(errors=State.field_errors),
        rx.cond(State.open, _form(), rx.fragment()),
        _search(),
        _list(),
        _files(),
        class_name="stack",
    )
    waiting = rx.cond(State.ready & (State.problem != ""), error_panel(State.problem, State.retry), form_skeleton(4))
    shown = rx.cond(State.missing, not_found_panel(), rx.cond(State.loaded, content, waiting))
    return shell(
        shown,
        title="Goal bank",
        subtitle="Goals for any student, with the places to fill in",
        actions=[rx.cond(State.loaded & (State.why_not == ""), add, rx.fragment())],
        crumbs=[("Caseload", "/caseload"), ("Goal bank", "")],
    )


PAGE = {"route": "/goal-bank", "title": page_title("Goal bank"), "on_load": GoalBankState.enter}
