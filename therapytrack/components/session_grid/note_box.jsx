// One student's note on the session's card: chips that add a phrase, and the text in a sheet that saves itself.
import { useEffect, useRef, useState } from "react";
import { Choice, Phrases, saveWords, useNote } from "../note_field/use_note.jsx";
import { Icon } from "./context.jsx";

const ON_CARD = 2;
const LONGEST_NOTE = 20000;
const EDIT = "M12 20h9M16.5 3.5a2.1 2.1 0 0 1 3 3L7 19l-4 1 1-4z";

export function NoteBox({ entry, student, text, version, phrases, readOnly, why, onSave }) {
  const note = useNote(text, version, onSave, entry);
  const [open, setOpen] = useState(false);
  const area = useRef(null), opener = useRef(null);
  useEffect(() => { if (note.state === "conflict") setOpen(true); }, [note.state]);
  useEffect(() => { if (open) { area.current?.focus(); area.current?.setSelectionRange(LONGEST_NOTE, LONGEST_NOTE); } }, [open]);
  const close = () => { note.leave(); setOpen(false); opener.current?.focus(); };
  const said = saveWords(note.state, note.savedAt);
  return (
    <>
      <div className="kid-f">
        <Phrases note={note} phrases={phrases.slice(0, ON_CARD)} student={student} disabled={readOnly} />
        <button ref={opener} type="button" className="chip" aria-expanded={open} aria-label={`Note for ${student}`} onClick={() => (open ? close() : setOpen(true))}>
          <Icon path={EDIT} size={15} />Note{note.mine.trim() ? <span className="has" aria-hidden="true" /> : null}
        </button>
        {!open && said && note.state !== "saved" ? <span className="s12 t3 trunc">{said}</span> : null}
      </div>
      {open ? (
        <div className="sheet" role="dialog" aria-label={`Note for ${student}`} onKeyDown={(e) => { e.stopPropagation(); if (e.key === "Escape") close(); }}>
          <div className="row"><h3 className="grow">Note</h3><span className="s13 t3" role="status">{said}</span><button type="button" className="btn sm" onClick={close}>Close</button></div>
          {note.state === "conflict" ? <Choice mine={note.mine} theirs={text} resolve={note.resolve} /> : (
            <textarea ref={area} className="input" aria-label={`Note text for ${student}`} value={note.mine} readOnly={readOnly} maxLength={LONGEST_NOTE} onChange={(e) => note.change(e.target.value)} onBlur={note.leave} />
          )}
          {readOnly || note.state === "conflict" ? null : <div className="row wrap"><Phrases note={note} phrases={phrases.slice(ON_CARD)} student={student} disabled={readOnly} /></div>}
          {readOnly && why ? <p className="s13 t2">{why}</p> : null}
        </div>
      ) : null}
    </>
  );
}
