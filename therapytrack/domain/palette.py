"""The colors of charts, told apart under three kinds of color blindness; never the only sign of anything."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Palette:
    """A chart's colors as #RRGGBB; `surface` is what lies behind, `baseline` the shade of the baseline phase."""

    surface: str
    text: str
    muted: str
    grid: str
    baseline: str
    probe: str
    practice: str
    trend: str
    aim: str
    criterion: str


# Names in the place of colors: one figure for every color mode; the browser puts in the colors of the mode in use.
NAMES = Palette(**{field.name: f"--{field.name}" for field in fields(Palette)})
# The page's own tokens, for drawings within it: one drawing follows the color mode and the paper.
SCREEN = Palette(
    surface="var(--surface)",
    text="var(--text)",
    muted="var(--text3)",
    grid="var(--border)",
    baseline="var(--surface2)",
    probe="var(--c1)",
    practice="var(--c3)",
    trend="var(--c2)",
    aim="var(--text3)",
    criterion="var(--good)",
)
LIGHT = Palette(
    surface="#FFFFFF",
    text="#14211F",
    muted="#5A6966",
    grid="#E4EAE8",
    baseline="#EFF0F0",
    probe="#0B6E99",
    practice="#601D28",
    trend="#DC4B2F",
    aim="#5A6966",
    criterion="#0F6B45",
)
DARK = Palette(
    surface="#151E1D",
    text="#E9F0EE",
    muted="#95A5A2",
    grid="#263331",
    baseline="#242E2D",
    probe="#5BB8E8",
    practice="#DCE4A8",
    trend="#F2935F",
    aim="#95A5A2",
    criterion="#5FD19A",
)
PRINT = Palette(
    surface="#FFFFFF",
    text="#000000",
    muted="#3F4644",
    grid="#D5DAD8",
    baseline="#F0F1F1",
    probe="#0B6E99",
    practice="#601D28",
    trend="#DC4B2F",
    aim="#3F4644",
    criterion="#0F6B45",
)
