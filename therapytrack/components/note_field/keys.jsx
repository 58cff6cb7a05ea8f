// Keys press buttons: <button data-keys="enter c">. Nothing is sent for other keys, and nothing while somebody types.
import { useEffect } from "react";

const SHOWN_MS = 500;
const typing = (el) => /^(INPUT|TEXTAREA|SELECT)$/.test(el?.tagName) || el?.isContentEditable;
const presses = (el) => el?.closest?.("a, button, summary, [role=button]");

export function Keys({ subject }) {
  useEffect(() => {
    const armed = () => document.querySelectorAll("[data-armed]");
    armed().forEach((el) => el.removeAttribute("data-shown"));
    let timer = 0;
    const frame = requestAnimationFrame(() => { timer = setTimeout(() => armed().forEach((el) => el.setAttribute("data-shown", "")), SHOWN_MS); });
    return () => { cancelAnimationFrame(frame); clearTimeout(timer); };
  }, [subject]);
  useEffect(() => {
    const onKey = (e) => {
      const form = e.target?.form;
      if ((e.ctrlKey || e.metaKey) && e.key === "Enter" && form?.hasAttribute("data-send")) { e.preventDefault(); form.requestSubmit(); return; }
      if (e.key === "Escape" && form?.hasAttribute("data-send")) e.target.blur();
      if (e.repeat || e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || typing(e.target)) return;
      const key = e.key.toLowerCase();
      if (key.length === 1 && document.documentElement.hasAttribute("data-single-keys-off")) return;
      if (key === "enter" && presses(e.target)) return;
      if (!/^[a-z]+$/.test(key)) return;
      const found = document.querySelector(`[data-keys~="${key}"]`);
      if (!found || found.disabled) return;
      e.preventDefault();
      if (found.hasAttribute("data-armed") && !found.hasAttribute("data-shown")) return;
      if (found.matches("textarea")) found.focus(); else found.click();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return null;
}
