// What happens in the browser alone. Nothing here is stored, logged or sent except a form to its own route.
import { Children, createContext, createElement, useContext, useEffect, useRef, useState } from "react";

const Errors = createContext({});
const UNREACHED = "TherapyTrack could not be reached. What you typed is still here: try again in a moment.";
const cookie = (name) => (document.cookie.split("; ").find((c) => c.startsWith(name + "=")) || "").slice(name.length + 1);

function wipe() {
  try {
    Object.keys(localStorage).filter((k) => k.startsWith("tt:")).forEach((k) => localStorage.removeItem(k));
    indexedDB.deleteDatabase("tt-marks");
  } catch { /* storage is closed to us: then there is nothing in it */ }
}

function markFields(form, errors) {
  let first = null;
  for (const el of form.elements) {
    if (!el.name || el.type === "submit") continue;
    if (errors[el.name]) { el.setAttribute("aria-invalid", "true"); first ||= el; } else el.removeAttribute("aria-invalid");
  }
  (first || form.querySelector("[data-form-error]"))?.focus();
}

async function post(form, submitter) {
  const zone = form.elements.time_zone;
  if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  const fields = new FormData(form);
  const body = form.querySelector("input[type=file]") ? fields : new URLSearchParams(fields); // a file goes as it is
  if (submitter?.name) body.set(submitter.name, submitter.value);
  const answer = await fetch(form.action, {
    method: "POST", body, credentials: "same-origin", redirect: "error",
    headers: { "X-CSRF-Token": decodeURIComponent(cookie("tt_csrf")), Accept: "application/json" },
  });
  const data = await answer.json().catch(() => ({}));
  if (data.location || data.errors || data.done) return data;
  return { errors: { form: data.message || `That did not work (${answer.status}). Reload the page and try again.` } };
}

export function HttpForm({ action, wipe: wipes, onDone, className, children, ...rest }) {
  const [errors, setErrors] = useState({});
  const busy = useRef(false), form = useRef(null);
  useEffect(() => { if (Object.keys(errors).length) markFields(form.current, errors); }, [errors]);
  const submit = async (event) => {
    event.preventDefault();
    if (busy.current) return;
    const button = event.nativeEvent.submitter;
    busy.current = true; form.current.setAttribute("aria-busy", "true"); button?.setAttribute("aria-disabled", "true");
    const data = await post(form.current, button).catch(() => ({ errors: { form: UNREACHED } }));
    if (data.location) { if (wipes) wipe(); window.location.assign(data.location); return; }
    busy.current = false; form.current.removeAttribute("aria-busy"); button?.removeAttribute("aria-disabled");
    if (data.done) { form.current.reset(); onDone?.(); }
    setErrors({ ...data.errors });
  };
  return (
    <Errors.Provider value={errors}>
      <form ref={form} method="post" action={action} className={className} onSubmit={submit} noValidate {...rest}>{children}</form>
    </Errors.Provider>
  );
}

export function HttpError({ name, errorId }) {
  const text = useContext(Errors)[name];
  const whole = name === "form";
  if (whole) return text ? <p className="banner bad" role="alert" tabIndex={-1} data-form-error="">{text}</p> : null;
  return <p className="error" id={errorId} role={text ? "alert" : undefined}>{text || ""}</p>;
}

export function FocusInvalid({ errors }) {
  useEffect(() => {
    if (Object.keys(errors || {}).length) document.querySelector(".input[aria-invalid=true], [data-invalid=true]")?.focus();
  }, [errors]);
  return null;
}

export function ForRecord({ record, children }) {
  const [page, meanwhile] = Children.toArray(children);
  const path = typeof window === "undefined" ? "" : window.location.pathname;
  return !record || path.includes(record) ? page : meanwhile;
}

export function CloseOnEscape() {
  useEffect(() => {
    const open = () => document.querySelector("details.who[open]");
    const keys = (e) => { const d = e.key === "Escape" && open(); if (d) { d.open = false; d.querySelector("summary").focus(); } };
    const tap = (e) => { const d = open(); if (d && !d.contains(e.target)) d.open = false; };
    window.addEventListener("keydown", keys); window.addEventListener("pointerdown", tap);
    return () => { window.removeEventListener("keydown", keys); window.removeEventListener("pointerdown", tap); };
  }, []);
  return null;
}

export function ConnectionNotice({ failures }) {
  const [offline, set] = useState(false);
  useEffect(() => {
    const check = () => set(!navigator.onLine);
    check(); window.addEventListener("online", check); window.addEventListener("offline", check);
    return () => { window.removeEventListener("online", check); window.removeEventListener("offline", check); };
  }, []);
  const gone = offline || failures >= 2;
  return <div role="status" className="conn-live">{gone ? createElement("div", { className: "conn" }, "Offline. What you typed is kept here and goes out when the connection is back.") : null}</div>;
}

export function PrintButton({ className, children }) {
  return <button type="button" className={className} onClick={() => window.print()}>{children}</button>;
}

// Copies what the field at `source` holds. Where the browser does not let it (a page without HTTPS), the text is selected.
export function CopyButton({ source, className, children }) {
  const [said, say] = useState("");
  const copy = async () => {
    const field = document.querySelector(source);
    try { await navigator.clipboard.writeText(field.value); say("Copied."); } catch {
      field.focus(); field.select();
      say("This browser did not copy it. It is selected: press Ctrl+C, or Command+C on a Mac.");
    }
  };
  return <><button type="button" className={className} onClick={copy}>{children}</button><span role="status" className="s13 t2">{said}</span></>;
}
