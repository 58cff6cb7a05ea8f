"""The files of a student: the list, what can be done with each, and the way to add one."""

from typing import Any

import reflex as rx

from therapytrack.components.buttons import button, link
from therapytrack.components.feedback import empty_state
from therapytrack.components.icons import icon
from therapytrack.components.settings_parts import who_can
from therapytrack.domain.file_names import ENDINGS
from therapytrack.state.student import StudentState

State: Any = StudentState
MOST_BYTES = 25 * 1024 * 1024
TOO_LARGE = "This file is larger than 25 MB. Make it smaller or divide it, then add it."
HINT = (
    "JPEG, PNG, PDF or plain text, at most 25 MB. Save a document of Word or Excel as PDF first. A picture is stored "
    "without where and with what it was taken."
)
ACCEPT = ",".join([*ENDINGS, *(f".{one}" for endings in ENDINGS.values() for one in endings)])


class UploadForm(rx.Component):
    """A file that is sent to the plain HTTP route `action` as it is, with how far it is; `on_done` when it is there."""

    library = rx.asset("upload.jsx", shared=True).importable_path
    tag = "UploadForm"
    action: rx.Var[str]
    most: rx.Var[int]
    too_large: rx.Var[str]
    accept: rx.Var[str]
    hint: rx.Var[str]
    label: rx.Var[str]
    verb: rx.Var[str]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg, valid-type]


def _folder() -> Any:
    return rx.Var.create("/students/") + State.student.id + "/files"


def _download(one: Any) -> rx.Component:
    return link(
        icon("download", 17),
        "Download",
        href=_folder() + "/" + one.id,
        reload_document=True,
        class_name="btn",
        aria_label="Download " + one.name,
    )


def _file(one: Any) -> rx.Component:
    remove = button("Remove", kind="ghost", on_click=State.remove_file(one.id), aria_label="Remove " + one.name)
    back = button("Undo", "rotate_ccw", on_click=State.restore_file(one.id), aria_label="Undo " + one.name)
    there = rx.fragment(_download(one), rx.cond(State.files.may_add, remove, rx.fragment()))
    gone = rx.el.span("Removed. It can be brought back until ", one.removed, ".", class_name="sub-line")
    return rx.el.li(
        rx.el.div(
            rx.el.span(one.name, class_name="b file-name"),
            rx.el.span(one.kind, " · ", one.size, " · ", one.by, ", ", one.day, class_name="sub-line"),
            rx.cond(one.removed != "", gone, rx.fragment()),
            class_name="grow",
        ),
        rx.el.div(rx.cond(one.removed != "", back, there), class_name="row wrap"),
        key=one.id,
        class_name="wrap",
    )


def _add() -> rx.Component:
    form = UploadForm.create(
        action=_folder(),
        most=MOST_BYTES,
        too_large=TOO_LARGE,
        accept=ACCEPT,
        hint=HINT,
        label="File to add",
        verb="Add file",
        on_done=State.retry,
    )
    return rx.cond(State.files.may_add, form, rx.el.div(who_can(State.files.why_not), class_name="pad-m"))


def files_tab() -> rx.Component:
    """Every file with its kind, its size, who added it and when; below, the way to add one."""
    listed = rx.el.ul(rx.foreach(State.files.lines, _file), class_name="list", aria_label="Files of the student")
    nothing = empty_state("No files yet", "Reports from outside, work samples and letters can be kept here.")
    return rx.el.section(
        rx.el.div(rx.el.h2("Files", class_name="grow"), class_name="panel-h"),
        rx.cond(State.files.lines.length() > 0, listed, nothing),
        _add(),
        class_name="card clip",
        aria_label="Files",
    )
