// Stopwatches of one session. Elapsed time is counted by the page's monotonic clock, so that a clock of the device that
// is wrong, or is put right, changes nothing; a reload goes on from what was kept a moment before.
// A start is an event like a mark; a stop carries the milliseconds, and counts with or without its start. A second start
// begins anew. One that was started on another device, or whose time this one has lost, is counted from when the start
// reached the server, by the server's clock: no two devices' clocks are ever compared.
// The stop of a start has an id that follows from the start's, so that two devices that stop one watch at the same time
// make one episode, whichever of the two arrives first; only a stop that was undone is followed by another one.
const LONGEST = 12 * 3600 * 1000;
const KEEP_MS = 1000;

const key = (owner, session) => `tt:w:${owner}:${session}`;
const read = (name) => { try { return JSON.parse(localStorage.getItem(name)) || {}; } catch { return {}; } };

export const createWatches = (owner, session) => {
  const name = key(owner, session);
  const running = new Map();
  for (const [id, [elapsed, at, cell]] of Object.entries(read(name))) {
    running.set(id, { base: elapsed + Math.max(0, Date.now() - at), since: performance.now(), cell });
  }
  let timer = 0;
  const elapsed = (id) => { const w = running.get(id); return w ? Math.min(LONGEST, Math.round(w.base + performance.now() - w.since)) : null; };
  const keep = () => {
    try {
      if (running.size) localStorage.setItem(name, JSON.stringify(Object.fromEntries([...running].map(([id, w]) => [id, [elapsed(id), Date.now(), w.cell]]))));
      else localStorage.removeItem(name);
    } catch { /* then a reload ends the watch */ }
  };
  const tick = () => { clearInterval(timer); timer = running.size ? setInterval(keep, KEEP_MS) : 0; keep(); };
  if (running.size) tick();
  return {
    elapsed,
    // One a cell: an undone stop lets the last one run on.
    start: (id, cell) => {
      for (const [other, w] of running) if (w.cell === cell) running.delete(other);
      running.set(id, { base: 0, since: performance.now(), cell });
      tick();
    },
    keep,
    forget: () => { running.clear(); tick(); },
  };
};

// Milliseconds since something arrived at the server; `now` is its time, as told when this page's clock stood at `then`.
export const sinceArrival = (arrived, { now, then }) => (arrived && now ? Math.min(LONGEST, Math.max(0, Math.round(now + performance.now() - then - arrived))) : null);

// The id of the stop of a start, after so many that were undone: version 8 of RFC 9562, the start's with other digits.
const stopId = (start, undone) => `${start.slice(0, 14)}8${start.slice(15, 32)}${((parseInt(start.slice(32), 16) + undone) % 65536).toString(16).padStart(4, "0")}`;
// The stop that comes next for a start; `of` finds an event by its id, also one that was undone.
export const nextStop = (start, of) => {
  let undone = 0;
  while (of(stopId(start, undone))?.undo) undone += 1;
  return stopId(start, undone);
};

// The start that no stop has ended: neither a later one, of events in their order, nor its own, whose device's clock may
// run behind.
export const openStart = (marks, of) => {
  for (let i = marks.length - 1; i >= 0; i -= 1) {
    if (marks[i].outcome === "stop") return null;
    if (marks[i].outcome === "start") return of(nextStop(marks[i].id, of)) ? null : marks[i];
  }
  return null;
};
