// A note's text that saves itself. It lives on the page and in the database, never in the browser's storage; it is
// "saved" only when the server has said so for this very text. Shared by the live session and the notes page.
import { useEffect, useRef, useState } from "react";

const REST_MS = 900;
const LONGEST_MS = 4000;
const ANSWER_MS = 6000;

export const clock = (at) => at.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
export const withPhrase = (text, phrase) => (text.trim() ? `${text.replace(/\s+$/, "")} ${phrase}.` : `${phrase}.`);
const without = (text, phrase) => text.replace(new RegExp(`(^|\\s)${phrase}\\.(?=\\s|$)`), "").trim();
const has = (text, phrase) => new RegExp(`(^|\\s)${phrase}\\.(?=\\s|$)`).test(text);

// What was typed and not called saved when its field went away, by entry: in this tab's memory only. A page that has to
// load again, for example because the server started anew on storage that takes nothing, brings it back with its field.
const unsaved = new Map();

// The text, its state ("", "typing", "saving", "saved", "late", "conflict") and what to do with it.
export const useNote = (text, version, onSave, entry) => {
  const [left] = useState(() => unsaved.get(entry));
  const [mine, setMine] = useState(left ? left.mine : text);
  const [state, setState] = useState(left ? "late" : "");
  const [savedAt, setSavedAt] = useState(null);
  const box = useRef({ base: version, sent: [], waiting: null, rest: 0, first: 0, answer: 0, mine: text, clean: text, ...left });
  const b = box.current;
  const save = (late = false) => {
    clearTimeout(b.rest); clearTimeout(b.answer);
    b.first = 0;
    if (b.waiting !== null && b.waiting === b.mine) return;
    b.waiting = b.mine;
    b.sent = [...b.sent.slice(-9), b.mine];
    setState(late ? "late" : "saving");
    onSave(entry, b.mine, b.base);
    b.answer = setTimeout(() => { b.waiting = null; save(true); }, ANSWER_MS);
  };
  const change = (next) => {
    b.mine = next;
    setMine(next);
    setState("typing");
    clearTimeout(b.rest);
    b.first ||= Date.now();
    b.rest = setTimeout(save, Math.max(0, Math.min(REST_MS, b.first + LONGEST_MS - Date.now())));
  };
  const settle = () => { clearTimeout(b.answer); b.waiting = null; b.clean = text; };
  useEffect(() => { unsaved.delete(entry); if (left) b.rest = setTimeout(save, REST_MS); }, []);
  useEffect(() => {
    if (version === b.base && text === b.clean) return;
    b.base = version;
    if (b.mine === text) { settle(); clearTimeout(b.rest); setSavedAt(new Date()); setState("saved"); }
    else if (b.sent.includes(text)) { settle(); b.rest = setTimeout(save, 50); }
    else if (b.mine === b.clean) { settle(); b.mine = text; setMine(text); setState(""); }
    else { settle(); clearTimeout(b.rest); setState("conflict"); }
  }, [text, version]);
  useEffect(() => {
    const hidden = () => { if (document.visibilityState === "hidden") b.leave?.(); };
    document.addEventListener("visibilitychange", hidden);
    return () => document.removeEventListener("visibilitychange", hidden);
  }, []);
  useEffect(() => () => {
    clearTimeout(b.answer);
    if (b.mine !== b.clean) { save(); unsaved.set(entry, { mine: b.mine, clean: b.clean, base: b.base, sent: b.sent }); }
    clearTimeout(b.answer);
  }, []);
  const leave = () => { if (b.mine !== b.clean && b.waiting === null && state !== "conflict") save(); };
  b.leave = leave;
  const resolve = (chosen) => { b.mine = chosen; setMine(chosen); if (chosen === text) { b.clean = text; setState("saved"); setSavedAt(new Date()); } else save(); };
  return { mine, state, savedAt, change, leave, resolve };
};

export const Choice = ({ mine, theirs, resolve }) => (
  <div className="choice" role="alert">
    <p className="b">This note was changed elsewhere. Both texts are here.</p>
    <div><h3>Yours</h3><p>{mine}</p></div>
    <div><h3>Theirs</h3><p>{theirs || "(empty)"}</p></div>
    <div className="row wrap">
      <button type="button" className="btn sm" onClick={() => resolve(mine)}>Keep mine</button>
      <button type="button" className="btn sm" onClick={() => resolve(theirs)}>Use theirs</button>
      <button type="button" className="btn sm" onClick={() => resolve(`${theirs}\n${mine}`.trim())}>Keep both</button>
    </div>
  </div>
);

export const saveWords = (state, savedAt) => ({
  typing: "Not saved yet", saving: "Saving", late: "Not saved yet. Kept on this page; trying again.", conflict: "Not saved: choose a text",
  saved: savedAt ? `Saved ${clock(savedAt)}` : "Saved",
}[state] || "");

// A chip for each phrase: it adds the sentence, and takes it out again.
export const Phrases = ({ note, phrases, student, disabled }) => phrases.map((phrase) => (
  <button key={phrase} type="button" className="chip" aria-label={`${phrase}, for ${student}`} aria-pressed={has(note.mine, phrase)} disabled={disabled}
    onClick={() => note.change(has(note.mine, phrase) ? without(note.mine, phrase) : withPhrase(note.mine, phrase))}>{phrase}</button>
));
