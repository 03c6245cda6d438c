// Another unit in a line of a bill: the cost for it is offered, as the server works it out beside [data-paste]. The cost
// starts from what the line had before its unit was changed, so that there and back again is the same cost.
const started = new WeakMap(); // an open line → the unit and cost that the offers start from, and the last offer
const text = (row, member) => document.getElementsByName(`${row.id}-${member}`)[0]?.value.trim() ?? "";
let before = [];

async function offer(row, unit, was) {
  const known = started.get(row);
  const cost = text(row, "cost");
  const start = known && [known.cost, known.offered].includes(cost) ? known : { unit: was, cost };
  started.set(row, start);
  const [, lines] = row.id.match(/(\w+)-\d+$/);
  const asked = { lines, item: text(row, "item"), own: text(row, "override_unit_of_measure_set"), unit, before: start.unit, cost: start.cost };
  const answer = await fetch(new URL(`../unit-cost/?${new URLSearchParams(asked)}`, new URL(document.querySelector("[data-lines]").dataset.paste, location))).catch(() => {});
  const said = answer?.ok && !answer.redirected ? await answer.json() : {};
  if (!row.isConnected || text(row, "unit_of_measure") !== unit) return;
  document.querySelector(`[data-offered="${row.id}"]`)?.remove();
  if (!said.cost || said.cost === text(row, "cost")) return;
  start.offered = said.cost;
  const part = document.createElement("p");
  part.dataset.offered = row.id;
  const label = Object.assign(document.createElement("strong"), { textContent: `Line ${row.cells[0].textContent}` });
  const button = Object.assign(document.createElement("button"), { className: "button is-offer is-small", name: "take", value: `${row.id}-cost=${said.cost}`, textContent: `Use cost ${said.cost}` });
  button.dataset.offer = "";
  part.append(label, " ", button, " ", Object.assign(document.createElement("span"), { className: "hint", textContent: said.why }));
  document.getElementById("line-offers").append(part);
}

const isUnit = (input) => input.matches?.("[data-lines] [name$='-unit_of_measure']");
document.addEventListener("focusin", ({ target }) => isUnit(target) && (before = [target, target.value.trim()]));
document.addEventListener("change", ({ target, isTrusted }) => {
  if (!isTrusted || !isUnit(target)) return;
  const [input, was] = before;
  const near = target.closest("tr");
  const row = near.matches(".line-more") ? near.previousElementSibling : near;
  const unit = target.value.trim();
  if (input === target && was !== unit && text(row, "cost")) offer(row, unit, was || unit);
  before = [target, unit];
});
// The offer of a line that was closed or removed.
document.addEventListener("desk:recount", () => {
  for (const part of document.querySelectorAll("#line-offers > p")) if (!document.getElementById(part.dataset.offered)?.matches(".is-open")) part.remove();
});
