// A bill's lines, [data-lines]: quantity × cost makes the amount, an amount makes the cost, sections and bill are summed
// at once. The same rule as bills/amounts.py, in whole numbers (BigInt), never in floats. Recounts on desk:recount too.
const grid = () => document.querySelector("[data-lines]");
const PLAIN = /^(-?)(\d*)\.?(\d*)$/;
const THOUSANDS = /^-?\d{1,3}(,\d{3})+(\.\d*)?$/;

// A comma that does not part thousands is no number here: the server refuses it, as edits/values.py does.
function decimal(text) {
  const typed = String(text ?? "").replace(/[\s\u00a0\u202f]/g, "").replace("−", "-");
  if (typed.includes(",") && !THOUSANDS.test(typed)) return null;
  const found = PLAIN.exec(typed.replaceAll(",", ""));
  if (!found || !(found[2] || found[3])) return null;
  const size = BigInt(found[2] + found[3]);
  return { n: found[1] ? -size : size, places: found[3].length };
}

// n / d to a whole number, a half going away from zero.
function halfUp(n, d) {
  const negative = n < 0n !== d < 0n;
  const [top, bottom] = [n < 0n ? -n : n, d < 0n ? -d : d];
  const whole = (2n * top + bottom) / (2n * bottom);
  return negative ? -whole : whole;
}

const ten = (places) => 10n ** BigInt(places);
const cents = ({ n, places }) => (places <= 2 ? n * ten(2 - places) : halfUp(n, ten(places - 2)));
const product = (a, b) => cents({ n: a.n * b.n, places: a.places + b.places });
// amount / quantity in hundred-thousandths.
const quotient = (amount, quantity) => halfUp(amount.n * ten(quantity.places + 5), quantity.n * ten(amount.places));

function digits(n, places) {
  const text = String(n < 0n ? -n : n).padStart(places + 1, "0");
  return [n < 0n, text.slice(0, -places), text.slice(-places)];
}

function money(n, minus = "−") {
  const [negative, whole, part] = digits(n, 2);
  return `${negative ? minus : ""}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${part}`;
}

function cost(n) {
  const [negative, whole, part] = digits(n, 5);
  return `${negative ? "-" : ""}${whole}.${part}`.replace(/\.?0+$/, "");
}

const control = (row, member) => row.querySelector(`[name="${row.id}-${member}"]`);
const isMember = (row) => row.classList.contains("member");

function set(input, text) {
  if (input.value === text) return;
  input.value = text;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// What was typed in one of the three makes another; `done` is true once the input is left.
function follow(row, member, done) {
  const [quantity, each, amount] = ["quantity", "cost", "amount"].map((name) => control(row, name));
  if (!quantity || !each || !amount) return;
  const [q, c, a] = [quantity, each, amount].map((input) => decimal(input.value));
  const untouched = [quantity, each].every((input) => input.value === input.dataset.was);
  if (member !== "amount" && untouched && amount.dataset.was) set(amount, amount.dataset.was);
  else if (member !== "amount" && q && c) set(amount, money(product(q, c), "-"));
  else if (member === "amount" && q?.n && a && amount.value !== amount.dataset.was) {
    set(each, cost(quotient(a, q)));
    if (done) set(amount, money(product(q, decimal(each.value)), "-"));
  } else if (member === "amount" && amount.value === amount.dataset.was && each.dataset.was) set(each, each.dataset.was);
}

function worth(row) {
  const input = control(row, "amount");
  const value = decimal(input ? input.value : row.querySelector(".c-amount")?.textContent);
  return value ? cents(value) : 0n;
}

// The rows of a section with what each adds; a group's is the sum of its lines.
function sum(section) {
  let total = 0n;
  let count = 0;
  let group = null;
  const close = () => group?.members && (group.cell.textContent = money(group.sum));
  for (const row of section.rows) {
    if (!row.classList.contains("line") || row.classList.contains("is-gone") || row.hidden) continue;
    const adds = worth(row);
    if (!isMember(row)) {
      close();
      group = { cell: row.querySelector(".c-amount"), sum: 0n, alone: adds, members: 0 };
      total += adds;
      count += 1;
    } else if (group) {
      if (!group.members) total -= group.alone;
      group.members += 1;
      group.sum += adds;
      total += adds;
    }
  }
  close();
  return [total, count];
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

// What the bill comes to in the company's own currency.
function home(total) {
  const rate = decimal(document.querySelector("[name=exchange_rate]")?.value);
  const there = rate && document.querySelector("[data-sum-home]");
  if (!there) return;
  write(there, money(product({ n: total, places: 2 }, rate)));
  write(document.querySelector("[data-sum-here]"), money(total));
}

function recount() {
  let total = 0n;
  let before = 0n;
  for (const section of grid().tBodies) {
    const [adds, count] = sum(section);
    const row = section.querySelector(".section-sum");
    const was = cents(decimal(row.dataset.was) || { n: 0n, places: 0 });
    const head = row.querySelector("[data-sum-label]");
    write(head, head.dataset.sumLabel + (adds === was ? "" : `, was ${money(was)}`));
    write(row.querySelector("[data-sum]"), money(adds));
    write(section.querySelector("[data-count]"), `${count} line${count === 1 ? "" : "s"}`);
    total += adds;
    before += was;
  }
  write(grid().querySelector("[data-sum-all]"), money(total));
  home(total);
  const bar = grid().closest("form")?.querySelector("[data-total]");
  const strong = document.createElement("strong");
  strong.textContent = money(total);
  const more = total > before ? "+" : "";
  bar?.replaceChildren(...(total === before ? ["Total ", strong] : [`Total ${money(before)} → `, strong, ` (${more}${money(total - before)})`]));
}

function typed(event) {
  if (event.target.name === "exchange_rate" && grid()) return recount();
  const row = event.isTrusted && event.target.closest?.("[data-lines] tr.line");
  if (!row) return;
  follow(row, event.target.name.slice(row.id.length + 1), event.type === "change");
  recount();
}

document.addEventListener("input", typed);
document.addEventListener("change", typed);
document.addEventListener("desk:recount", () => grid() && recount());
addEventListener("pageshow", () => grid() && recount());
