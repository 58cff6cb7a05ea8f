// The live session's frame: who is current, practice or probe, save state, timer, undo, finish, keys. Everything answers
// on this device at once; the server is told behind it.
import { useEffect, useMemo, useState } from "react";
import { clock, Icon, isTyping, Sheet, storeFor, useSheet, useSlice } from "./context.jsx";
import { GoalRow, KEYS, OUTCOMES } from "./goal_row.jsx";
import { Adults, HandedBar, HandOver } from "./handed.jsx";
import { MEASURES, said } from "./measure_rows.jsx";
export { Adults, GoalRow, HandOver };

const PATHS = {
  saved: "M20 6 9 17l-5-5",
  offline: "M2 2l20 20M8.5 16.4a5 5 0 0 1 7 0M5 12.9a10 10 0 0 1 5.2-2.7M19 12.9a10 10 0 0 0-2-1.5M2 8.8a15 15 0 0 1 4.2-2.6M22 8.8a15 15 0 0 0-11.3-3.8M12 20h.01",
  saving: "M12 4a8 8 0 1 1-7.4 5",
  undo: "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
};

export function SessionRoot({ session, owner, entries, stage, facts, levels, onStale, className, children }) {
  const store = useMemo(() => storeFor(session, owner), [session, owner]);
  useEffect(() => { store.start(); return () => store.stop(); }, [store]);
  useEffect(() => { store.onStale = onStale; }, [store, onStale]);
  useEffect(() => { store.set({ scale: levels }); }, [store, JSON.stringify(levels)]);
  useEffect(() => {
    store.shown(entries, stage, facts);
    if (!entries.includes(store.current)) store.set({ current: store.handed || entries[0] || "" });
  }, [store, entries.join(), stage, JSON.stringify(facts)]);
  return <Sheet.Provider value={store}><div className={className}><HandedBar />{children}<Spoken /></div></Sheet.Provider>;
}

const Spoken = () => <p className="sr" aria-live="polite">{useSlice((s) => s.spoken)}</p>;

export function PurposeSwitch() {
  const sheet = useSheet();
  const now = useSlice((s) => s.purpose);
  const move = (e) => { if (/^Arrow/.test(e.key)) { e.preventDefault(); const next = now === "probe" ? "practice" : "probe"; sheet.take(next); e.currentTarget.querySelector(`[data-purpose=${next}]`).focus(); } };
  return (
    <div className="seg" role="radiogroup" aria-label="Purpose of the data" onKeyDown={move}>
      {["practice", "probe"].map((p) => (
        <button key={p} type="button" role="radio" aria-checked={now === p} tabIndex={now === p ? 0 : -1} data-purpose={p} onClick={() => sheet.take(p)}>{p === "probe" ? "Probe" : "Practice"}</button>
      ))}
    </div>
  );
}

export function SaveState() {
  const status = useSlice((s) => s.status), kept = useSlice((s) => s.queue.length), at = useSlice((s) => s.savedAt);
  const session = useSheet().session;
  const words = {
    saved: at ? `Saved ${clock(at)}` : "Saved",
    saving: "Saving",
    offline: kept ? `Offline · ${kept} kept` : "Offline",
    "signed-out": kept ? `Signed out · ${kept} kept` : "Signed out",
    refused: kept ? `Not saved · ${kept} kept` : "Not connected",
  }[status];
  const calm = status === "saved" || status === "saving";
  return (
    <span className={calm ? "save" : "save off"}>
      <span role="status"><Icon path={PATHS[calm ? status : "offline"]} /> <span className="tx">{words}</span></span>
      {status === "signed-out" ? <a className="link" href={`/sign-in/?next=${encodeURIComponent(`/sessions/${session.split("~")[0]}`)}`}>sign in again</a> : null}
    </span>
  );
}

// Who else is here. The words change only when somebody comes, goes, or begins to take data: they are said once each time.
export function Company() {
  const others = useSlice((s) => s.others);
  return (
    <p className="here" role="status">
      {others.map(({ name, initials, words }, i) => (
        <span key={`${name} ${i}`}><span className="av" aria-hidden="true">{initials}</span><span className="trunc">{name} {words}</span></span>
      ))}
    </p>
  );
}

const UNFINISHED = "The session is not finished: its marks are kept on this device until they are saved. Try again when you are connected.";

export function Refusals({ labels }) {
  const sheet = useSheet();
  const refusals = useSlice((s) => s.refusals), status = useSlice((s) => s.status), why = useSlice((s) => s.why);
  const unfinished = useSlice((s) => s.unfinished && s.status !== "saved");
  const count = refusals.length;
  if (!count && !unfinished && !(status === "refused" && why)) return null;
  const which = [...new Set(refusals.map((r) => labels[r.goal]).filter(Boolean))].join(", ");
  return (
    <div className="banner bad sess-w" role="alert">
      <span>{count ? `${count === 1 ? "1 mark was" : `${count} marks were`} not taken${which && ` (${which})`}. ${[...new Set(refusals.map((r) => r.why))].join(" ")}` : unfinished ? UNFINISHED : why}</span>
      {count ? <button type="button" className="btn sm" onClick={() => sheet.set({ refusals: [] })}>Close</button> : null}
    </div>
  );
}

export function UndoButton({ labels }) {
  const sheet = useSheet();
  const last = useSlice((s) => s.last());
  const what = last ? `${labels[last.goal] || ""} ${said(last.outcome)}` : "";
  const undo = () => { const gone = sheet.undo(); if (gone) sheet.set({ spoken: `Undone: ${labels[gone.goal] || ""} ${said(gone.outcome)}` }); };
  return (
    <button type="button" className="btn undo" disabled={!last} aria-keyshortcuts="Control+Z Meta+Z" aria-label="Undo" title={last ? `Undo ${what}` : "Nothing to undo"} onClick={undo}>
      <Icon path={PATHS.undo} /><span>Undo</span>{last ? <span className="what trunc">{what}</span> : null}
    </button>
  );
}

const readPause = (key) => { try { return JSON.parse(localStorage.getItem(key)) || { lost: 0, since: 0 }; } catch { return { lost: 0, since: 0 }; } };

export function SessionTimer({ startedAt, planned, finished }) {
  const { session, owner } = useSheet();
  const key = `tt:t:${owner}:${session}`;
  const [pause, setPause] = useState(() => readPause(key));
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => { const h = setInterval(() => setNow(Date.now()), 500); return () => clearInterval(h); }, []);
  const keep = (next) => { setPause(next); try { localStorage.setItem(key, JSON.stringify(next)); } catch { /* the pause then ends with the page */ } };
  const until = finished || pause.since || now;
  const seconds = startedAt ? Math.max(0, Math.floor((until - startedAt - pause.lost) / 1000)) : 0;
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const share = Math.min(1, seconds / (planned * 60 || 1)), around = 2 * Math.PI * 9;
  const toggle = () => keep(pause.since ? { lost: pause.lost + Date.now() - pause.since, since: 0 } : { ...pause, since: Date.now() });
  return (
    <button type="button" className="timer" disabled={!startedAt || !!finished} onClick={toggle} aria-label={pause.since ? "Resume timer" : "Pause timer"} aria-describedby="timer-now">
      <svg className="ring" viewBox="0 0 22 22" aria-hidden="true"><circle cx="11" cy="11" r="9" fill="none" stroke="var(--border-strong)" strokeOpacity=".35" strokeWidth="3" /><circle cx="11" cy="11" r="9" fill="none" stroke="var(--accent)" strokeWidth="3" strokeLinecap="round" strokeDasharray={`${around * share} ${around}`} /></svg>
      <span id="timer-now">{text}<small>{pause.since ? " paused" : ` of ${planned}`}</small></span>
    </button>
  );
}

export function FinishButton({ onFinish, disabled, label }) {
  const sheet = useSheet();
  const [busy, setBusy] = useState(false);
  const finish = async () => {
    setBusy(true);
    sheet.endAll();
    const sent = await sheet.flush();
    setBusy(false);
    sheet.set({ unfinished: !sent });
    if (!sent) return;
    try { localStorage.removeItem(`tt:t:${sheet.owner}:${sheet.session}`); } catch { /* nothing was kept */ }
    sheet.forgetChoices();
    onFinish();
  };
  return <button type="button" className="btn pri finish" aria-disabled={busy || disabled} onClick={() => { if (!busy && !disabled) finish(); }}>{label || "Finish"}</button>;
}

export function StudentTabs({ entries, names, letters }) {
  const sheet = useSheet();
  const now = useSlice((s) => s.current);
  const move = (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step) return;
    e.preventDefault();
    const next = (entries.indexOf(now) + step + entries.length) % entries.length;
    sheet.set({ current: entries[next] });
    e.currentTarget.children[next].focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label="Students" onKeyDown={move}>
      {entries.map((entry, i) => (
        <button key={entry} type="button" role="tab" id={`tab-${entry}`} aria-controls={`kid-${entry}`} aria-selected={now === entry} tabIndex={now === entry ? 0 : -1} onClick={() => sheet.set({ current: entry })}>
          <span className="av" aria-hidden="true">{letters[i]}</span>{names[i]}
        </button>
      ))}
    </div>
  );
}

export function StudentCard({ entry, name, missed, children }) {
  const sheet = useSheet();
  const current = useSlice((s) => s.current === entry);
  const probe = useSlice((s) => s.purpose === "probe");
  const handed = useSlice((s) => s.handed);
  const take = () => { if (sheet.current !== entry) sheet.set({ current: entry }); };
  if (handed && handed !== entry) return null;
  return <section id={`kid-${entry}`} aria-label={name} className={`card kid${current ? " cur" : ""}${missed ? " missed" : ""}${probe ? " probe" : ""}`} onPointerDownCapture={take} onFocusCapture={take}>{handed ? <div className="kid-h"><h1>{name}</h1></div> : null}{children}</section>;
}

// T takes the next target of the goal that was marked last, else of the first that has any; Shift-T the one before.
const nextTarget = (sheet, kid, step) => {
  const goal = kid.goals.find((g) => g.id === sheet.touched && g.targets.length) || kid.goals.find((g) => g.targets.length);
  if (!goal) return;
  const places = [0, ...goal.targets.map((t) => t.number)];
  const next = places[(places.indexOf(sheet.targets[goal.id] || 0) + step + places.length) % places.length];
  sheet.aim(goal.id, next);
  sheet.set({ spoken: `${goal.name}: ${goal.targets.find((t) => t.number === next)?.name || "no target"}` });
};

// 1 to 8 choose the student, QWE ASD ZXC record for three of the student's goals, N and P move on to further goals.
// While the help that was given is being chosen its dialog takes the numbers; the letters record as ever and close it.
export function SessionKeys({ kids }) {
  const sheet = useSheet();
  useEffect(() => {
    const onKey = (e) => {
      if (isTyping(e.target) || e.defaultPrevented) return;
      const key = e.key.toUpperCase();
      if ((e.metaKey || e.ctrlKey) && key === "Z" && !e.shiftKey) { e.preventDefault(); sheet.undo(); return; }
      if (e.metaKey || e.ctrlKey || e.altKey || e.repeat || document.documentElement.hasAttribute("data-single-keys-off")) return;
      const kid = kids.find((k) => k.entry === (sheet.handed || sheet.current));
      if (/^[1-8]$/.test(key)) return void (!sheet.handed && kids[+key - 1] && sheet.set({ current: kids[+key - 1].entry }));
      if (!kid || kid.closed) return;
      if (key === "T") return nextTarget(sheet, kid, e.shiftKey ? -1 : 1);
      const first = sheet.windows[kid.entry] || 0;
      const turn = { N: 3, P: -3 }[key];
      if (turn) { const next = first + turn; if (next >= 0 && next < kid.goals.length) sheet.set({ windows: { ...sheet.windows, [kid.entry]: next } }); return; }
      const place = KEYS.indexOf(key);
      const goal = place < 0 ? null : kid.goals[first + Math.floor(place / 3)];
      if (!goal) return;
      const outcome = OUTCOMES[place % 3];
      if (e.shiftKey && goal.measure === "rubric") { e.preventDefault(); return sheet.set({ picker: goal.id }); }
      if (MEASURES[goal.measure]) { e.preventDefault(); return void document.querySelector(`[data-goal="${goal.id}"] [data-k*="${place % 3}"]`)?.[goal.measure === "narrative" ? "focus" : "click"](); }
      if (outcome === "cued" && goal.measure === "tally") return;
      if (outcome === "cued" && e.shiftKey) { e.preventDefault(); return sheet.set({ picker: goal.id }); }
      if (sheet.picker) sheet.set({ picker: "" });
      sheet.record(kid.entry, goal.id, outcome, outcome === "cued" ? sheet.rank(kid.entry) : null, `${goal.name}, ${outcome}, ${kid.name}`);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [sheet, kids]);
  return null;
}
