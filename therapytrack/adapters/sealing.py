"""The seal of a file: bytes that open for this installation alone, whole, and as nothing but what they were sealed as.

Each file has a key of its own, made at random, which is kept with it wrapped under a key of the installation's secret;
the secrets before it still open. What is sealed is cut into chunks of 1 MiB, each under AES-256-GCM (NIST SP 800-38D)
with what it belongs to, its number and whether it is the last one authenticated: a chunk that was changed, moved, left
out, or taken from another file opens nowhere.
"""

import os
import struct
from collections.abc import Sequence

from therapytrack.adapters.keys import hkdf

MAGIC = b"TTS2"
CHUNK_BYTES = 1024 * 1024
KEY_BYTES, NONCE_BYTES, TAG_BYTES = 32, 12, 16
WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES
HEAD_BYTES = len(MAGIC) + WRAPPED_BYTES


class Broken(Exception):
    """These bytes are not what was sealed under this name, or not for this installation."""


def seal(secret: str, bound: bytes, data: bytes) -> bytes:
    """`data` sealed under `secret` as the file that `bound` names."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = os.urandom(KEY_BYTES)
    parts = [_head(secret, bound, key)]
    cipher, view = AESGCM(key), memoryview(data)
    last = max(len(data) - 1, 0) // CHUNK_BYTES
    for number in range(last + 1):
        chunk = view[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES]
        parts.append(cipher.encrypt(_nonce(number), chunk, _about(bound, number, number == last)))
    return b"".join(parts)


def unseal(secrets: Sequence[str], bound: bytes, sealed: bytes) -> bytes:
    """What was sealed as the file that `bound` names, under one of `secrets`. Raises Broken."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    body = memoryview(sealed)[HEAD_BYTES:]
    if not sealed.startswith(MAGIC) or len(body) < TAG_BYTES:
        raise Broken
    cipher = AESGCM(_file_key(secrets, bound, sealed[len(MAGIC) : HEAD_BYTES]))
    step = CHUNK_BYTES + TAG_BYTES
    last = (len(body) - 1) // step
    try:
        return b"".join(
            cipher.decrypt(
                _nonce(number), body[number * step : (number + 1) * step], _about(bound, number, number == last)
            )
            for number in range(last + 1)
        )
    except (InvalidTag, ValueError) as error:
        raise Broken from error


def rewrap(secrets: Sequence[str], bound: bytes, head: bytes) -> bytes:
    """The head of a sealed file with its key wrapped under the first of `secrets`; `head` itself when it is already.

    What follows the head stays as it is. Raises Broken when none of `secrets` opens it.
    """
    if not head.startswith(MAGIC) or len(head) != HEAD_BYTES:
        raise Broken
    try:
        _file_key(secrets[:1], bound, head[len(MAGIC) :])
    except Broken:
        return _head(secrets[0], bound, _file_key(secrets[1:], bound, head[len(MAGIC) :]))
    return head


def _head(secret: str, bound: bytes, key: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    return MAGIC + nonce + AESGCM(_wrapping(secret)).encrypt(nonce, key, bound)


def _file_key(secrets: Sequence[str], bound: bytes, wrapped: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    for secret in secrets:
        try:
            return AESGCM(_wrapping(secret)).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound)
        except InvalidTag:
            continue
    raise Broken


def _wrapping(secret: str) -> bytes:
    return hkdf(secret.encode(), b"therapytrack sealed file", KEY_BYTES)


def _nonce(number: int) -> bytes:
    """A key seals one file only, so the chunk's number never comes twice under it."""
    return number.to_bytes(NONCE_BYTES, "big")


def _about(bound: bytes, number: int, is_last: bool) -> bytes:
    return bound + struct.pack(">Q?", number, is_last)
