"""Contrast of every pair of colours in use, computed from the tokens (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "assets" / "tokens.css").read_text()
GROUNDS = ("bg", "surface", "surface2")
TEXT = [
    *[(ink, ground) for ink in ("text", "text2") for ground in (*GROUNDS, "accent-soft")],
    *[("text3", ground) for ground in GROUNDS],
    *[("accent-text", ground) for ground in (*GROUNDS, "accent-soft")],
    *[(tone, ground) for tone in ("good", "warn", "bad", "info", "cue") for ground in ("surface", f"{tone}-soft")],
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
]
CONTROLS = [
    *[("border-strong", ground) for ground in ("bg", "surface")],
    *[("focus", ground) for ground in (*GROUNDS, "accent-soft")],
    *[("accent", ground) for ground in ("surface", "accent-soft")],
    *[(f"c{n}", "surface") for n in range(1, 6)],
    ("warn", "surface2"),
    ("text2", "surface2"),
]


def _tokens(selector: str) -> dict[str, str]:
    body = CSS.split(f"{selector} {{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", body))


def _luminance(color: str) -> float:
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_the_largest_contrast() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("theme", [":root", ".dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_words_can_be_read_on_their_ground(theme: str, ink: str, ground: str) -> None:
    tokens = _tokens(theme)
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", [":root", ".dark"])
@pytest.mark.parametrize(("ink", "ground"), CONTROLS)
def test_controls_and_marks_stand_out_from_their_ground(theme: str, ink: str, ground: str) -> None:
    tokens = _tokens(theme)
    assert contrast(tokens[ink], tokens[ground]) >= 3


def test_the_system_s_dark_scheme_and_the_class_have_the_same_colours() -> None:
    assert _tokens(":root:not(.light)") == _tokens(".dark")


def test_both_themes_define_the_same_tokens() -> None:
    assert _tokens(":root").keys() == _tokens(".dark").keys()
