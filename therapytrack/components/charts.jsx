import { Fragment, useEffect, useRef, useState, useSyncExternalStore } from "react";

// Figures come as JSON text with names in the place of colors; "wide" in them is what stands otherwise where there is
// more room than on a phone, "widest" where there is most: between the two of tablets and desktops a column of facts
// stands beside the plot. One text in one set of colors is read once for each, so that the chart is drawn anew only when
// its data, the color mode or the room changed.
const read = new Map();
const rooms = () =>
  ["(min-width: 641px)", "(min-width: 1300px), (min-width: 820px) and (max-width: 1180px)"].map((one) => window.matchMedia(one));
const roomy = () => rooms().filter((one) => one.matches).length;

function watchRoom(changed) {
  const watched = rooms();
  watched.forEach((one) => one.addEventListener("change", changed));
  return () => watched.forEach((one) => one.removeEventListener("change", changed));
}

// A tablet or a phone is turned: what stands in it is made anew, and reads its figure for the room that there is now.
export function Turned({ children }) {
  return <Fragment key={useSyncExternalStore(watchRoom, roomy, () => 2)}>{children}</Fragment>;
}

export function figureOf(text, colors) {
  const key = `${roomy()} ${colors["--surface"]} ${text}`;
  if (!read.has(key)) {
    if (read.size > 3) read.clear();
    const named = JSON.parse(text || "{}", (_, value) => (Object.hasOwn(colors, value) ? colors[value] : value));
    const { wide, widest, ...figure } = named;
    const more = [undefined, wide, widest ?? wide][roomy()];
    read.set(key, more ? { ...figure, layout: { ...figure.layout, ...more } } : figure);
  }
  return read.get(key);
}

const SCALE = 2;

function loaded(href) {
  return new Promise((done, failed) => {
    const picture = new Image();
    picture.onload = () => done(picture);
    picture.onerror = failed;
    picture.src = href;
  });
}

async function asPng(href) {
  const picture = await loaded(href);
  const canvas = document.createElement("canvas");
  canvas.width = SCALE * picture.naturalWidth;
  canvas.height = SCALE * picture.naturalHeight;
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

// The server checks the right, logs the export and draws the picture; the browser only turns it into pixels.
export function PngButton({ href, fileName, className, children }) {
  const [said, say] = useState("");
  const save = async () => {
    say("");
    try {
      const url = URL.createObjectURL(await asPng(href));
      const link = Object.assign(document.createElement("a"), { href: url, download: fileName });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    } catch {
      say("The picture could not be made. Load the page again, and try once more.");
    }
  };
  return (
    <>
      <button type="button" className={className} onClick={save}>{children}</button>
      <span role="status" className="s13 t2">{said}</span>
    </>
  );
}

// Nobody who only looks waits for the drawing for paper, and printing does: a browser holds the print back for what a
// listener of "beforeprint" does, but only as long as it has not returned. So this request, alone of all, is waited for.
function drawn(href) {
  const request = new XMLHttpRequest();
  try {
    request.open("GET", href, false);
    request.send();
  } catch {
    return "";
  }
  const isDrawing = request.status === 200 && request.getResponseHeader("content-type")?.startsWith("image/svg+xml");
  return isDrawing ? request.responseText : "";
}

const NOT_DRAWN = "The chart could not be drawn for paper. Load the page again, and print it once more.";

export function PaperDrawing({ href, className }) {
  const place = useRef(null);
  useEffect(() => {
    const draw = () => {
      const drawing = drawn(href);
      if (drawing) place.current.innerHTML = drawing;
      else place.current.textContent = NOT_DRAWN;
    };
    window.addEventListener("beforeprint", draw);
    return () => window.removeEventListener("beforeprint", draw);
  }, [href]);
  return <div ref={place} className={className} />;
}
