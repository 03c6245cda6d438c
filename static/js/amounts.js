// A bill's lines, [data-lines]: of quantity, cost and amount the third follows from the two typed last; sections and
// bill are summed at once. In integers (BigInt), never in floats. Also recounts on desk:recount.
// A group is the sum of its lines, or the server's figure in [data-works]. [data-share] is a percentage of the total less
// [data-paid]; a line with [data-percent] is a discount of the line above until its amount is typed.
const grid = () => document.querySelector("[data-lines]");
const PLAIN = /^(-?)(\d*)\.?(\d*)$/;
const THOUSANDS = /^-?[1-9]\d{0,2}([,' ])\d{3}(\1\d{3})*(\.\d*)?$/;
const DATE = /^(\d\d?\/\d\d?\/(\d\d){1,2}|\d\d?-\d\d?-\d{4}|\d{4}([-/])\d\d?\3\d\d?)$/;

// Reads a number as record_forms/typed/parse.py does, which refuses what is null here: a comma that does not separate
// thousands, decimals beyond the given places. A calculation (12*4.5, 100/3) is rounded to them.
function decimal(text, places = 5) {
  const typed = plain(text);
  const found = PLAIN.exec(number(typed) ?? "");
  if (found && (found[2] || found[3])) {
    if (found[3].replace(/0+$/, "").length > places || (places === 2 && /^-?\d*\.\d{3}$/.test(typed))) return null;
    const size = BigInt(found[2] + found[3]);
    return { n: found[1] ? -size : size, places: found[3].length };
  }
  const [n, d] = (typed.length <= 100 && !DATE.test(typed) && worked(typed)) || [];
  return d ? { n: halfUp(n * ten(places), d), places } : null;
}

// “$1,250.00”, “=12*4.5”, “(12.50)”, “12.50-”, “12.50 CR” and “1'250.-”, as record_forms/typed/arithmetic.py has it; of
// currency marks those in data-marks.
function plain(text) {
  const known = (grid()?.dataset.marks ?? "$ € £ ¥ ₹").split(" ");
  const is = (mark) => known.includes(mark.toUpperCase());
  const typed = String(text ?? "").replace(/\p{Cf}/gu, "").replace(/\s+/g, " ").trim().replace(/(?<!\d) | (?!\d)/g, "")
    .replace(/[−–]/g, "-").replace(/×/g, "*").replace(/÷/g, "/").replace(/’/g, "'").replace(/^=\+?|^\+|=$/g, "");
  const bare = typed.replace(/^([-(]*)([a-z]{0,3}[$€£¥₹]|[a-z]{3})(?![a-z])/i, (all, sign, mark) => (is(mark) ? sign : all))
    .replace(/(?<![a-z])([a-z]{0,3}[$€£¥₹]|[a-z]{3})([-)]?)$/i, (all, mark, sign) => (is(mark) ? sign : all))
    .replace(/([.,])[-—]{1,2}$/, "$1");
  return bare === "-" && typed !== bare ? "0" : bare.replace(/^\(([\d.,' ]+)\)$|^([\d.,' ]+)(-|cr\.?)$/i, "-$1$2").replace(/^([\d.,' ]+)dr\.?$/i, "$1");
}
const number = (typed) => (/[,' ]/.test(typed) && !THOUSANDS.test(typed) ? null : typed.replace(/[,' ]/g, ""));

// Returns [numerator, denominator] of an expression with numbers, + - * / and parentheses; null for anything else.
function worked(typed) {
  const parts = typed.match(/[\d.,' ]+|./g) ?? [];
  const sum = () => chain(factors, { "+": ([a, b], [c, d]) => [a * d + c * b, b * d], "-": ([a, b], [c, d]) => [a * d - c * b, b * d] });
  const factors = () => chain(one, { "*": ([a, b], [c, d]) => [a * c, b * d], "/": ([a, b], [c, d]) => [a * d, b * c] });
  const chain = (next, does) => {
    let value = next();
    while (value?.[1] && Object.hasOwn(does, parts[0] ?? "")) value = does[parts.shift()](value, next() ?? [0n, 0n]);
    return value;
  };
  const one = () => {
    const part = parts.shift();
    if (part === "-") return (([n, d]) => [-n, d])(one() ?? [0n, 0n]);
    if (part === "(") return ((inner) => (parts.shift() === ")" && inner?.[1] ? inner : null))(sum());
    const plain = PLAIN.exec(number(part ?? "") ?? "");
    return plain && (plain[2] || plain[3]) ? [BigInt(plain[2] + plain[3]), ten(plain[3].length)] : null;
  };
  const value = sum();
  return parts.length ? null : value;
}

// n / d as an integer, a half rounded away from zero.
function halfUp(n, d) {
  if (d < 0n) [n, d] = [-n, -d];
  return (2n * n + (n < 0n ? -d : d)) / (2n * d);
}

const ten = (places) => 10n ** BigInt(places);
const units = ({ n, places }, to) => (places <= to ? n * ten(to - places) : halfUp(n, ten(places - to)));
const cents = (value) => units(value, 2);

function digits(n, places) {
  const text = String(n < 0n ? -n : n).padStart(places + 1, "0");
  return [n < 0n, text.slice(0, -places), text.slice(-places)];
}

function money(n, minus = "−", of = grid()) {
  const [negative, whole, part] = digits(n, 2);
  const full = (negative ? minus : "") + whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part > 0 || !of?.dataset.whole ? `${full}.${part}` : full;
}

// What was worked out, with so many places too many, in cents; the currency of the bill, or another, may have fewer.
function rounded(n, places, fewer = 2 - (grid()?.dataset.places ?? 2)) {
  return halfUp(n, ten(places + fewer)) * ten(fewer);
}

function cost(n) {
  const [negative, whole, part] = digits(n, 5);
  return `${negative ? "-" : ""}${whole}.${part}`.replace(/\.?0+$/, "");
}

const control = (row, member) => row.querySelector(`[name="${row.id}-${member}"]`);

function set(input, text) {
  if (input.value === text) return;
  input.value = text;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// The same rule as records/amounts.py: quantity, cost (in hundred-thousandths) and amount (in cents), null where blank.
const THREE = ["quantity", "cost", "amount"];
const ALL = [2, 1, 0];

function third(at, [q, c, a]) {
  const count = q ?? (c === null ? c : ten(5));
  if (at === 2) return c === null ? c : rounded(count * c, 8);
  const by = at ? count : c;
  return a !== null && by ? halfUp(a * ten(8), by) : null;
}

function follow(was, now, typed) {
  if (now[1] !== null && now[2] !== null && ALL.some((at) => now[at] !== null && third(at, now) === now[at])) return now;
  const gone = ALL.filter((at) => now[at] === null && was[at] !== null);
  const age = (at) => (now[at] === null ? -1 : typed.indexOf(at));
  let [at] = gone.length === 1 ? gone : ALL.toSorted((a, b) => age(a) - age(b));
  if (at === 2 && now[1] === null) at = 1;
  const value = was[at] !== null && ALL.every((n) => n === at || now[n] === was[n]) ? was[at] : third(at, now);
  return now.with(at, value ?? now[at]);
}

const size = (text, at) => ((value) => value && units(value, at < 2 ? 5 : 2))(decimal(text, at < 2 ? 5 : 2));
const order = new WeakMap(); // an open line → which of the three were typed, the last one last
let pasted = null; // while a block is pasted: which cells it has filled

// A blank cell counts once it is left. All three pasted at once stay: the server asks if they do not agree.
function fill(row, member, { type, target }) {
  const inputs = THREE.map((name) => control(row, name));
  const mine = THREE.indexOf(member);
  if (mine < 0 || inputs.includes(null)) return;
  if (type !== "change" && target.value !== target.dataset.filled) {
    order.set(row, [...(order.get(row) ?? []).filter((at) => at !== mine), mine]);
    if (pasted?.add(target) && inputs.every((input) => pasted.has(input))) return;
  }
  const now = inputs.map((input, at) => size(input.value, at));
  if (inputs.some((input, at) => now[at] === null && input.value.trim()) || (type === "input" && now[mine] === null)) return;
  const was = inputs.map((input, at) => size(input.dataset.was, at));
  follow(was, now, order.get(row) ?? []).forEach((value, at) => {
    if (value !== now[at] && !inputs[at].readOnly) set(inputs[at], value === was[at] ? inputs[at].dataset.was : at < 2 ? cost(value) : money(value, "-"));
  });
}

const closed = new WeakMap(); // a closed line → its amount, which does not change
function worth(row) {
  if (closed.has(row)) return closed.get(row);
  const input = control(row, "amount");
  const value = decimal(input ? input.value : row.querySelector(".c-amount")?.textContent, 2);
  const its = value ? cents(value) : 0n;
  if (!row.matches(".is-open")) closed.set(row, its);
  return its;
}

function discount(row, above) {
  const input = above !== null && row.getAttribute("data-percent") ? control(row, "amount") : null;
  if (!input || (input.value && input.value !== input.dataset.filled)) return;
  const percent = decimal(row.dataset.percent);
  input.dataset.filled = money(rounded(above * percent.n, percent.places + 2), "-");
  set(input, input.dataset.filled);
}

// A new line in which nothing is typed, which the server drops.
const isBlank = (row) => row.matches(".is-new") && [row, row.nextElementSibling].flatMap((part) => [...part.querySelectorAll("input:not([type=hidden], [name$='-split']), select, textarea")]).every((one) => !one.value.trim());

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

// The total of the bill in the home currency.
function home(total) {
  const rate = decimal(document.querySelector("[name=exchange_rate]")?.value, 6);
  const there = rate && document.querySelector("[data-sum-home]");
  if (!there) return;
  write(there, money(rounded(total * rate.n, rate.places, there.dataset.whole ? 2 : 0), "−", there));
  write(document.querySelector("[data-sum-here]"), money(total));
}

// From the section's heading down to its total. A group's amount is the sum of its lines.
function recount() {
  if (pasted || !grid().querySelector("[data-sum-all]")) return; // counted once for a block; none without amounts
  let [total, before, adds, lines] = [0n, 0n, 0n, 0];
  let [group, head] = [null, null];
  let above = [null, null]; // the amount of the line before: of the section, of the group
  for (const row of grid().rows) {
    const is = (name) => row.classList.contains(name); // five times as fast as matches()
    if (is("section-head")) [adds, lines, group, head, above] = [0n, 0, null, row, [null, null]];
    else if (is("line") && !is("is-gone") && !row.hidden) {
      const inner = Number(is("member"));
      discount(row, above[inner]);
      const its = worth(row);
      if (its || !isBlank(row)) above = inner ? [above[0], its] : [its, null];
      if (!inner) [group, lines] = [{ row, alone: its }, lines + 1];
      else if (group) {
        if (group.row.querySelector("[data-works]")) continue; // QuickBooks replaces its lines
        if (group.sum === undefined) [group.sum, group.cell, adds] = [0n, group.row.querySelector(".c-amount"), adds - group.alone];
        group.sum += its;
        write(group.cell, money(group.sum));
      }
      adds += its;
    } else if (is("section-sum")) {
      const was = cents(decimal(row.dataset.was) || { n: 0n, places: 0 });
      const label = row.querySelector("[data-sum-label]");
      write(label, label.dataset.sumLabel + (adds === was ? "" : `, was ${money(was)}`));
      write(row.querySelector("[data-sum]"), money(adds));
      write(head.querySelector("[data-count]"), lines ? `${lines} line${lines === 1 ? "" : "s"}` : "");
      row.hidden = !lines && !adds && !was;
      [total, before] = [total + adds, before + was];
    }
  }
  write(grid().querySelector("[data-sum-all]"), money(total));
  for (const part of document.querySelectorAll("[data-share]")) {
    const percent = decimal(part.dataset.share);
    const owed = total - cents(decimal(part.dataset.paid));
    write(part, money(owed > 0n ? rounded(owed * percent.n, percent.places + 2) : 0n));
  }
  home(total);
  const form = grid().closest("form");
  const seen = form?.querySelector("[name=total_seen]");
  if (seen) seen.value = money(total, "-").replaceAll(",", "");
  const bar = form?.querySelector("[data-total]");
  const strong = document.createElement("strong");
  strong.textContent = money(total);
  bar?.replaceChildren(...(total === before ? ["Total ", strong] : [`Total ${money(before)} → `, strong, ` (${total > before ? "+" : ""}${money(total - before)})`]));
}

// A calculation is replaced by its result once its cell is left.
function shown(input, places) {
  const value = /[^\d.,-]|.-/.test(input.value) && decimal(input.value, places);
  if (value && value.places <= 5) set(input, places === 2 ? money(cents(value), "-") : cost(value.n * ten(5 - value.places)));
}

function typed(event) {
  if (event.target.name === "exchange_rate" && grid()) return recount();
  const row = (event.isTrusted || event.type === "desk:typed") && event.target.closest?.("[data-lines] tr.line > .num")?.parentNode;
  if (!row) return;
  const member = event.target.name.slice(row.id.length + 1);
  if (event.type !== "input") shown(event.target, member === "amount" ? 2 : 5);
  fill(row, member, event);
  recount();
}

document.addEventListener("input", typed);
document.addEventListener("change", typed);
document.addEventListener("desk:typed", typed);
document.addEventListener("desk:together", ({ detail }) => (pasted = detail ? null : new Set()));
document.addEventListener("desk:recount", ({ detail }) => detail?.rows && (detail.sum = money(detail.rows.reduce((all, row) => all + worth(row), 0n))));
for (const name of ["desk:recount", "htmx:oobAfterSwap", "htmx:load"]) document.addEventListener(name, () => grid() && recount());
addEventListener("pageshow", () => grid() && recount());
