"""The goal chart as an SVG picture for print, PDF and mail: plain shapes, dash and marker as well as color."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from therapytrack.domain.chart_choice import Layer, beside_name
from therapytrack.domain.dates import MONTHS
from therapytrack.domain.goal_chart import GoalChart, PhaseBand
from therapytrack.domain.palette import DARK, LIGHT, PRINT, Palette
from therapytrack.domain.stroke_names import aim_place, earlier_place, hides_lines, stands_first
from therapytrack.domain.svg_frame import LEAST, Frame, Look
from therapytrack.domain.svg_marks import Sample, has_room_for_n, sample, segment_shapes, stroke_line
from therapytrack.domain.svg_parts import (
    FONT,
    SIZE,
    Anchor,
    Place,
    heads_above,
    in_rows,
    label,
    line,
    number,
    svg_element,
    width_of,
)
from therapytrack.domain.units import tick_text

ROOM_FOR_SAMPLE = 28
ROOM_ABOVE = 9  # that the name of a line takes, within the plot
LAST_ROW = 3  # below the words of the legend's last row
__all__ = ["DARK", "LIGHT", "PRINT", "Look", "Palette", "render_svg"]


def render_svg(
    chart: GoalChart,
    width: float = 760,
    height: float = 380,
    palette: Palette = PRINT,
    *,
    font: str = FONT,
    described: bool = True,
    layer: Layer = Layer.POINTS,
    look: Look = Look.WHOLE,
    keyed: bool = True,
) -> str:
    """Draw `chart` at `width` by `height` (at least 240 by 200, small ones 120 by 60) as one SVG element; a legend of
    more than two rows makes it higher.

    `described` adds the title, the alt text and (where each point is a shape) its words; a PDF carries alt text itself
    and leaves it out. `keyed`: the legend says what the marks of events mean; without, what it stands in says it.
    """
    least = LEAST[look is Look.SMALL]
    size = max(least[0], width), max(least[1], height)
    frame = Frame(chart, *size, palette, described, layer, look, keyed)
    legend = [] if frame.small else _placed(frame)
    below = max((y - frame.height + LAST_ROW for _, _, _, y in legend), default=0)
    lines = [stroke_line(frame, stroke) for stroke in chart.strokes]
    names = () if frame.small else _stroke_labels(frame)
    above = hides_lines(chart, (chart.x_start, chart.x_end))
    body = "".join(
        [
            *_bands(frame),
            *_grid(frame),
            *_events(frame),
            *_months(frame),
            *(() if above else [*lines, *names]),
            *(part for segment in chart.segments for part in segment_shapes(frame, segment)),
            *([*lines, *names] if above else ()),
            *_legend(frame, legend),
        ]
    )
    size = size[0], size[1] + max(0, below)
    return svg_element(size, body, palette.surface, font, (chart.title, chart.alt) if described else None)


def _bands(frame: Frame) -> Iterator[str]:
    """Baseline shade, phase lines and phase names, and the marks of what is dotted."""
    for band in frame.chart.bands:
        yield from _shade(frame, band)
    lines = [frame.x(band.start) for band in frame.chart.bands[1:]]
    colors = frame.colors.muted, frame.colors.text
    yield from heads_above(frame.heads, lines, (frame.top, frame.bottom), colors)


def _shade(frame: Frame, band: PhaseBand) -> Iterator[str]:
    left, right = frame.x(band.start), frame.x(band.end)
    if band.baseline and right > left:
        corner = f'x="{number(left)}" y="{number(frame.top)}"'
        box = f'{corner} width="{number(right - left)}" height="{number(frame.bottom - frame.top)}"'
        yield f'<rect {box} fill="{frame.colors.baseline}"/>'


def _events(frame: Frame) -> Iterator[str]:
    """Dotted lines that do not break the path."""
    for event in frame.chart.events:
        x = frame.x(event.on)
        yield line((x, frame.top), (x, frame.bottom), frame.colors.muted, 1.2, "2 4")


def _grid(frame: Frame) -> Iterator[str]:
    ticks = frame.chart.ticks
    for value in (ticks[0], ticks[-1]) if frame.small else ticks:
        y = frame.y(value)
        yield line((frame.left, y), (frame.right, y), frame.colors.grid, 1)
        yield label(frame.left - 6, y + 4, tick_text(frame.chart.metric, value), frame.colors.muted, "end")


def _months(frame: Frame) -> Iterator[str]:
    """A tick where each labeled month begins, its name in the middle, the year under the first and where it changes."""
    months = _months_between(frame.chart.x_start, frame.chart.x_end)
    room = (frame.right - frame.left) / len(months)
    every = next((step for step in (1, 2, 3, 6, 12) if step * room >= 30), 24)
    year = 0
    for month in months[::every]:
        left, right = frame.x(month), frame.x(month + timedelta(days=30))
        if month > frame.chart.x_start:
            yield line((left, frame.bottom), (left, frame.bottom + 5), frame.colors.muted, 1)
        if frame.small and left + 22 < frame.right and month > frame.chart.x_start:
            yield label(left, frame.bottom + 14, MONTHS[month.month - 1], frame.colors.muted)
        if frame.small or right - left < min(24, 0.8 * room):  # of a month at an edge, that is not all there
            continue
        middle = (left + right) / 2
        yield label(middle, frame.bottom + 17, MONTHS[month.month - 1], frame.colors.muted, "middle")
        if month.year != year:
            year = month.year
            yield label(middle, frame.bottom + 31, str(year), frame.colors.muted, "middle")


def _months_between(start: date, end: date) -> list[date]:
    first, last = start.year * 12 + start.month - 1, end.year * 12 + end.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1)]


def _stroke_labels(frame: Frame) -> Iterator[str]:
    """The criterion's name above its right end and the aim line's below its own; the other way round when it falls."""
    wanted, aim = frame.chart.criterion, frame.chart.aim
    falls = aim is not None and aim.end_value < aim.start_value
    yield from _earlier_labels(frame)
    y = frame.y(wanted.end_value)
    below = y < frame.top + ROOM_ABOVE or (falls and y < frame.bottom - 20)
    yield _criterion_label(frame, y + 14 if below else y - 5, above=not below)
    if aim:
        window, share = (frame.chart.x_start, frame.chart.x_end), width_of(aim.label) / (frame.right - frame.left)
        day, value = aim_place(frame.chart, aim, window, share, whiskers=frame.layer is Layer.INTERVALS)
        x, y = min(frame.x(day), frame.right - width_of(aim.label)), frame.y(value)
        yield _beside(frame, (x, y - 8 if falls else y + 18), aim.label, frame.colors.aim)


def _criterion_label(frame: Frame, y: float, *, above: bool) -> str:
    wanted, window = frame.chart.criterion, (frame.chart.x_start, frame.chart.x_end)
    share = width_of(wanted.label) / (frame.right - frame.left)
    if stands_first(frame.chart, window, share, above=above, whiskers=frame.layer is Layer.INTERVALS):
        return _beside(frame, (frame.x(wanted.start) + 4, y), wanted.label, frame.colors.criterion)
    return _beside(frame, (frame.right - 2, y), wanted.label, frame.colors.criterion, "end")


def _earlier_labels(frame: Frame) -> Iterator[str]:
    for stroke in frame.chart.earlier:
        left, right, wide = frame.x(stroke.start), frame.x(stroke.end), width_of(stroke.label)
        if not stroke.label or right - left <= wide:
            continue
        window = frame.chart.x_start, frame.chart.x_end
        first, above = earlier_place(frame.chart, stroke, window, wide / (frame.right - frame.left))
        y = frame.y(stroke.end_value) + (-5 if above else 14)
        anchor: Anchor = "start" if first else "end"
        at = left + 4 if first else right - 4, y
        yield _beside(frame, at, stroke.label, frame.colors.criterion, anchor)


def _beside(frame: Frame, at: Place, words: str, color: str, anchor: Anchor = "start") -> str:
    """The name of a line; on a ground of its own where it stands over many points."""
    (x, y), wide = at, width_of(words)
    named = label(x, y, words, color, anchor)
    if not hides_lines(frame.chart, (frame.chart.x_start, frame.chart.x_end)):
        return named
    corner = f'x="{number(x - wide if anchor == "end" else x)}" y="{number(y - SIZE + 1)}"'
    ground = f'width="{number(wide)}" height="{number(SIZE + 2)}" fill="{frame.colors.surface}"'
    return f'<rect {corner} {ground} fill-opacity="0.8"/>{named}'


def _samples(frame: Frame) -> list[tuple[str, Sample]]:
    """What the legend names: each series once (where there is one, a joined part of it), each stage that has a number
    in the place of its name, and each marked event."""
    samples: dict[str, Sample] = {segment.name: segment for segment in frame.chart.segments}
    samples |= {segment.name: segment for segment in frame.chart.segments if len(segment.marks) > 1}
    if frame.chart.trend:
        samples[frame.chart.trend.label] = frame.chart.trend
    if name := beside_name(frame.chart, frame.layer, counted=has_room_for_n(frame)):
        samples[name] = name
    events = frame.chart.events if frame.keyed else ()
    return [
        *samples.items(),
        *((one.name, one) for one in frame.heads.numbered),
        *((event.words, event) for event in events if event.mark),
    ]


def _placed(frame: Frame) -> list[tuple[str, Sample | None, float, float]]:
    """Each name under the axis and where its sample is."""
    edges = frame.left, frame.right
    return list(in_rows(_samples(frame), edges, frame.height - 18, (ROOM_FOR_SAMPLE, 12)))


def _legend(frame: Frame, placed: Iterable[tuple[str, Sample | None, float, float]]) -> Iterator[str]:
    for words, one, x, y in placed:
        if one is not None:
            yield from sample(frame, one, x, y - 4)
        yield label(x + ROOM_FOR_SAMPLE, y, words, frame.colors.text)
