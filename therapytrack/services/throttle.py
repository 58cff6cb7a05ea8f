"""Slowing down password guessing and mass sign-up: counters in the database, which every process of the server shares.

Three subjects count failures: the account, the network that the attempt came from, and the whole site. From the fifth
failure on an account each further attempt waits twice as long as the one before; at the hundredth it stops until the
window has passed (NIST SP 800-63B-4: at most 100 failed tries). A browser that has signed in to the account before has
a counter of its own, so that a stranger cannot lock its owner out. Sign-ups are counted by network and for the whole
site, never by address: the answer must not tell who has an account. So are requests for a new password; letters with
its link are counted by address, in silence.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import case, delete, select
from sqlmodel import Session, col

from therapytrack.models import SignInThrottle, new_id
from therapytrack.services.dialects import dialect_of, upsert

WINDOW = timedelta(hours=24)
NETWORK_WINDOW = timedelta(minutes=15)
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """How one subject is slowed: free failures before waiting starts, failures at which it stops, and its window."""

    free: int
    stop: int
    window: timedelta


ACCOUNT = Limit(free=5, stop=100, window=WINDOW)
NETWORK = Limit(free=50, stop=500, window=NETWORK_WINDOW)
SITE = Limit(free=1000, stop=10000, window=NETWORK_WINDOW)
INVITATIONS_OF_NETWORK = Limit(free=20, stop=300, window=NETWORK_WINDOW)
SIGN_UP_WINDOW = timedelta(hours=1)
SIGN_UPS_OF_NETWORK = Limit(free=30, stop=100, window=SIGN_UP_WINDOW)  # a school that begins on one morning
SIGN_UPS_OF_SITE = Limit(free=300, stop=2000, window=SIGN_UP_WINDOW)
RESETS_OF_NETWORK = Limit(free=20, stop=100, window=SIGN_UP_WINDOW)
RESETS_OF_SITE = Limit(free=300, stop=2000, window=SIGN_UP_WINDOW)
RESET_LETTERS = Limit(free=3, stop=3, window=SIGN_UP_WINDOW)


def subjects(email: str, address: str, device_hash: str = "") -> dict[str, Limit]:
    """The counters that an attempt touches; an account by the hash of its address, an IPv6 client by its /64."""
    if device_hash:
        return {f"device:{_hashed(email)}:{device_hash[:32]}": ACCOUNT}
    return {of_account(email): ACCOUNT, f"network:{_network(address)}": NETWORK, "site": SITE}


def admit_sign_up(db: Session, address: str, now: datetime) -> int:
    """Count a sign-up from the client `address` and answer 0, or the seconds until the next one may be made.

    Sign-ups of the same moment take turns, so none of them passes uncounted.
    """
    return _admit(db, {f"sign-ups:{_network(address)}": SIGN_UPS_OF_NETWORK, "sign-ups": SIGN_UPS_OF_SITE}, now)


def admit_reset(db: Session, address: str, now: datetime) -> int:
    """As `admit_sign_up`, for a request for a link that sets a new password."""
    return _admit(db, {f"resets:{_network(address)}": RESETS_OF_NETWORK, "resets": RESETS_OF_SITE}, now)


def admit_reset_letter(db: Session, email: str, now: datetime) -> bool:
    """Count a letter with such a link to `email`, known or not; False when it got enough of them within the hour."""
    return not _admit(db, {f"reset letters:{_hashed(email)}": RESET_LETTERS}, now)


def of_resets(address: str) -> dict[str, Limit]:
    """The counter of such links that led nowhere, by network."""
    return {f"reset links:{_network(address)}": INVITATIONS_OF_NETWORK}


def of_account(email: str) -> str:
    """The subject on which an account's failures are counted, save those of known browsers."""
    return f"account:{_hashed(email)}"


def _admit(db: Session, counted: dict[str, Limit], now: datetime) -> int:
    _count(db, counted, now, by=0)
    wait = wait_needed(db, counted, now)
    if not wait:
        _count(db, counted, now, by=1)
    return wait


def of_invitations(address: str) -> dict[str, Limit]:
    """The counter of links that led nowhere, by network: a link cannot be guessed, and nobody should try."""
    return {f"invitations:{_network(address)}": INVITATIONS_OF_NETWORK}


def wait_needed(db: Session, counted: dict[str, Limit], now: datetime) -> int:
    """Seconds until the next attempt may be made; 0 when it may be made now."""
    rows = db.execute(select(SignInThrottle).where(col(SignInThrottle.subject).in_(counted))).scalars()
    return max((_wait(row, counted[row.subject], now) for row in rows), default=0)


def note_failure(db: Session, counted: dict[str, Limit], now: datetime) -> None:
    """Count one failure on every subject, starting a new window where the old one has passed."""
    _count(db, counted, now, by=1)


def _count(db: Session, counted: dict[str, Limit], now: datetime, *, by: int) -> None:
    """Add `by` to every subject's counter, whether its row exists or not; each row stays locked until the commit.

    Always in the same order, so that two attempts of the same moment take turns.
    """
    table = SignInThrottle.__table__  # type: ignore[attr-defined]
    for subject in sorted(counted):
        row = {"id": new_id(), "created_at": now, "subject": subject, "failures": by}
        insert = upsert(dialect_of(db), table).values(**row, window_started_at=now, last_failure_at=now)
        over = table.c.window_started_at < now - counted[subject].window
        changes = {
            "failures": case((over, by), else_=table.c.failures + by),
            "window_started_at": case((over, now), else_=table.c.window_started_at),
            "last_failure_at": now if by else table.c.last_failure_at,
        }
        db.execute(insert.on_conflict_do_update(index_elements=[table.c.subject], set_=changes))


def clear(db: Session, subject: str) -> None:
    """After a good sign-in: forget the failures counted on one subject."""
    db.execute(delete(SignInThrottle).where(col(SignInThrottle.subject) == subject))


def _wait(row: SignInThrottle, limit: Limit, now: datetime) -> int:
    if now - row.window_started_at > limit.window or row.failures < limit.free:
        return 0
    if row.failures >= limit.stop:
        return ceil((row.window_started_at + limit.window - now).total_seconds())
    pause = min(timedelta(seconds=2 ** min(row.failures - limit.free, 20)), LONGEST_WAIT)
    return max(0, ceil((row.last_failure_at + pause - now).total_seconds()))


def _hashed(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()[:32]


def _network(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else str(ip)
