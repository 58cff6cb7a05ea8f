"""Scripts that the family of the documents lacks (it has Latin with Vietnamese, Greek and Cyrillic), each with the font
that stands in."""

import re
from typing import Final, NamedTuple


class Script(NamedTuple):
    """A family of letters, the signs that it is there for, whether it has a bold (some have one weight
    alone), and how its files' names end."""

    family: str
    signs: re.Pattern[str]
    bold: bool = True
    ending: str = "ttf"

    def file(self, style: str = "") -> str:
        """What the font's file is called among those for PDFs; `style` is "" or "B"."""
        return f"{self.family.replace(' ', '')}-{'SemiBold' if style else 'Regular'}.{self.ending}"


SCRIPTS: Final = (
    Script("Noto Sans Arabic", re.compile("[\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")),
    Script("Noto Sans Hebrew", re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]")),
    Script("Noto Sans Devanagari", re.compile("[\u0900-\u097f\ua8e0-\ua8ff]")),
    Script("Noto Sans Bengali", re.compile("[\u0980-\u09ff]")),
    Script("Noto Sans Gurmukhi", re.compile("[\u0a00-\u0a7f]")),
    Script("Noto Sans Gujarati", re.compile("[\u0a80-\u0aff]")),
    Script("Noto Sans Tamil", re.compile("[\u0b80-\u0bff]")),
    Script("Noto Sans Telugu", re.compile("[\u0c00-\u0c7f]")),
    Script("Noto Sans Kannada", re.compile("[\u0c80-\u0cff]")),
    Script("Noto Sans Malayalam", re.compile("[\u0d00-\u0d7f]")),
    Script("Noto Sans Sinhala", re.compile("[\u0d80-\u0dff]")),
    Script("Noto Sans Thai", re.compile("[\u0e00-\u0e7f]")),
    Script("Noto Sans Lao", re.compile("[\u0e80-\u0eff]")),
    Script("Noto Sans Khmer", re.compile("[\u1780-\u17ff\u19e0-\u19ff]")),
    Script("Noto Sans Myanmar", re.compile("[\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f]")),
    Script("Noto Sans Georgian", re.compile("[\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2f]")),
    Script("Noto Sans Armenian", re.compile("[\u0530-\u058f\ufb13-\ufb17]")),
    Script("Noto Sans Ethiopic", re.compile("[\u1200-\u139f\u2d80-\u2ddf\uab00-\uab2f]")),
    Script("Noto Sans Cherokee", re.compile("[\u13a0-\u13ff\uab70-\uabbf]")),
    Script("Noto Sans Adlam", re.compile("[\U0001e900-\U0001e95f]")),
    Script("Noto Sans NKo", re.compile("[\u07c0-\u07ff]"), bold=False),
    Script("Noto Sans Tifinagh", re.compile("[\u2d30-\u2d7f]"), bold=False),
    Script("Noto Sans Mongolian", re.compile("[\u1800-\u18af]"), bold=False),
    Script("Noto Emoji", re.compile("[\u231a-\u23ff\u25aa-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"), bold=False),
)
CJK: Final = Script(
    "Noto Sans CJK",
    re.compile("[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"),
    bold=False,
    ending="otf",
)
