// Sends kept marks by plain HTTP, because a lost websocket swallows events: only an answer to this very request counts.
export const TIMEOUT_MS = 5000;
export const LARGEST_BATCH = 200;

const csrf = () => decodeURIComponent(document.cookie.match(/(?:^|;\s*)(?:__Host-)?tt_csrf=([^;]+)/)?.[1] ?? "");
// The marks of a second scorer are a session of their own here, "ID~2": kept, sent and read apart from all others.
const address = (session) => { const [id, second] = session.split("~"); return `/sessions/${id}/taps${second ? "?second=1" : ""}`; };

export const toBody = (records) =>
  JSON.stringify({
    taps: records.filter((r) => r.outcome).map(({ id, entry, goal, outcome, prompt, purpose, at, n, scale, place, amount }) =>
      ({ id, entry, goal, outcome, prompt, purpose, at, n, scale, place, amount })),
    undo: records.filter((r) => r.undo).map((r) => ({ id: r.id, at: r.undo })),
  });

const request = async (url, options) => {
  const control = new AbortController();
  const clock = setTimeout(() => control.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, { credentials: "same-origin", cache: "no-store", signal: control.signal, ...options });
    const json = (response.headers.get("content-type") || "").includes("json") ? await response.json() : {};
    if (response.ok && json.now) return { status: "ok", ...json };
    if (response.redirected || response.status === 401) return { status: "signed-out" };
    return { status: "refused", code: response.status, why: json.error || "" };
  } catch {
    return { status: "offline" };
  } finally {
    clearTimeout(clock);
  }
};

const headers = () => ({ "content-type": "application/json", accept: "application/json", "x-csrf-token": csrf() });

// {status: ok | offline | signed-out | refused, acked, refused, why}; never throws.
export const post = (session, records, keepalive = false) =>
  request(address(session), { method: "POST", headers: headers(), body: toBody(records), keepalive });

// {status, trials, cursor, now}; never throws. The server says once what the marks of a cell have in common, and of a
// start when it arrived.
export const pull = async (session, cursor) => {
  const answer = await request(address(session) + (cursor ? `?since=${encodeURIComponent(cursor)}` : ""), { headers: { accept: "application/json" } });
  const trials = (answer.cells || []).flatMap(({ entry, goal, purpose, marks }) =>
    marks.map(([id, outcome, prompt, at, n, mine, undo, place, amount, scale]) =>
      ({ id, entry, goal, purpose, outcome, prompt, at, n, mine, undo, place: place ?? undefined, scale: scale ?? undefined, [outcome === "start" ? "arrived" : "amount"]: amount ?? undefined })));
  return { ...answer, trials };
};

export const whoAmI = () => request("/taps/owner", { headers: { accept: "application/json" } });

// What is left of `records` after an answer to `sent`: acknowledged and refused ones go, unless undone meanwhile.
export const remaining = (records, sent, answer) => {
  const settled = new Set([...(answer.acked || []), ...(answer.refused || []).map((r) => r.id)]);
  const refused = new Set((answer.refused || []).map((r) => r.id));
  const undoneWhenSent = new Set(sent.filter((r) => r.undo).map((r) => r.id));
  return records.filter((r) => !settled.has(r.id) || (r.undo && !undoneWhenSent.has(r.id) && !refused.has(r.id)));
};

const NOT_SHARED = "Their session is not shared with you any more.";

// Marks that can never be stored: the session is gone for this person, as if every one of them had been refused.
export const isGone = (answer) => answer.status === "refused" && answer.code === 404;
export const refuseAll = (sent) => ({ status: "ok", acked: [], refused: sent.map(({ id }) => ({ id, why: NOT_SHARED })) });

// Waiting time before try number `tries`: doubling to 30 s, with jitter so that a room of tablets does not knock at once.
export const backOff = (tries) => Math.min(30000, 1000 * 2 ** Math.min(tries, 5)) * (0.5 + Math.random() / 2);
