// A bulk change. Of its dry run, form[data-plan], what was ticked or cleared is applied before another page of its
// records, or another filter, is shown. Enter in a box ticks it, as it would start the bulk change otherwise.
const tick = (target) => target.closest?.("form[data-plan]") && target.matches("[name=take]");

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("form[data-plan] a");
  if (!link || link.pathname !== location.pathname || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const form = link.closest("form");
  if (![...form.elements].some((one) => tick(one) && one.checked !== one.defaultChecked)) return;
  event.preventDefault();
  form.action = link.href;
  form.requestSubmit(form.querySelector("[name=do][value=choose]"));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !tick(event.target)) return;
  event.preventDefault();
  event.target.click();
});
// While it runs, the results of its records and their numbers are drawn again: only those that are other ones, and
// a link in them keeps the focus, or the first one has it.
let held, href;
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const { target, fragment } = detail;
  held = target.contains(document.activeElement) && `#${target.id} a`;
  href = document.activeElement.getAttribute("href");
  if (target.isEqualNode(fragment.firstElementChild)) detail.shouldSwap = held = false;
});
document.addEventListener("htmx:oobAfterSwap", () => {
  if (held) (document.querySelector(`${held}[href="${href}"]`) || document.querySelector(held))?.focus({ preventScroll: true });
});
