"""A sealed file opens whole, here, and as what it was sealed as; after any change of it nothing opens."""

from pathlib import Path
from uuid import uuid4

import pytest

from therapytrack.adapters.sealed_files import SealedFiles
from therapytrack.adapters.sealing import CHUNK_BYTES, HEAD_BYTES, TAG_BYTES, Broken, rewrap, seal, unseal
from therapytrack.errors import Unavailable
from therapytrack.settings import get_settings

SECRET, BOUND = "s" * 32, b"a workspace/a student\na file\nfile"
STEP = CHUNK_BYTES + TAG_BYTES
THREE_CHUNKS = bytes(range(256)) * (CHUNK_BYTES // 128) + b"the end"


def opened(sealed: bytes, secrets: tuple[str, ...] = (SECRET,), bound: bytes = BOUND) -> bytes:
    return unseal(secrets, bound, sealed)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES])
def test_what_was_sealed_opens_whatever_its_size(size: int) -> None:
    data = (b"words" * (size // 5 + 1))[:size]
    sealed = seal(SECRET, BOUND, data)
    assert opened(sealed) == data
    assert len(sealed) == HEAD_BYTES + size + max(1, -(-size // CHUNK_BYTES)) * TAG_BYTES


def test_the_same_words_are_never_sealed_the_same_and_show_nowhere() -> None:
    one, other = seal(SECRET, BOUND, b"Canarygiven" * 9), seal(SECRET, BOUND, b"Canarygiven" * 9)
    assert one != other
    assert b"Canary" not in one


def test_a_flipped_bit_anywhere_opens_nothing() -> None:
    sealed = seal(SECRET, BOUND, THREE_CHUNKS)
    for place in (0, 5, 20, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + STEP - 1, HEAD_BYTES + STEP, len(sealed) - 1):
        with pytest.raises(Broken):
            opened(sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :])


def test_chunks_swapped_left_out_doubled_or_cut_off_open_nothing() -> None:
    sealed = seal(SECRET, BOUND, THREE_CHUNKS)
    head, body = sealed[:HEAD_BYTES], sealed[HEAD_BYTES:]
    one, two, three = body[:STEP], body[STEP : 2 * STEP], body[2 * STEP :]
    assert opened(head + one + two + three) == THREE_CHUNKS
    for wrong in (
        two + one + three, one + three, one + two, one, b"", one + two + three + three, one + one + two + three,
        one + two + three[:-1], three,
    ):  # fmt: skip
        with pytest.raises(Broken):
            opened(head + wrong)


def test_a_chunk_or_a_head_of_another_file_opens_nothing() -> None:
    mine, other = (seal(SECRET, BOUND, THREE_CHUNKS) for _ in range(2))
    with pytest.raises(Broken):
        opened(mine[:HEAD_BYTES] + other[HEAD_BYTES:])
    with pytest.raises(Broken):
        opened(mine[: HEAD_BYTES + STEP] + other[HEAD_BYTES + STEP :])
    for bound in (BOUND.replace(b"workspace", b"neighbour"), BOUND.replace(b"a file", b"b file"), b""):
        with pytest.raises(Broken):
            opened(mine, bound=bound)


def test_an_earlier_secret_still_opens_and_a_foreign_one_never() -> None:
    sealed = seal(SECRET, BOUND, b"words")
    assert opened(sealed, ("n" * 32, SECRET)) == b"words"
    for secrets in (("n" * 32,), ()):
        with pytest.raises(Broken):
            opened(sealed, secrets)


def test_a_file_copied_to_another_owner_name_or_id_opens_nowhere() -> None:
    store, mine, hers = SealedFiles(get_settings(), "attachments/a", "Ask."), uuid4(), uuid4()
    store.write(mine, "file", "w/one", b"words of one")
    store.write(hers, "file", "w/two", b"words of two")
    assert store.read(mine, "file", "w/one") == b"words of one"
    path = {one: store.folder / f"{one.hex}-file.sealed" for one in (mine, hers)}
    path[mine].write_bytes(path[hers].read_bytes())
    for owner in ("w/one", "w/two"):
        with pytest.raises(Unavailable, match="Ask"):
            store.read(mine, "file", owner)
    with pytest.raises(Unavailable):
        store.read(hers, "other", "w/two")


def test_a_full_disk_leaves_no_draft_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    store = SealedFiles(get_settings(), "attachments/a")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(Unavailable, match="disk full"):
        store.write(uuid4(), "file", "w/one", b"words")
    assert list(store.folder.iterdir()) == []


def test_a_key_that_is_wrapped_anew_opens_with_the_new_secret_alone() -> None:
    new, sealed = "n" * 32, seal(SECRET, BOUND, THREE_CHUNKS)
    head, body = sealed[:HEAD_BYTES], sealed[HEAD_BYTES:]
    anew = rewrap((new, SECRET), BOUND, head)
    assert opened(anew + body, (new,)) == THREE_CHUNKS
    with pytest.raises(Broken):
        opened(anew + body, (SECRET,))
    assert rewrap((new, SECRET), BOUND, anew) == anew, "once is enough"
    for secrets, bound, wrong in (
        ((new,), BOUND, head), ((new, SECRET), b"another", head), ((new, SECRET), BOUND, head[:-1]),
        ((new, SECRET), BOUND, b"TTS1" + head[4:]), ((new, SECRET), BOUND, head[:-1] + b"x"),
    ):  # fmt: skip
        with pytest.raises(Broken):
            rewrap(secrets, bound, wrong)
