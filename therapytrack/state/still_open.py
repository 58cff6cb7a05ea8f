"""What is open on a page, as its tab keeps it: a form goes on after a reconnection, on a server that knows nothing too.

Ids, versions and the like, never what is typed. The tab sends it back with its next connection; whoever reads it asks
for the record again, and believes no more of it than of a form's hidden fields.
"""

import json
from collections.abc import Mapping
from hashlib import sha256

LONGEST = 1000  # characters


def written(address: str, facts: Mapping[str, str]) -> str:
    """The facts about what is open at an address, as the tab keeps them; the address itself cannot be read there."""
    return json.dumps({"at": _mark(address)} | dict(facts))


def read(kept: object, address: str) -> dict[str, str]:
    """The facts that a tab kept about what is open at this address; nothing where they are another's or no facts."""
    try:
        facts = json.loads(kept) if isinstance(kept, str) and len(kept) <= LONGEST else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(facts, dict) or facts.pop("at", "") != _mark(address):
        return {}
    return {name: value for name, value in facts.items() if isinstance(value, str)}


def whole(text: str) -> int:
    """A version among the facts; 0 for none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _mark(address: str) -> str:
    return sha256(address.encode()).hexdigest()[:16]
