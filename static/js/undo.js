// Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y) in <form data-form> undo typing by cell, and the actions of lines.js.
// While a control is being typed in, the browser's own undo comes first.
// A part that the server renders again, or the whole form, is one step: the previous elements are restored.
const FORM = "form[data-form]";
const held = new WeakMap(); // a control → its last noted value
const done = [];
const undone = [];
let together = null;

function note(step) {
  (together || done).push(step);
  undone.length = 0;
}

const near = (control) => {
  const row = control.closest("[data-lines] tr.line, [data-address]");
  return row ? [...row.querySelectorAll("input:not([type=hidden]), select, textarea")] : [control];
};
const value = (control) => (control.type === "checkbox" ? control.checked : control.value);

function put(control, to) {
  control[control.type === "checkbox" ? "checked" : "value"] = to;
  held.set(control, to);
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

// Amounts in neighbouring cells change too: both are one step.
function settle(control) {
  const changed = near(control).filter((one) => held.has(one) && held.get(one) !== value(one)).map((one) => [one, held.get(one), value(one)]);
  for (const [one, , now] of changed) held.set(one, now);
  if (changed.length) note({ undo: () => changed.forEach(([one, was]) => put(one, was)), redo: () => changed.forEach(([one, , now]) => put(one, now)) });
}

function step(from, to, way) {
  const last = from.pop();
  last?.[way]();
  if (last) to.push(last);
  document.querySelector(FORM)?.dispatchEvent(new CustomEvent("desk:recount", { bubbles: true }));
  const said = last ? (way === "undo" ? "Undone" : "Redone") : `Nothing to ${way}`;
  document.dispatchEvent(new CustomEvent("desk:tell", { detail: said }));
}

// The elements that a swap replaces, by id, and where the focus was in them.
const replaced = {};
const focus = new WeakMap();
const exchange = (out, back) => {
  focus.set(out, document.activeElement);
  out.replaceWith(back);
  htmx.process(back);
  focus.get(back).focus();
};
const base = (part) => part.querySelector(`${FORM} [name=base]`)?.value.split(":")[0]; // without the time of signing
document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  replaced[target.id] = target;
  focus.set(target, document.activeElement);
});
document.addEventListener("htmx:load", ({ target: now }) => {
  const was = now.id && replaced[now.id];
  if (!was || was.isConnected) return;
  delete replaced[now.id];
  // Values typed into another version cannot be restored into this one.
  if (base(was) !== base(now)) done.length = undone.length = 0;
  else if (base(now) || (now.closest(FORM) && now.id !== "save-state")) note({ undo: () => exchange(now, was), redo: () => exchange(was, now) });
});

const ours = (event) => event.target.closest?.(FORM) && event.target.matches("input, select, textarea, button");
// The split dialog and the choice of columns are not part of the record.
const counts = (control) => !/^column$|-split$/.test(control.name);
const hold = (event) => ours(event) && near(event.target).forEach((one) => held.set(one, value(one)));
document.addEventListener("focusin", hold);
document.addEventListener("desk:hold", hold);
document.addEventListener("change", (event) => {
  // Those by the keys of a date come from days.js.
  if (ours(event) && (event.isTrusted || event.target.matches("[data-day]:focus")) && counts(event.target)) settle(event.target);
});
for (const type of ["picker:taken", "desk:typed"]) document.addEventListener(type, (event) => settle(event.target));
document.addEventListener("desk:did", (event) => note(event.detail));
document.addEventListener("desk:together", (event) => {
  if (!event.detail) return void (together = []);
  const steps = together;
  together = null;
  if (steps.length) note({ undo: () => steps.toReversed().forEach((one) => one.undo()), redo: () => steps.forEach((one) => one.redo()) });
});
document.addEventListener("keydown", (event) => {
  const here = ours(event) || (event.target.matches("main, body") && document.querySelector(FORM));
  const letter = (event.ctrlKey || event.metaKey) && !event.altKey && here && event.key.toLowerCase();
  if (letter !== "z" && letter !== "y") return;
  const typing = event.target.matches("input, textarea") && held.has(event.target) && held.get(event.target) !== value(event.target);
  if (typing || document.querySelector("[data-posting]")) return; // the answer to the sent form needs its place
  event.preventDefault();
  if (letter === "y" || event.shiftKey) step(undone, done, "redo");
  else step(done, undone, "undo");
});
