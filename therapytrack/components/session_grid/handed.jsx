// The tablet handed over: one student's goals and nothing of anybody else, neither in view nor in the accessibility tree.
// Parts for adults are not drawn at all meanwhile; a reload stays so. Leaving takes two seconds of holding, or three keys.
import { useEffect, useRef, useState } from "react";
import { Icon, useSheet, useSlice } from "./context.jsx";

const HOLD_MS = 2000;
const TABLET = "M7 2h10a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zM11 18h2";
const HANDED = "data-handed-over"; // on the root element: the list of keys, which leads elsewhere, stays shut

export const Adults = ({ children }) => (useSlice((s) => s.handed) ? null : children);

export function HandOver({ entry, name }) {
  const sheet = useSheet();
  return <button type="button" className="step give" aria-label={`Hand over the tablet to ${name}`} title={`${name} sees nobody else on it`} onClick={() => sheet.hand(entry)}><Icon path={TABLET} size={15} /><span className="wide">Hand over</span></button>;
}

// Held by a finger, a mouse, Enter or Space until the time is up; whatever ends sooner counts for nothing.
const useHold = (done) => {
  const [holding, hold] = useState(false);
  const timer = useRef(0);
  const end = () => { clearTimeout(timer.current); hold(false); };
  const begin = () => { end(); hold(true); timer.current = setTimeout(() => { end(); done(); }, HOLD_MS); };
  useEffect(() => () => clearTimeout(timer.current), []);
  const key = (e) => e.key === "Enter" || e.key === " ";
  return {
    holding,
    handlers: {
      onPointerDown: begin, onPointerUp: end, onPointerLeave: end, onPointerCancel: end, onBlur: end,
      onKeyDown: (e) => { if (!key(e)) return; e.preventDefault(); if (!e.repeat) begin(); },
      onKeyUp: (e) => { if (key(e)) end(); },
      onContextMenu: (e) => e.preventDefault(),
    },
  };
};

export function HandedBar() {
  const sheet = useSheet();
  const handed = useSlice((s) => s.handed);
  const { holding, handlers } = useHold(() => sheet.hand(""));
  useEffect(() => {
    document.documentElement.toggleAttribute(HANDED, !!handed);
    if (!handed) return undefined;
    const onKey = (e) => { if ((e.ctrlKey || e.metaKey) && e.shiftKey && e.key === "Enter") { e.preventDefault(); sheet.hand(""); } };
    // Back would lead to a page with names: it leads here again.
    const stay = () => window.history.pushState(window.history.state, "", window.location.href);
    stay();
    window.addEventListener("keydown", onKey);
    window.addEventListener("popstate", stay);
    return () => {
      document.documentElement.removeAttribute(HANDED);
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("popstate", stay);
    };
  }, [handed, sheet]);
  if (!handed) return null;
  return (
    <header className="handed">
      <button type="button" className={holding ? "btn hold on" : "btn hold"} aria-keyshortcuts="Control+Shift+Enter Meta+Shift+Enter" aria-describedby="handed-how" {...handlers}>Back to the group</button>
      <span id="handed-how" className="s13 t2">Hold for 2 seconds, or press Ctrl Shift Enter</span>
    </header>
  );
}
