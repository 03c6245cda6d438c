// <input data-picker data-options-url=…> is a combobox over one of the company's lists. The text in the input is what
// is posted. data-under names the input of its line that holds what the entries have to be below. Fires `change` and a bubbling `picker:taken` (detail: the option's data attributes) when one is selected.
const WAIT = 120;
const PAGE = 8;
let input = null;
let pop = null;
let active = -1;
let before = "";
let typed = false;
let timer = 0;

const options = () => [...pop.querySelectorAll("[role=option]")];
const isOpen = () => input !== null && pop?.matches(":popover-open");
const tell = (text) => document.dispatchEvent(new CustomEvent("desk:tell", { detail: text }));

function frame() {
  if (!pop) {
    pop = document.createElement("div");
    pop.id = "picker";
    pop.popover = "manual";
    pop.addEventListener("mousedown", (event) => event.preventDefault());
    pop.addEventListener("click", (event) => {
      event.stopPropagation(); // it is not outside of a menu in which its input is
      const option = event.target.closest("[role=option]");
      if (option) take(option);
    });
    pop.addEventListener("htmx:afterSwap", arrived);
    pop.addEventListener("htmx:load", (event) => event.stopPropagation()); // nothing else has to be counted or drawn anew
  }
  const around = input.closest("dialog, main, body"); // inside a landmark
  if (pop.parentNode !== around) around.append(pop);
}

function place() {
  if (!isOpen()) return;
  const at = input.getBoundingClientRect();
  const below = innerHeight - at.bottom;
  pop.style.minWidth = `${Math.max(240, at.width)}px`;
  const above = below < pop.offsetHeight + 12 && at.top > below;
  const top = above ? `${Math.max(8, at.top - pop.offsetHeight - 2)}px` : `${at.bottom + 2}px`;
  pop.style.left = `${Math.max(8, Math.min(at.left, innerWidth - pop.offsetWidth - 8))}px`;
  pop.style.top = top;
}

function open(control, { filter }) {
  if (control.readOnly || control.disabled) return;
  if (input !== control) {
    if (input) leave();
    input = control;
  }
  typed = filter;
  active = -1;
  frame();
  pop.replaceChildren(waiting());
  if (!isOpen()) {
    pop.showPopover();
    input.setAttribute("aria-expanded", "true");
  }
  place();
  stop();
  timer = setTimeout(fetchOptions, filter ? WAIT : 0);
}

// What arrives for an earlier text, or for another input, would be taken for the answer to this one.
function stop() {
  clearTimeout(timer);
  if (input) htmx.trigger(input, "htmx:abort");
}

function waiting() {
  const line = document.createElement("p");
  line.className = "picker-wait";
  line.innerHTML = '<span class="busy"></span>Loading…';
  return line;
}

function fetchOptions() {
  if (!input) return;
  const url = new URL(input.dataset.optionsUrl, location.href);
  url.searchParams.set("q", typed ? input.value : "");
  url.searchParams.set("was", input.dataset.was ?? before);
  const [above] = input.dataset.under ? document.getElementsByName(input.name.replace(/[^-]*$/, input.dataset.under)) : [];
  if (above) url.searchParams.set("under", above.value);
  input.setAttribute("hx-sync", "this:replace");
  input.setAttribute("hx-params", "none");
  input.setAttribute("hx-select", "unset"); // the form's own hx-select would find nothing in the list
  input.classList.add("is-waiting");
  const asked = input;
  htmx.ajax("GET", url.pathname + url.search, { source: input, target: pop, swap: "innerHTML" })
    .catch(() => {})
    .finally(() => asked.classList.remove("is-waiting"));
}

function arrived() {
  if (!isOpen()) return;
  const list = pop.querySelector("[role=listbox]");
  if (list) input.setAttribute("aria-controls", list.id);
  const all = options();
  const current = all.findIndex((option) => option.dataset.value === input.value);
  if (typed) point(input.value.trim() && all.length ? 0 : -1);
  else point(current);
  tell(pop.querySelector("[data-count]")?.textContent);
  place();
}

function point(index) {
  const all = options();
  active = all.length ? Math.max(-1, Math.min(index, all.length - 1)) : -1;
  all.forEach((option, at) => option.classList.toggle("is-active", at === active));
  if (active < 0) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", all[active].id);
  all[active].scrollIntoView({ block: "nearest" });
}

function take(option) {
  const control = input;
  before = control.value = option.dataset.value;
  leave();
  control.focus();
  control.dispatchEvent(new Event("input", { bubbles: true }));
  control.dispatchEvent(new Event("change", { bubbles: true }));
  control.dispatchEvent(new CustomEvent("picker:taken", { bubbles: true, detail: { ...option.dataset } }));
}

function leave() {
  stop();
  if (pop?.matches(":popover-open")) pop.hidePopover();
  input?.setAttribute("aria-expanded", "false");
  input?.removeAttribute("aria-activedescendant");
  input = null;
  active = -1;
}

const moves = {
  ArrowDown: () => (active + 1) % options().length,
  ArrowUp: () => (active <= 0 ? options().length - 1 : active - 1),
  PageDown: () => active + PAGE,
  PageUp: () => Math.max(0, active - PAGE),
  Home: () => 0,
  End: () => Infinity,
};

function pressed(event) {
  const control = event.target;
  if (!isOpen()) {
    if (!event.ctrlKey && (event.key === "ArrowDown" || (event.key === "ArrowUp" && event.altKey))) {
      event.preventDefault();
      open(control, { filter: false });
    }
    return;
  }
  const moving = event.key in moves && !event.ctrlKey && !event.shiftKey;
  if (moving && (active >= 0 || event.key.startsWith("Arrow") || event.key.startsWith("Page"))) {
    event.preventDefault();
    typed = true;
    point(moves[event.key]());
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    take(options()[active]);
  } else if (event.key === "Tab") {
    if (active >= 0 && typed) take(options()[active]);
    else leave();
  } else if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    control.value = before;
    leave();
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const picker = (event) => (event.target.matches?.("[data-picker]") ? event.target : null);
document.addEventListener("input", (event) => {
  // Our own `input` event after a selection is not typing.
  if (picker(event) && event.isTrusted) open(event.target, { filter: true });
});
// Stored on focus, not on opening: the list opens with the first letter, and Escape would restore that.
document.addEventListener("focusin", (event) => {
  if (!picker(event)) return;
  before = event.target.value;
  all(event.target);
});
// Typing replaces what it holds, whose beginning stays in sight.
const all = (control) => control.setSelectionRange(0, control.value.length, "backward");
// The press that brings the focus sets the caret after it: unless a part was chosen with it, all is selected again.
document.addEventListener("click", ({ target }) => {
  if (!target.matches?.("[data-picker]") || isOpen()) return;
  if (target.selectionStart === target.selectionEnd) all(target);
  open(target, { filter: false });
});
document.addEventListener("keydown", (event) => picker(event) && pressed(event), true);
document.addEventListener("focusout", (event) => picker(event) && event.target === input && leave());
addEventListener("scroll", (event) => event.target !== pop && !pop?.contains(event.target) && place(), true);
addEventListener("resize", place);
