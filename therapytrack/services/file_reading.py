"""What may be kept of a file that somebody sends: decided by reading it whole, never by its name or what it claims.

Pictures are drawn anew, so that nothing else that was in the file (where and with what it was taken, other data) stays.
A PDF is written anew from its living parts, and refused when one of them could act, or reach for something elsewhere.
It is read where nothing is lost when it is too much (`services.reading_apart`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

MOST_PIXELS = 40_000_000
MOST_OBJECTS = 200_000
DEEPEST = 60
TAKEN = "JPEG, PNG, PDF or plain text (UTF-8)"
NOT_TAKEN = f"Files of this kind are not taken. Choose {TAKEN}; save documents of Word or Excel as PDF first."
EMPTY = "This file is empty. Choose another one."
DAMAGED = "This file is damaged and cannot be read. Open it, save it again, then add it."
TOO_MANY_PIXELS = f"This picture has more than {MOST_PIXELS // 1_000_000} million pixels. Make it smaller, then add it."
LOCKED = "This PDF is locked with a password. Save it without one, then add it."
ACTIVE = "This PDF holds a script, a form that acts, a film, or another file. Print it to a new PDF, then add that one."
TOO_COMPLEX = "This PDF has too many parts to be checked. Print it to a new PDF, then add that one."
PICTURES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
# Text that a browser or a viewer would take for a page.
PAGES = ("<!doctype", "<html", "<head", "<body", "<script", "<svg", "<?xml", "<iframe")
SPACES = "\t\n\r\f"
# Keys, actions and things of a PDF that do something of their own, carry something, or have a viewer fetch something
# from elsewhere (ISO 32000-1: 7.3.8.2, 7.11, 8.10.4, 12.6.4, 12.7.8, 13).
ACTING_KEYS = frozenset(
    {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/AA", "/RichMediaContent"}
    | {"/UF", "/FFilter", "/Collection"}
)
ACTS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute"}
    | {"/GoToR", "/GoToE", "/Thread", "/Sound", "/Movie", "/GoTo3DView"}
)
LINKS = frozenset({"http", "https", "mailto", "tel"})
SCHEME = re.compile(r"[\s\x00-\x1f]*([a-z][a-z0-9+.-]*):")
CARRIED = frozenset({"/EmbeddedFile", "/FileAttachment", "/Filespec", "/RichMedia", "/Screen", "/3D"})


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What to keep, or in `problem` the sentence that says why nothing is kept."""

    media_type: str = ""
    data: bytes = b""
    problem: str = ""


def fetch_libraries() -> None:
    """Load what reads pictures and PDFs, so that a process that begins as a copy of this one has it."""
    import pikepdf  # noqa: F401
    from PIL import Image

    Image.preinit()


def read_file(data: bytes) -> ReadFile:
    """The kind of `data` and what is kept of it."""
    if not data:
        return ReadFile(problem=EMPTY)
    for start, form in PICTURES.items():
        if data.startswith(start):
            return _picture(data, form)
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    return _text(data)


def _picture(data: bytes, form: str) -> ReadFile:
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data), formats=(form,)) as image:
            if image.width * image.height > MOST_PIXELS:
                return ReadFile(problem=TOO_MANY_PIXELS)
            image.load()
            upright = ImageOps.exif_transpose(image)
    except Image.DecompressionBombError:
        return ReadFile(problem=TOO_MANY_PIXELS)
    except Exception:  # noqa: BLE001 - a decoder meets damage in many ways; the file is refused in all of them
        return ReadFile(problem=DAMAGED)
    drawn, out = upright.convert(_mode(upright, form)), BytesIO()
    drawn.info.clear()
    drawn.save(out, form, **({"quality": 90} if form == "JPEG" else {}))
    return ReadFile(Image.MIME[form], out.getvalue())


def _mode(image: Any, form: str) -> str:
    """The colors in which a picture is kept: gray, or red, green and blue, for PNG with what is transparent."""
    if image.mode in ("1", "L", "I", "I;16") and "transparency" not in image.info:
        return "L"
    return "RGBA" if form == "PNG" and image.has_transparency_data else "RGB"


def _pdf(data: bytes) -> ReadFile:
    import pikepdf

    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                return ReadFile(problem=LOCKED)
            if len(pdf.objects) > MOST_OBJECTS:
                return ReadFile(problem=TOO_COMPLEX)
            if not len(pdf.pages):
                return ReadFile(problem=DAMAGED)
            if any(_acts(one) for whole in (*pdf.objects, pdf.trailer) for one in _parts(whole)):
                return ReadFile(problem=ACTIVE)
            out = BytesIO()
            pdf.save(out)
    except pikepdf.PasswordError:
        return ReadFile(problem=LOCKED)
    except RecursionError:
        return ReadFile(problem=TOO_COMPLEX)
    except Exception:  # noqa: BLE001 - as for pictures
        return ReadFile(problem=DAMAGED)
    return ReadFile("application/pdf", out.getvalue())


def _parts(found: Any, depth: int = 0) -> Iterator[Any]:
    """A dictionary or stream and those that lie directly in it; what it refers to has its own turn."""
    import pikepdf

    if depth > DEEPEST:
        raise RecursionError
    if isinstance(found, pikepdf.Array):
        inside: list[Any] = list(found.as_list())
    elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        yield found
        inside = [found[key] for key in found.keys()]  # noqa: SIM118 - a stream has no iterator over its keys
    else:
        return
    for one in inside:
        if isinstance(one, pikepdf.Object) and not one.is_indirect:
            yield from _parts(one, depth + 1)


def _acts(part: Any) -> bool:
    """Whether a part of a PDF does, carries or fetches something by itself."""
    named = {str(part[key]) for key in ("/S", "/Type", "/Subtype") if key in part}
    if named & (ACTS | CARRIED) or ACTING_KEYS & set(part.keys()):
        return True
    return _leads_away(part.get("/F")) or _opens_with(part.get("/OpenAction")) or _links_to_act(part.get("/URI"))


def _leads_away(where: Any) -> bool:
    """Whether a value names another file: in a stream, that its bytes are there. Flags and fonts named F do not."""
    import pikepdf

    return isinstance(where, pikepdf.String) or (isinstance(where, pikepdf.Dictionary) and "/F" in where)


def _links_to_act(link: Any) -> bool:
    """Whether a link leads to anything but a page, a mailbox or a telephone, such as a file or a script."""
    import pikepdf

    words = str(link).strip().lower() if isinstance(link, pikepdf.String) else ""
    scheme = SCHEME.match(words)
    return words.startswith(("\\\\", "//")) or (scheme is not None and scheme[1] not in LINKS)


def _opens_with(act: Any) -> bool:
    """Whether opening the document does more than to show one of its places."""
    import pikepdf

    return isinstance(act, pikepdf.Dictionary) and str(act.get("/S")) not in ("/GoTo", "/Named")


def _text(data: bytes) -> ReadFile:
    try:
        words = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ReadFile(problem=NOT_TAKEN)
    if any((ord(one) < 32 and one not in SPACES) or one == "\x7f" for one in words):
        return ReadFile(problem=NOT_TAKEN)
    if words.lstrip().lower().startswith(PAGES) or "%PDF-" in words[:1024]:
        return ReadFile(problem=NOT_TAKEN)
    return ReadFile("text/plain", words.encode())
