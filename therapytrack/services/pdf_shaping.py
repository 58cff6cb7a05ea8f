"""How the library is brought to print words of any script: each part in its font, letters in the shapes that they have
beside each other, and lines in the direction in which they are read.

It imports the library, which takes a while: import it where a document is made.
"""

from collections.abc import Container, Iterator, Sequence
from functools import partial
from typing import Any

from fpdf import FPDF
from fpdf.enums import TextDirection
from fpdf.line_break import Fragment, TextLine

from therapytrack.services.pdf_pages import NUMBER_OF_PAGES, letters_of
from therapytrack.services.pdf_runs import LEFT_TO_RIGHT, direction, runs


class Told(Fragment):
    """Says beside its shapes which letters they are (PDF 32000-1, 14.9.4): shapes are drawn by their place, and one may
    stand for several letters.

    Not for what is read leftward, nor for signs beyond the first plane: what is said of those, readers turn around or
    leave out.
    """

    def render_pdf_text(self, *given: Any) -> str:
        """What draws the words."""
        drawn: str = super().render_pdf_text(*given)
        words = self.string
        if not drawn or self.fragment_direction == TextDirection.RTL or max(words) > "\uffff":
            return drawn
        return f"/Span <</ActualText <feff{words.encode('utf-16-be').hex()}>>> BDC {drawn} EMC"


class Shaped(FPDF):
    """A document without markup in its words."""

    def _preload_bidirectional_text(self, text: str, markdown: bool) -> Sequence[Fragment]:
        """Parts of `text` by the direction in which they are read."""
        shaping: Any = self.text_shaping
        shaping["direction"] = TextDirection[direction(text)]
        return super()._preload_bidirectional_text(text, markdown)

    def _parse_chars(self, text: str, markdown: bool, **_markup: Any) -> Iterator[Fragment]:
        """Parts of `text` by their font, in the style that is set."""
        text, known = text.replace(LEFT_TO_RIGHT, ""), letters_of(self)
        if NUMBER_OF_PAGES in text or all(ord(sign) in known for sign in text):
            return super()._parse_chars(text, markdown)
        return self._parts(text, {None: known} | {name: letters_of(self, name) for name in self._fallback_font_ids})

    def _parts(self, text: str, letters: dict[str | None, Container[int]]) -> Iterator[Fragment]:
        for font, clusters in runs(text, letters, partial(self.get_fallback_font, style=self.font_style)):
            state = self._get_current_graphics_state()
            if font:
                state.current_font = self.fonts[font]
            yield (Told if font else Fragment)(clusters, state, self.k)

    def _render_styled_text_line(self, text_line: TextLine, *given: Any, **further: Any) -> bool:
        """A line. In one with other fonts the family's is set for that line alone, which the library takes for all that
        follow."""
        broke = super()._render_styled_text_line(text_line, *given, **further)
        if any(part.font.fontkey in self._fallback_font_ids for part in text_line.fragments):
            self.current_font_is_set_on_page = False
        return broke
