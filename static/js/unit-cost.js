// The cost of a line of a bill for another unit is offered, as the server works it out beside [data-paste]. It starts
// from what the line had before its unit was changed, so that there and back again is the same cost. Loaded by units.js.
const started = new WeakMap(); // an open line → the unit and cost that the offers start from, and the last offer
const text = (row, member) => document.getElementsByName(`${row.id}-${member}`)[0]?.value.trim() ?? "";

export async function offer(row, unit, was) {
  const cost = text(row, "cost");
  if (!cost) return;
  const known = started.get(row);
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
