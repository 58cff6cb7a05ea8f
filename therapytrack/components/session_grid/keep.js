// Where marks wait on this device until the server has acknowledged each one.
// Only opaque ids and marks are kept: no name, no note. localStorage answers at once and survives a reload; IndexedDB
// with strict durability survives a killed browser, whose localStorage reaches the disk only seconds later.
export const PREFIX = "tt:q:";
const DATABASE = "tt-marks"; // islands.jsx deletes it, with every "tt:" key, once a sign-out has been agreed
const TABLE = "queues";

export const newId = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
};

export const queueKey = (owner, session, page) => `${PREFIX}${owner}:${session}:${page}`;
export const sessionOfKey = (key) => key.slice(PREFIX.length).split(":")[1];

let opening = null;
const open = () => {
  opening ??= new Promise((done) => {
    try {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
      request.onsuccess = () => {
        request.result.onversionchange = () => { request.result.close(); opening = null; };
        done(request.result);
      };
      request.onerror = () => done(null);
      request.onblocked = () => done(null);
    } catch {
      done(null);
    }
  });
  return opening;
};

const write = async (change) => {
  const database = await open();
  if (!database) return;
  await new Promise((done) => {
    try {
      const work = database.transaction(TABLE, "readwrite", { durability: "strict" });
      change(work.objectStore(TABLE));
      work.oncomplete = work.onerror = work.onabort = done;
    } catch {
      done();
    }
  });
};

const readDisk = async () => {
  const database = await open();
  if (!database) return {};
  return new Promise((done) => {
    const found = {};
    const cursor = database.transaction(TABLE).objectStore(TABLE).openCursor();
    cursor.onerror = () => done(found);
    cursor.onsuccess = () => {
      if (!cursor.result) return done(found);
      found[cursor.result.key] = cursor.result.value;
      cursor.result.continue();
    };
  });
};

const parse = (text) => {
  try {
    const list = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
};

const fast = {
  set: (key, text) => { try { localStorage.setItem(key, text); } catch { /* full or forbidden: the disk copy remains */ } },
  remove: (key) => { try { localStorage.removeItem(key); } catch { /* forbidden: nothing was kept there */ } },
  keys: () => { try { return Object.keys(localStorage); } catch { return []; } },
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
};

// Practice or probe as last chosen for a session: a reload in the middle of a probe goes on probing.
const purposeKey = (owner, session) => `tt:p:${owner}:${session}`;
export const keptPurpose = (owner, session) => (fast.get(purposeKey(owner, session)) === "probe" ? "probe" : "practice");
export const keepPurpose = (owner, session, purpose) => {
  if (purpose === "probe") fast.set(purposeKey(owner, session), purpose);
  else fast.remove(purposeKey(owner, session));
};

// Whose goals alone are shown while the tablet is in a student's hands: a reload shows nobody else either.
const handedKey = (owner, session) => `tt:h:${owner}:${session}`;
export const keptHanded = (owner, session) => fast.get(handedKey(owner, session)) || "";
export const keepHanded = (owner, session, entry) => {
  if (entry) fast.set(handedKey(owner, session), entry);
  else fast.remove(handedKey(owner, session));
};

// The cue level that was last chosen for each student of a session ({entry: rank}): a reload goes on with it.
const levelsKey = (owner, session) => `tt:l:${owner}:${session}`;
export const keptLevels = (owner, session) => {
  try {
    const found = JSON.parse(fast.get(levelsKey(owner, session)));
    return Object.fromEntries(Object.entries(found || {}).filter(([, rank]) => Number.isInteger(rank)));
  } catch {
    return {};
  }
};
export const keepLevels = (owner, session, levels) => {
  if (Object.keys(levels).length) fast.set(levelsKey(owner, session), JSON.stringify(levels));
  else fast.remove(levelsKey(owner, session));
};

// The target that was last chosen for each goal of a session ({goal: number}).
const targetsKey = (owner, session) => `tt:g:${owner}:${session}`;
export const keptTargets = (owner, session) => { try { return JSON.parse(fast.get(targetsKey(owner, session))) || {}; } catch { return {}; } };
export const keepTargets = (owner, session, targets) => {
  if (Object.keys(targets).length) fast.set(targetsKey(owner, session), JSON.stringify(targets));
  else fast.remove(targetsKey(owner, session));
};

// Whether the beeps of interval sheets are off on this device.
export const isMuted = () => fast.get("tt:mute") === "1";
export const keepMuted = (muted) => (muted ? fast.set("tt:mute", "1") : fast.remove("tt:mute"));

// Keeps the records under `key`; an empty list removes it. Resolves when the disk has it.
export const keep = (key, records) => {
  if (!records.length) return forget(key);
  const text = JSON.stringify(records);
  fast.set(key, text);
  return write((table) => table.put(text, key));
};

export const forget = (key) => {
  fast.remove(key);
  return write((table) => table.delete(key));
};

// An undo wins over no undo, an unsent mark over a sent one: the union of two copies of one record, in any order.
export const union = (a, b) => ({ ...b, ...a, undo: a?.undo ?? b?.undo ?? null });

// Every queue kept for `owner`, as {key: [records]}, from both stores.
export const kept = async (owner) => {
  const start = `${PREFIX}${owner}:`;
  const found = {};
  const add = (key, text) => {
    if (!key.startsWith(start)) return;
    const byId = new Map((found[key] || []).map((r) => [r.id, r]));
    for (const r of parse(text)) byId.set(r.id, union(r, byId.get(r.id)));
    found[key] = [...byId.values()];
  };
  for (const key of fast.keys()) add(key, fast.get(key));
  for (const [key, text] of Object.entries(await readDisk())) add(key, text);
  return found;
};

export const anyKept = async () =>
  fast.keys().some((key) => key.startsWith(PREFIX)) || Object.keys(await readDisk()).length > 0;

// Runs `work` only when no living page holds `key`; without the lock API always, because sending twice is harmless.
export const ifAbandoned = async (key, work) => {
  if (!navigator.locks) return work();
  return navigator.locks.request(key, { ifAvailable: true }, (lock) => (lock ? work() : null));
};

// Marks `key` as belonging to this living page until it goes away.
export const hold = (key) => {
  if (navigator.locks) navigator.locks.request(key, () => new Promise(() => {})).catch(() => {});
};
