// A text of a report that saves itself like a note, with its label, its state and, in a conflict, both texts.
import { useEffect } from "react";
import { Choice, saveWords, useNote } from "./use_note.jsx";

export function SavedText({ record, label, text, version, lang, rows, onSave }) {
  const note = useNote(text, version, onSave, record);
  const unsaved = note.mine !== text;
  useEffect(() => {
    const warn = (e) => { if (unsaved) e.preventDefault(); };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [unsaved]);
  return (
    <div className="field">
      <div className="row"><label className="grow" htmlFor={record}>{label}</label><span className="s13 t3" role="status">{saveWords(note.state, note.savedAt)}</span></div>
      {note.state === "conflict" ? <Choice mine={note.mine} theirs={text} resolve={note.resolve} /> : (
        <textarea id={record} className="input" lang={lang} rows={rows} maxLength={5000} spellCheck value={note.mine} onChange={(e) => note.change(e.target.value)} onBlur={note.leave} />
      )}
    </div>
  );
}
