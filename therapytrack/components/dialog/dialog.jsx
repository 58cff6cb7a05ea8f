// A modal dialog that is open while it is mounted; the page decides when it goes.
import { useEffect, useRef } from "react";

export function Dialog({ title, onShut, className, children }) {
  const box = useRef(null);
  useEffect(() => {
    const before = document.activeElement, element = box.current;
    if (!element.open) element.showModal();
    element.querySelector("[data-first]")?.focus();
    return () => { if (before?.isConnected) before.focus(); };
  }, []);
  return (
    <dialog ref={box} className={className} aria-labelledby="dialog-title" onCancel={(e) => { e.preventDefault(); onShut?.(); }}>
      <div className="panel-h">
        <h2 id="dialog-title" className="grow">{title}</h2>
        <button type="button" className="btn ghost sm" onClick={() => onShut?.()}>Close</button>
      </div>
      {children}
    </dialog>
  );
}
