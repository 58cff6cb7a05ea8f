"""What stands beside the points of the interactive chart: n and 95% intervals, or supported performance."""

from collections.abc import Sequence
from typing import Any

from therapytrack.domain.goal_chart import GoalChart, Mark
from therapytrack.domain.palette import Palette

FONT = "'Source Sans 3', system-ui, sans-serif"
SIZE = 13
ROOM_FOR_N = 18


def uncertainty(marks: Sequence[Mark | None], colors: Palette, *, counted: bool) -> dict[str, Any]:
    """What a trace has for the 95% interval of each point as a whisker and, when `counted`, its n beside it."""
    whiskers = {
        "array": [round(mark.high - mark.value, 1) if mark else 0 for mark in marks],
        "arrayminus": [round(mark.value - mark.low, 1) if mark else 0 for mark in marks],
        **_stem(colors, 3),
    }
    if not counted:
        return {"error_y": whiskers}
    return {
        "error_y": whiskers,
        "mode": "lines+markers+text",
        "text": [str(mark.n) if mark else "" for mark in marks],
        "textposition": "bottom right",
        "textfont": {"family": FONT, "size": SIZE - 1, "color": colors.muted},
    }


def support(chart: GoalChart, colors: Palette) -> dict[str, Any]:
    """Independence against supported performance: a triangle for the same trials with their cues counted, on a stem."""
    pairs = [(mark, mark.beside) for mark in chart.beside if mark.beside is not None]
    name = chart.beside_name
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [mark.on.isoformat() for mark, _ in pairs],
        "y": [round(beside, 1) for _, beside in pairs],
        "hovertemplate": f"<b>%{{y:.0f}}%</b> {name.lower()} · %{{x|%b %-d, %Y}}<extra></extra>",
        "cliponaxis": False,
        "error_y": {
            "array": [round(max(mark.value - beside, 0), 1) for mark, beside in pairs],
            "arrayminus": [round(max(beside - mark.value, 0), 1) for mark, beside in pairs],
            **_stem(colors, 0),
        },
        "marker": {
            "symbol": "triangle-up",
            "size": 9,
            "color": colors.surface,
            "line": {"color": colors.muted, "width": 1.6},
            "opacity": 1,
        },
    }


def _stem(colors: Palette, width: int) -> dict[str, Any]:
    return {"type": "data", "symmetric": False, "color": colors.muted, "thickness": 1, "width": width}
