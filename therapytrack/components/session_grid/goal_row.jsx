// One goal of one student: its strip of trials in order, its score, and the buttons that record a trial.
// A press counts when it is released where it began: a scroll, a slide away or a long press is not a mark.
import { memo, useEffect, useId, useRef } from "react";
import { useSheet, useSlice } from "./context.jsx";
import { MEASURES } from "./measure_rows.jsx";
import { LETTER, Pad, Strip } from "./pads.jsx";

export const KEYS = ["Q", "W", "E", "A", "S", "D", "Z", "X", "C"];
export const OUTCOMES = ["incorrect", "cued", "correct"];

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

// The word or sound that the marks to come are made at.
const Target = ({ goal, name, targets }) => {
  const sheet = useSheet();
  const now = useSlice((s) => s.targets[goal] || 0);
  return (
    <select className="chip" aria-label={`Target of ${name}`} value={targets.some((t) => t.number === now) ? now : 0} onChange={(e) => { sheet.aim(goal, +e.target.value); e.target.blur(); }}>
      <option value={0}>No target</option>
      {targets.map((t) => <option key={t.number} value={t.number}>{t.name}</option>)}
    </select>
  );
};

export const GoalRow = memo(function GoalRow(props) {
  const Measured = MEASURES[props.measure];
  return Measured ? <Measured {...props} /> : <TrialRow {...props} />;
});

const TrialRow = function TrialRow({ entry, goal, name, student, index, measure, target, targets, lastPractice, lastProbe, levels, closed }) {
  const sheet = useSheet();
  const purpose = useSlice((s) => s.purpose);
  const marks = useSlice((s) => s.marks(entry, goal, s.purpose));
  const window = useSlice((s) => s.windows[entry] || 0);
  const rank = useSlice((s) => s.rank(entry));
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
      <div className="meta"><Strip marks={marks} /><span className="tgt">goal {target}{last ? ` · last ${last}` : ""}</span>{targets.length ? <Target goal={goal} name={name} targets={targets} /> : null}</div>
      <div className={measure === "tally" ? "pads two" : "pads"}>
        {OUTCOMES.map((outcome, i) => (measure === "tally" && outcome === "cued" ? null : (
          <Pad key={outcome} outcome={outcome} label={`${name}: ${outcome}, for ${student}`} described={id} count={counts[outcome]} hint={hint(i)} disabled={closed}
            extra={outcome === "cued" && level ? level.name : ""} onPress={() => record(outcome)} onLong={outcome === "cued" ? () => sheet.set({ picker: goal }) : null} />
        )))}
      </div>
      {open && !closed ? <Picker student={student} levels={levels} current={rank} onPick={pick} onClose={close} /> : null}
    </div>
  );
};
