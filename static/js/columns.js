// table.list[data-kind]: Shift+click on a head sorts by it as well. The edge of a head is dragged to another width; from
// the keyboard, Alt+Shift+→ and ← on a head's link widen and narrow it, Alt+Shift+0 gives it the width that it needs.
// Widths are steps of 16 pixels (css/filters.css), stored for the person.
const STEP = 16;
const [LEAST, MOST] = [3, 40];
let drag = null;
let later = 0;

const table = () => document.querySelector("table.list[data-kind]");
const tell = (text) => document.dispatchEvent(new CustomEvent("desk:tell", { detail: text }));

function cells(head) {
  const at = [...head.parentElement.children].indexOf(head);
  return [head, ...[...table().tBodies[0].rows].map((row) => row.cells[at])];
}

function sizeOf(head) {
  return Number(/\bsize-(\d+)/.exec(head.className)?.[1]) || 0;
}

function put(head, size) {
  const wide = size && Math.min(MOST, Math.max(LEAST, size));
  const last = wide ? ` size-${wide}` : "";
  for (const cell of cells(head)) cell.className = cell.className.replace(/\s*\bsize-\d+/, "") + last;
  return wide;
}

function store(head, size) {
  tell(size ? `${size * STEP} pixels wide` : "As wide as it needs");
  clearTimeout(later);
  later = setTimeout(() => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const path = location.pathname.replace(/[^/]+\/$/, `lists/${table().dataset.kind}/settings/`);
    const body = new URLSearchParams({ csrfmiddlewaretoken: token, widths: JSON.stringify({ [head.dataset.column]: size }) });
    fetch(path, { method: "POST", body, headers: { "HX-Request": "true" } });
  }, 400);
}

function prepare() {
  for (const head of table()?.querySelectorAll("thead th[data-column]:not(:has(.grip))") || []) {
    head.append(Object.assign(document.createElement("span"), { className: "grip" }));
  }
}

document.addEventListener("pointerdown", (event) => {
  const head = event.target.closest?.(".grip")?.parentElement;
  if (!head) return;
  event.preventDefault();
  event.target.setPointerCapture(event.pointerId);
  drag = { head, from: event.clientX, wide: head.offsetWidth, size: sizeOf(head) };
  head.classList.add("is-resizing");
});
document.addEventListener("pointermove", (event) => {
  if (drag) drag.size = put(drag.head, Math.max(1, Math.round((drag.wide + event.clientX - drag.from) / STEP)));
});
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    if (!drag) return;
    drag.head.classList.remove("is-resizing");
    if (drag.size) store(drag.head, drag.size);
    drag = null;
  });
}
document.addEventListener("dblclick", (event) => {
  const head = event.target.closest?.(".grip")?.parentElement;
  if (head) store(head, put(head, 0));
});
document.addEventListener("keydown", (event) => {
  const head = event.target.closest?.("table.list[data-kind] thead th[data-column]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!head || !event.altKey || !event.shiftKey || (!step && event.code !== "Digit0")) return;
  event.preventDefault();
  store(head, put(head, step ? (sizeOf(head) || Math.round(head.offsetWidth / STEP)) + step : 0));
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("thead th[data-also] a");
  if (!link || !event.shiftKey) return;
  event.preventDefault();
  location.href = link.closest("th").dataset.also;
});
document.addEventListener("htmx:afterSwap", prepare);
prepare();
