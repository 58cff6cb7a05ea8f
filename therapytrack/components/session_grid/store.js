// One session's marks on this page: what is shown (trials), what still waits for the server (queue), and the save state.
// Trials are append-only records keyed here and merged by union; undo is a tombstone, so that order never matters.
import { forget, hold, ifAbandoned, keep, keepHanded, keepLevels, keepPurpose, kept, keepTargets, keptHanded, keptLevels, keptPurpose, keptTargets, newId, queueKey, sessionOfKey, union } from "./keep.js";
import { createWatches, nextStop, openStart, sinceArrival } from "./watch.js";
import { backOff, isGone, LARGEST_BATCH, post, pull, refuseAll, remaining } from "./send.js";

const SEND_AFTER_MS = 250;
const POLL_MS = 2500;
const TOGETHER_MS = 1000; // while somebody else is here
const SETTLE_MS = 400;
const ASK_AGAIN_MS = 10000;
const SLOWEST_POLL_MS = 15000;
const PATIENCE = 8;

const byTime = (a, b) => a.at - b.at || a.n - b.n || (a.id < b.id ? -1 : 1);
const cell = (t) => `${t.entry}|${t.goal}|${t.purpose}`;
const EMPTY = [];

export const createStore = (session, owner) => {
  const page = newId();
  const key = queueKey(owner, session, page);
  const listeners = new Set();
  const trials = new Map();
  const cells = new Map();
  let sending = null, timer = 0, poller = 0, alive = false, cursor = "", tries = 0, misses = 0, sequence = 0;
  let server = { now: 0, then: 0 };
  let newest; // what undo would take back; undefined when it has to be looked for again
  const s = { session, owner, queue: [], entries: [], others: [], status: "saved", savedAt: null, why: "", refusals: [], unfinished: false,
    purpose: keptPurpose(owner, session), current: "", levels: keptLevels(owner, session), windows: {}, spoken: "", picker: "", targets: keptTargets(owner, session), scale: [], handed: keptHanded(owner, session) };
  const watches = createWatches(owner, session);

  s.subscribe = (listener) => { listeners.add(listener); return () => listeners.delete(listener); };
  const emit = () => listeners.forEach((listener) => listener());
  s.set = (change) => { Object.assign(s, change); emit(); };

  s.take = (purpose) => { keepPurpose(owner, session, purpose); s.set({ purpose }); };
  s.hand = (entry) => { keepHanded(owner, session, entry); s.set({ handed: entry, spoken: "", picker: "", ...(entry ? { current: entry } : {}) }); };
  s.choose = (entry, rank) => { const levels = { ...s.levels, [entry]: rank }; keepLevels(owner, session, levels); s.set({ levels }); };
  s.aim = (goal, place) => { const { [goal]: _, ...rest } = s.targets; const targets = place ? { ...rest, [goal]: place } : rest; keepTargets(owner, session, targets); s.set({ targets }); };
  s.forgetChoices = () => { keepPurpose(owner, session, "practice"); keepLevels(owner, session, {}); keepTargets(owner, session, {}); watches.forget(); };
  // The student's sticky level of help, while the workspace's scale on this page has it.
  s.rank = (entry) => (s.scale.some((l) => l.rank === s.levels[entry]) ? s.levels[entry] : null);

  // What the page shows. While the server answers for other students, another stage or other facts of a student's part,
  // the page is asked to look again; of a student who has left it nothing is undone or said here any more.
  let onPage = "", asked = { now: "", at: 0 };
  const view = (entries, stage, facts) => `${stage} ${entries.map((one) => `${one} ${facts?.[one]}`).sort()}`;
  s.shown = (entries, stage, facts) => {
    onPage = view(entries, stage, facts);
    s.stage = stage;
    for (const t of [...trials.values()]) if (!entries.includes(t.entry)) drop(t.id);
    s.set(s.entries.every((one) => entries.includes(one)) ? { entries } : { entries, spoken: "" });
  };
  const compare = (answer) => {
    if (onPage && isGone(answer)) return void s.onStale?.();
    const now = answer.entries && view(answer.entries, answer.stage, answer.facts);
    if (!onPage || !now) return;
    if (now === onPage) { asked = { now: "", at: 0 }; return; }
    if (now === asked.now && Date.now() - asked.at < ASK_AGAIN_MS) return;
    asked = { now, at: Date.now() };
    // What was changed on this very page reaches it by another way, perhaps a moment later than this answer.
    const here = answer.stage === s.stage && s.entries.every((one) => answer.entries.includes(one));
    setTimeout(() => { if (alive && now !== onPage) s.onStale?.(); }, here ? SETTLE_MS : 0);
  };
  // Names of colleagues stay in this page's memory, and only while it is shown.
  const meet = (others) => { if (JSON.stringify(others) !== JSON.stringify(s.others)) s.set({ others }); };

  // Live trials of one goal in one entry for one purpose, oldest first; the same array until one of them changes.
  s.marks = (entry, goal, purpose) => {
    const name = `${entry}|${goal}|${purpose}`;
    if (!cells.has(name)) cells.set(name, [...trials.values()].filter((t) => !t.undo && cell(t) === name).sort(byTime));
    return cells.get(name) || EMPTY;
  };
  s.last = () => {
    if (newest !== undefined) return newest;
    let last = null;
    for (const t of trials.values()) if (t.mine && !t.undo && (!last || byTime(last, t) < 0)) last = t;
    newest = last;
    return last;
  };

  const put = (trial) => {
    const old = trials.get(trial.id);
    const next = old ? { ...union(trial, old), mine: old.mine || trial.mine } : trial;
    if (old && old.undo === next.undo && old.mine === next.mine && old.amount === next.amount) return false;
    trials.set(next.id, next);
    newest = undefined;
    if (!old && !next.undo && cells.has(cell(next))) {
      const list = cells.get(cell(next));
      if (!list.length || byTime(list[list.length - 1], next) < 0) return cells.set(cell(next), [...list, next]);
    }
    cells.delete(cell(next));
    if (next.mine) sequence = Math.max(sequence, next.n);
    return true;
  };
  const find = (id) => trials.get(id);
  const drop = (id) => { const t = trials.get(id); if (t) { newest = undefined; trials.delete(id); cells.delete(cell(t)); } };
  const persist = () => keep(key, s.queue);
  const say = (status, why = "") => s.set({ status, why, ...(status === "saved" && !s.queue.length ? { savedAt: new Date() } : {}) });
  const soon = (ms) => { clearTimeout(timer); timer = setTimeout(() => s.send(), ms); };

  const enqueue = (record) => {
    s.queue = [...s.queue.filter((r) => r.id !== record.id), record];
    persist();
    if (s.status === "saved") s.status = "saving";
    emit();
    if (!tries || tries >= PATIENCE) soon(SEND_AFTER_MS);
  };

  s.tap = (entry, goal, outcome, prompt = null, more = { place: s.targets[goal] }) => {
    const scale = prompt === null ? undefined : s.scale[0]?.scale;
    const record = { id: newId(), entry, goal, outcome, prompt, scale, purpose: s.purpose, at: Date.now(), n: ++sequence, undo: null, ...more };
    put({ ...record, mine: true });
    s.current = entry;
    s.touched = goal;
    enqueue(record);
    return record;
  };
  // An event that is no trial, with what is said of it.
  s.mark = (entry, goal, outcome, more, spoken) => {
    if (navigator.vibrate) navigator.vibrate(8);
    const record = s.tap(entry, goal, outcome, more.prompt ?? null, more);
    s.set({ spoken });
    return record;
  };
  // The watch of a cell: null when it stands, {elapsed} in milliseconds while it runs; `here`: started on this device.
  s.watch = (entry, goal, purpose) => {
    const start = openStart(s.marks(entry, goal, purpose), find);
    const mine = start && watches.elapsed(start.id);
    return start && { id: start.id, at: start.at, here: mine !== null, elapsed: mine ?? sinceArrival(start.arrived, server) };
  };
  s.begin = (entry, goal, spoken) => { const start = s.mark(entry, goal, "start", {}, spoken); watches.start(start.id, cell(start)); };
  s.end = (entry, goal, purpose, spoken) => {
    const watch = s.watch(entry, goal, purpose);
    if (watch && watch.elapsed !== null) s.mark(entry, goal, "stop", { id: nextStop(watch.id, find), amount: watch.elapsed, purpose }, spoken);
  };
  // Stops every watch that runs on this device.
  s.endAll = () => {
    for (const name of [...new Set([...trials.values()].filter((t) => t.outcome === "start").map(cell))]) {
      const [entry, goal, purpose] = name.split("|");
      if (s.watch(entry, goal, purpose)?.here) s.end(entry, goal, purpose, "");
    }
  };
  // As tap, and says what was recorded to those who listen to the page.
  s.record = (entry, goal, outcome, prompt, words) => {
    if (navigator.vibrate) navigator.vibrate(8);
    s.tap(entry, goal, outcome, prompt);
    const marks = s.marks(entry, goal, s.purpose);
    s.set({ spoken: `${words}: ${marks.filter((t) => t.outcome === "correct").length} of ${marks.length} correct` });
  };
  s.undo = () => {
    const last = s.last();
    if (!last || (s.handed && last.entry !== s.handed)) return null;
    const { mine, ...record } = { ...last, undo: Date.now() };
    put({ ...record, mine });
    enqueue(record);
    return last;
  };

  const settle = (sent, found) => {
    const answer = isGone(found) ? refuseAll(sent) : found;
    if (answer.status !== "ok") {
      tries += 1;
      say(answer.status, answer.why || "");
      // What is refused in words for a while stays kept, and goes out with the next mark or look at the page.
      if (answer.status === "refused" && answer.code < 500 && tries >= PATIENCE) return;
      return soon(backOff(tries));
    }
    if (s.stage === "planned" && answer.acked.length) poll();
    tries = 0;
    if (answer.refused.length) s.refusals = [...s.refusals, ...answer.refused.map((r) => ({ ...r, goal: trials.get(r.id)?.goal }))];
    for (const refusal of answer.refused) drop(refusal.id);
    s.queue = remaining(s.queue, sent, answer);
    persist();
    say(s.queue.length ? "saving" : "saved");
    if (s.queue.length) soon(0);
  };

  s.send = () => {
    if (sending) return sending;
    if (!s.queue.length) return Promise.resolve();
    clearTimeout(timer);
    const sent = s.queue.slice(0, LARGEST_BATCH);
    if (!tries) say("saving");
    sending = post(session, sent).then((answer) => { sending = null; settle(sent, answer); });
    return sending;
  };

  // Sends everything now; true when nothing is left on this device.
  s.flush = async () => {
    tries = 0;
    for (let round = 0; s.queue.length && round < 20 && !tries; round += 1) await s.send();
    return !s.queue.length;
  };

  const refresh = async () => {
    const answer = await pull(session, cursor);
    if (!alive) return;
    compare(answer);
    if (answer.status !== "ok") {
      misses += 1;
      if (misses > 2 || isGone(answer)) meet([]);
      if (!s.queue.length || answer.status !== "refused") say(answer.status, answer.why || "");
      return;
    }
    misses = 0;
    server = { now: Date.parse(answer.now), then: performance.now() };
    meet(answer.others || []);
    let changed = false;
    for (const t of answer.trials) changed = put(t) || changed;
    cursor = answer.cursor;
    if (s.queue.length && tries && s.status !== "refused") { tries = 0; s.send(); }
    else if (!s.queue.length && s.status !== "saved") say("saved");
    else if (changed) emit();
  };
  const poll = async () => {
    clearTimeout(poller);
    if (document.visibilityState === "visible") {
      await adopt();
      await refresh();
    }
    if (alive) poller = setTimeout(poll, Math.min(SLOWEST_POLL_MS, (s.others.length ? TOGETHER_MS : POLL_MS) * 2 ** Math.min(misses, 3)));
  };

  // Marks of this session that a page left behind become this page's own; asked again with every poll, because a page
  // that is just going away still holds its queue.
  const adopt = async () => {
    const found = await kept(owner);
    for (const [other, records] of Object.entries(found)) {
      if (other === key || sessionOfKey(other) !== session) continue;
      await ifAbandoned(other, async () => {
        const known = new Map(s.queue.map((r) => [r.id, r]));
        for (const record of records) {
          known.set(record.id, union(record, known.get(record.id)));
          put({ ...record, mine: true });
        }
        s.queue = [...known.values()];
        await persist();
        await forget(other);
        emit();
        s.send();
      });
    }
  };

  const wake = () => { tries = 0; misses = 0; s.send(); poll(); };
  const onVisible = () => { if (document.visibilityState === "visible") wake(); };
  const onOffline = () => say("offline");
  const onLeave = () => { watches.keep(); if (s.queue.length) post(session, s.queue.slice(0, LARGEST_BATCH), true); };
  s.start = async () => {
    alive = true;
    hold(key);
    window.addEventListener("online", wake);
    window.addEventListener("offline", onOffline);
    window.addEventListener("pagehide", onLeave);
    document.addEventListener("visibilitychange", onVisible);
    poll();
  };
  s.stop = () => {
    alive = false;
    s.others = [];
    clearTimeout(timer);
    clearTimeout(poller);
    window.removeEventListener("online", wake);
    window.removeEventListener("offline", onOffline);
    window.removeEventListener("pagehide", onLeave);
    document.removeEventListener("visibilitychange", onVisible);
    s.send();
  };
  return s;
};
