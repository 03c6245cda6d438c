// Lists: [data-rows] holds rows with a link each. j and k move the focus, Enter opens (it is a link), x clicks the box of
// the row, [data-tick].
const rows = () => [...document.querySelectorAll("[data-rows] :is(tr, li):has(a)")];
const link = (row) => row.querySelector("a.record, a");

document.addEventListener("desk:key", ({ detail: { key, from } }) => {
  if (!["j", "k", "x", "e"].includes(key)) return;
  const all = rows();
  const now = all.findIndex((row) => row.contains(document.activeElement));
  if (key === "j" || key === "k") {
    const next = all[now < 0 ? 0 : Math.min(all.length - 1, Math.max(0, now + (key === "j" ? 1 : -1)))];
    if (next) link(next).focus();
  } else if (now >= 0 && key === "x") all[now].querySelector("[data-tick]")?.click();
  else if (now >= 0 && key === "e") all[now].querySelector("[data-edit]")?.click();
  else return;
  from.preventDefault();
});
