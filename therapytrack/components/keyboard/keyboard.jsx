// The keyboard: the list of keys, the way to the search and to other pages, selecting rows. Nothing is stored or sent.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";

const WAIT_MS = 1500;
const PRESSED = /^(button|checkbox|color|file|radio|range|reset|submit)$/;
// What was typed into a page's search: kept while this tab lives, in its memory only. A student's name is in it.
const typed = new Map();
let wanted = false;

const typing = (el) => el?.isContentEditable || /^(TEXTAREA|SELECT)$/.test(el?.tagName) || (el?.tagName === "INPUT" && !PRESSED.test(el.type));
const OFF = "data-single-keys-off"; // on the root element, read by every handler of single keys
const singleKeys = () => !document.documentElement.hasAttribute(OFF);
const alone = (e) => singleKeys() && !e.ctrlKey && !e.metaKey && !e.altKey && !typing(e.target);

export function KeysLayer({ places, single, children }) {
  const box = useRef(null);
  const go = useNavigate();
  useLayoutEffect(() => { document.documentElement.toggleAttribute(OFF, !single); }, [single]);
  useEffect(() => {
    let until = 0;
    const search = () => {
      const field = document.querySelector("[role=search] input");
      if (field) { field.focus(); field.select(); } else { wanted = true; go("/caseload"); }
    };
    const act = (e) => {
      const key = e.key.toLowerCase(), going = Date.now() < until && places[key];
      const moves = Object.keys(places).length > 0;
      if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && key === "k") return moves && search;
      if (!alone(e) || e.repeat) return null;
      if (key === "?") return () => box.current.showModal();
      if (going) return () => go(going);
      if (key === "g") return moves && (() => { until = Date.now() + WAIT_MS; });
      return key === "/" && moves && search;
    };
    // First of all, so that a letter after G, or one pressed over the list, is not also taken as a key of the page.
    const onKey = (e) => {
      if (box.current?.open) { e.stopPropagation(); return; }
      if (e.defaultPrevented || e.isComposing || document.documentElement.hasAttribute("data-handed-over")) return;
      const found = act(e);
      if (e.key !== "Shift") until = 0;
      if (found) { e.preventDefault(); e.stopPropagation(); found(); }
    };
    const onClick = (e) => { if (e.target.closest?.("[data-keys-list]")) box.current.showModal(); };
    window.addEventListener("keydown", onKey, true);
    window.addEventListener("click", onClick);
    return () => { window.removeEventListener("keydown", onKey, true); window.removeEventListener("click", onClick); };
  }, [places, go]);
  return (
    <dialog ref={box} className="keys" aria-labelledby="keys-title" onClick={(e) => { if (e.target === box.current) box.current.close(); }}>
      <div className="panel-h"><h2 id="keys-title" className="grow">Keys</h2><button type="button" className="btn sm" onClick={() => box.current.close()}>Close</button></div>
      {children}
    </dialog>
  );
}

const fold = (text) => (text || "").normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

export function SearchBox({ label, scope, keep }) {
  const input = useRef(null);
  const [said, say] = useState("");
  const apply = () => {
    const words = fold(input.current?.value).split(/\s+/).filter(Boolean);
    const root = document.querySelector(scope);
    if (!root) return;
    const rows = [...root.querySelectorAll("[data-search]")];
    let shown = new Set(), all = new Set();
    for (const row of rows) {
      const text = fold(row.dataset.search);
      const hit = words.every((w) => text.includes(w));
      if (row.hidden === hit) row.hidden = !hit;
      all.add(row.dataset.search); if (hit) shown.add(row.dataset.search);
    }
    const none = root.querySelector("[data-no-match]");
    if (none) none.hidden = !(words.length && rows.length && !shown.size);
    say(words.length ? `${shown.size} of ${all.size} shown` : "");
  };
  const write = (text) => { input.current.value = text; if (keep) typed.set(scope, text); apply(); };
  useEffect(() => {
    if (keep && typed.get(scope)) write(typed.get(scope));
    if (wanted) { wanted = false; input.current.focus(); input.current.select(); }
    const root = document.querySelector(scope);
    const seen = root && new MutationObserver(() => { if (input.current?.value) apply(); });
    seen?.observe(root, { childList: true, subtree: true });
    return () => seen?.disconnect();
  }, [scope]);
  const onKeyDown = (e) => {
    if (e.key === "Escape") { write(""); input.current.blur(); }
    if (e.key === "Enter" && e.target.form) e.preventDefault();
    else if (e.key === "Enter" && input.current.value.trim()) {
      const rows = [...document.querySelectorAll(`${scope} [data-search]:not([hidden])`)];
      rows.find((r) => r.offsetParent !== null)?.querySelector("a[href]")?.click();
    }
  };
  return (
    <div className="search" role="search">
      <svg width="17" height="17" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true"><circle cx="11" cy="11" r="7" /><path d="m20 20-4-4" /></svg>
      <input ref={input} type="search" aria-label={label} placeholder={label + "…"} autoComplete="off" spellCheck={false} onInput={(e) => write(e.target.value)} onKeyDown={onKeyDown} aria-keyshortcuts="/ Control+K Meta+K" />
      <kbd className="hide-m" aria-hidden="true">/</kbd>
      <span className="sr" role="status">{said}</span>
    </div>
  );
}

// X ticks the row in focus, else the one under the pointer; a tick with Shift takes along the rows since the last one.
export function RowPicking({ scope }) {
  useEffect(() => {
    let last = null, along = false;
    const TICK = "input[type=checkbox]", ROW = `${scope} [data-search]`;
    const onKey = (e) => {
      if (e.key.toLowerCase() !== "x" || !alone(e) || e.repeat || e.defaultPrevented) return;
      const row = document.activeElement?.closest(ROW) || document.querySelector(`${ROW}:hover`);
      row?.querySelector(TICK)?.click();
    };
    const onClick = (e) => {
      if (along || !e.target.matches?.(`${ROW} ${TICK}`)) return;
      const ticks = [...document.querySelectorAll(`${ROW}:not([hidden]) ${TICK}`)];
      const [from, to] = [ticks.indexOf(last), ticks.indexOf(e.target)];
      last = e.target;
      if (!e.shiftKey || from < 0) return;
      along = true;
      ticks.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((tick) => { if (tick.checked !== e.target.checked) tick.click(); });
      along = false;
    };
    window.addEventListener("keydown", onKey);
    window.addEventListener("click", onClick);
    return () => { window.removeEventListener("keydown", onKey); window.removeEventListener("click", onClick); };
  }, [scope]);
  return null;
}

// The address follows what was chosen since the page came, without a step back for each; a reload then finds it.
export function InAddress({ name, values }) {
  const now = values.join();
  const before = useRef(now);
  useEffect(() => {
    if (before.current === now) return;
    before.current = now;
    const url = new URL(window.location.href);
    if (now) url.searchParams.set(name, now); else url.searchParams.delete(name);
    window.history.replaceState(window.history.state, "", url);
  }, [name, now]);
  return null;
}
