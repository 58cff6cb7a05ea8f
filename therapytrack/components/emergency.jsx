// The clock of emergency access. It decides nothing: the server ends the access by itself.
import { useEffect, useState } from "react";

function words(ms) {
  const minutes = Math.ceil(ms / 60000);
  return minutes > 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min left` : `${Math.max(0, minutes)} min left`;
}

export function TimeLeft({ until, record }) {
  const [left, set] = useState(null);
  useEffect(() => {
    const tick = () => {
      const ms = until - Date.now();
      set(ms);
      if (ms <= 0) { clearInterval(timer); if (window.location.pathname.includes(record)) window.location.reload(); }
    };
    const timer = setInterval(tick, 15000);
    tick();
    return () => clearInterval(timer);
  }, [until, record]);
  return left === null ? "" : left > 0 ? words(left) : "over";
}
