// Single-key shortcuts. data-key="e" clicks its element (focuses an input); data-key="g c" is a sequence of two keys.
// They are off inside inputs and dialogs, and everywhere when switched off in the list of shortcuts (?).
// Ctrl+K, or the link of the search in the bar, opens the palette. Its script is loaded when first asked for.
const dialog = document.getElementById("keys");
const opener = document.querySelector("[data-keys-open]");
const STORED = "desk.keys";
let on = localStorage.getItem(STORED) !== "off";
let before = "";

function show() {
  document.body.classList.toggle("keys-off", !on);
  const toggle = dialog?.querySelector("[data-keys-switch]");
  if (toggle) toggle.checked = on;
}

// The help comes when it is first asked for; if it does not, the guide opens in its place.
async function help() {
  if (!dialog.firstElementChild) {
    const answer = await fetch(dialog.dataset.text).catch(() => null);
    if (!answer?.ok || answer.redirected) return open(opener.href);
    dialog.innerHTML = await answer.text();
    show();
  }
  if (!dialog.open) dialog.showModal();
}

function typing(target) {
  return target.closest("input:not([type=checkbox],[type=radio]), select, textarea, [contenteditable], dialog, [role=listbox]");
}

function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.matches("input")) {
    target.focus();
    target.select();
  } else target.click();
  return true;
}

const search = document.querySelector("[data-palette]");
let ahead = null; // what is typed until the palette is there
const take = () => {
  const typed = ahead;
  ahead = null;
  return typed;
};
function ask(event) {
  event.preventDefault();
  if (ahead !== null) return;
  ahead = "";
  import(search.dataset.palette).then((palette) => palette.open(search.href, take))
    .catch(() => location.assign(search.href)).finally(take);
}

const modified = (event) => event.ctrlKey || event.metaKey || event.altKey;
document.addEventListener("keydown", (event) => {
  if (ahead === null || modified(event)) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key.length === 1) ahead += event.key;
}, true);

search?.addEventListener("click", (event) => modified(event) || ask(event));
document.addEventListener("keydown", (event) => {
  if (search && (event.ctrlKey || event.metaKey) && /^k$/i.test(event.key)) ask(event);
  if (event.defaultPrevented || modified(event) || typing(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    help();
  } else if (on && event.key.length === 1 && event.key !== " ") {
    const pair = before === "g" ? `g ${event.key}` : event.key;
    before = event.key;
    setTimeout(() => { before = ""; }, 1000);
    if (press(pair)) event.preventDefault();
    else document.dispatchEvent(new CustomEvent("desk:key", { detail: { key: event.key, from: event } }));
  }
});

opener?.addEventListener("click", (event) => {
  event.preventDefault();
  help();
});
dialog?.addEventListener("change", ({ target }) => {
  on = target.checked;
  localStorage.setItem(STORED, on ? "on" : "off");
  show();
});
show();
