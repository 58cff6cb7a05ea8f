"""A file that unfolds into more than a machine has, or never ends, is refused and takes nothing with it."""

import struct
import zlib
from io import BytesIO
from itertools import repeat
from pathlib import Path

import pikepdf
import psutil
import pytest

from therapytrack.services import reading_apart
from therapytrack.services.file_reading import DAMAGED, ReadFile
from therapytrack.services.reading_apart import TOO_MUCH, read_apart

MIB = 1024 * 1024


def unfolding(size: int) -> bytes:
    """A small PDF whose page tree lies in an object stream of so many bytes."""
    packed = zlib.compress(b"5 0 \n<</Canary 1>>" + b" " * size, 9)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R/More 5 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        b"<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed),
    ]
    out, rows = b"%PDF-1.5\n", struct.pack(">BIH", 0, 0, 65535)
    for number, part in enumerate(parts, start=1):
        rows += struct.pack(">BIH", 1, len(out), 0)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    rows += struct.pack(">BIH", 2, 4, 0) + struct.pack(">BIH", 1, len(out), 0)
    head = b"<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d>>" % len(rows)
    return out + b"6 0 obj\n%bstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (head, rows, len(out))


def unfolds(kept: ReadFile) -> bool:
    """Whether what lay in the object stream is in the file that is kept."""
    with pikepdf.open(BytesIO(kept.data)) as pdf:
        return isinstance(pdf.Root.get("/More"), pikepdf.Dictionary)


@pytest.fixture(params=["limited", "looked after"])
def held(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The reader is held to its memory by Linux, where this is Linux, or by the worker that waits for it."""
    if request.param == "looked after":
        monkeypatch.setattr(reading_apart, "MEASURED", tmp_path / "nothing")
        monkeypatch.setattr(reading_apart, "resident", lambda process: psutil.Process(process).memory_info().rss)


def test_the_system_is_asked_in_its_own_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not every Linux has a `ps`: here it is one that knows process 7 alone."""
    told = tmp_path / "ps"
    told.write_text('#!/bin/sh\nif [ "$*" = "-o rss= -p 7" ]; then echo "  2048"; else exit 1; fi\n')
    told.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert reading_apart.resident(7) == 2048 * 1024
    assert reading_apart.resident(8) == 0


@pytest.mark.usefixtures("held")
def test_it_answers_as_reading_does() -> None:
    assert read_apart(b"Words") == ReadFile("text/plain", b"Words")
    assert read_apart(b"%PDF-1.7\nnothing").problem == DAMAGED
    assert unfolds(read_apart(unfolding(0)))


# Linux alone refuses a library what is too much, so that it can go on without.
if reading_apart.MEASURED.exists():

    def test_a_pdf_that_unfolds_beyond_all_measure_is_never_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
        small = unfolding(256 * MIB)
        assert len(small) < MIB
        monkeypatch.setattr(reading_apart, "MOST_BYTES", 32 * MIB)
        kept = read_apart(small)
        assert not unfolds(kept)
        assert len(kept.data) < len(small)


def hoard(_: bytes) -> ReadFile:
    """Take 4 GB, a little at a time, and answer nevertheless."""
    return ReadFile("text/plain", str(len([b"x" * 4 * MIB for _ in range(1024)])).encode())


@pytest.mark.usefixtures("held")
def test_a_file_that_takes_all_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_apart, "MOST_BYTES", 64 * MIB)
    monkeypatch.setattr(reading_apart, "read_file", hoard)
    assert read_apart(b"x").problem == TOO_MUCH


@pytest.mark.usefixtures("held")
def test_a_file_that_never_ends_is_refused_even_inside_of_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_apart, "MOST_SECONDS", 1)
    monkeypatch.setattr(reading_apart, "read_file", lambda _: sum(repeat(1)))
    assert read_apart(b"x").problem == TOO_MUCH
