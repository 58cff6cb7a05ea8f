// Gives the parts inside the page's state as it was last whole while a blank one waits for its record; in memory only.
import { useContext, useEffect, useMemo } from "react";
import { StateStoreContext, useStateContext } from "$/utils/context-registry";

const hold = (store, { state, page, frame, record, ready, ended }) => {
  let last = null; // the state with its record, and the address that it was shown at
  return {
    ...store,
    forget: () => { last = null; },
    subscribe: (name, listener) => {
      const ends = (name === state ? [state, page, frame] : [name]).map((one) => store.subscribe(one, listener));
      return () => ends.forEach((end) => end());
    },
    getSnapshot: (name) => {
      const now = store.getSnapshot(name);
      if (name !== state) return now;
      if (now?.[record]) last = { now, at: window.location.pathname };
      const waits = !now?.[record] && !store.getSnapshot(page)?.[ready] && !store.getSnapshot(frame)?.[ended];
      return waits && last?.at === window.location.pathname ? last.now : now;
    },
  };
};

export function Standing({ state, page, frame, record, ready, ended, children }) {
  const store = useContext(StateStoreContext);
  const held = useMemo(() => hold(store, { state, page, frame, record, ready, ended }), [store]);
  const answered = useStateContext(page)[ready], over = useStateContext(frame)[ended], blank = !useStateContext(state)[record];
  useEffect(() => { if (blank && (answered || over)) held.forget(); }, [held, blank, answered, over]);
  return <StateStoreContext.Provider value={held}>{children}</StateStoreContext.Provider>;
}
