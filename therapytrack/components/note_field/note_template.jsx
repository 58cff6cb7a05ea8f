// A note begun from a template: offered for an empty note, added at the end of one that has words. Nothing typed goes.
// Beneath it stand the values that came from the data, each with its source, and whether the text still says them.
import { useEffect, useState } from "react";

const READ_MS = 700;

// The note as it stands was on a visible screen for a moment: told once for each saved text.
export const useRead = (note, { entry, text, version, listed, onRead }) => {
  const clean = note.mine === text;
  useEffect(() => {
    if (!clean || !listed) return undefined;
    let timer = 0;
    const begin = () => { clearTimeout(timer); if (document.visibilityState === "visible") timer = setTimeout(() => onRead(entry, version), READ_MS); };
    begin();
    document.addEventListener("visibilitychange", begin);
    return () => { clearTimeout(timer); document.removeEventListener("visibilitychange", begin); };
  }, [entry, version, clean, listed]);
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

// The values of the template that the note says most of, once it says one. While it says at least half of them, it was
// begun from that template: what it says no longer was changed by hand, or in the data since.
export function FromData({ text, offers }) {
  const said = (offer) => offer.values.filter((one) => text.includes(one.value));
  const offer = offers.reduce((best, one) => (best && said(best).length >= said(one).length ? best : one), null);
  const found = offer ? said(offer) : [];
  if (!found.length) return null;
  const changed = 2 * found.length < offer.values.length ? [] : offer.values.filter((one) => !found.includes(one));
  const line = (one, words) => <li key={one.value}><span className="b num">{one.value}</span> <span className="t2">{words}{one.source}</span></li>;
  return (
    <details className="note-from s13">
      <summary>From the data: {found.length}{changed.length ? `, changed or left out: ${changed.length}` : ""}</summary>
      <ul>{found.map((one) => line(one, "from "))}{changed.map((one) => line(one, "is not in this text: "))}</ul>
    </details>
  );
}
