"""Several goals' charts under one another over the same days, as one SVG picture."""

from collections.abc import Sequence

from therapytrack.domain.chart_choice import Layer
from therapytrack.domain.chart_svg import Look, render_svg
from therapytrack.domain.goal_chart import GoalChart
from therapytrack.domain.palette import PRINT, Palette
from therapytrack.domain.svg_parts import label, number, size_of, svg_element

HEAD = 28
Panel = tuple[str, GoalChart, Layer]


def render_stack(panels: Sequence[Panel], width: float = 960, height: float = 340, palette: Palette = PRINT) -> str:
    """Draw each chart of `panels` (its name, the chart, what stands beside its points) at `width` by `height`, higher
    where a legend needs it."""
    body, y = "", 0.0
    for name, chart, layer in panels:
        drawn = render_svg(chart, width, height, palette, described=False, layer=layer, look=Look.DENSE)
        body += label(12, y + 20, name, palette.text, size=15)
        body += f'<g transform="translate(0 {number(y + HEAD)})">{drawn}</g>'
        y += HEAD + size_of(drawn)[1]
    words = " ".join(chart.alt for _, chart, _ in panels)
    return svg_element((width, max(y, HEAD)), body, palette.surface, words=("Goals compared", words))
