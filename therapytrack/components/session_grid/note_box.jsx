// One student's note: chips that add a phrase, and a text that saves itself. The text lives on the page and in the
// database, never in the browser's storage; it is "saved" only when the server has said so for this very text.
import { useEffect, useRef, useState } from "react";
import { clock, Icon } from "./context.jsx";

const ON_CARD = 2;
const REST_MS = 900;
const LONGEST_MS = 4000;
const ANSWER_MS = 6000;
const EDIT = "M12 20h9M16.5 3.5a2.1 2.1 0 0 1 3 3L7 19l-4 1 1-4z";

const withPhrase = (text, phrase) => (text.trim() ? `${text.replace(/\s+$/, "")} ${phrase}.` : `${phrase}.`);
const without = (text, phrase) => text.replace(new RegExp(`(^|\\s)${phrase}\\.(?=\\s|$)`), "").trim();
const has = (text, phrase) => new RegExp(`(^|\\s)${phrase}\\.(?=\\s|$)`).test(text);

// The text, its state ("", "typing", "saving", "saved", "late", "conflict") and what to do with it.
const useNote = (text, version, onSave, entry) => {
  const [mine, setMine] = useState(text);
  const [state, setState] = useState("");
  const [savedAt, setSavedAt] = useState(null);
  const box = useRef({ base: version, sent: [], waiting: null, rest: 0, first: 0, answer: 0, mine: text, clean: text });
  const b = box.current;
  const save = () => {
    clearTimeout(b.rest); clearTimeout(b.answer);
    b.first = 0;
    if (b.waiting !== null && b.waiting === b.mine) return;
    b.waiting = b.mine;
    b.sent = [...b.sent.slice(-9), b.mine];
    setState("saving");
    onSave(entry, b.mine, b.base);
    b.answer = setTimeout(() => { b.waiting = null; setState("late"); save(); }, ANSWER_MS);
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
  useEffect(() => {
    if (version === b.base && text === b.clean) return;
    b.base = version;
    if (b.mine === text) { settle(); clearTimeout(b.rest); setSavedAt(new Date()); setState("saved"); }
    else if (b.sent.includes(text)) { settle(); b.rest = setTimeout(save, 50); }
    else if (b.mine === b.clean) { settle(); b.mine = text; setMine(text); setState(""); }
    else { settle(); clearTimeout(b.rest); setState("conflict"); }
  }, [text, version]);
  useEffect(() => () => { clearTimeout(b.answer); if (b.mine !== b.clean) save(); clearTimeout(b.answer); }, []);
  const leave = () => { if (b.mine !== b.clean && b.waiting === null && state !== "conflict") save(); };
  const resolve = (chosen) => { b.mine = chosen; setMine(chosen); if (chosen === text) { b.clean = text; setState("saved"); setSavedAt(new Date()); } else save(); };
  return { mine, state, savedAt, change, leave, resolve };
};

const Choice = ({ mine, theirs, resolve }) => (
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

const words = (state, savedAt) => ({
  typing: "Not saved yet", saving: "Saving", late: "Not saved yet. Kept on this page; trying again.", conflict: "Not saved: choose a text",
  saved: savedAt ? `Saved ${clock(savedAt)}` : "Saved",
}[state] || "");

export function NoteBox({ entry, student, text, version, phrases, readOnly, why, onSave }) {
  const note = useNote(text, version, onSave, entry);
  const [open, setOpen] = useState(false);
  const area = useRef(null), opener = useRef(null);
  useEffect(() => { if (note.state === "conflict") setOpen(true); }, [note.state]);
  useEffect(() => { if (open) area.current?.focus(); }, [open]);
  const close = () => { note.leave(); setOpen(false); opener.current?.focus(); };
  const flip = (phrase) => note.change(has(note.mine, phrase) ? without(note.mine, phrase) : withPhrase(note.mine, phrase));
  const chip = (phrase) => (
    <button key={phrase} type="button" className="chip" aria-label={`${phrase}, for ${student}`} aria-pressed={has(note.mine, phrase)} disabled={readOnly} onClick={() => flip(phrase)}>{phrase}</button>
  );
  const said = words(note.state, note.savedAt);
  return (
    <>
      <div className="kid-f">
        {phrases.slice(0, ON_CARD).map(chip)}
        <button ref={opener} type="button" className="chip" aria-expanded={open} aria-label={`Note for ${student}`} onClick={() => (open ? close() : setOpen(true))}>
          <Icon path={EDIT} size={15} />Note{note.mine.trim() ? <span className="has" aria-hidden="true" /> : null}
        </button>
        {!open && said && note.state !== "saved" ? <span className="s12 t3 trunc">{said}</span> : null}
      </div>
      {open ? (
        <div className="sheet" role="dialog" aria-label={`Note for ${student}`} onKeyDown={(e) => { e.stopPropagation(); if (e.key === "Escape") close(); }}>
          <div className="row"><h3 className="grow">Note</h3><span className="s13 t3" role="status">{said}</span><button type="button" className="btn sm" onClick={close}>Close</button></div>
          {note.state === "conflict" ? <Choice mine={note.mine} theirs={text} resolve={note.resolve} /> : (
            <textarea ref={area} className="input" aria-label={`Note text for ${student}`} value={note.mine} readOnly={readOnly} maxLength={20000} onChange={(e) => note.change(e.target.value)} onBlur={note.leave} />
          )}
          {readOnly || note.state === "conflict" ? null : <div className="row wrap">{phrases.slice(ON_CARD).map(chip)}</div>}
          {readOnly && why ? <p className="s13 t2">{why}</p> : null}
        </div>
      ) : null}
    </>
  );
}
