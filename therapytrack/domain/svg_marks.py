"""The points of a drawn chart with what stands beside them, and the samples of its legend."""

from collections.abc import Iterator, Sequence

from therapytrack.domain.accuracy import Purpose
from therapytrack.domain.chart_choice import Layer
from therapytrack.domain.chart_heads import Numbered
from therapytrack.domain.goal_chart import Event, Mark, Segment, Stroke
from therapytrack.domain.palette import Palette
from therapytrack.domain.svg_frame import Frame, Look
from therapytrack.domain.svg_parts import Place, clean, dots, label, line, number, path, square

MARK_RADIUS, SMALLER = 4, 2.6  # the second where points are many
RIM = 1.6
DASHES = {"criterion": "", "aim": "6 5", "trend": "2 3"}
WIDTHS = {"criterion": 1.6, "aim": 1.6, "trend": 2.2}
ROOM_FOR_N, SIZE_OF_N = 13, 10
Sample = Segment | Stroke | Event | Numbered | str


def has_room_for_n(frame: Frame) -> bool:
    """Whether the number of trials fits between all points, also between those of one day."""
    across, up = frame.apart
    return across >= ROOM_FOR_N and up >= SIZE_OF_N


def stroke_line(frame: Frame, stroke: Stroke) -> str:
    """A criterion, an aim line or a trend."""
    start = (frame.x(stroke.start), frame.y(stroke.start_value))
    end = (frame.x(stroke.end), frame.y(stroke.end_value))
    return line(start, end, _color(frame.colors, stroke), WIDTHS[stroke.role], DASHES[stroke.role])


def segment_shapes(frame: Frame, segment: Segment) -> Iterator[str]:
    """The unbroken path of a segment, its points, and what stands beside them."""
    places = [(frame.x(mark.on), frame.y(mark.value)) for mark in segment.marks]
    if len(places) > 1:
        drawn = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in places)
        yield path(drawn, series_color(frame.colors, segment), 1.8, _series_dash(segment))
    if frame.layer is not Layer.POINTS:
        for mark, (x, _) in zip(segment.marks, places, strict=True):
            yield from _beside(frame, mark, x)
        yield from _counts(frame, segment)
    if frame.look is not Look.WHOLE:
        yield from _dense(frame, segment, places)
        return
    for mark, place in zip(segment.marks, places, strict=True):
        yield _marker(frame, segment, place, mark)


def sample(frame: Frame, what: Sample, x: float, y: float) -> Iterator[str]:
    """How a series looks, for the legend: `what` is a segment of it, where there is one a joined one."""
    if isinstance(what, Numbered):
        yield label(x + 11, y + 4, what.mark, frame.colors.text, "middle")
        return
    if isinstance(what, Event):
        yield line((x + 2, y - 6), (x + 2, y + 6), frame.colors.muted, 1.2, "2 4")
        yield label(x + 8, y + 4, what.mark, frame.colors.text)
        return
    if isinstance(what, str):
        muted, middle = frame.colors.muted, x + 11
        whisker = path(f"M{number(middle)} {number(y - 6)}v12m-3 0h6m0 -12h-6", muted, 0.8)
        yield _triangle(frame, middle, y) if frame.layer is Layer.SUPPORT else whisker
        return
    if isinstance(what, Stroke):
        yield line((x, y), (x + 22, y), _color(frame.colors, what), WIDTHS[what.role], DASHES[what.role])
        return
    if len(what.marks) > 1:
        yield line((x, y), (x + 22, y), series_color(frame.colors, what), 1.8, _series_dash(what))
    yield _marker(frame, what, (x + 11, y))


def series_color(colors: Palette, segment: Segment) -> str:
    """Probe and practice apart."""
    return colors.probe if segment.purpose is Purpose.PROBE else colors.practice


def _color(colors: Palette, stroke: Stroke) -> str:
    return {"criterion": colors.criterion, "aim": colors.aim, "trend": colors.trend}[stroke.role]


def _series_dash(segment: Segment) -> str:
    return "" if segment.purpose is Purpose.PROBE else "4 2"


def _beside(frame: Frame, mark: Mark, x: float) -> Iterator[str]:
    """A whisker for the 95% interval, or a stem to the same trials with their cues counted."""
    muted = frame.colors.muted
    if frame.layer is Layer.INTERVALS and mark.low < mark.high:
        low, high = frame.y(mark.low), frame.y(mark.high)
        yield path(f"M{number(x - 3)} {number(low)}h6m-3 0V{number(high)}m-3 0h6", muted, 0.8)
    elif frame.layer is Layer.SUPPORT and mark.beside is not None:
        y = frame.y(mark.beside)
        yield line((x, frame.y(mark.value)), (x, y), muted, 0.8)
        yield _triangle(frame, x, y)


def _counts(frame: Frame, segment: Segment) -> Iterator[str]:
    """The n beneath each interval, or above it at the foot of the plot, where there is room between all points."""
    if frame.layer is not Layer.INTERVALS or not has_room_for_n(frame):
        return
    for mark in segment.marks:
        if mark.low < mark.high:
            beneath = frame.y(mark.low) + SIZE_OF_N
            y = beneath if beneath < frame.bottom else frame.y(mark.high) - 3
            yield label(frame.x(mark.on), y, str(mark.n), frame.colors.muted, "middle", size=SIZE_OF_N)


def _dense(frame: Frame, segment: Segment, places: Sequence[Place]) -> Iterator[str]:
    """The same markers in one path, or in two where they are hollow."""
    probe = segment.purpose is Purpose.PROBE
    radius = MARK_RADIUS * 0.6 if frame.small else _radius(frame)
    yield dots(places, series_color(frame.colors, segment), 2 * radius + RIM, round_ones=probe)
    if segment.baseline:
        yield dots(places, frame.colors.surface, 2 * radius - RIM, round_ones=probe)


def _triangle(frame: Frame, x: float, y: float) -> str:
    drawn = f"M{number(x)} {number(y - 5)}L{number(x + 5)} {number(y + 4)}L{number(x - 5)} {number(y + 4)}Z"
    return f'<path d="{drawn}" fill="{frame.colors.surface}" stroke="{frame.colors.muted}" stroke-width="1.4"/>'


def _radius(frame: Frame) -> float:
    return SMALLER if frame.many else MARK_RADIUS


def _marker(frame: Frame, segment: Segment, place: Place, mark: Mark | None = None) -> str:
    """A circle for a probe, a square for practice; hollow in baseline. `mark` gives the words shown on pointing."""
    color, radius = series_color(frame.colors, segment), _radius(frame)
    fill = frame.colors.surface if segment.baseline else color
    look = f'fill="{fill}" stroke="{color}" stroke-width="{RIM}"'
    words = f"<title>{clean(mark.label)}</title>" if mark and frame.described else ""
    x, y = place
    if segment.purpose is Purpose.PROBE:
        return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" {look}>{words}</circle>'
    return square(place, radius, look, words)
