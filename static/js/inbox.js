// What needs a person. A button with [data-asks] asks first. After the answer to a button the focus goes to the row that
// took the place of its row.
const rows = () => [...document.querySelectorAll("#inbox-items [data-rows] > li")];
let place = -1;

document.addEventListener("click", (event) => {
  const asks = event.target.closest?.("[data-asks]");
  if (asks && !confirm(asks.dataset.asks)) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
  if (target.id === "inbox-items") place = rows().findIndex((row) => row.contains(document.activeElement));
});
document.addEventListener("htmx:afterSettle", () => {
  const all = rows();
  if (place < 0) return;
  (all[Math.min(place, all.length - 1)]?.querySelector("a") || document.getElementById("content")).focus();
  place = -1;
});
