// The session's store, shared by the parts of the page, and a hook that redraws a part only when its own slice changes.
import { createContext, useContext, useSyncExternalStore } from "react";
import { createStore } from "./store.js";

export const Sheet = createContext(null);
const stores = new Map();

// One store for a session as long as the app is open, so that leaving the page and coming back finds every mark.
export const storeFor = (session, owner) => {
  const name = `${owner}:${session}`;
  if (!stores.has(name)) stores.set(name, createStore(session, owner));
  return stores.get(name);
};
export const everyStore = () => [...stores.values()];

export const useSheet = () => useContext(Sheet);
export const useSlice = (select) => {
  const store = useSheet();
  return useSyncExternalStore(store.subscribe, () => select(store), () => select(store));
};

export const isTyping = (element) => /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName) || element?.isContentEditable;
export const clock = (at) => at.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });

export const Icon = ({ path, size = 17 }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true"><path d={path} /></svg>
);
