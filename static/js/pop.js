// <details data-pop> is a menu: it closes on Esc, on a click outside, and when it loses focus.
const close = (pop, focus) => {
  pop.open = false;
  if (focus) pop.querySelector("summary").focus();
};

document.addEventListener("click", (event) => {
  for (const pop of document.querySelectorAll("[data-pop][open]")) if (!pop.contains(event.target)) close(pop);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const pop = event.target.closest?.("[data-pop][open]");
  if (pop) close(pop, true);
});
document.addEventListener("focusout", (event) => {
  const pop = event.target.closest?.("[data-pop][open]");
  if (pop && event.relatedTarget && !pop.contains(event.relatedTarget)) close(pop);
});
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("[data-pop][open]")) event.target.querySelector("input[type=search]")?.focus();
}, true);
