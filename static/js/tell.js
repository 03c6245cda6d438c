// Announces to screen readers: document.dispatchEvent(new CustomEvent("desk:tell", { detail: "212 bills match" })).
// An htmx answer may have the announcement in data-tell on the element that it swaps in.
const told = document.getElementById("told");
const tell = (text) => { if (told && text) told.textContent = text; };

document.addEventListener("desk:tell", (event) => tell(event.detail));
document.addEventListener("htmx:afterSwap", (event) => {
  const told = event.target.closest?.("[data-tell]") || event.target.querySelector?.("[data-tell]");
  tell(told?.dataset.tell);
});
