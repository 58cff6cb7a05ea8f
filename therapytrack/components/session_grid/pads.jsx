// What the rows of all measures are made of: a big button whose every press counts once, and the strip of marks.
import { useEffect, useRef } from "react";

const LONG_PRESS_MS = 450;
const STILL_PX = 14;
const SLOTS = 12;
const EMPTY_SLOTS = 10;
export const LETTER = { correct: "p", cued: "c", approximation: "a", incorrect: "m", no_response: "n", hit: "p", miss: "m", none: "o" };

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

// `outcome` gives the look; `children` stand in the place of the sign and the count.
export const Pad = ({ outcome, label, described, count, hint, extra, disabled, onPress, onLong, children, ...more }) => (
  <button type="button" className={`pad ${LETTER[outcome]}`} aria-label={label} aria-describedby={described} disabled={disabled} {...usePress(onPress, onLong)}
    aria-haspopup={onLong ? "dialog" : undefined} {...more}>
    {children || <><Sign outcome={outcome} /><span className="n">{count}</span></>}
    {extra ? <span className="lv">{extra}</span> : null}{hint ? <kbd className="ky" aria-hidden="true">{hint}</kbd> : null}
  </button>
);

export const Strip = ({ marks }) => {
  const shown = marks.slice(-SLOTS);
  return (
    <span className="strip" aria-hidden="true">
      {shown.map((t) => <i key={t.id} className={`dot ${LETTER[t.outcome]}`} />)}
      {Array.from({ length: Math.max(0, EMPTY_SLOTS - shown.length) }, (_, i) => <i key={`e${i}`} className="dot e" />)}
    </span>
  );
};
