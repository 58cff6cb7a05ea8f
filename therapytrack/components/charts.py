"""The interactive goal chart with its legend: loaded only on the page that shows it, and never moving the page."""

from dataclasses import asdict
from typing import Any

import reflex as rx
from reflex_base.vars.base import VarData
from reflex_base.vars.function import FunctionStringVar

from therapytrack.domain.chart_choice import WHISKERS, WHISKERS_WITH_N
from therapytrack.domain.palette import DARK, LIGHT, NAMES, Palette

LIBRARY = rx.asset("charts.jsx", shared=True).importable_path
READ: FunctionStringVar[Any] = FunctionStringVar.create("figureOf", _var_data=VarData(imports={LIBRARY: "figureOf"}))
CONFIG = {
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
    "showAxisDragHandles": False,
    "responsive": True,
}


class PngButton(rx.Component):
    """Saves the picture at `href` as a PNG named `file_name`; the browser makes it of the server's drawing."""

    library = LIBRARY
    tag = "PngButton"
    href: rx.Var[str]
    file_name: rx.Var[str]


class Turned(rx.Component):
    """Lays its figure out anew when the window becomes as narrow as a phone's, wider than one, or has most
    room."""

    library = LIBRARY
    tag = "Turned"


class PaperDrawing(rx.Component):
    """The chart as the server draws it for paper at `href`; a browser asks for it as it begins to print."""

    library = LIBRARY
    tag = "PaperDrawing"
    href: rx.Var[str]


PROBE, PRACTICE = ("var(--c1)", "circle"), ("var(--c3)", "square")
SAMPLES = {
    "Probe": (*PROBE, False),
    "Baseline probe": (*PROBE, True),
    "Practice": (*PRACTICE, False),
    "Baseline practice": (*PRACTICE, True),
}


def goal_plot(figure: Any, alt: Any) -> rx.Component:
    """The figure (JSON text with named colors) in those of the mode in use, in a box of fixed height; `alt` says it in
    words."""
    drawn = rx.color_mode_cond(light=_plot(figure, LIGHT), dark=_plot(figure, DARK))
    return rx.el.div(Turned.create(drawn), role="img", aria_label=alt, class_name="plot")


def _plot(figure: Any, palette: Palette) -> rx.Component:
    from plotly.graph_objs import Figure

    colors = dict(zip(asdict(NAMES).values(), asdict(palette).values(), strict=True))
    # No template: the figure brings every color, and Plotly's own two would add their weight to the page.
    return rx.plotly.basic(
        data=READ.call(figure, colors).to(Figure),
        template=None,
        config=CONFIG,
        style={"width": "100%", "height": "100%"},
    )


def chart_legend(names: Any, joined: Any) -> rx.Component:
    """A sample of each drawn series with its name; `joined`: the names of the series whose points a line joins."""
    items = rx.foreach(names, lambda name: _legend_item(name, joined))
    return rx.el.ul(items, class_name="legend", aria_label="Legend")


def stage_legend(stages: Any, upto: Any) -> rx.Component:
    """What the numbers above the plot mean, where they stand in the place of the stages' names: on phones alone, but
    where there is most room, or everywhere, as `upto` says."""
    shown = rx.match(upto, ("widest", "legend"), ("wide", "legend but-widest"), "legend for-narrow")
    items = rx.el.ul(rx.foreach(stages, lambda one: rx.el.li(one)), class_name=shown, aria_label="Stages")
    return rx.cond(stages.length() > 0, items, rx.fragment())


def _legend_item(name: Any, joined: Any) -> rx.Component:
    drawn = [(series, _sample(*look, joined.contains(series))) for series, look in SAMPLES.items()]
    beside = [
        (WHISKERS, _whisker()),
        (WHISKERS_WITH_N, _whisker()),
        ("With cues", _triangle()),
        ("Without cues", _triangle()),
    ]
    counted = [(f"{series}, none counted", _cross(look[0])) for series, look in SAMPLES.items()]
    return rx.el.li(rx.match(name, *drawn, *beside, *counted, _trend_sample()), name)


def _frame(*shapes: rx.Component) -> rx.Component:
    return rx.el.svg(*shapes, view_box="0 0 28 12", width="28", height="12", aria_hidden="true")


def _sample(color: str, marker: str, hollow: bool, joined: Any) -> rx.Component:
    look = {"fill": "var(--surface)" if hollow else color, "stroke": color, "stroke_width": "2"}
    dash = {"stroke_dasharray": "5 3"} if marker == "square" else {}
    line = rx.cond(joined, rx.el.path(d="M0 6H28", stroke=color, stroke_width="2", **dash), rx.fragment())
    if marker == "square":
        return _frame(line, rx.el.rect(x="10.5", y="2.5", width="7", height="7", **look))
    return _frame(line, rx.el.circle(cx="14", cy="6", r="4", **look))


def _whisker() -> rx.Component:
    return _frame(rx.el.path(d="M14 0V12M10 .5H18M10 11.5H18", stroke="var(--text3)", stroke_width="1.2"))


def _triangle() -> rx.Component:
    return _frame(rx.el.path(d="M14 2L19 11H9Z", fill="var(--surface)", stroke="var(--text3)", stroke_width="1.6"))


def _cross(color: str) -> rx.Component:
    return _frame(rx.el.path(d="M10 2L18 10M18 2L10 10", stroke=color, stroke_width="2"))


def _trend_sample() -> rx.Component:
    return _frame(rx.el.path(d="M0 6H28", stroke="var(--c2)", stroke_width="2.2", stroke_dasharray="2 3"))
