"""How much of one sign-in the server works on at once: the rest of it waits for its turn, and nobody else for that.

Nothing is counted by the minute and nothing is refused, so no pace of honest work meets a limit: what comes faster than
it is worked on is done a little later, in its order. All threads work for all people, who otherwise would stand behind
three hundred pages that one of them opens.
"""

import asyncio
from weakref import WeakValueDictionary

EVENTS, REQUESTS, MARKS = 3, 5, 2
LENGTH, STRANGER = 36, "stranger"  # of a tab's own token, and what stands behind it where nobody is signed in


class Turn:
    """A place among those that are worked on; given back once, however often it is said."""

    def __init__(self, lane: asyncio.Semaphore) -> None:
        self._lane: asyncio.Semaphore | None = lane

    def end(self) -> None:
        """The next one may begin."""
        lane, self._lane = self._lane, None
        if lane:
            lane.release()


class Lanes:
    """So many at once for each sign-in, known by any text. Of what has nothing here, nothing is kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.lanes: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def take(self, whose: str) -> Turn:
        """Wait for a turn, in the order in which they were asked for."""
        lane = self.lanes.get(whose) or self.lanes.setdefault(whose, asyncio.Semaphore(self._most))
        await lane.acquire()
        return Turn(lane)


def whose_events(token: str) -> str:
    """The sign-in in a tab's state key, as the edge wrote it there; a stranger's tab stands for itself."""
    sign_in = token[LENGTH + 1 :]
    return token if sign_in == STRANGER else sign_in
