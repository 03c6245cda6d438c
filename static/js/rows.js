// Lists: [data-rows] holds rows with a link each. j and k move the focus, Enter opens (it is a link), x clicks the box of
// the row, [data-tick]. Any other key presses the [data-row-key] of the row with that key.
// In a menu with a search ([data-pop]), ↓ and ↑ go from its box to what was found, and from one to the next.
const rows = () => [...document.querySelectorAll("[data-rows] :is(tr, li):has(a)")];
const link = (row) => row.querySelector("a.record, a");

document.addEventListener("desk:key", ({ detail: { key, from } }) => {
  const all = rows();
  const now = all.findIndex((row) => row.contains(document.activeElement));
  if (key === "j" || key === "k") {
    const next = all[now < 0 ? 0 : Math.min(all.length - 1, Math.max(0, now + (key === "j" ? 1 : -1)))];
    if (next) link(next).focus();
  } else if (now >= 0 && key === "x") all[now].querySelector("[data-tick]")?.click();
  else if (now >= 0) {
    const pressed = all[now].querySelector(`[data-row-key="${CSS.escape(key)}"]${key === "e" ? ", [data-edit]" : ""}`);
    if (!pressed) return;
    pressed.click();
  } else return;
  from.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const pop = step && event.target.closest?.("[data-pop][open]:has(input[type=search])");
  if (!pop || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...pop.querySelectorAll("input[type=search], li > a")];
  const next = all[all.indexOf(event.target) + step];
  if (!all.includes(event.target) || !next) return;
  event.preventDefault();
  next.focus();
});
