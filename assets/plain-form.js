// Sends the form of a plain page with the token that proves it is ours, and shows the answer beside its fields.
const cookie = (name) => (document.cookie.split("; ").find((c) => c.startsWith(name + "=")) || "").slice(name.length + 1);
const UNREACHED = "TherapyTrack could not be reached. What you typed is still here: try again in a moment.";

function show(form, errors) {
  const whole = form.querySelector("[data-form-error]");
  whole.textContent = errors.form || "";
  whole.hidden = !errors.form;
  let first = errors.form ? whole : null;
  for (const field of form.elements) {
    const place = field.name && document.getElementById(`${field.id}-error`);
    if (!place) continue;
    place.textContent = errors[field.name] || "";
    if (errors[field.name]) { field.setAttribute("aria-invalid", "true"); first ||= field; } else field.removeAttribute("aria-invalid");
  }
  first?.focus();
}

async function send(form) {
  const answer = await fetch(form.action, {
    method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", redirect: "error",
    headers: { "X-CSRF-Token": decodeURIComponent(cookie("tt_csrf")), Accept: "application/json" },
  });
  const data = await answer.json().catch(() => ({}));
  return data.location || data.errors ? data : { errors: { form: `That did not work (${answer.status}). Load the page again.` } };
}

for (const form of document.querySelectorAll("form[data-plain]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    const data = await send(form).catch(() => ({ errors: { form: UNREACHED } }));
    if (data.location) { window.location.replace(data.location); return; }
    form.removeAttribute("aria-busy");
    show(form, data.errors);
  });
}
