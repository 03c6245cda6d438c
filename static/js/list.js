// A list with a search: #found holds its rows, data-searched what they were searched for, data-hits how many there are.
// Enter and ↓ in the search box go to the first row, once the search has its answer; Enter opens the only one. ↓ and ↑
// go on from row to row. A click anywhere on a row opens it. The row that was left is in the address, so that the way
// back leads to it.
const found = () => document.getElementById("found");
const box = document.querySelector("input[type=search][data-key='/']");
const links = () => [...(found()?.querySelectorAll("tbody a.record") ?? [])]; // none on the page that sets a list up
const isPending = () => box.value !== found().dataset.searched;
let wanted = ""; // the key that waits for the answer to a search

function enter(key) {
  const all = links();
  if (key === "Enter" && box.value && found().dataset.hits === "1") all[0].click();
  else all[0]?.focus();
}

box?.addEventListener("keydown", (event) => {
  if (!["Enter", "ArrowDown"].includes(event.key) || event.isComposing) return;
  event.preventDefault();
  if (!isPending()) return enter(event.key);
  wanted = event.key;
  htmx.trigger(box.form, "submit");
});
box?.addEventListener("input", () => (wanted = ""));
document.addEventListener("htmx:afterSwap", () => {
  if (!wanted || isPending()) return;
  enter(wanted);
  wanted = "";
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const all = links();
  const at = all.indexOf(event.target);
  if (!step || at < 0 || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  (all[at + step] || (at + step < 0 && box) || event.target).focus();
});

// A menu that is opened by a key, from wherever the focus was, is gone on with by keys.
document.addEventListener("toggle", ({ target }) => {
  if (!target.matches(".chip-menu[open]") || target.contains(document.activeElement)) return;
  target.querySelector(":is(input, select):not([type=hidden])")?.focus();
}, true);

// The menu in which filters were applied is gone with what it was swapped for.
document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target } }) => {
  if (target.matches("#chips:focus-within")) setTimeout(() => document.querySelector("[data-key=f]").focus());
});

function open(event) {
  const link = event.target.closest("a");
  const row = event.target.closest("#found tbody tr")?.querySelector("a.record");
  if (row && link && !event.button) history.replaceState(history.state, "", `#${row.id}`);
  // What was typed just now goes with a chip, an order or a page.
  if (link?.matches(".chips a, thead a, .pager a") && link.search && isPending()) {
    const url = new URL(link.href);
    url.searchParams.delete("page");
    url.searchParams.set("q", box.value);
    link.href = url;
  }
  if (!row || event.target.closest("a, button, input, label, .pick") || String(getSelection())) return;
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) window.open(row.href, "_blank", "noopener");
  else row.click();
}
document.addEventListener("click", open);
document.addEventListener("auxclick", (event) => event.button === 1 && open(event));

addEventListener("pageshow", () => {
  const row = document.getElementById(location.hash.slice(1));
  if (row?.matches("a.record")) row.focus({ preventScroll: performance.getEntriesByType("navigation")[0]?.type === "back_forward" });
});
