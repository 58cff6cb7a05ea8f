// One goal of one student: its strip of trials in order, its score, and the buttons that record a trial.
// A press counts when it is released where it began: a scroll, a slide away or a long press is not a mark.
import { memo, useEffect, useId, useRef } from "react";
import { useSheet, useSlice } from "./context.jsx";

const LONG_PRESS_MS = 450;
const STILL_PX = 14;
const SLOTS = 12;
const EMPTY_SLOTS = 10;
export const KEYS = ["Q", "W", "E", "A", "S", "D", "Z", "X", "C"];
export const OUTCOMES = ["incorrect", "cued", "correct"];
const LETTER = { correct: "p", cued: "c", approximation: "a", incorrect: "m", no_response: "n" };

const Sign = ({ outcome }) => {
  if (outcome === "cued") return <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" strokeWidth="2" /><path d="M8 1.6a6.4 6.4 0 0 0 0 12.8z" fill="currentColor" /></svg>;
  return <svg width="18" height="18" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" aria-hidden="true"><path d={outcome === "correct" ? "M12 5v14M5 12h14" : "M5 12h14"} /></svg>;
};

// Pointer, keyboard and assistive presses of one button, each counted once.
const usePress = (onPress, onLong) => {
  const press = useRef({ id: null, x: 0, y: 0, timer: 0, counted: -Infinity });
  useEffect(() => () => clearTimeout(press.current.timer), []);
  const end = () => { clearTimeout(press.current.timer); press.current.id = null; };
  return {
    onPointerDown: (e) => {
      if (e.pointerType === "mouse" && e.button !== 0) return;
      Object.assign(press.current, { id: e.pointerId, x: e.clientX, y: e.clientY });
      if (onLong) press.current.timer = setTimeout(() => { press.current.counted = performance.now(); end(); onLong(); }, LONG_PRESS_MS);
    },
    onPointerUp: (e) => {
      const p = press.current;
      if (p.id !== e.pointerId) return;
      const still = Math.hypot(e.clientX - p.x, e.clientY - p.y) < STILL_PX;
      end();
      p.counted = performance.now();
      if (!still) return;
      if (e.shiftKey && onLong) onLong(); else onPress();
    },
    onPointerCancel: end,
    onClick: (e) => {
      if (e.detail !== 0 && performance.now() - press.current.counted < 800) return;
      if (e.shiftKey && onLong) onLong(); else onPress();
    },
    onContextMenu: (e) => e.preventDefault(),
  };
};

const Pad = ({ outcome, label, described, count, hint, extra, disabled, onPress, onLong }) => (
  <button type="button" className={`pad ${LETTER[outcome]}`} aria-label={label} aria-describedby={described} disabled={disabled} {...usePress(onPress, onLong)}
    aria-haspopup={onLong ? "dialog" : undefined}>
    <Sign outcome={outcome} /><span className="n">{count}</span>
    {extra ? <span className="lv">{extra}</span> : null}{hint ? <kbd className="ky" aria-hidden="true">{hint}</kbd> : null}
  </button>
);

const Strip = ({ marks }) => {
  const shown = marks.slice(-SLOTS);
  return (
    <span className="strip" aria-hidden="true">
      {shown.map((t) => <i key={t.id} className={`dot ${LETTER[t.outcome]}`} />)}
      {Array.from({ length: Math.max(0, EMPTY_SLOTS - shown.length) }, (_, i) => <i key={`e${i}`} className="dot e" />)}
    </span>
  );
};

const Picker = ({ student, levels, current, onPick, onClose }) => {
  const box = useRef(null);
  useEffect(() => {
    box.current.querySelector("[aria-pressed=true]")?.focus() ?? box.current.querySelector("button").focus();
    const away = (e) => { if (!box.current?.contains(e.target)) onClose(); };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, []);
  const keys = (e) => {
    const number = !e.ctrlKey && !e.metaKey && !e.altKey && /^[1-9]$/.test(e.key);
    if (!number && e.key !== "Escape") return;
    e.preventDefault();
    e.stopPropagation();
    if (!number) onClose();
    else if (!e.repeat) box.current.querySelectorAll("button")[e.key - 1]?.click();
  };
  const chip = (place, words, outcome, level, more) => (
    <button key={place} type="button" className="chip" aria-keyshortcuts={`${place}`} onClick={() => onPick(outcome, level)} {...more}>{words}<kbd className="ky" aria-hidden="true">{place}</kbd></button>
  );
  return (
    <div ref={box} className="picker" role="dialog" aria-label={`What help did ${student} need?`} onKeyDown={keys}>
      {levels.map((l, i) => chip(i + 1, `${l.name} cue`, "cued", l.rank, { "aria-pressed": current === l.rank, title: l.definition }))}
      {chip(levels.length + 1, "Approximation", "approximation", null)}
      {chip(levels.length + 2, "No response", "no_response", null)}
    </div>
  );
};

const tally = (marks) => {
  let p = 0, c = 0;
  for (const t of marks) if (t.outcome === "correct") p += 1; else if (t.outcome === "cued" || t.outcome === "approximation") c += 1;
  return { p, c, m: marks.length - p - c, n: marks.length };
};

export const GoalRow = memo(function GoalRow({ entry, goal, name, student, index, measure, target, lastPractice, lastProbe, levels, closed }) {
  const sheet = useSheet();
  const purpose = useSlice((s) => s.purpose);
  const marks = useSlice((s) => s.marks(entry, goal, s.purpose));
  const window = useSlice((s) => s.windows[entry] || 0);
  const rank = useSlice((s) => s.levels[entry] ?? null);
  const open = useSlice((s) => s.picker === goal);
  const id = useId();
  const row = useRef(null);
  const { p, c, m, n } = tally(marks);
  const counts = { correct: p, cued: c, incorrect: m };
  const percent = n ? `${Math.round((100 * p) / n)}%` : "–";
  const last = purpose === "probe" ? lastProbe : lastPractice;
  const place = index - window;
  const hint = (i) => (place >= 0 && place < 3 ? KEYS[place * 3 + i] : "");
  const close = () => sheet.set({ picker: "" });
  const wasOpen = useRef(open);
  // However the choice ends, who was in it goes on from its button.
  useEffect(() => {
    if (wasOpen.current && !open && document.activeElement === document.body) row.current?.querySelector(".pad.c")?.focus();
    wasOpen.current = open;
  }, [open]);
  const record = (outcome) => sheet.record(entry, goal, outcome, outcome === "cued" ? rank : null, `${name}, ${outcome}, ${student}`);
  const pick = (outcome, level) => {
    if (outcome === "cued") sheet.choose(entry, level);
    sheet.record(entry, goal, outcome, level, `${name}, ${outcome.replace("_", " ")}, ${student}`);
    close();
  };
  const level = levels.find((l) => l.rank === rank);
  return (
    <div className="goal" role="group" aria-label={`${name}, ${student}`} data-goal={goal} ref={row}>
      <div className="top"><span className="nm">{name}</span><span className="sc" id={id}><b>{percent}</b> {p}/{n}</span></div>
      <div className="meta"><Strip marks={marks} /><span className="tgt">goal {target}{last ? ` · last ${last}` : ""}</span></div>
      <div className={measure === "tally" ? "pads two" : "pads"}>
        {OUTCOMES.map((outcome, i) => (measure === "tally" && outcome === "cued" ? null : (
          <Pad key={outcome} outcome={outcome} label={`${name}: ${outcome}, for ${student}`} described={id} count={counts[outcome]} hint={hint(i)} disabled={closed}
            extra={outcome === "cued" && level ? level.name : ""} onPress={() => record(outcome)} onLong={outcome === "cued" ? () => sheet.set({ picker: goal }) : null} />
        )))}
      </div>
      {open && !closed ? <Picker student={student} levels={levels} current={rank} onPick={pick} onClose={close} /> : null}
    </div>
  );
});
