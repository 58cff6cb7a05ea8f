// Sends one file to its own route as it is, says how far it is, and shows the answer beside the field.
import { useRef, useState } from "react";

const cookie = (name) => (document.cookie.split("; ").find((c) => c.startsWith(name + "=")) || "").slice(name.length + 1);
const UNREACHED = "TherapyTrack could not be reached. The file is still chosen: try again in a moment.";
const NONE = "Choose a file first.";

function post(action, file, moved) {
  return new Promise((done) => {
    const sent = new XMLHttpRequest();
    sent.open("POST", action);
    sent.setRequestHeader("Content-Type", "application/octet-stream");
    sent.setRequestHeader("Accept", "application/json");
    sent.setRequestHeader("X-CSRF-Token", decodeURIComponent(cookie("tt_csrf")));
    sent.setRequestHeader("X-File-Name", encodeURIComponent(file.name.slice(-200).toWellFormed?.() ?? file.name.slice(-200)));
    sent.upload.onprogress = (e) => e.lengthComputable && moved(Math.floor((100 * e.loaded) / e.total));
    sent.onerror = sent.onabort = () => done({ errors: { file: UNREACHED } });
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
  const input = useRef(null), busy = useRef(false);
  const fail = (sentence) => { setError(sentence); input.current?.focus(); };
  const submit = async (event) => {
    event.preventDefault();
    if (busy.current) return;
    const file = input.current.files[0];
    say("");
    if (!file) return fail(NONE);
    if (file.size > most) return fail(tooLarge);
    busy.current = true; setError(""); setShare(0);
    const data = await post(action, file, setShare);
    busy.current = false; setShare(-1);
    if (!input.current) return;
    if (data.errors) return fail(Object.values(data.errors)[0]);
    input.current.form.reset();
    say("The file was added.");
    onDone?.();
  };
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
      <button type="submit" className="btn pri" aria-disabled={under || undefined}>{verb}</button>
      {under ? <progress max="100" value={share === 100 ? undefined : share} aria-label="How much was sent" /> : null}
      <span role="status" className="s13 t2">{under ? (share === 100 ? "Sent. It is being checked." : "It is being sent.") : said}</span>
    </form>
  );
}
