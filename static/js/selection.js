// The selection of a list: [data-tick] is the box of a row, [data-tick-all] that of all rows of the page, form.selection
// the bar. Rows of other pages, or filters, stay selected in this tab, and the bar counts them; a row that is shown again
// counts as it is shown then. "All that match" keeps the rows that are cleared then, on any page, as those that are not meant. Shift with a click, ↓ or ↑ takes all rows between; x is in rows.js. A submitted form[data-forgets] ends the selection of a list,
// unless it comes back with something to correct.
const bar = document.querySelector("form.selection");
const stored = (path) => `selection:${document.body.dataset.person}:${path}`;
const KEY = stored(location.pathname);
const MOST = 1000; // rows, as record_forms/bulk/selection.py has it
const ticks = () => [...document.querySelectorAll("#found [data-tick]")];
const rowOf = (element) => element?.closest?.("#found tbody tr");
const name = (tick) => rowOf(tick).querySelector("a.record").id;
const ENDS = ["", ":all", ":but"]; // of the keys: single rows, the filter of "all that match", the rows not meant by that
const which = () => (bar.elements.all.checked ? ":but" : "");
const read = (end = which()) => new Map(JSON.parse(sessionStorage.getItem(KEY + end) || "[]"));
const PLACE = ["page", "totals", "size", "sort", "columns", "view"]; // what an address says besides which rows there are
const number = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 3 });
let last = null; // the box that was ticked or cleared last

// An amount as the list writes it, in thousandths: "CAD −1,240.50" is CAD and -1240500n.
function amount(tick) {
  const head = [...document.querySelectorAll("#found th[data-sum]")].at(-1);
  return readAmount(head && rowOf(tick).cells[head.cellIndex]);
}
function readAmount(cell) {
  const written = cell?.querySelector(".cur")?.textContent.trim() || "";
  const code = written || document.getElementById("found").dataset.currency;
  const figure = cell?.textContent.replace(written, "").replace("−", "-").replace(/[^\d.-]/g, "");
  if (!figure) return [code, "0"];
  const [whole, part = ""] = figure.split(".");
  return [code, `${whole}${part.padEnd(3, "0")}`];
}

// The sums of rows, or of all that is listed without them.
function addUp(rows, sums = new Map(), sign = 1n) {
  for (const [, code, thousandths] of rows.values()) sums.set(code, (sums.get(code) || 0n) + sign * BigInt(thousandths));
  const main = document.getElementById("found").dataset.currency; // alone, it has no code, as in the list
  return [...sums].map(([code, sum]) => {
    const figure = number.format(`${sum}e-3`).replace("-", "−");
    return `${sums.size > 1 || code !== main ? code : ""} ${figure}`.trim();
  }).join(" · ");
}

function keep(key, text) {
  if (text) sessionStorage.setItem(key, text);
  else sessionStorage.removeItem(key);
}
const store = (rows, end = which()) => keep(KEY + end, rows.size && JSON.stringify([...rows]));

// What the list is filtered by. "All that match" ends with another filter, as it would mean other rows.
function filter() {
  const asked = new URLSearchParams(location.search);
  for (const one of PLACE) asked.delete(one);
  asked.sort();
  return `?${asked}`;
}
function takeAll(isOn) {
  bar.elements.all.checked = isOn;
  keep(`${KEY}:all`, isOn && filter());
  if (!isOn) store(new Map(), ":but");
}

function note(rows, tick) {
  if (tick.checked !== bar.elements.all.checked) rows.set(name(tick), [Number(tick.value), ...amount(tick)]);
  else rows.delete(name(tick));
}

// Draws what is selected: the boxes of this page, the one of all, and the bar.
function draw(isTold) {
  const rows = read();
  const { all } = bar.elements;
  const shown = ticks();
  for (const tick of shown) {
    tick.checked = all.checked !== rows.has(name(tick));
    rowOf(tick).classList.toggle("is-selected", tick.checked);
  }
  const here = shown.filter((tick) => tick.checked).length;
  const head = document.querySelector("#found [data-tick-all]");
  if (head) {
    head.checked = here > 0 && here === shown.length;
    head.indeterminate = here > 0 && here < shown.length;
  }
  const hits = Number(document.getElementById("found").dataset.hits);
  const count = all.checked ? Math.max(hits - rows.size, 0) : rows.size;
  const away = all.checked || here === count ? "" : `, ${(count - here).toLocaleString("en-US")} not on this page`;
  const said = `${count.toLocaleString("en-US")} ${bar.dataset.noun}${count === 1 ? "" : "s"} selected${away}`;
  const sums = all.checked ? totals(rows) : addUp(rows);
  bar.classList.toggle("is-on", count > 0);
  bar.querySelector("[data-selected]").textContent = said;
  bar.querySelector("[data-selected-sums]").textContent = sums;
  const except = all.checked && rows.size ? `, except ${rows.size}` : "";
  bar.querySelector("[data-selected-all]").textContent = `All ${hits.toLocaleString("en-US")} that match${except}`;
  all.closest("label").hidden = hits <= shown.length && !all.checked;
  bar.querySelector("[data-select-none]").hidden = false;
  if (isTold) document.dispatchEvent(new CustomEvent("desk:tell", { detail: [said, sums].filter(Boolean).join(", ") }));
}

// What all that is listed adds up to, but for the rows that are not meant; "" until the list itself has added up.
function totals(but) {
  const cells = [...document.querySelectorAll("#found tfoot .final")];
  const sums = new Map(cells.map(readAmount).map(([code, thousandths]) => [code, BigInt(thousandths)]));
  return cells.length ? addUp(but, sums, -1n) : "";
}

function select(boxes, isOn) {
  const rows = read();
  for (const tick of boxes) {
    tick.checked = isOn;
    note(rows, tick);
  }
  store(rows);
  if (bar.elements.all.checked && rows.size >= Number(document.getElementById("found").dataset.hits)) takeAll(false);
  draw(true);
}

function between(one, other) {
  const shown = ticks();
  const [from, to] = [shown.indexOf(one), shown.indexOf(other)].sort((a, b) => a - b);
  return from < 0 ? [other] : shown.slice(from, to + 1);
}

function clicked(event) {
  const cell = event.target.closest?.("#found .pick");
  const tick = cell?.querySelector("[data-tick]");
  if (!tick) return;
  if (event.target !== tick) tick.checked = !tick.checked; // beside the box
  if (event.shiftKey) getSelection().removeAllRanges();
  select(event.shiftKey && last ? between(last, tick) : [tick], tick.checked);
  last = tick;
}

function moved(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = rowOf(event.target);
  if (!step || !event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || !row) return;
  event.preventDefault();
  const shown = ticks();
  const at = shown.findIndex((tick) => rowOf(tick) === row);
  const next = shown[at + step];
  select([shown[at], next].filter(Boolean), true);
  last = shown[at];
  const focused = event.target.matches("[data-tick]") ? next : next && rowOf(next).querySelector("a.record");
  focused?.focus();
}

// The numbers in order, each less the one before it: an address has room for a thousand.
function pack(versions) {
  let before = 0;
  return versions.sort((a, b) => a - b).map((one) => (one - before).toString(36) + ((before = one), "")).join(".");
}

function submitted(event) {
  const rows = read();
  const { all, list } = bar.elements;
  const isNothing = !all.checked && !rows.size;
  if (isNothing || rows.size > MOST) {
    event.preventDefault();
    const said = isNothing ? "Select rows first: x selects one." : `At most ${MOST} rows can be ${all.checked ? "left out" : "selected"} one by one. Filter the list and take all that match.`;
    bar.querySelector("[data-selected]").textContent = said;
    document.dispatchEvent(new CustomEvent("desk:tell", { detail: said }));
    return;
  }
  const asked = new URLSearchParams(location.search);
  for (const one of ["page", "totals"]) asked.delete(one);
  list.value = asked;
  for (const old of bar.querySelectorAll("[name=rows], [name=but]")) old.remove();
  if (rows.size) {
    const packed = Object.assign(document.createElement("input"), { type: "hidden", name: all.checked ? "but" : "rows" });
    packed.value = pack([...rows.values()].map(([version]) => version));
    bar.append(packed);
  }
}

if (bar) {
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", moved);
  document.addEventListener("desk:key", ({ detail: { key } }) => {
    const shown = ticks();
    if (key === "X" && shown.length) select(shown, !shown.every((tick) => tick.checked));
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("#found [data-tick-all]")) select(ticks(), event.target.checked);
    if (event.target !== bar.elements.all) return;
    takeAll(event.target.checked);
    draw(true);
  });
  document.addEventListener("htmx:afterSettle", shownAgain);
  bar.addEventListener("submit", submitted);
  // The boxes themselves would name each row a second time.
  bar.addEventListener("formdata", (event) => event.formData.delete("row"));
  bar.querySelector("[data-select-none]").addEventListener("click", () => {
    takeAll(false);
    store(new Map());
    draw(true);
  });
  addEventListener("pageshow", shownAgain);
  for (const end of ENDS) sessionStorage.removeItem(`${KEY}${end}:sent`);
}
document.addEventListener("submit", ({ target, submitter }) => {
  if (target.dataset.forgets && !submitter?.name) move(stored(target.dataset.forgets), "", ":sent");
});
const again = document.querySelector("form[data-forgets]");
if (again) move(stored(again.dataset.forgets), ":sent", "");

function move(key, from, to) {
  for (const end of ENDS) {
    const held = sessionStorage.getItem(key + end + from);
    if (held) sessionStorage.setItem(key + end + to, held);
    sessionStorage.removeItem(key + end + from);
  }
}

// A selected row counts as it is shown now.
function shownAgain() {
  takeAll(sessionStorage.getItem(`${KEY}:all`) === filter());
  const rows = read();
  for (const tick of ticks()) if (rows.has(name(tick))) rows.set(name(tick), [Number(tick.value), ...amount(tick)]);
  store(rows);
  draw(false);
}
