// Sends one file to its own route as it is, says how far it is, and shows the answer beside the field. Until the last of
// it has left it can be canceled, and then the server keeps nothing of it; the file stays chosen.
import { useRef, useState } from "react";

const cookie = (name) => (document.cookie.split("; ").find((c) => c.startsWith(name + "=")) || "").slice(name.length + 1);
const UNREACHED = "TherapyTrack could not be reached. The file is still chosen: try again in a moment.";
const NONE = "Choose a file first.";
const CANCELED = "Canceled. Nothing was stored. The file is still chosen.";

function post(sent, action, file, moved) {
  return new Promise((done) => {
    sent.open("POST", action);
    sent.setRequestHeader("Content-Type", "application/octet-stream");
    sent.setRequestHeader("Accept", "application/json");
    sent.setRequestHeader("X-CSRF-Token", decodeURIComponent(cookie("tt_csrf")));
    sent.setRequestHeader("X-File-Name", encodeURIComponent(file.name.slice(-200).toWellFormed?.() ?? file.name.slice(-200)));
    sent.upload.onprogress = (e) => e.lengthComputable && moved(Math.floor((100 * e.loaded) / e.total));
    sent.onerror = () => done({ errors: { file: UNREACHED } });
    sent.onabort = () => done({ canceled: true });
    sent.onload = () => {
      let data = {};
      try { data = JSON.parse(sent.responseText); } catch { /* no words of ours */ }
      done(data.done || data.errors ? data : { errors: { file: `That did not work (${sent.status}). Reload the page and try again.` } });
    };
    sent.send(file);
  });
}

export function UploadForm({ action, most, tooLarge, accept, hint, label, verb, onDone }) {
  const [error, setError] = useState(""), [said, say] = useState(""), [share, setShare] = useState(-1);
  const input = useRef(null), verbButton = useRef(null), way = useRef(null);
  const fail = (sentence) => { setError(sentence); input.current?.focus(); };
  const submit = async (event) => {
    event.preventDefault();
    if (way.current) return;
    const file = input.current.files[0];
    say("");
    if (!file) return fail(NONE);
    if (file.size > most) return fail(tooLarge);
    const sent = (way.current = new XMLHttpRequest());
    sent.upload.onload = () => { sent.isWhole = true; setShare(100); };
    setError(""); setShare(0);
    const data = await post(sent, action, file, setShare);
    if (document.activeElement?.id === "file-cancel") verbButton.current?.focus();
    way.current = null; setShare(-1);
    if (!input.current) return;
    if (data.canceled) return say(CANCELED);
    if (data.errors) return fail(Object.values(data.errors)[0]);
    input.current.form.reset();
    say("The file was added.");
    onDone?.();
  };
  const cancel = () => way.current && !way.current.isWhole && way.current.abort();
  const under = share >= 0;
  return (
    <form className="upload" onSubmit={submit} noValidate aria-busy={under || undefined}>
      <div className="field">
        <label htmlFor="file">{label}</label>
        <span className="hint" id="file-hint">{hint}</span>
        <input ref={input} className="input" id="file" name="file" type="file" accept={accept} aria-required="true"
          aria-invalid={error ? "true" : undefined} aria-describedby="file-hint file-error" onChange={() => setError("")} />
        <p className="error" id="file-error" role={error ? "alert" : undefined}>{error}</p>
      </div>
      <button ref={verbButton} type="submit" className="btn pri" aria-disabled={under || undefined}>{verb}</button>
      {under ? <button type="button" id="file-cancel" className="btn" aria-disabled={share === 100 || undefined} onClick={cancel}>Cancel</button> : null}
      {under ? <progress max="100" value={share === 100 ? undefined : share} aria-label="How much was sent" /> : null}
      <span role="status" className="s13 t2">{under ? (share === 100 ? "Sent. It is being checked." : "It is being sent.") : said}</span>
    </form>
  );
}
