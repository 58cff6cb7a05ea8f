// A note begun from a template: offered for an empty note, added at the end of one that has words. Nothing typed goes.
// Beneath it stand the values that came from the data, each with its source, and whether the text still says them.
import { useEffect, useState } from "react";

const READ_MS = 700;

// The note as it stands was on a visible screen for a moment: told once for each saved text.
export const useRead = (note, { entry, text, version, onRead }) => {
  const clean = note.mine === text;
  useEffect(() => {
    if (!clean || !onRead) return undefined;
    let timer = 0;
    const begin = () => { clearTimeout(timer); if (document.visibilityState === "visible") timer = setTimeout(() => onRead(entry, version), READ_MS); };
    begin();
    document.addEventListener("visibilitychange", begin);
    return () => { clearTimeout(timer); document.removeEventListener("visibilitychange", begin); };
  }, [entry, version, clean]);
};

export function Template({ note, entry, offers, disabled }) {
  const [chosen, choose] = useState(offers[0]?.id);
  const offer = offers.find((one) => one.id === chosen) || offers[0];
  if (!offer) return null;
  const empty = !note.mine.trim();
  const insert = () => note.change(empty ? offer.text : `${note.mine.replace(/\s+$/, "")}\n\n${offer.text}`);
  return (
    <div className="row wrap" role="group" aria-label="Template">
      <label className="sr" htmlFor={`template-${entry}`}>Template</label>
      <select id={`template-${entry}`} className="chip" value={offer.id} onChange={(e) => choose(e.target.value)} disabled={disabled}>
        {offers.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
      </select>
      <button type="button" className={empty ? "btn sm pri" : "btn sm"} onClick={insert} disabled={disabled}>{empty ? "Fill from template" : "Add template at the end"}</button>
    </div>
  );
}

// Every value that a template would take from the data, once the note says at least one of them.
export function FromData({ text, offers }) {
  const values = [...new Map(offers.flatMap((one) => one.values).map((one) => [one.value, one])).values()];
  const found = values.filter((one) => text.includes(one.value));
  if (!found.length) return null;
  const changed = values.filter((one) => /\d/.test(one.value) && !found.includes(one));
  const line = (one, words) => <li key={one.value}><span className="b num">{one.value}</span> <span className="t2">{words}{one.source}</span></li>;
  return (
    <details className="note-from s13">
      <summary>From the data: {found.length}{changed.length ? `, not as in the data: ${changed.length}` : ""}</summary>
      <ul>{found.map((one) => line(one, "from "))}{changed.map((one) => line(one, "is not in this text; "))}</ul>
    </details>
  );
}
