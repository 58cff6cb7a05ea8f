// Tabs whose choice the address holds: links that open a part of the page, moved over by the arrow keys (WAI-ARIA).
import { Children, useEffect, useRef } from "react";
import { Link, useSearchParams } from "react-router";

const useTab = (names) => {
  const [asked] = useSearchParams();
  const tab = asked.get("tab");
  return names.includes(tab) ? tab : names[0];
};

export function TabBar({ label, base, tabs }) {
  const now = useTab(tabs.map(([name]) => name));
  const list = useRef(null);
  useEffect(() => { list.current.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" }); }, [now]);
  const onKeyDown = (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return;
    const all = [...list.current.children], at = all.indexOf(e.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[e.key];
    if (at < 0 || (to === undefined && e.key !== " ")) return;
    e.preventDefault();
    if (e.key === " ") e.target.click(); else all[(to + all.length) % all.length].focus();
  };
  return (
    <div ref={list} className="tabbar no-print" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(([name, words], place) => {
        const on = name === now;
        return <Link key={name} to={place ? `${base}?tab=${name}` : base} preventScrollReset role="tab" id={`tab-${name}`} aria-selected={on} aria-controls={on ? `panel-${name}` : undefined} tabIndex={on ? 0 : -1}>{words}</Link>;
      })}
    </div>
  );
}

// Shows its first child when the tab of the address is the one that was loaded, else the second: what is waited for.
export function TabPanel({ shown, tabs, children }) {
  const now = useTab(tabs.map(([name]) => name));
  const [panel, waiting] = Children.toArray(children);
  return <div role="tabpanel" id={`panel-${now}`} aria-labelledby={`tab-${now}`} tabIndex={0} className="stack">{shown === now ? panel : waiting}</div>;
}
