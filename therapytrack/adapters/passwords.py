"""Passwords: hashing, checking and the rule for good ones, behind one module so that the library can be exchanged.

argon2id with at least 19,456 KiB, two passes, one lane (OWASP ASVS 5.0, appendix C), in a pool of two threads so
that many sign-ins at once neither stop other people's events nor take memory without bound.
"""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from passlib.context import CryptContext

R = TypeVar("R")
MIN_LENGTH, MAX_LENGTH, MIN_SCORE = 15, 128, 3
ZXCVBN_READS, MIN_UNRELATED = 72, 8
CONTEXT_WORDS = ("therapytrack", "therapy", "track", "school", "speech", "password")

_context = CryptContext(
    schemes=["argon2"], argon2__type="ID", argon2__memory_cost=19456, argon2__time_cost=2, argon2__parallelism=1
)
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")


def normalized(password: str) -> str:
    """The password as it is hashed: NFC, so that one typed on another keyboard is the same one."""
    return unicodedata.normalize("NFC", password)


def problem_with(password: str, *personal: str) -> str:
    """The sentence that says why `password` is refused, or an empty string. `personal`: name, e-mail, workspace.

    Length without composition rules, no truncation (NIST SP 800-63B-4); guessability by zxcvbn, offline.
    """
    text = normalized(password)
    if "\0" in text:
        return "Use characters that can be typed; this one holds an invisible character that ends it."
    if len(text) < MIN_LENGTH:
        return f"Use at least {MIN_LENGTH} characters. A few unrelated words make a good password."
    if len(text) > MAX_LENGTH:
        return f"Use at most {MAX_LENGTH} characters."
    words = [part for one in (*CONTEXT_WORDS, *personal) for part in {one.lower(), *one.lower().split()} if part]
    if _without(text, words) < MIN_UNRELATED:
        return "This is made of your name, email or workplace, which others know. Use a few unrelated words."
    return _guessed(text, words)


def _guessed(text: str, words: list[str]) -> str:
    """The sentence for a password that can be guessed, or an empty string."""
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # its lists take 12 MB: loaded when an account is made

    result = zxcvbn(text[:ZXCVBN_READS], user_inputs=words)
    if result["score"] < MIN_SCORE:
        warning = str(result["feedback"]["warning"] or "It follows a pattern that is quick to guess.")
        return f"This password would be guessed. {warning} Try a few unrelated words."
    return ""


def _without(text: str, words: list[str]) -> int:
    """How many letters and digits are left when the words that others know are taken out."""
    rest = text.casefold()
    for word in sorted(set(words), key=len, reverse=True):
        rest = rest.replace(word, " ") if len(word) > 2 else rest
    return sum(sign.isalnum() for sign in rest)


def hash_password(password: str) -> str:
    """An argon2id hash in PHC form. About 30 ms of one core: call it through `in_pool` from the event loop."""
    return str(_context.hash(normalized(password)))


def verify_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether `password` fits `stored`, and a new hash when the stored one is weaker than today's rule.

    With no `stored` hash the same work is done and the answer is no, so that the time does not tell who has an account.
    """
    text = normalized(password)[:4096].replace("\0", "\N{REPLACEMENT CHARACTER}")
    if stored is None:
        _context.verify(text, _decoy())
        return False, None
    ok, new_hash = _context.verify_and_update(text, stored)
    return bool(ok), new_hash


async def in_pool(function: Callable[..., R], *args: object) -> R:
    """Run one of the functions above on the two threads that passwords may use."""
    return await asyncio.get_running_loop().run_in_executor(_pool, lambda: function(*args))


@cache
def _decoy() -> str:
    return hash_password("a password that nobody has")
