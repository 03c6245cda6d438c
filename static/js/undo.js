// Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y) in <form data-form>: what was typed is taken back cell by cell, and what lines.js
// did with lines with it. While letters are being typed in a control, the browser's own undo comes first.
const held = new WeakMap(); // a control → its value as last noted
const done = [];
const undone = [];
let together = null;

function note(step) {
  (together || done).push(step);
  undone.length = 0;
}

const near = (control) => {
  const row = control.closest("[data-lines] tr.line");
  return row ? [...row.querySelectorAll("input:not([type=hidden]), select, textarea")] : [control];
};
const value = (control) => (control.type === "checkbox" ? control.checked : control.value);

function put(control, to) {
  control[control.type === "checkbox" ? "checked" : "value"] = to;
  held.set(control, to);
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

// Amounts follow in the cells beside: both are one step.
function settle(control) {
  const changed = near(control).filter((one) => held.has(one) && held.get(one) !== value(one)).map((one) => [one, held.get(one), value(one)]);
  for (const [one, , now] of changed) held.set(one, now);
  if (changed.length) note({ undo: () => changed.forEach(([one, was]) => put(one, was)), redo: () => changed.forEach(([one, , now]) => put(one, now)) });
}

function step(from, to, way) {
  const last = from.pop();
  if (last) last[way]();
  if (last) to.push(last);
  document.querySelector("[data-lines]")?.dispatchEvent(new CustomEvent("desk:recount", { bubbles: true }));
  const said = last ? (way === "undo" ? "Undone" : "Done again") : `Nothing to ${way}`;
  document.dispatchEvent(new CustomEvent("desk:tell", { detail: said }));
}

const ours = (event) => event.target.closest?.("form[data-form]") && event.target.matches("input, select, textarea, button");
const hold = (event) => ours(event) && near(event.target).forEach((one) => held.set(one, value(one)));
document.addEventListener("focusin", hold);
document.addEventListener("desk:hold", hold);
document.addEventListener("change", (event) => ours(event) && event.isTrusted && settle(event.target));
document.addEventListener("picker:taken", (event) => settle(event.target));
document.addEventListener("desk:typed", (event) => settle(event.target));
document.addEventListener("desk:did", (event) => note(event.detail));
document.addEventListener("desk:together", (event) => {
  if (!event.detail) return void (together = []);
  const steps = together;
  together = null;
  if (steps.length) note({ undo: () => steps.toReversed().forEach((one) => one.undo()), redo: () => steps.forEach((one) => one.redo()) });
});
document.addEventListener("keydown", (event) => {
  const letter = (event.ctrlKey || event.metaKey) && !event.altKey && ours(event) && event.key.toLowerCase();
  if (letter !== "z" && letter !== "y") return;
  const typing = event.target.matches("input, textarea") && held.has(event.target) && held.get(event.target) !== value(event.target);
  if (typing) return;
  event.preventDefault();
  if (letter === "y" || event.shiftKey) step(undone, done, "redo");
  else step(done, undone, "undo");
});
