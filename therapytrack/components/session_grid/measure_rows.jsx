// A goal's row for everything that is no trial: counts with a clock, stopwatch, interval sheet, rubric, steps, narrative.
// Each draws itself from the events of its cell; `data-k` names the key of the three (0 to 2) that presses a button.
import { Adults } from "./handed.jsx";
import { useEffect, useId, useRef, useState } from "react";
import { Choice, saveWords, useNote } from "../note_field/use_note.jsx";
import { useSheet, useSlice } from "./context.jsx";
import { isMuted, keepMuted } from "./keep.js";
import { LETTER, Pad, Strip } from "./pads.jsx";

const TICK_MS = 200;
const FLASH_MS = 450;
const WORDS = { count: "counted", start: "started", stop: "stopped", hit: "occurred", miss: "did not occur", rated: "rated", none: "none today" };
export const said = (outcome) => WORDS[outcome] || outcome.replace("_", " ");

const KEYS = ["Q", "W", "E", "A", "S", "D", "Z", "X", "C"];
const two = (number) => String(number).padStart(2, "0");
const clock = (ms) => { const s = Math.floor(ms / 1000); return `${Math.floor(s / 60)}:${two(s % 60)}`; };
const seconds = (ms) => (ms < 60000 ? `${Math.round(ms / 100) / 10} s` : `${Math.floor(ms / 60000)} min ${Math.round((ms % 60000) / 1000)} s`);
const capital = (words) => words[0].toUpperCase() + words.slice(1);
const plain = (value, digits = 1) => String(+value.toFixed(digits));
const middle = (list) => { const s = [...list].sort((a, b) => a - b), h = s.length >> 1; return s.length % 2 ? s[h] : (s[h - 1] + s[h]) / 2; };

// What every row needs: its events, its watch (drawn anew while it runs), its keys.
const useRow = ({ entry, goal, index, lastPractice, lastProbe }) => {
  const sheet = useSheet();
  const purpose = useSlice((s) => s.purpose);
  const marks = useSlice((s) => s.marks(entry, goal, s.purpose));
  const first = useSlice((s) => s.windows[entry] || 0);
  const [, redraw] = useState(0);
  const watch = sheet.watch(entry, goal, purpose);
  const runs = !!watch && watch.elapsed !== null, here = runs && watch.here;
  useEffect(() => {
    if (!runs) return undefined;
    const timer = setInterval(() => redraw((n) => n + 1), TICK_MS);
    return () => clearInterval(timer);
  }, [runs]);
  const place = index - first;
  const hint = (i) => (place >= 0 && place < 3 ? KEYS[place * 3 + i] : "");
  return { sheet, purpose, marks, watch, runs, here, hint, last: purpose === "probe" ? lastProbe : lastPractice, of: (outcome) => marks.filter((t) => t.outcome === outcome) };
};

const Frame = ({ row, goal, name, student, score, detail, target, meta, flash, id, children }) => (
  <div className={flash ? "goal flash" : "goal"} role="group" aria-label={`${name}, ${student}`} data-goal={goal}>
    <div className="top"><span className="nm">{name}</span><span className="sc" id={id}><b>{score}</b> {detail}</span></div>
    <div className="meta">{meta || <span className="grow" />}{target ? <span className="tgt">goal {target}{row.last ? ` · last ${row.last}` : ""}</span> : null}</div>
    {children}
  </div>
);

const GO = "M8 5.5v13l11-6.5z", HALT = "M7 7h10v10H7z", PLUS = "M12 5v14M5 12h14";
const Shape = ({ path, filled }) => <svg width="18" height="18" viewBox="0 0 24 24" fill={filled ? "currentColor" : "none"} stroke="currentColor" strokeWidth="2.4" strokeLinejoin="round" strokeLinecap="round" aria-hidden="true"><path d={path} /></svg>;

// Starts and stops the watch of a row, also one that was started on another device.
const WatchPad = ({ props, row, words, id, k, short }) => {
  const { entry, goal, name, student, closed } = props;
  const [start, stop] = words;
  const label = `${name}: ${row.runs ? stop : start}, for ${student}`;
  const press = () => (row.runs ? row.sheet.end(entry, goal, row.purpose, `${name}, ${stop}, ${student}`) : row.sheet.begin(entry, goal, `${name}, ${start}, ${student}`));
  return (
    <Pad outcome={row.runs ? "incorrect" : "cued"} label={label} described={id} disabled={closed} hint={row.hint(+k[0])} extra={row.watch && !row.here ? "Started elsewhere" : ""} data-k={k} onPress={press}>
      <Shape path={row.runs ? HALT : GO} filled /><span className="n">{row.runs ? clock(row.watch.elapsed) : short || capital(start)}</span>
    </Pad>
  );
};

// Nothing occurred all session: a zero that is data. It counts until something occurs after all, so it is offered before.
const NonePad = ({ props, row, id }) => {
  const { entry, goal, name, student, closed } = props;
  const none = row.of("none").length > 0, occurred = row.marks.some((t) => t.outcome === "count" || t.outcome === "stop");
  return (
    <Pad outcome="none" label={`${name}: none today, for ${student}`} described={id} title="None today: I watched, and it did not occur" disabled={closed || occurred || !!row.watch} hint={row.hint(1)} data-k="1" aria-pressed={none && !occurred}
      onPress={() => none || row.sheet.mark(entry, goal, "none", {}, `${name}, none today, ${student}`)}><span className="n">None</span></Pad>
  );
};

function CountRow(props) {
  const { entry, goal, name, student, measure, closed } = props;
  const row = useRow(props), id = useId();
  const count = row.of("count").length, none = !count && row.of("none").length > 0;
  const observed = row.of("stop").reduce((sum, t) => sum + t.amount, 0) + (row.runs ? row.watch.elapsed : 0);
  const rate = observed || none ? `${observed ? plain((60000 * count) / observed, 2) : 0} per min` : "–";
  const times = `${count} ${count === 1 ? "time" : "times"}`;
  const press = () => row.sheet.mark(entry, goal, "count", {}, `${name}, ${student}: ${count + 1}`);
  const clocked = observed ? `in ${clock(observed)}` : none ? "today" : "";
  return (
    <Frame {...props} row={row} id={id} score={measure === "rate" ? rate : times} detail={measure === "rate" ? `${times} ${clocked}` : clocked}>
      <div className="pads many">
        <WatchPad props={props} row={row} words={["start clock", "stop clock"]} short="Clock" id={id} k="0" />
        <NonePad props={props} row={row} id={id} />
        <Pad outcome="correct" label={`${name}: count one, for ${student}`} described={id} disabled={closed} hint={row.hint(2)} data-k="2" onPress={press}><Shape path={PLUS} /><span className="n">{count}</span></Pad>
      </div>
    </Frame>
  );
}

const WATCH_WORDS = { duration: ["start", "stop"], latency: ["prompt given", "responded"] };

function WatchRow(props) {
  const row = useRow(props), id = useId();
  const times = row.of("stop").map((t) => t.amount);
  const total = times.reduce((sum, one) => sum + one, 0);
  const none = !times.length && row.of("none").length > 0;
  const score = times.length ? `mean ${seconds(total / times.length)}` : none ? "0 s" : "–";
  const detail = times.length ? `${times.length} ${times.length === 1 ? "episode" : "episodes"}` : none ? "no episodes" : "";
  const recent = times.slice(-4).map(seconds).join(" · ");
  return (
    <Frame {...props} row={row} id={id} score={score} detail={detail} meta={<span className="grow trunc">{recent}</span>}>
      <div className="pads many">
        <WatchPad props={props} row={row} words={WATCH_WORDS[props.measure]} id={id} k={props.measure === "duration" ? "02" : "012"} />
        {props.measure === "duration" ? <NonePad props={props} row={row} id={id} /> : null}
      </div>
    </Frame>
  );
}

let audio = null;
const beep = () => {
  if (isMuted()) return;
  try {
    audio ||= new AudioContext();
    const tone = audio.createOscillator(), volume = audio.createGain();
    volume.gain.value = 0.12;
    tone.frequency.value = 880;
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.12);
  } catch { /* a device without sound still flashes */ }
};
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const Mute = () => {
  const [muted, set] = useState(isMuted);
  return <button type="button" className="chip" aria-pressed={!muted} onClick={() => { keepMuted(!muted); set(!muted); }}>Beep</button>;
};

// Which interval is scored now: the running one, or with momentary sampling the one that has just ended; 0 for none.
const scored = (setup, passed) => (setup.kind === "momentary" ? passed : passed + 1);

function IntervalRow(props) {
  const { entry, goal, name, student, setup, closed } = props;
  const row = useRow(props), id = useId();
  const { sheet, watch, here, purpose } = row;
  const [flash, setFlash] = useState(false);
  const seen = useRef(null);
  const before = row.marks.filter((t) => t.place && watch && t.at < watch.at).reduce((most, t) => Math.max(most, t.place), 0);
  const passed = here ? Math.floor(watch.elapsed / (1000 * setup.seconds)) : 0;
  const last = new Map();
  for (const t of row.marks) if (t.outcome === "hit" || t.outcome === "miss") last.set(t.place, t);
  const hits = [...last.values()].filter((t) => t.outcome === "hit").length;
  const now = here ? Math.min(scored(setup, passed), setup.intervals) : 0;
  const score = (outcome, place = now) => sheet.mark(entry, goal, outcome, { place: before + place, purpose }, `${name}, ${said(outcome)}, ${student}`);
  // At each boundary: the interval that ended without a mark did not show it (a moment that nobody judged stays open),
  // and those that passed while this page was away stay open too.
  useEffect(() => {
    if (!here) { seen.current = null; return; }
    const was = seen.current;
    seen.current = { id: watch.id, passed };
    if (!was || was.id !== watch.id || passed === was.passed) return;
    if (passed === was.passed + 1 && setup.kind !== "momentary" && passed <= setup.intervals && !last.has(before + passed)) score("miss", passed);
    beep();
    if (!still()) { setFlash(true); setTimeout(() => setFlash(false), FLASH_MS); }
    if (passed >= setup.intervals + (setup.kind === "momentary" ? 1 : 0)) sheet.end(entry, goal, purpose, `${name}, ${student}: all intervals are over`);
  }, [here, watch?.id, passed]);
  const left = here ? Math.max(0, setup.seconds - Math.floor((watch.elapsed / 1000) % setup.seconds)) : setup.seconds;
  const mine = last.get(before + now)?.outcome;
  const pad = (outcome, look, k) => (
    <Pad outcome={look} label={`${name}: ${said(outcome)}, for ${student}`} described={id} disabled={closed || !now} hint={row.hint(k)} data-k={k} aria-pressed={!!now && mine === outcome} onPress={() => score(outcome)} count={outcome === "hit" ? hits : last.size - hits} />
  );
  const where = here ? `${Math.min(passed + 1, setup.intervals)} of ${setup.intervals} · ${left} s` : `${setup.intervals} × ${setup.seconds} s`;
  return (
    <Frame {...props} row={row} id={id} flash={flash} score={last.size ? `${Math.round((100 * hits) / last.size)}%` : "–"} detail={`${hits}/${last.size}`}
      meta={<><Strip marks={[...last.entries()].sort((a, b) => a[0] - b[0]).map(([, t]) => t)} /><span className="num">{where}</span><Mute /></>}>
      <div className="pads">
        {pad("miss", "incorrect", 0)}
        <WatchPad props={props} row={row} words={["start", "stop"]} id={id} k="1" />
        {pad("hit", "correct", 2)}
      </div>
    </Frame>
  );
}

// Shift and a letter of its row puts a rubric's levels in reach of the numbers: 1 to 9, and 0 for the tenth.
function RubricRow(props) {
  const { entry, goal, name, student, setup, closed } = props;
  const row = useRow(props), id = useId(), pads = useRef(null);
  const open = useSlice((s) => s.picker === goal) && !closed;
  const close = () => row.sheet.set({ picker: "" });
  useEffect(() => { if (open) (pads.current.querySelector("[aria-pressed=true]") || pads.current.firstElementChild)?.focus(); }, [open]);
  const choose = (e) => {
    if (!open || !/^(\d|Escape)$/.test(e.key) || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    if (!e.repeat && e.key !== "Escape") pads.current.children[(+e.key + 9) % 10]?.click();
    close();
  };
  const leave = (e) => { if (open && !e.currentTarget.contains(e.relatedTarget)) close(); };
  const rated = row.of("rated");
  const now = rated.length ? rated[rated.length - 1].place : 0;
  const level = setup.places[now - 1];
  return (
    <Frame {...props} row={row} id={id} score={rated.length ? `level ${plain(middle(rated.map((t) => t.place)))}` : "–"} detail={`of ${setup.places.length}`}
      meta={<span className="grow trunc" title={level?.definition}>{level ? `${level.name}: ${level.definition}` : "Not rated yet"}</span>}>
      <div className="pads many" ref={pads} onKeyDown={choose} onBlur={leave}>
        {setup.places.map((one, i) => (
          <Pad key={one.name} outcome={now === i + 1 ? "correct" : "cued"} label={`${name}: ${i + 1} ${one.name}, for ${student}`} title={one.definition} described={id} disabled={closed} hint={i < 3 ? row.hint(i) : row.hint(0) && `⇧${row.hint(0)} ${(i + 1) % 10}`} data-k={i < 3 ? i : undefined}
            aria-pressed={now === i + 1} extra={one.name} onPress={() => row.sheet.mark(entry, goal, "rated", { place: i + 1 }, `${name}, ${one.name}, ${student}`)}><span className="n">{i + 1}</span></Pad>
        ))}
      </div>
    </Frame>
  );
}

const STEP_OUTCOMES = ["incorrect", "cued", "correct"];

function TaskRow(props) {
  const { entry, goal, name, student, setup, levels, closed } = props;
  const row = useRow(props), id = useId();
  const rank = useSlice((s) => s.rank(entry));
  const [chosen, choose] = useState({ after: "", step: 0 });
  const count = setup.places.length, newest = row.marks[row.marks.length - 1];
  const step = chosen.step && chosen.after === (newest?.id || "") ? chosen.step : ((newest?.place || 0) % count) + 1;
  const go = (by) => choose({ after: newest?.id || "", step: ((step - 1 + by + count) % count) + 1 });
  const alone = row.of("correct").length, n = row.marks.length;
  const last = new Map(row.marks.map((t) => [t.place, t]));
  const words = setup.places[step - 1]?.name;
  const level = levels.find((l) => l.rank === rank);
  const record = (outcome) => row.sheet.mark(entry, goal, outcome, { place: step, prompt: outcome === "cued" ? rank : null }, `${name}, step ${step}, ${outcome}, ${student}`);
  return (
    <Frame {...props} row={row} id={id} score={n ? `${Math.round((100 * alone) / n)}%` : "–"} detail={`${alone}/${n} steps`}
      meta={<span className="strip" aria-hidden="true">{setup.places.map((one, i) => <i key={one.name} className={`dot ${LETTER[last.get(i + 1)?.outcome] || "e"}`} />)}</span>}>
      <div className="meta">
        <button type="button" className="step" aria-label={`Step before, ${name}, ${student}`} onClick={() => go(-1)}>‹</button>
        <span className="grow trunc" aria-live="off"><b>{step}</b> {words}</span>
        <button type="button" className="step" aria-label={`Step after, ${name}, ${student}`} onClick={() => go(1)}>›</button>
      </div>
      <div className="pads">
        {STEP_OUTCOMES.map((outcome, i) => (
          <Pad key={outcome} outcome={outcome} label={`${name}: step ${step} ${outcome}, for ${student}`} described={id} count={row.of(outcome).length} hint={row.hint(i)} data-k={i} disabled={closed}
            extra={outcome === "cued" && level ? level.name : ""} onPress={() => record(outcome)} />
        ))}
      </div>
    </Frame>
  );
}

const LONGEST = 5000;

function NarrativeRow(props) {
  const { entry, goal, name, student, text, onText } = props;
  const row = useRow(props);
  const stored = text || { text: "", version: 0, read_only: true, why: "" };
  const note = useNote(stored.text, stored.version, onText, `${entry}|${goal}`);
  return (
    <Frame {...props} row={row} score="" detail={saveWords(note.state, note.savedAt)} meta={stored.read_only && stored.why ? <span className="grow">{stored.why}</span> : null}>
      {note.state === "conflict" ? <Choice mine={note.mine} theirs={stored.text} resolve={note.resolve} /> : (
        <textarea className="input" data-k="012" aria-label={`${name}: what happened, for ${student}`} value={note.mine} readOnly={stored.read_only} maxLength={LONGEST} onChange={(e) => note.change(e.target.value)} onBlur={note.leave} />
      )}
    </Frame>
  );
}

export const MEASURES = { frequency: CountRow, rate: CountRow, duration: WatchRow, latency: WatchRow, interval: IntervalRow, rubric: RubricRow, task: TaskRow, narrative: (props) => <Adults><NarrativeRow {...props} /></Adults> };
