// On every page of a signed-in person: sends marks that an earlier page left on this device. At sign-out it sends what is
// left and warns when it cannot; the form itself then removes everything that the product kept in this browser.
import { useEffect, useState } from "react";
import { everyStore } from "./context.jsx";
import { anyKept, forget, ifAbandoned, keep, kept, sessionOfKey } from "./keep.js";
import { isGone, LARGEST_BATCH, post, refuseAll, remaining, whoAmI } from "./send.js";

const RETRY_MS = 30000;

// Sends one queue; `refuse` is told what the server did not take. The number of marks that still wait.
const sendQueue = async (key, records, refuse) => {
  let left = records;
  while (left.length) {
    const sent = left.slice(0, LARGEST_BATCH);
    const found = await post(sessionOfKey(key), sent);
    const answer = isGone(found) ? refuseAll(sent) : found;
    if (answer.status !== "ok") return left.length;
    if (answer.refused.length) refuse(answer.refused);
    left = remaining(left, sent, answer);
    await keep(key, left);
  }
  await forget(key);
  return 0;
};

// Sends this person's abandoned queues; the number of marks that could not be sent.
const sendLeftovers = async (refuse) => {
  const me = await whoAmI();
  if (me.status !== "ok") return 0;
  let left = 0;
  for (const [key, records] of Object.entries(await kept(me.owner))) {
    left += (await ifAbandoned(key, () => sendQueue(key, records, refuse))) || 0;
  }
  return left;
};

const flushAll = async (refuse) => {
  let left = await sendLeftovers(refuse);
  for (const store of everyStore()) if (!(await store.flush())) left += store.queue.length;
  return left;
};

const SIGN_OUT = "form[action^='/auth/sign-out']";

export function TapSender() {
  const [waiting, setWaiting] = useState(0);
  const [refused, setRefused] = useState([]);
  const refuse = (more) => setRefused((all) => [...all, ...more]);
  useEffect(() => {
    let again = 0, alive = true;
    const work = async () => {
      clearTimeout(again);
      if ((await anyKept()) && (await sendLeftovers(refuse)) && alive) again = setTimeout(work, RETRY_MS);
    };
    work();
    window.addEventListener("online", work);
    return () => { alive = false; clearTimeout(again); window.removeEventListener("online", work); };
  }, []);
  useEffect(() => {
    let agreed = null;
    const onSubmit = async (event) => {
      const form = event.target.closest?.(SIGN_OUT);
      if (!form || agreed === form) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      const left = (await anyKept()) ? await flushAll(refuse) : 0;
      setWaiting(left);
      if (left) { form.closest("details")?.setAttribute("open", ""); agreed = form; return; }
      agreed = form;
      form.requestSubmit(submitter);
    };
    document.addEventListener("submit", onSubmit, true);
    return () => document.removeEventListener("submit", onSubmit, true);
  }, []);
  if (!waiting && refused.length) return (
    <p className="banner bad leaving" role="alert">
      <span>{refused.length === 1 ? "1 mark was" : `${refused.length} marks were`} not taken. {[...new Set(refused.map((r) => r.why))].join(" ")}</span>
      <button type="button" className="btn sm" onClick={() => setRefused([])}>Close</button>
    </p>
  );
  if (!waiting) return null;
  return (
    <p className="banner bad leaving" role="alert">
      {waiting === 1 ? "1 mark is" : `${waiting} marks are`} not saved yet. Sign out again to remove {waiting === 1 ? "it" : "them"} from this device, or stay signed in until you are connected.
    </p>
  );
}
