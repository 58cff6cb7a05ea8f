// Figures come as JSON text with names in the place of colors. One text in one set of colors is read once, so that the
// chart is drawn anew only when its data or the color mode changed.
const read = new Map();

export function figureOf(text, colors) {
  const key = `${colors["--surface"]} ${text}`;
  if (!read.has(key)) {
    if (read.size > 3) read.clear();
    read.set(key, JSON.parse(text || "{}", (_, value) => (Object.hasOwn(colors, value) ? colors[value] : value)));
  }
  return read.get(key);
}
