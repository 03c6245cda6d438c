// The sections of a record's form, [id^=section-]: their links move the focus to the first input of one, which is unfolded;
// Ctrl+↓ and Ctrl+↑ move it to that of the next one, or to its line where it is folded. Without this script the links
// lead there as links do.
const sections = () => [...document.querySelectorAll("[data-form] [id^=section-]")];

function enter(section) {
  if (!section) return;
  const inside = [...section.querySelectorAll("input:not([type=hidden]), select, textarea, summary, button")];
  inside.find((one) => !(section.open && one.parentElement === section) && one.checkVisibility())?.focus();
}

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  const all = sections();
  const now = all.findIndex((one) => one.contains(event.target));
  if (!all.length || (now < 0 && event.target.closest("[data-form]"))) return;
  event.preventDefault();
  enter(all[now + step]);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".section-links a");
  if (!link) return;
  event.preventDefault();
  const section = document.querySelector(link.hash);
  if (section.matches("details")) section.open = true;
  enter(section);
});
