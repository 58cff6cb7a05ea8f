"""Names of files as people gave them, made safe to show and to save under."""

import unicodedata
from urllib.parse import quote

LONGEST_NAME = 120
NAMELESS = "file"
# What each kind of file may end with; the first is added where a name ends otherwise.
ENDINGS = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt",),
}
KINDS = {"image/jpeg": "Picture", "image/png": "Picture", "application/pdf": "PDF", "text/plain": "Text"}
TAKEN_BY_SYSTEMS = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def clean_name(given: str, media_type: str) -> str:
    """The last part of `given` in NFC without controls, marks of direction and what no system can store, with an ending
    that tells what the file is."""
    last = given.replace("\\", "/").rpartition("/")[2]
    seen = "".join(" " if one.isspace() else one for one in unicodedata.normalize("NFC", last))
    kept = "".join(one for one in seen if not unicodedata.category(one).startswith("C"))
    words = " ".join(kept.translate(TAKEN_BY_SYSTEMS).split()).strip(". ")
    stem, dot, ending = words.rpartition(".")
    if not (dot and stem and ending.lower() in ENDINGS[media_type]):
        stem, ending = words, ENDINGS[media_type][0]
    return f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip('. ') or NAMELESS}.{ending.lower()}"


def attachment_header(name: str) -> str:
    """The Content-Disposition of a file that is saved as `name` (RFC 6266, RFC 8187)."""
    plain = "".join(one if one.isascii() and one.isprintable() and one not in '"\\%' else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def size_words(size: int) -> str:
    """The size of a file in words: "812 bytes", "24 KB", "3.1 MB", "1.2 GB"."""
    if size < 1024:
        return f"{size} byte{'s' * (size != 1)}"
    if size < 1024**2:
        return f"{size / 1024:.0f} KB"
    return f"{size / 1024**2:.1f} MB" if size < 1024**3 else f"{size / 1024**3:.1f} GB"
