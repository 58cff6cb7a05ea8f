// The editor of the notes page. A button acts only on text that the server has called saved: what is signed was shown.
import { useEffect, useRef, useState } from "react";
import { FromData, Template, useRead } from "./note_template.jsx";
import { Choice, Phrases, saveWords, useNote, withPhrase } from "./use_note.jsx";

const PATIENCE_MS = 8000;

// The button that was pressed: it waits for the text to be saved, sends itself once, and wakes at the server's answer.
const useAct = (note, { entry, text, version, answer, onAct }) => {
  const [pressed, press] = useState("");
  const [late, setLate] = useState(false);
  const sent = useRef(false), timer = useRef(0);
  const saved = note.mine === text && note.state !== "conflict";
  const rest = (tooLate) => { clearTimeout(timer.current); sent.current = false; press(""); setLate(tooLate); };
  useEffect(() => {
    if (!pressed || sent.current || !saved) return;
    sent.current = true;
    onAct(pressed, entry, text, version);
  }, [pressed, saved]);
  useEffect(() => rest(false), [answer, entry, note.state === "conflict"]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const act = (name) => {
    if (pressed || note.state === "conflict") return;
    setLate(false);
    press(name);
    if (!saved) note.leave();
    timer.current = setTimeout(() => rest(true), PATIENCE_MS);
  };
  return { pressed, late, act };
};

export function NoteEditor(props) {
  const { entry, student, text, version, phrases, dataText, actions, offers, onSave } = props;
  const note = useNote(text, version, onSave, entry);
  const { pressed, late, act } = useAct(note, props);
  useRead(note, props);
  const primary = actions.find((a) => a.primary) || actions[0];
  const unsaved = note.mine !== text;
  useEffect(() => {
    const warn = (e) => { if (unsaved) e.preventDefault(); };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [unsaved]);
  const onKeyDown = (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key === "Enter" && primary) { e.preventDefault(); act(primary.name); }
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "s") { e.preventDefault(); note.leave(); }
    if (e.key === "Escape") e.target.blur();
  };
  return (
    <div className="note-edit">
      <div className="row"><label className="label b grow" htmlFor={`note-${entry}`}>Note</label><span className="s13 t3" role="status">{late ? "No answer yet. Your text is kept here: try again." : saveWords(note.state, note.savedAt)}</span></div>
      <Template note={note} entry={entry} offers={offers} disabled={note.state === "conflict"} />
      {note.state === "conflict" ? <Choice mine={note.mine} theirs={text} resolve={note.resolve} /> : (
        <textarea id={`note-${entry}`} className="input" data-keys="e" value={note.mine} maxLength={20000} rows={7} spellCheck onChange={(e) => note.change(e.target.value)} onBlur={note.leave} onKeyDown={onKeyDown} />
      )}
      <FromData text={note.mine} offers={offers} />
      <div className="row wrap" role="group" aria-label="Quick phrases">
        {dataText ? <button type="button" className="chip" onClick={() => note.change(withPhrase(note.mine, dataText))}>Scores</button> : null}
        <Phrases note={note} phrases={phrases} student={student} disabled={note.state === "conflict"} />
      </div>
      <div className="row wrap note-acts">
        {actions.map((a) => (
          <button key={a.name} type="button" className={a.primary ? "btn pri" : "btn"} aria-disabled={pressed ? "true" : undefined} aria-keyshortcuts={a.primary ? "Control+Enter Meta+Enter" : undefined} onClick={() => act(a.name)}>{a.label}</button>
        ))}
        {primary ? <span className="s13 t3 hide-m"><kbd>Ctrl</kbd> <kbd>Enter</kbd> {primary.label.toLowerCase()}</span> : null}
      </div>
    </div>
  );
}
