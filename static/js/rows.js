// Lists: [data-rows] holds rows with a link each. j and k move the focus, Enter opens (it is a link), x checks the row.
// Any other key presses the [data-row-key] of the row with that key.
// [data-tick-all] checks every [data-tick] of its table; [data-ticked] shows how many are checked.
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

document.addEventListener("change", (event) => {
  const table = event.target.closest("table");
  if (!table || !event.target.matches("[data-tick], [data-tick-all]")) return;
  const ticks = [...table.querySelectorAll("[data-tick]")];
  const all = table.querySelector("[data-tick-all]");
  if (event.target === all) for (const tick of ticks) tick.checked = all.checked;
  for (const tick of ticks) tick.closest("tr").classList.toggle("is-selected", tick.checked);
  const count = ticks.filter((tick) => tick.checked).length;
  if (all) {
    all.checked = count === ticks.length;
    all.indeterminate = count > 0 && count < ticks.length;
  }
  for (const shown of document.querySelectorAll("[data-ticked]")) {
    shown.hidden = !count;
    const number = shown.querySelector("[data-ticked-count]");
    if (number) number.textContent = count;
  }
});
