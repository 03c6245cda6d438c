// A bill's lines, [data-lines]: a line is text until it is entered, then inputs from <template id=blank-…>, without
// a request. Undo, Copy and Remove work here too; without this script each button posts to the server instead.
// Reports actions to undo.js with desk:did (detail: { undo, redo }), and typed values to amounts.js with desk:typed.
const grid = () => document.querySelector("[data-lines]");
const next = {}; // a section → the index after those that are known to be taken
const kept = new WeakMap(); // an open line → the text row that it replaced
const OTHERS = ":is(.line-more, .line-errors)";
const STEP = { down: 1, up: -1 };
const CELL = "input:not([type=hidden]), select, textarea";

const at = (prefix) => document.getElementById(prefix);
const outer = (prefix) => prefix.match(/^(.+-\d+)-\w+-\d+$/)?.[1];
const index = (prefix) => Number(prefix.match(/\d+$/)[0]);
const section = (prefix) => prefix.replace(/-\d+$/, "");
const blank = (prefix) => at(`blank-${section(prefix).replace(/-\d+-/, "-@-")}`);
const all = () => [...grid().querySelectorAll("tr.line")];
// The new lines of a section, or of a group. The order of the rows is the order of the lines: an index only names inputs.
const isFresh = (row) => row.dataset.id === "-1";
const fresh = (name) => all().filter((row) => isFresh(row) && section(row.id) === name);
const inside = (row) => all().filter((one) => one.id.startsWith(`${row.id}-`));
const line = (row) => (row?.matches(".line-more") ? row.previousElementSibling : row);
const control = (row, place) => row.cells[place]?.querySelector(CELL);
const controls = (row) => [row, more(row)].flatMap((part) => (part ? [...part.querySelectorAll(CELL)] : [])).filter((one) => one.name !== `${row.id}-split`);
const title = (row) => row.dataset.lineName || row.querySelector(".c-item")?.textContent || "New line";
const tell = (text) => document.dispatchEvent(new CustomEvent("desk:tell", { detail: text }));
const told = () => grid()?.dispatchEvent(new CustomEvent("desk:recount", { bubbles: true }));
const did = (undo, redo) => document.dispatchEvent(new CustomEvent("desk:did", { detail: { undo, redo } }));

function more(row) {
  return row.nextElementSibling?.matches(".line-more") ? row.nextElementSibling : null;
}

// A line's rows: its own, its second one, and what is said below it.
function block(row) {
  const rows = [row];
  while (rows.at(-1).nextElementSibling?.matches(OTHERS)) rows.push(rows.at(-1).nextElementSibling);
  return rows;
}

// Says something below a line, as the server does.
function note(row, text) {
  block(row).find((one) => one.matches("[data-note]"))?.remove();
  block(row).at(-1).insertAdjacentHTML("afterend", `<tr class="line-errors is-asked" data-note><td colspan=${row.cells.length}>${text}`);
  tell(text);
}

// The line is shown first, and in the next frame, or before the next press, what changes with it: the sums, the count of
// changes. It is contained once it has lost the focus: a browser keeps the page in place by what has it.
let late, last;
const rest = () => late?.();
function go(row, place) {
  rest();
  if (row.matches(".is-new")) number(row);
  const target = control(row, place) || controls(row)[0];
  target?.focus();
  target?.select?.();
  late = () => ((late = null), last?.classList.add("is-apart"), (last = row), told());
  requestAnimationFrame(() => requestAnimationFrame(rest));
}
for (const press of ["keydown", "pointerdown"]) addEventListener(press, rest, true);

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
  renumber(row, index(prefix) + 1, row.nextElementSibling);
  return [row, row.nextElementSibling];
}

// The number of an open line, which its inputs are named after: Line 3, Amount.
function renumber(row, number, rest = more(row)) {
  row.cells[0].firstChild.data = number;
  const title = `${outer(row.id) ? "Group line" : "Line"} ${number}, `;
  for (const part of [row, rest]) for (const input of part.querySelectorAll("label + *")) input.ariaLabel = title + input.previousElementSibling.textContent;
}

function fill(input, text) {
  if (input.matches("select")) {
    const option = [...input.options].find((one) => one.text === text || one.value === text) || new Option(text, text);
    if (!option.isConnected && !input.contains(option)) input.add(option);
    option.selected = true;
  } else input.value = text;
  return input;
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
  for (const one of block(row).slice(1)) one.remove();
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
    const { out, back } = places(block(row));
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
  next[name] ??= 0;
  while (at(`${name}-${next[name]}`)) next[name]++;
  return next[name];
}

// Places a new line below `from`, but never above a stored one (docs/vendors/conductor.md, section 8.8).
function insert(row, rows, from) {
  const name = section(row.id);
  if (!from) return at(`${name}-sum`).before(...rows);
  if (isFresh(from)) return block(from).at(-1).after(...rows);
  const stored = all().filter((one) => section(one.id) === name && !isFresh(one) && !one.matches(".is-gone")).at(-1);
  const [first] = fresh(name);
  if (from === stored && first) return first.before(...rows);
  if (outer(row.id)) block(inside(at(outer(row.id))).at(-1)).at(-1).after(...rows);
  else at(`${name}-sum`).before(...rows);
  if (from !== stored) note(row, "A line cannot be added between saved lines. This one is below them.");
}

// A new line, below the line that it was asked for in, or the last of its section.
function added(from, isCopy, name = section(from.id)) {
  const rows = made(`${name}-${nextIndex(name)}`, "-1");
  const [row, rest] = rows;
  row.classList.add("is-new");
  row.dataset.lineName = isCopy ? title(from) : "New line";
  row.dataset.alsoChanged = isCopy ? `${title(from)} copied` : "New line added";
  row.querySelector("[name=undo]").remove();
  const below = rest.querySelector("[name=below]");
  for (const way in STEP) below.after(Object.assign(below.cloneNode(), { name: way, textContent: `Move ${way}` }));
  insert(row, rows, from);
  for (const target of controls(row)) delete target.dataset.was;
  isNew(block(row));
  return row;
}

// A line's number is its place: first that of the one line that is shown now, as those below it can wait.
function number(only) {
  const counts = {};
  for (const row of all()) {
    const name = section(row.id);
    counts[name] = (counts[name] ?? 0) + 1;
    if (row.matches(".is-new") && (only ?? row) === row && row.cells[0].firstChild.data != counts[name]) renumber(row, counts[name]);
  }
}

// Exchanges a new line with the next one. It is the other one that moves, so that the focus stays.
function shift(row, step) {
  const others = fresh(section(row.id));
  const other = row.matches(".is-new") && others[others.indexOf(row) + step];
  if (!other) return false;
  if (step < 0) block(row).at(-1).after(...block(other));
  else row.before(...block(other));
  return true;
}

function move(row, step) {
  document.activeElement.dispatchEvent(new Event("desk:typed", { bubbles: true })); // what was typed is a step of its own
  if (!shift(row, step)) return note(row, "Only new lines can be moved, and not above saved lines.");
  did(() => shift(row, -step), () => shift(row, step));
  number();
  tell(`Now line ${row.cells[0].textContent}`);
  row.scrollIntoView({ block: "nearest" });
}

function copy(from) {
  const row = added(from, true);
  const texts = new Map(controls(opened(from)).map((one) => [one.name.slice(from.id.length), one.value]));
  for (const target of controls(row)) delete fill(target, texts.get(target.name.slice(row.id.length)) ?? "").dataset.was;
  return row;
}

function press(event) {
  const button = event.target.closest("button[name]");
  const row = button && at(button.value);
  const name = button?.name;
  let to;
  if (name === "add") to = added(null, false, button.value);
  else if (!row?.matches("tr.line")) return !button;
  else if (name === "open") to = enter(row);
  else if (name === "copy") to = copy(row);
  else if (name === "below") to = added(row);
  else if (STEP[name]) move(row, STEP[name]);
  else if (name === "split") return void (button.type = "submit"); // posts to the server: see line_rows.html
  else if (name === "undo" && row.matches(".is-gone") && !row.querySelector("[name]:not(button, [name$='-id'], [name$='-remove'])")) stand(row);
  else if (name === "undo" && kept.has(row)) leave(row).querySelector("button").focus();
  else if (name === "remove" && (row.matches(".is-new") || kept.has(row) || !row.matches(".is-open"))) strike(row);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  if (to) go(to);
  else told();
  return false;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-lines] tbody") || !press(event)) return;
  const closed = event.target.closest("tr.line:not(.is-open, .is-gone)");
  if (!closed || event.target.closest("a, input") || !getSelection().isCollapsed) return;
  const place = event.target.closest("td")?.cellIndex; // on a phone a tap may hit the gap between cells
  go(enter(closed), place);
}, true);

// The requests of cells.js; `row` is then the open line.
document.addEventListener("desk:line", ({ detail }) => {
  const { row, act, place } = detail;
  if (act === "remove") strike(row);
  else if (act === "leave") leave(row).querySelector("button").focus();
  else if (STEP[act]) move(row, STEP[act]);
  else detail.row = { enter: opened, copy, add: added }[act](row);
  if (place === undefined) told();
  else if (place === null) detail.row.classList.add("is-apart");
  else go(detail.row, place);
});

document.addEventListener("desk:recount", () => grid()?.querySelector("tr.is-new") && number());
named(document);
document.addEventListener("htmx:load", (event) => named(event.target));

// Before anything can be copied it has to be selected: only then is the script for that needed.
document.addEventListener("selectionchange", () => import(document.querySelector("[data-copy]").dataset.copy), { once: true });
