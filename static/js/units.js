// Another unit in a line of a bill: the script that offers its cost, [data-units], is loaded when the first is typed.
let before = [];

const isUnit = (input) => input.matches?.("[data-lines] [name$='-unit_of_measure']");
document.addEventListener("focusin", ({ target }) => isUnit(target) && (before = [target, target.value.trim()]));
document.addEventListener("change", ({ target, isTrusted }) => {
  if (!isTrusted || !isUnit(target)) return;
  const [input, was] = before;
  const near = target.closest("tr");
  const row = near.matches(".line-more") ? near.previousElementSibling : near;
  const unit = target.value.trim();
  if (input === target && was !== unit) import(row.closest("table").dataset.units).then((cost) => cost.offer(row, unit, was || unit));
  before = [target, unit];
});
// The offer of a line that was closed or removed.
document.addEventListener("desk:recount", () => {
  for (const part of document.querySelectorAll("#line-offers > p")) if (!document.getElementById(part.dataset.offered)?.matches(".is-open")) part.remove();
});
