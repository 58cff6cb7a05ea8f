"""How much one person may have under way at once, where everybody's is made one after the other."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from therapytrack.errors import Wait


class Turns:
    """So many at once for each person. Asked on the server's loop alone."""

    def __init__(self, most: int, sentence: str) -> None:
        self.under_way = Counter[UUID]()
        self._most, self._sentence = most, sentence

    @contextmanager
    def of(self, membership_id: UUID) -> Iterator[None]:
        """The time that one of them takes. Raises Wait while the person has as many under way as she may."""
        if self.under_way[membership_id] >= self._most:
            raise Wait(self._sentence)
        self.under_way[membership_id] += 1
        try:
            yield
        finally:
            self.under_way[membership_id] -= 1
            self.under_way += Counter()  # forgets who has none


documents = Turns(3, "Three documents of yours are being made. Wait until one of them is there, then ask for this one.")
files = Turns(1, "Another file of yours is still on its way. Wait until it is there, then add this one.")
