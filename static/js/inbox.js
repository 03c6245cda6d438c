// What needs a person. A button with [data-asks] asks first. When the list is drawn anew the focus stays on its item; after
// the answer to a button it goes to the row that took the place of its row.
const rows = () => [...document.querySelectorAll("#inbox-items [data-rows] > li")];
let left = null; // where the focus was

document.addEventListener("click", (event) => {
  const asks = event.target.closest?.("[data-asks]");
  if (asks && !confirm(asks.dataset.asks)) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", ({ detail: { target, requestConfig } }) => {
  if (target.id !== "inbox-items") return;
  const on = document.activeElement;
  const place = rows().findIndex((row) => row.contains(on));
  left = place < 0 ? null : { place, item: rows()[place].dataset.item, key: on.dataset.rowKey, verb: requestConfig.verb };
});
document.addEventListener("htmx:afterSettle", () => {
  if (!left) return;
  const all = rows();
  const own = all.find((row) => row.dataset.item === left.item);
  const row = own || (left.verb === "post" && all[Math.min(left.place, all.length - 1)]);
  (row && row.querySelector(own ? `[data-row-key="${left.key}"]` : "a") || document.getElementById("content")).focus();
  left = null;
});
