// A bill's lines, [data-lines]: a line is text until it is entered, then inputs in place, from <template data-blank> and
// without a request. Undo, Copy and Remove work here too; without this script each button asks the server for the same.
const grid = () => document.querySelector("[data-lines]");
const kept = new WeakMap(); // an open line → the text row it came from
const OTHERS = ":is(.line-more, .line-errors)";

const at = (prefix) => document.getElementById(prefix);
const outer = (prefix) => prefix.match(/^(.+-\d+)-\w+-\d+$/)?.[1];
const section = (prefix) => prefix.replace(/-\d+$/, "");
const blank = (prefix) => document.querySelector(`template[data-blank="${section(prefix).replace(/-\d+-/, "-@-")}"]`);
const inside = (row) => [...row.parentElement.querySelectorAll(`tr.line[id^="${row.id}-"]`)];
const controls = (row) => [row, more(row)].flatMap((part) => (part ? [...part.querySelectorAll("input:not([type=hidden]), select, textarea")] : []));
const title = (row) => row.dataset.lineName || row.querySelector(".c-item")?.textContent || "New line";

function more(row) {
  return row.nextElementSibling?.matches(".line-more") ? row.nextElementSibling : null;
}

function told() {
  grid().dispatchEvent(new CustomEvent("desk:recount", { bubbles: true }));
}

// Recounts first: to focus lays the page out, which is then done once.
function go(control) {
  told();
  control?.focus();
}

// A closed line comes without an id, to be small: its button says which it is.
function named(within) {
  for (const row of within.querySelectorAll?.("[data-lines] tr.line:not([id])") || []) row.id = row.querySelector("button").value;
}

// The blank line of a kind, under the prefix and with the id that it will travel with.
function made(prefix, key) {
  const rows = blank(prefix).content.cloneNode(true);
  const row = rows.firstElementChild;
  row.id = prefix;
  row.dataset.id = key;
  for (const element of rows.querySelectorAll("[name], label, button")) {
    for (const name of ["name", "id", "for"])
      if (element.getAttribute(name)?.startsWith("-")) element.setAttribute(name, prefix + element.getAttribute(name));
    if (element.matches("button")) element.value = prefix;
    if (element.name === `${prefix}-id`) element.value = key;
    if (element.type === "hidden" && element.name.includes("@")) {
      element.name = `${outer(prefix)}-id`;
      element.value = at(outer(prefix)).dataset.id;
    }
  }
  return [row, row.nextElementSibling];
}

function fill(input, text) {
  let control = input;
  if (input.matches("select")) {
    const option = [...input.options].find((one) => one.text === text || one.value === text) || new Option(text, text);
    if (!option.isConnected && !input.contains(option)) input.add(option);
    option.selected = true;
  } else if (text.includes("\n")) {
    control = document.createElement("textarea");
    for (const { name, value } of input.attributes) if (name !== "value") control.setAttribute(name, value);
    control.rows = 1;
    input.replaceWith(control);
    control.value = text;
  } else input.value = text;
  return control;
}

const asTyped = (cell, text) => (cell.matches(".num") ? text.replace("−", "-").replace(/,(?=\d{3})/g, cell.matches(".c-amount") ? "," : "") : text);

function enter(closed) {
  const [row, rest] = made(closed.id, closed.dataset.id);
  [...row.cells].forEach((cell, place) => {
    const text = closed.cells[place].textContent;
    const input = cell.querySelector("input:not([type=hidden]), select");
    if (input) {
      const control = fill(input, asTyped(cell, text));
      control.dataset.was = control.value;
    } else if (cell.matches(":not(.c-act, .c-no)")) cell.textContent = text;
  });
  for (const select of rest.querySelectorAll("select")) select.dataset.was = select.value;
  row.dataset.lineName = title(closed);
  for (const hidden of closed.querySelectorAll("input[type=hidden]")) row.cells[0].append(hidden.cloneNode());
  closed.replaceWith(row, rest);
  kept.set(row, closed);
  document.dispatchEvent(new CustomEvent("desk:tell", { detail: `${title(row)} is open for editing` }));
  return row;
}

function leave(row, put = kept.get(row)) {
  more(row)?.remove();
  while (row.nextElementSibling?.matches(OTHERS)) row.nextElementSibling.remove();
  row.replaceWith(put);
  return put;
}

function strike(row) {
  if (row.matches(".is-new")) {
    const next = row.previousElementSibling;
    more(row)?.remove();
    row.remove();
    return next.querySelector("button")?.focus();
  }
  const gone = row.matches(".is-open") ? leave(row) : row;
  gone.classList.add("is-gone");
  gone.dataset.alsoChanged = `${title(gone)} removed`;
  for (const member of inside(gone)) (member.hidden = true), more(member)?.toggleAttribute("hidden", true);
  const button = gone.querySelector("button");
  const around = outer(gone.id);
  for (const [name, value] of [[`${gone.id}-id`, gone.dataset.id], [`${gone.id}-remove`, "on"], ...(around ? [[`${around}-id`, at(around).dataset.id]] : [])])
    button.before(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  Object.assign(button, { name: "undo", textContent: "Undo" });
  button.focus();
}

function stand(row) {
  row.classList.remove("is-gone");
  delete row.dataset.alsoChanged;
  for (const hidden of row.querySelectorAll("input[type=hidden]")) hidden.remove();
  for (const member of inside(row)) (member.hidden = false), more(member)?.toggleAttribute("hidden", false);
  Object.assign(row.querySelector("button"), { name: "open", textContent: "Edit" });
}

function nextIndex(name) {
  const used = [...grid().querySelectorAll(`tr.line[id^="${name}-"]`)].map((row) => Number(row.id.slice(name.length + 1))).filter(Number.isInteger);
  return Math.max(-1, ...used) + 1;
}

function copy(from) {
  const name = section(from.id);
  const [row, rest] = made(`${name}-${nextIndex(name)}`, "-1");
  row.classList.add("is-new");
  row.dataset.alsoChanged = `${title(from)} copied`;
  row.dataset.lineName = title(from);
  row.querySelector("[name=undo]")?.remove();
  const last = outer(from.id) ? inside(at(outer(from.id))).at(-1) : null;
  if (last) (more(last) || last).after(row, rest);
  else from.parentElement.querySelector(".section-sum").before(row, rest);
  const texts = new Map(controls(from).map((control) => [control.name.slice(from.id.length), control.value]));
  for (const control of controls(row)) delete fill(control, texts.get(control.name.slice(row.id.length)) ?? "").dataset.was;
  go(controls(row)[0]);
}

function press(event) {
  const button = event.target.closest("button[name]");
  const row = button && at(button.value);
  if (!row?.matches("tr.line")) return !button;
  const name = button.name;
  if (name === "open") go(controls(enter(row))[0]);
  else if (name === "copy") copy(row);
  else if (name === "undo" && row.matches(".is-gone") && !row.querySelector("[name]:not(button, [name$='-id'], [name$='-remove'])")) stand(row);
  else if (name === "undo" && kept.has(row)) leave(row).querySelector("button").focus();
  else if (name === "remove" && (row.matches(".is-new") || kept.has(row) || !row.matches(".is-open"))) strike(row);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  if (name !== "open" && name !== "copy") told();
  return false;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-lines] tbody") || !press(event)) return;
  const closed = event.target.closest("tr.line:not(.is-open, .is-gone)");
  if (!closed || event.target.closest("a, input") || !getSelection().isCollapsed) return;
  const place = event.target.closest("td")?.cellIndex; // on a phone a finger may land between the cells
  const row = enter(closed);
  go(row.cells[place]?.querySelector("input:not([type=hidden]), select, textarea") || controls(row)[0]);
}, true);

// Enter goes to the same column of the next line, Escape closes a line in which nothing was changed.
document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("[data-lines] tr:is(.is-open, .line-more)");
  if (!row || event.defaultPrevented || !event.target.matches("input, select")) return;
  const line = row.matches(".line-more") ? row.previousElementSibling : row;
  if (event.key === "Enter") {
    event.preventDefault();
    const lines = [...grid().querySelectorAll("tr.line:not(.is-gone)")].filter((one) => !one.hidden);
    const next = lines[lines.indexOf(line) + (event.shiftKey ? -1 : 1)];
    if (!next) return;
    const opened = next.matches(".is-open") ? next : enter(next);
    const place = event.target.closest("td").cellIndex;
    go(opened.cells[place]?.querySelector("input:not([type=hidden]), select, textarea") || controls(opened)[0]);
  } else if (event.key === "Escape" && kept.has(line) && controls(line).every((one) => one.value === one.dataset.was)) {
    leave(line).querySelector("button").focus();
    told();
  }
});

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.matches?.("[data-lines] [name=add]")) event.detail.parameters.index = nextIndex(event.target.value);
});
named(document);
document.addEventListener("htmx:load", (event) => {
  named(event.target);
  if (!event.target.matches?.("[data-lines] tr.is-new")) return;
  go(controls(event.target)[0]);
});
