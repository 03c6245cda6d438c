// The palette: a window that searches all companies. The arrow keys choose a hit, Enter opens it or does it (Ctrl+Enter opens
// it in another tab), Esc closes. The focus stays in the input; aria-activedescendant says which hit is chosen.
let dialog = null;
let before = null;

// `take` returns what was typed until the window is there, and lets the page have the keys again.
export async function open(url, take) {
  if (dialog?.open) return;
  const focused = document.activeElement;
  const address = new URL(url, location.href);
  address.searchParams.set("palette", "on");
  address.searchParams.set("page", location.pathname + location.search); // a list changes its address by itself
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  const text = answer.ok ? await answer.text() : "";
  if (!text.includes('id="palette"')) {
    location.assign(url); // signed out, or without a connection: the page itself says so
    return;
  }
  dialog?.remove();
  const made = document.createElement("template");
  made.innerHTML = text;
  dialog = made.content.querySelector("dialog");
  document.body.append(dialog);
  const styles = dialog.querySelector("link");
  if (!styles.sheet) await new Promise((done) => { styles.onload = done; styles.onerror = done; });
  htmx.process(dialog);
  listen();
  const typed = take();
  before = focused;
  dialog.showModal();
  const input = find("input[name=q]");
  input.focus();
  choose(0);
  if (!typed) return;
  input.value = typed;
  htmx.trigger(input, "input");
}

const find = (selector) => dialog.querySelector(selector);
const hits = () => [...dialog.querySelectorAll(".hits .hit")];

function choose(place) {
  const all = hits();
  const now = all[Math.max(0, Math.min(place, all.length - 1))];
  for (const [number, hit] of all.entries()) {
    hit.id = `hit-${number}`;
    hit.tabIndex = -1;
    hit.role = "option";
    hit.classList.toggle("is-chosen", hit === now);
    hit.ariaSelected = hit === now;
  }
  for (const group of dialog.querySelectorAll(".hits")) group.role = "group";
  for (const part of dialog.querySelectorAll(".hits :is(h2, ul, li, form)")) part.role = "none";
  find("#palette-list").role = now ? "listbox" : "none";
  const input = find("input[name=q]");
  input.ariaExpanded = !!now;
  if (now) input.setAttribute("aria-activedescendant", now.id);
  else input.removeAttribute("aria-activedescendant");
  now?.scrollIntoView({ block: "nearest" });
}

function move(event) {
  const all = hits();
  const now = all.findIndex((hit) => hit.classList.contains("is-chosen"));
  const page = 8;
  const places = {
    ArrowDown: (now + 1) % (all.length || 1), ArrowUp: (now - 1 + all.length) % (all.length || 1),
    PageDown: now + page, PageUp: now - page,
  };
  if (event.key in places) {
    event.preventDefault();
    choose(places[event.key]);
  } else if (event.key === "Enter" && !event.isComposing && event.target.matches("input")) {
    event.preventDefault();
    enter(event.ctrlKey || event.metaKey);
  }
}

// What was typed last may not have been answered yet: then its answer decides.
let awaited = null;
function enter(apart) {
  if (find("input[name=q]").value.trim() !== (find("[data-q]")?.dataset.q.trim() || "")) {
    awaited = { apart };
    return;
  }
  const chosen = find(".is-chosen");
  if (!chosen) return;
  const stays = apart || chosen.hasAttribute("download");
  if (apart && chosen.href) window.open(chosen.href, "_blank", "noopener");
  else chosen.click();
  if (stays) dialog.close();
}

function listen() {
  dialog.addEventListener("keydown", move);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => {
    awaited = null;
    before?.focus?.();
  });
  dialog.addEventListener("htmx:afterSettle", () => {
    choose(0);
    find("#palette-told").textContent = find("[data-tell]")?.dataset.tell || "";
    if (!awaited) return;
    const { apart } = awaited;
    awaited = null;
    enter(apart);
  });
  // What failed is said on the page, which lies below the window.
  for (const name of ["responseError", "sendError", "timeout"]) {
    dialog.addEventListener(`htmx:${name}`, () => dialog.close());
  }
  find("form").addEventListener("submit", (event) => event.preventDefault());
}
