// A bill's lines, [data-lines]: a line is text until it is entered, then inputs from <template data-blank>, without
// a request. Undo, Copy and Remove work here too; without this script each button posts to the server instead.
// Reports actions to undo.js with desk:did (detail: { undo, redo }), and typed values to amounts.js with desk:typed.
const grid = () => document.querySelector("[data-lines]");
const kept = new WeakMap(); // an open line → the text row that it replaced
const OTHERS = ":is(.line-more, .line-errors)";
const CELL = "input:not([type=hidden]), select, textarea";

const at = (prefix) => document.getElementById(prefix);
const outer = (prefix) => prefix.match(/^(.+-\d+)-\w+-\d+$/)?.[1];
const index = (prefix) => Number(prefix.match(/\d+$/)[0]);
const section = (prefix) => prefix.replace(/-\d+$/, "");
const blank = (prefix) => document.querySelector(`template[data-blank="${section(prefix).replace(/-\d+-/, "-@-")}"]`);
const all = () => [...grid().querySelectorAll("tr.line")];
const inside = (row) => all().filter((one) => one.id.startsWith(`${row.id}-`));
const line = (row) => (row?.matches(".line-more") ? row.previousElementSibling : row);
const control = (row, place) => row.cells[place]?.querySelector(CELL);
const controls = (row) => [row, more(row)].flatMap((part) => (part ? [...part.querySelectorAll(CELL)] : [])).filter((one) => one.name !== `${row.id}-split`);
const title = (row) => row.dataset.lineName || row.querySelector(".c-item")?.textContent || "New line";
const tell = (text) => document.dispatchEvent(new CustomEvent("desk:tell", { detail: text }));
const told = () => grid().dispatchEvent(new CustomEvent("desk:recount", { bubbles: true }));
const did = (undo, redo) => document.dispatchEvent(new CustomEvent("desk:did", { detail: { undo, redo } }));

function more(row) {
  return row.nextElementSibling?.matches(".line-more") ? row.nextElementSibling : null;
}

// Recounts first: focusing forces a layout, which then happens once.
function go(target) {
  told();
  target?.focus();
  target?.select?.();
}

// A closed line has no id and number in its markup, to keep it small: its button has them.
function named(within) {
  for (const row of within.querySelectorAll?.("[data-lines] tr.line:not([id])") || []) {
    row.id = row.querySelector("button").value;
    row.cells[0].textContent = index(row.id) + 1;
  }
}

// The blank line of a kind, with the prefix and id with which it will be posted.
function made(prefix, key) {
  const rows = blank(prefix).content.cloneNode(true);
  const row = rows.firstElementChild;
  row.id = prefix;
  row.dataset.id = key;
  row.cells[0].firstChild.data = index(prefix) + 1;
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
  let target = input;
  if (input.matches("select")) {
    const option = [...input.options].find((one) => one.text === text || one.value === text) || new Option(text, text);
    if (!option.isConnected && !input.contains(option)) input.add(option);
    option.selected = true;
  } else if (text.includes("\n")) {
    target = document.createElement("textarea");
    for (const { name, value } of input.attributes) if (name !== "value") target.setAttribute(name, value);
    target.rows = 1;
    input.replaceWith(target);
    target.value = text;
  } else input.value = text;
  return target;
}

const asTyped = (cell, text) => (cell.matches(".num") ? text.replace("−", "-").replace(/,(?=\d{3})/g, cell.matches(".c-amount") ? "," : "") : text);

function enter(closed) {
  const [row, rest] = made(closed.id, closed.dataset.id);
  [...row.cells].forEach((cell, place) => {
    const text = closed.cells[place].textContent;
    const input = cell.querySelector(CELL);
    if (input) {
      const filled = fill(input, asTyped(cell, text));
      filled.dataset.was = filled.value;
    } else if (cell.matches(":not(.c-act, .c-no)")) cell.textContent = text;
  });
  // Values of columns that the person has hidden must be kept: an empty input would clear them.
  for (const [member, text] of new URLSearchParams(closed.dataset.unseen)) {
    const input = rest.querySelector(`[name="${row.id}-${member}"]`);
    if (input) fill(input, text).dataset.was = text;
  }
  for (const select of rest.querySelectorAll("select")) select.dataset.was = select.value;
  row.dataset.lineName = title(closed);
  for (const hidden of closed.querySelectorAll("input[type=hidden]")) row.cells[0].append(hidden.cloneNode());
  closed.replaceWith(row, rest);
  kept.set(row, closed);
  tell(`${title(row)} is open for editing`);
  return row;
}

const opened = (row) => (row.matches(".is-open") ? row : enter(row));

function leave(row, put = kept.get(row)) {
  while (row.nextElementSibling?.matches(OTHERS)) row.nextElementSibling.remove();
  row.replaceWith(put);
  return put;
}

// Returns functions that remove rows and put them back in place.
function places(rows) {
  const mark = document.createComment("");
  rows[0].before(mark);
  return { out: () => rows.forEach((row) => row.remove()), back: () => mark.after(...rows) };
}

function isNew(rows) {
  const { out, back } = places(rows);
  did(out, back);
}

function strike(row) {
  if (row.matches(".is-new")) {
    const near = all()[all().indexOf(row) - 1] || at(section(row.id));
    const { out, back } = places([row, more(row)]);
    out();
    did(back, out);
    return near?.querySelector("button")?.focus();
  }
  const open = row.matches(".is-open") && [row, more(row)];
  const gone = open ? leave(row) : row;
  gone.classList.add("is-gone");
  gone.dataset.alsoChanged = `${title(gone)} removed`;
  for (const member of inside(gone)) (member.hidden = true), more(member)?.toggleAttribute("hidden", true);
  const button = gone.querySelector("button");
  const around = outer(gone.id);
  for (const [name, value] of [[`${gone.id}-id`, gone.dataset.id], [`${gone.id}-remove`, "on"], ...(around ? [[`${around}-id`, at(around).dataset.id]] : [])])
    button.before(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  Object.assign(button, { name: "undo", textContent: "Undo" });
  button.focus();
  did(() => (stand(gone), open && gone.replaceWith(...open)), () => strike(open ? open[0] : gone));
}

function stand(row) {
  row.classList.remove("is-gone");
  delete row.dataset.alsoChanged;
  for (const hidden of row.querySelectorAll("input[type=hidden]")) hidden.remove();
  for (const member of inside(row)) (member.hidden = false), more(member)?.toggleAttribute("hidden", false);
  Object.assign(row.querySelector("button"), { name: "open", textContent: "Edit" });
}

function nextIndex(name) {
  let last = at(`${name}-sum`)?.previousElementSibling; // new lines follow each other
  while (last && !last.matches(".line")) last = last.previousElementSibling;
  return last ? index(last.id) + 1 : Math.max(-1, ...all().filter((row) => section(row.id) === name).map((row) => index(row.id))) + 1;
}

// A new line after the others of its section, or of its group.
function added(name, from) {
  const rows = made(`${name}-${nextIndex(name)}`, "-1");
  const [row] = rows;
  row.classList.add("is-new");
  row.dataset.alsoChanged = from ? `${title(from)} copied` : "New line added";
  row.dataset.lineName = from ? title(from) : "New line";
  row.querySelector("[name=undo]")?.remove();
  const last = outer(row.id) ? inside(at(outer(row.id))).at(-1) : null;
  if (last) (more(last) || last).after(...rows);
  else at(`${name}-sum`).before(...rows);
  for (const target of controls(row)) delete target.dataset.was;
  isNew(rows);
  return row;
}

function copy(from) {
  const row = added(section(from.id), from);
  const texts = new Map(controls(opened(from)).map((one) => [one.name.slice(from.id.length), one.value]));
  for (const target of controls(row)) delete fill(target, texts.get(target.name.slice(row.id.length)) ?? "").dataset.was;
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
  const place = event.target.closest("td")?.cellIndex; // on a phone a tap may hit the gap between cells
  const row = enter(closed);
  go(control(row, place) || controls(row)[0]);
}, true);

// The requests of cells.js; `row` is then the open line.
document.addEventListener("desk:line", ({ detail }) => {
  const { row, act, place } = detail;
  if (act === "copy") copy(row);
  else if (act === "remove") strike(row);
  else if (act === "leave") leave(row).querySelector("button").focus();
  else detail.row = row && act === "enter" ? opened(row) : added(row ? section(row.id) : detail.name);
  if (place !== undefined) go(control(detail.row, place) || controls(detail.row)[0]);
  else told();
});

document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.matches?.("[data-lines] [name=add]")) event.detail.parameters.index = nextIndex(event.target.value);
});
named(document);
document.addEventListener("htmx:load", (event) => {
  named(event.target);
  if (!event.target.matches?.("[data-lines] tr.is-new")) return;
  isNew([event.target, more(event.target)]);
  go(controls(event.target)[0]);
});
