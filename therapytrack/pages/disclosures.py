"""Who has seen this child's file: the register of disclosures and the log of access, for one print."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button
from therapytrack.components.feedback import banner, error_panel, not_found_panel, skeleton_card
from therapytrack.components.forms import date_field, error_of, select_field, text_area, text_field
from therapytrack.components.islands import FocusInvalid, PrintButton
from therapytrack.components.layout import page_title, shell
from therapytrack.components.tables import cell, data_table, fold_row, scroll
from therapytrack.domain.disclosure_form import LONGEST_PARTY, LONGEST_PURPOSE, LONGEST_WHAT
from therapytrack.state.disclosures import DisclosuresState

Desk: Any = DisclosuresState
REGISTER = ["No.", "Date", "Given to", "Purpose", "What", "Recorded by"]


def _entry(one: Any) -> rx.Component:
    party = rx.cond(one.corrected, rx.el.s(one.party), rx.el.span(one.party))
    note = rx.cond(one.note != "", rx.el.span(one.note, class_name="sub-line"), rx.fragment())
    return fold_row(
        rx.el.th(one.number, scope="row", role="rowheader", class_name="num", custom_attrs={"data-label": "No."}),
        cell(one.day, class_name="nowrap"),
        cell(party, note, label="Given to", class_name="whole"),
        cell(one.purpose, label="Purpose", class_name="whole"),
        cell(one.what, label="What", class_name="note-text whole"),
        cell(one.by, label="Recorded by", class_name="whole"),
    )


def _access(one: Any) -> rx.Component:
    day = rx.el.th(one.day, scope="row", role="rowheader", class_name="nowrap")
    return fold_row(day, cell(one.who), cell(one.acts, class_name="whole"))


def _register() -> rx.Component:
    table = data_table("Disclosures, oldest first", REGISTER, rx.foreach(Desk.entries, _entry), folds=True)
    none = rx.el.p("Nothing of this record was disclosed outside the school.", class_name="pad-m t2")
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Register of disclosures"),
                rx.el.p("34 CFR 99.32 and 300.614. Kept as long as the record.", class_name="sub-line"),
            ),
            class_name="panel-h",
        ),
        rx.cond(Desk.entries.length() > 0, scroll(table, "Entries of the register"), none),
        class_name="card clip",
        aria_label="Register of disclosures",
    )


def _log() -> rx.Component:
    table = data_table(
        "Access inside, newest first", ["Day", "Who", "Did"], rx.foreach(Desk.access, _access), folds=True
    )
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Access by staff"),
                rx.el.p("Every act of people with a right to this record, by day.", class_name="sub-line"),
            ),
            class_name="panel-h",
        ),
        rx.cond(
            Desk.access.length() > 0,
            scroll(table, "Acts by day"),
            rx.el.p("Nobody has opened this record yet.", class_name="pad-m t2"),
        ),
        class_name="card clip dense",
        aria_label="Access by staff",
    )


def _form() -> rx.Component:
    errors = Desk.field_errors
    return rx.el.form(
        rx.el.h2("Enter a disclosure"),
        rx.el.input(type="hidden", name="entry_id", value=Desk.entry_id, read_only=True),
        FocusInvalid.create(errors=errors),
        rx.el.div(
            text_field("party", "Given to", error=error_of(errors, "party"), max_length=LONGEST_PARTY),
            text_field("purpose", "Purpose", error=error_of(errors, "purpose"), max_length=LONGEST_PURPOSE),
            date_field("disclosed_on", "Day", error=error_of(errors, "disclosed_on"), default_value=Desk.today),
            text_area("what", "What was disclosed", error=error_of(errors, "what"), max_length=LONGEST_WHAT),
            select_field(
                "corrects",
                "Puts right",
                Desk.choices,
                none="No earlier entry",
                error=error_of(errors, "corrects"),
                optional=True,
            ),
            class_name="fields",
        ),
        rx.el.div(button("Enter", "check", kind="pri", type="submit"), class_name="form-foot"),
        on_submit=Desk.save,
        key=Desk.entry_id,
        no_validate=True,
        class_name="card pad-m stack no-print",
        aria_label="Enter a disclosure",
    )


def _content() -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.el.p(Desk.about, class_name="t2"), _register(), _log(), class_name="stack"),
        _form(),
        class_name="split",
    )


def disclosures() -> rx.Component:
    """The page /students/ID/disclosures."""
    failed = (Desk.problem != "") & (Desk.student == "")
    loaded = rx.cond(failed, error_panel(Desk.problem, Desk.enter), _content())
    return shell(
        rx.cond(failed, rx.fragment(), banner(Desk.problem, "bad")),
        banner(Desk.said, "good"),
        rx.cond(
            Desk.ready,
            rx.cond(Desk.missing, not_found_panel(), loaded),
            skeleton_card(6),
        ),
        title=rx.cond(Desk.student != "", Desk.student, "Disclosures"),
        subtitle="Who has seen this file",
        actions=[PrintButton.create(rx.icon("printer", size=17, aria_hidden="true"), "Print", class_name="btn")],
        crumbs=[("Caseload", "/caseload"), ("Disclosures", "")],
    )


PAGE = {
    "route": "/students/[student_id]/disclosures",
    "title": page_title("Disclosures"),
    "on_load": Desk.enter,
}
