"""One student's progress report: data, chart and code of each goal, the family's letter, signing and co-signing."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, file_button, link, segments
from therapytrack.components.feedback import banner, error_panel, not_found_panel, skeleton_card
from therapytrack.components.islands import FocusInvalid, for_record
from therapytrack.components.layout import page_style, page_title, shell
from therapytrack.components.note_field import SavedText, part
from therapytrack.components.note_parts import note_text
from therapytrack.components.report_panels import addenda_panel, answer_panel
from therapytrack.components.status import tag
from therapytrack.state.report import ReportState

State: Any = ReportState


def _caution(words: Any) -> rx.Component:
    return rx.el.li(tag("Look", "warn", "circle_alert"), rx.el.span(words), class_name="report-caution")


def _chart(one: Any) -> rx.Component:
    drawn = rx.el.div(rx.html(one.chart), role="img", aria_label=one.alt, class_name="report-chart")
    return rx.cond(one.chart != "", drawn, rx.fragment())


def _code(one: Any) -> rx.Component:
    """The code with its suggestion: one tap takes it, nothing takes itself."""
    key = "code-" + one.id
    use = rx.cond(
        (one.suggested != "") & (one.suggested != one.code),
        button(
            "Use " + one.suggested,
            "check",
            on_click=State.give_code(one.id, one.suggested),
            aria_label="Use " + one.suggested + " for " + one.label,
        ),
        rx.fragment(),
    )
    chosen = rx.el.select(
        rx.el.option("No code", value=""),
        rx.foreach(State.codes, lambda choice: rx.el.option(choice.words, value=choice.value)),
        id=key,
        value=one.code,
        on_change=lambda value: State.give_code(one.id, value),
        class_name="input",
        aria_invalid=rx.cond(one.error != "", "true", "false"),
        aria_describedby=key + "-why",
    )
    return rx.el.div(
        rx.el.div(rx.el.label("Code for " + one.label, html_for=key), chosen, class_name="field grow"),
        use,
        rx.el.p(one.reason, class_name="s13 t2 report-why", id=key + "-why"),
        rx.cond(one.error != "", rx.el.p(one.error, class_name="error report-why", role="alert"), rx.fragment()),
        class_name="report-code",
    )


def _family(one: Any) -> rx.Component:
    def field(name: str, lang: str, words: str, text: Any, version: Any, own: Any) -> rx.Component:
        record = one.id + ":" + name
        return rx.fragment(
            part(
                SavedText, record=record, label=words, text=text, version=version, lang=lang, rows=4,
                on_save=State.save_text, key=record + State.forms.to_string(),
            ),
            rx.cond(
                own,
                button("Use the made words", "undo_2", small=True, on_click=State.made_text(one.id, name)),
                rx.fragment(),
            ),
        )  # fmt: skip

    return rx.cond(
        State.spanish,
        field("family_es", "es", "For the family, in Spanish", one.family_es, one.family_es_version, one.own_es),
        field("family_en", "en", "For the family, in English", one.family_en, one.family_en_version, one.own_en),
    )


def _writing(one: Any) -> rx.Component:
    record = one.id + ":words"
    return rx.fragment(
        _code(one),
        part(
            SavedText,
            record=record,
            label="Your words",
            text=one.words,
            version=one.words_version,
            lang="en",
            rows=3,
            on_save=State.save_text,
            key=record,
        ),
        _family(one),
    )


def _reading(one: Any) -> rx.Component:
    words = rx.cond(
        State.spanish,
        rx.el.p(one.family_es, class_name="note-text", lang="es"),
        rx.el.p(one.family_en, class_name="note-text"),
    )
    return rx.fragment(
        rx.cond(one.code_words != "", rx.el.p("Progress: ", one.code_words, class_name="b"), rx.fragment()),
        rx.cond(one.words != "", note_text(one.words), rx.fragment()),
        rx.cond(
            one.family_en != "", rx.fragment(rx.el.h3("For the family", class_name="s13 t2"), words), rx.fragment()
        ),
    )


def _goal(one: Any) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(one.number, ": ", one.label), rx.el.p(one.text, class_name="sub-line"), class_name="grow"
            ),
            class_name="panel-h",
        ),
        rx.el.div(
            rx.el.div(
                _chart(one),
                rx.el.p(one.paragraph),
                rx.cond(
                    one.cautions.length() > 0,
                    rx.el.ul(rx.foreach(one.cautions, _caution), class_name="stack tight"),
                    rx.fragment(),
                ),
                class_name="stack",
            ),
            rx.el.div(rx.cond(State.report.write, _writing(one), _reading(one)), class_name="stack"),
            class_name="pad-l report-goal",
        ),
        class_name="card clip",
        aria_label=one.number,
        key=one.id,
    )


def _acts() -> rx.Component:
    """Signing: three words of screens.md; what cannot be done is not offered."""
    one = State.report
    sign = rx.fragment(
        rx.cond(
            one.export,
            button("Sign and export", "signature", kind="pri", on_click=State.sign("export")),
            button("Sign", "signature", kind="pri", on_click=State.sign("")),
        ),
        button("Sign and next", "chevron_right", on_click=State.sign("next")),
    )
    submit = rx.fragment(
        button("Submit", "signature", kind="pri", on_click=State.submit("")),
        button("Submit and next", "chevron_right", on_click=State.submit("next")),
    )
    return rx.el.div(
        rx.cond(one.sign, sign, rx.fragment()), rx.cond(one.submit, submit, rx.fragment()), class_name="row wrap"
    )


def _file(kind: str, words: str) -> rx.Component:
    return file_button(words, href=State.report.file_href + "?kind=" + kind, small=True)


def _files() -> rx.Component:
    offered = rx.el.div(
        _file("report", "Report"),
        _file("family-en", "Letter, English"),
        _file("family-es", "Letter, Spanish"),
        class_name="row wrap",
    )
    why = rx.el.p(State.report.no_export, class_name="s13 t2")
    return rx.cond(State.report.done, rx.cond(State.report.export, offered, why), rx.fragment())


def _waiting() -> rx.Component:
    return rx.el.p(
        link("Everything that waits for you to co-sign", href="/co-sign", class_name="link"),
        rx.el.span(" (", State.to_cosign, ")"),
        class_name="s13 pad-s",
    )


def _aside() -> rx.Component:
    one = State.report
    unverified = "A shipped default that nobody here has checked against its source yet."
    return rx.el.div(
        rx.el.section(
            rx.el.div(rx.el.h2("This report"), tag(one.state, one.tone), class_name="panel-h"),
            rx.el.div(
                rx.el.p(one.service),
                rx.el.p("Progress codes: ", one.code_set, class_name="s13 t2"),
                rx.cond(one.verified, rx.fragment(), rx.el.p(unverified, class_name="s13 t2")),
                rx.el.ul(rx.foreach(one.signed, lambda line: rx.el.li(line)), class_name="s13"),
                rx.cond(one.hint != "", rx.el.p(one.hint, class_name="s13 t2"), rx.fragment()),
                _files(),
                _acts(),
                class_name="pad-m stack tight",
            ),
            class_name="card clip",
            aria_label="This report",
        ),
        rx.cond(one.answer, answer_panel(), rx.fragment()),
        rx.cond(State.may_cosign & (State.to_cosign > 0), _waiting(), rx.fragment()),
        rx.cond(one.done, addenda_panel(), rx.fragment()),
        class_name="stack report-aside",
    )


def _language() -> rx.Component:
    def choice(words: str, *, spanish: bool) -> rx.Component:
        on = State.spanish if spanish else ~State.spanish
        pressed = rx.cond(on, "true", "false")
        return rx.el.button(words, type="button", on_click=State.show_language(spanish), aria_pressed=pressed)

    return segments(choice("English", spanish=False), choice("Spanish", spanish=True), label="The family's language")


def _content() -> rx.Component:
    one = State.report
    back = one.write & (one.comment != "")
    comment = rx.el.div(rx.el.p("Returned to you", class_name="b"), rx.el.p(one.comment), class_name="note-comment")
    none = rx.el.p("There is no goal to report on in this period.", class_name="card pad-l")
    return rx.el.div(
        FocusInvalid.create(errors=State.field_errors),
        banner(one.hidden),
        rx.cond(back, comment, rx.fragment()),
        rx.el.div(
            rx.el.div(
                rx.cond(State.goals.length() > 0, rx.foreach(State.goals, _goal), none),
                class_name="stack",
            ),
            _aside(),
            class_name="report",
        ),
        class_name="stack",
    )


def report() -> rx.Component:
    """The page /reports/PERIOD/STUDENT."""
    one = State.report
    waiting = rx.cond(State.ready & (State.problem != ""), error_panel(State.problem, State.retry), skeleton_card(6))
    shown = rx.cond(one.record != "", for_record(one.record, _content(), skeleton_card(6)), waiting)
    words = rx.el.span(one.period, ", ", one.days, ". Due ", one.due)
    found = shell(
        rx.cond(one.record != "", banner(State.problem, "bad"), rx.fragment()),
        banner(State.said, "good"),
        shown,
        active="reports",
        title=rx.cond(one.record != "", one.student, "Report"),
        subtitle=rx.cond(one.record != "", words, rx.fragment()),
        crumbs=[("Reports", "/reports"), (one.period, one.queue_href), ("Report", "")],
        actions=[_language(), link("Student", href=one.student_href, class_name="btn ghost")],
    )
    missing = shell(
        not_found_panel(), active="reports", title="Report", crumbs=[("Reports", "/reports"), ("Report", "")]
    )
    return rx.fragment(page_style("reports"), rx.cond(State.missing, missing, found))


PAGE = {
    "route": "/reports/[period_id]/[student_id]",
    "title": page_title("Report"),
    "on_load": ReportState.enter,
}
