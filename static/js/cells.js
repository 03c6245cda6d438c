// Spreadsheet keys in a bill's lines, blocks pasted from a spreadsheet, and the values that a chosen item fills in.
// Requests lines from lines.js with desk:line, and reports values that it fills in to amounts.js with desk:typed.
const CELL = "input:not([type=hidden]), select, textarea";
const grid = () => document.querySelector("[data-lines]");
let pasting = false;
const section = (row) => row.id.replace(/-\d+$/, "");
const lines = () => [...grid().querySelectorAll("tr.line:not(.is-gone, [hidden])")];
const own = (row) => lines().filter((one) => section(one) === section(row));
const beside = (row, step) => own(row)[own(row).indexOf(row) + step];
const inputs = (row) => [row, row.nextElementSibling].flatMap((part) => (part?.matches(".line.is-open, .line-more") ? [...part.querySelectorAll(CELL)] : [])).filter((one) => !one.name.endsWith("-split"));
const control = (row, member) => inputs(row).find((one) => one.name === `${row.id}-${member}`);
const isBlank = (row) => row.matches(".is-new") && inputs(row).every((one) => !one.value.trim());

function ask(act, row, place) {
  const detail = { act, row, place };
  document.dispatchEvent(new CustomEvent("desk:line", { detail }));
  return detail.row;
}

function put(input, given) {
  const text = input.matches("textarea") ? given : given.replace(/\s*\n\s*/g, " "); // an input would join the words
  const types = ["desk:typed"];
  if (input.value !== text) types.unshift("change");
  input.dispatchEvent(new Event("desk:hold", { bubbles: true }));
  if (input.options && ![...input.options].some((one) => one.value === text)) input.add(new Option(text));
  input.value = text;
  for (const type of types) input.dispatchEvent(new Event(type, { bubbles: true }));
}

// Tab from the last input of a line, and Enter in it, move to the next line, or to a new one after the last.
function walk(row, step, place) {
  const next = beside(row, step);
  if (next) ask("enter", next, place);
  else if (step > 0 && !isBlank(row)) ask("add", row, place);
  else return false;
  if (place < 0 && document.activeElement) inputs(document.activeElement.closest("tr")).at(-1).focus();
  return true;
}

// To the first line of the next section, or to its Add button; above the first section is the head of the bill.
function leap(id, step) {
  const heads = [...grid().querySelectorAll("tbody[id]")];
  const head = heads[heads.findIndex((one) => id.startsWith(`${one.id}-`)) + step];
  const to = head ? document.querySelector(`tr.line[id^="${head.id}-"] :is(button, ${CELL})`) || head.querySelector("button") : step < 0 && document.getElementById("id_vendor");
  if (to) to.focus();
}

function key(event, row, target) {
  const ctrl = event.ctrlKey || event.metaKey;
  const cells = inputs(row);
  const place = target.closest("td").cellIndex;
  const alone = event.altKey && event.key === "Enter";
  const arrow = /^Arrow(Up|Down)$/.exec(event.key)?.[1].toLowerCase();
  const step = arrow === "up" ? -1 : 1;
  if (alone && target.matches("textarea")) return document.execCommand("insertText", false, "\n");
  if (alone || (ctrl && event.key === "Insert")) return ask("add", row, 0);
  if (ctrl && event.key === "/") return row.nextElementSibling?.querySelector("[name$='-split']")?.focus() || true;
  if (ctrl && event.key === "Delete") return ask("remove", row);
  if (ctrl && arrow) return event.shiftKey ? ask(arrow, row) : leap(row.id, step) || true;
  if (ctrl && event.key.toLowerCase() === "d") return ask("copy", row, 0);
  if (ctrl || event.altKey || !target.matches(CELL)) return false;
  if (event.key === "Enter") return walk(row, event.shiftKey ? -1 : 1, place) || true;
  if (event.key === "Tab" && target === cells.at(event.shiftKey ? 0 : -1)) return walk(row, event.shiftKey ? -1 : 1, event.shiftKey ? -1 : 0);
  if (arrow && target.matches("input:not([list]), textarea")) {
    const beyond = step < 0 ? target.value.slice(0, target.selectionStart) : target.value.slice(target.selectionEnd);
    return !beyond.includes("\n") && walk(row, step, place);
  }
  if (event.key !== "Escape") return false;
  if (!row.matches(".is-new") && cells.every((one) => one.value === one.dataset.was)) ask("leave", row);
  else row.querySelector(".c-act button")?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  const at = event.target.closest?.("[data-lines] tr:is(.line, .line-more)");
  if (!at && event.key === "ArrowDown" && (event.ctrlKey || event.metaKey) && event.target.closest(".bill-head")) event.preventDefault(), leap("", 1);
  if (!at || event.defaultPrevented) return;
  if (event.target.name?.endsWith("-split")) {
    if (event.key === "Enter") event.preventDefault(), event.target.nextElementSibling.click();
    if (event.key === "Escape") inputs(at.previousElementSibling)[0].focus();
    return;
  }
  if (key(event, at.matches(".line-more") ? at.previousElementSibling : at, event.target)) event.preventDefault();
});

// The server says where each cell of a block goes and what it means there. Only into visible columns: values in hidden
// ones would be saved unseen. A cell that is not understood stays, marked, until it is typed over.
async function paste(row, from, block) {
  const form = row.closest("form");
  const cells = inputs(row).filter((one) => row.contains(one));
  const find = () => own(row).slice(own(row).indexOf(row)); // another line may be opened before the answer comes
  const others = lines().length - find().length;
  const asked = { section: section(row), members: cells.map((one) => one.name.slice(row.id.length + 1)), start: cells.indexOf(from), others, ...block };
  for (const name of ["csrfmiddlewaretoken", "base"]) asked[name] = form.elements[name].value;
  const answer = await fetch(grid().dataset.paste, { method: "POST", body: new URLSearchParams(asked) }).catch(() => null);
  if (!answer?.ok || answer.redirected || !row.isConnected) return say("Nothing was pasted: Ledgerdesk did not answer. Paste again.");
  const { lines: pasted, said } = await answer.json();
  if (!pasted.length) return say(said[0]);
  document.dispatchEvent(new CustomEvent("desk:together"));
  pasting = true;
  const below = find();
  const rows = pasted.map(({ texts, wrong, brings }, number) => {
    if (number) row = below[number] ? ask("enter", below[number], null) : ask("add", row, null); // counted once, below
    for (const [name, text] of Object.entries(texts)) put(control(row, name), text);
    if (brings && !isStored(row.querySelector("[data-fills]"))) bring(row, brings);
    for (const [name, text] of Object.entries(wrong).reverse()) mark(row, control(row, name), text);
    return row;
  });
  pasting = false;
  document.dispatchEvent(new CustomEvent("desk:together", { detail: true }));
  const detail = { rows };
  grid().dispatchEvent(new CustomEvent("desk:recount", { bubbles: true, detail }));
  say(`${said[0]}, ${detail.sum}${said[1]}`);
}

function say(text) {
  document.querySelector("[data-pasted]").textContent = text;
  document.dispatchEvent(new CustomEvent("desk:tell", { detail: text }));
}

function mark(row, input, text) {
  const wrong = Object.assign(document.createElement("p"), { className: "hint errorlist", textContent: text });
  row.nextElementSibling.querySelector(".line-rest").prepend(wrong);
  input.setAttribute("aria-invalid", "true");
  input.addEventListener("input", () => (wrong.remove(), input.removeAttribute("aria-invalid")), { once: true });
}

document.addEventListener("paste", (event) => {
  const row = event.target.closest?.("[data-lines] tr.line.is-open");
  const [text, html] = ["plain", "html"].map((type) => event.clipboardData?.getData(`text/${type}`) ?? "");
  // Words of several lines are no sheet: a sheet ends its last row, or quotes such a cell, or comes as a table too.
  const words = event.target.matches("textarea") && !/\t|\n$|^"/.test(text) && !/<table/i.test(html);
  if (!row || words || !event.target.matches(CELL) || !/[\t\n]./.test(text)) return;
  event.preventDefault();
  paste(row, event.target, { text, html });
});

// A chosen entry fills inputs that are blank, unchanged, or filled by an earlier entry; typed values are kept. The
// line's own brings nothing: what an earlier entry filled in goes back to what is stored.
const isStored = ({ value, dataset }) => value === dataset.was;

async function fills(input) {
  const row = input.closest("tr");
  const entry = input.value;
  let above = beside(row, -1);
  while (above && isBlank(above)) above = beside(above, -1);
  const over = above ? (control(above, "item")?.value ?? above.querySelector(".c-item").textContent) : "";
  const url = `${input.dataset.fills}&${new URLSearchParams({ entry, above: over })}`;
  const answer = entry.trim() && (await fetch(url).catch(() => null));
  if (answer?.ok && !answer.redirected && row.isConnected && input.value === entry) bring(row, await answer.json());
}

function bring(row, { values, units, without, percent }) {
  if (percent) row.dataset.percent = percent; // of the line above: see amounts.js
  else delete row.dataset.percent;
  for (const one of inputs(row)) {
    const member = one.name.slice(row.id.length + 1);
    const { was, filled } = one.dataset;
    const free = values ? ["", was, filled] : [filled];
    const brought = values ?? { [member]: was };
    one.readOnly = without.includes(member); // before another figure is worked out from it
    if (one.readOnly) put(one, (one.dataset.filled = ""));
    else if (member in brought && free.includes(one.value)) put(one, (one.dataset.filled = brought[member]));
    if (member !== "unit_of_measure") continue;
    if (units.length) one.setAttribute("list", listed(row, units));
    else one.removeAttribute("list");
  }
  if (percent) grid().dispatchEvent(new CustomEvent("desk:recount", { bubbles: true }));
}

function listed(row, units) {
  const id = `${row.id}-units`;
  document.getElementById(id)?.remove();
  const list = Object.assign(document.createElement("datalist"), { id });
  list.append(...units.map((unit) => Object.assign(document.createElement("option"), { value: unit })));
  row.cells[0].append(list);
  return id;
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("[data-lines] [data-fills]")) return;
  if (isStored(target)) bring(target.closest("tr"), { units: [], without: [] });
  else if (!pasting) fills(target);
});

// A split line comes back with the whole form: the focus returns to it.
let split = "";
document.addEventListener("click", (event) => (split = event.target.closest?.("[name=split]")?.value ?? ""));
document.addEventListener("htmx:load", (event) => {
  if (event.target.id === "content" && split && !event.target.querySelector("[aria-invalid=true]")) document.getElementById(`${split}-amount`)?.focus();
  if (event.target.id === "content") split = "";
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[href='#lines']")) return;
  event.preventDefault();
  (grid().querySelector(`tr.line :is(button, ${CELL})`) || grid().querySelector("tbody button")).focus();
});
