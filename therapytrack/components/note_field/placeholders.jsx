// Chips that write a placeholder at the cursor of the field `field`; what it stands for is their title and their name.
export function Placeholders({ field, choices }) {
  const insert = (name) => {
    const box = document.getElementById(field);
    if (!box) return;
    box.setRangeText(`{${name}}`, box.selectionStart, box.selectionEnd, "end");
    box.focus();
  };
  return (
    <div className="row wrap" role="group" aria-label="Placeholders">
      {choices.map(([name, words]) => <button key={name} type="button" className="chip" title={words} aria-label={`Insert {${name}}: ${words}`} onClick={() => insert(name)}>{`{${name}}`}</button>)}
    </div>
  );
}
