// A grid of days and hours, a minute being two pixels; a drag snaps to five. The server is asked when it is put down.
import { useEffect, useRef, useState } from "react";

const SCALE = 2, SNAP = 5, HOUR = 60, LEAST = 26, FAR = 6, LINE = 16;
const half = (m) => (m < 12 * HOUR ? "AM" : "PM"), hour = (m) => Math.floor(m / HOUR) % 12 || 12;
const clock = (m) => `${hour(m)}:${String(m % HOUR).padStart(2, "0")} ${half(m)}`;
const snapped = (m) => Math.round(m / SNAP) * SNAP;

function Hours({ first, last }) {
  const hours = [];
  for (let at = first; at < last; at += HOUR) hours.push(at);
  return (
    <div className="wk-hours" aria-hidden="true">
      {hours.map((at) => <span key={at} style={{ top: (at - first) * SCALE }}>{hour(at)} {half(at)}</span>)}
    </div>
  );
}

function Meeting({ one, place, days, held, first, taken, ...handlers }) {
  const at = held ? held.top : one.top, left = (100 * (place + one.lane / one.lanes)) / days.length, classes = ["wk-m", one.status];
  if (one.clashes.length) classes.push("clash");
  if (held) classes.push("taken");
  if (one.moves) classes.push("moves");
  const words = [one.title, one.day_words, one.hours, one.names, one.where, one.status_words, one.moved && "moved", ...one.clashes];
  return (
    <button
      type="button" className={classes.join(" ")} data-day={days[place].iso}
      aria-label={words.filter(Boolean).join(", ")} aria-pressed={taken || undefined}
      aria-keyshortcuts={one.moves ? "M" : undefined}
      style={{
        top: at * SCALE, height: Math.max(one.length * SCALE - 2, LEAST),
        left: `calc(${left}% + 2px)`, width: `calc(${100 / one.lanes / days.length}% - 4px)`,
      }}
      {...handlers}
    >
      <span className="wk-t">{one.clashes.length > 0 && <b className="wk-w" aria-hidden="true">!</b>}{one.status === "finished" && <i className="wk-d" aria-hidden="true">✓</i>}<b>{one.title}</b></span>
      <span className="wk-s num">{held ? clock(first + at) : one.hours}{one.status_words && one.status !== "finished" && ` · ${one.status_words}`}</span>
      {one.names && one.names !== one.title && one.length * SCALE > 3 * LINE && <span className="wk-s">{one.names}</span>}
    </button>
  );
}

export function WeekGrid({ days, meetings, first, last, mayAdd, onPick, onMove, onEmpty }) {
  const [held, hold] = useState(null); // { key, column, top, by: "pointer" | "keys" }
  const [said, say] = useState("");
  const grid = useRef(null), drag = useRef(null), dragged = useRef(false);
  const limit = (top, length) => Math.min(Math.max(snapped(top), 0), last - first - length);
  const column = (one) => days.findIndex((day) => day.iso === one.day);
  const drop = (one, to) => {
    hold(null);
    if (to.column === column(one) && to.top === one.top) return say(`${one.title} stays where it is.`);
    onMove(one.key, days[to.column].iso, first + to.top);
    return say("");
  };

  const grip = (one) => ({
    onPointerDown: (e) => {
      dragged.current = false;
      if (!one.moves || e.button || e.pointerType === "touch") return;
      drag.current = { one, x: e.clientX, y: e.clientY };
      e.currentTarget.setPointerCapture(e.pointerId);
    },
    onPointerMove: (e) => {
      const from = drag.current;
      if (!from || (!dragged.current && Math.hypot(e.clientX - from.x, e.clientY - from.y) < FAR)) return;
      dragged.current = true;
      const boxes = [...grid.current.querySelectorAll(".wk-day")].map((day) => day.getBoundingClientRect());
      const under = boxes.findIndex((box) => e.clientX >= box.left && e.clientX < box.right);
      const top = limit(from.one.top + (e.clientY - from.y) / SCALE, from.one.length);
      hold({ key: from.one.key, column: under < 0 ? column(from.one) : under, top, by: "pointer" });
    },
    onPointerUp: () => {
      if (dragged.current && held) drop(one, held);
      drag.current = null;
    },
    onPointerCancel: () => { drag.current = null; hold(null); },
    onClick: () => {
      if (dragged.current) { dragged.current = false; return; }
      if (held?.key === one.key) drop(one, held); else onPick(one.key);
    },
    onKeyDown: (e) => keys(e, one),
    onBlur: () => { if (held?.key === one.key && held.by === "keys") { hold(null); say(`${one.title} stays where it is.`); } },
  });

  const keys = (e, one) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (!held) {
      if (e.key.toLowerCase() !== "m" || !one.moves) return;
      e.preventDefault();
      hold({ key: one.key, column: column(one), top: one.top, by: "keys" });
      say(`${one.title} is taken up. Arrows move it, Enter puts it down, Escape lets it go.`);
      return;
    }
    const step = { ArrowUp: [0, -SNAP], ArrowDown: [0, SNAP], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[e.key];
    if (e.key === "Escape") { e.preventDefault(); hold(null); say(`${one.title} stays where it is.`); }
    if (!step) return;
    e.preventDefault();
    const to = {
      ...held, top: limit(held.top + step[1] * (e.shiftKey ? 3 : 1), one.length),
      column: Math.min(Math.max(held.column + step[0], 0), days.length - 1),
    };
    hold(to);
    say(`${days[to.column].name} ${days[to.column].date}, ${clock(first + to.top)}`);
  };

  const ask = (e, day) => {
    if (!mayAdd) return;
    const at = (e.clientY - e.currentTarget.getBoundingClientRect().top) / SCALE;
    onEmpty(day.iso, first + Math.floor(at / 30) * 30);
  };
  return (
    <div className="wk" ref={grid} style={{ "--days": days.length, "--hour": `${HOUR * SCALE}px` }}>
      <div className="wk-head">
        <span />
        {days.map((day) => (
          <div key={day.iso} className={`wk-h${day.today ? " today" : ""}`}>
            <h2><span>{day.name}</span> <b className="num">{day.date}</b></h2>
            {day.notes.map((note) => <p key={note} className="wk-n">{note}</p>)}
          </div>
        ))}
      </div>
      <div className="wk-body" style={{ height: (last - first) * SCALE }}>
        <Hours first={first} last={last} />
        {days.map((day) => <div key={day.iso} className={`wk-day${day.closed ? " closed" : ""}`} onClick={(e) => ask(e, day)} />)}
        <div className="wk-all">
          {meetings.map((one) => {
            const mine = held?.key === one.key ? held : null, place = mine ? mine.column : column(one);
            return place < 0 ? null : (
              <Meeting key={one.key} one={one} place={place} days={days} held={mine} taken={mine?.by === "keys"} first={first} {...grip(one)} />
            );
          })}
        </div>
      </div>
      <p className="sr" role="status">{said}</p>
    </div>
  );
}

const minutes = (text) => { const [hours, rest] = text.split(":").map(Number); return hours * HOUR + rest; };
const two = (number) => String(number).padStart(2, "0");
const LAST = 24 * HOUR - 1;

// In the form that it stands in: when the field `starts` changes, `ends` keeps the length, within the day.
export function HoursFollow() {
  const here = useRef(null);
  useEffect(() => {
    const { starts, ends } = here.current.closest("form").elements;
    let length = 0;
    const measure = () => { length = minutes(ends.value) - minutes(starts.value); };
    const follow = () => {
      if (!starts.value || !(length > 0)) return;
      const to = Math.min(minutes(starts.value) + length, LAST);
      ends.value = `${two(Math.floor(to / HOUR))}:${two(to % HOUR)}`;
    };
    measure();
    starts.addEventListener("input", follow);
    ends.addEventListener("input", measure);
    return () => { starts.removeEventListener("input", follow); ends.removeEventListener("input", measure); };
  }, []);
  return <span ref={here} hidden />;
}

// Who is ticked in `scope`: by first name, two of the same first name by their whole names.
export function ChosenNames({ scope }) {
  const [names, tell] = useState([]);
  useEffect(() => {
    const list = document.querySelector(scope);
    const read = () => tell([...list.querySelectorAll("input:checked")].map((tick) => tick.closest("[data-search]").dataset.search));
    read();
    list.addEventListener("change", read);
    return () => list.removeEventListener("change", read);
  }, [scope]);
  const first = (name) => name.split(" ")[0];
  const short = names.map((name) => (names.filter((other) => first(other) === first(name)).length > 1 ? name : first(name)));
  return <p className="s14 t2 chosen">{names.length ? `${names.length} chosen: ${short.join(", ")}` : "Nobody chosen yet"}</p>;
}
