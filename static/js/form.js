// <form data-form> compares each control with its data-was, shows "was … Undo" beside a changed one, counts them in the
// save bar, warns before leaving and counts the seconds while posting. The server validates; this only shows.
// Fires desk:changed (bubbles, detail: the changed controls) on the form, and desk:unsaved after typing, upon
// which #draft-kept keeps a draft on the server; a kept draft needs no warning. data-unkept counts changes without one.
const forms = () => document.querySelectorAll("form[data-form]");
const ours = ":is([data-form], [data-conflict])";
const leaving = new WeakSet();
const untouched = new WeakSet(); // since they were posted
const value = (control) => (control.type === "checkbox" ? (control.checked ? control.value : "") : control.value);
// What it is compared with: what was saved last from this form, or else what the record held when it was opened.
const was = (control) => control.taken ?? control.dataset.was;
const same = (control) => value(control).replace(/\r\n/g, "\n").trim() === was(control).replace(/\r\n/g, "\n").trim();
// Not by form.elements: after each new line a browser makes that list anew, with the buttons of every other line.
const controls = (form) => [...form.querySelectorAll("[data-was]:enabled")];
const box = (control) => control.closest("td.cell, [data-field]");

function label(control) {
  const inside = box(control);
  const line = control.closest("[data-line-name]");
  const own = inside?.dataset.label || control.labels?.[0]?.textContent.trim() || control.getAttribute("aria-label") || control.name;
  return line ? `${line.dataset.lineName} ${own.toLowerCase()}` : own;
}

function words(control) {
  if (control.type === "checkbox") return was(control) ? "on" : "off";
  if (control.tagName !== "SELECT") return was(control) || "empty";
  return [...control.options].find((option) => option.value === was(control))?.text || "empty";
}

function mark(control) {
  const inside = box(control);
  if (!inside) return;
  const mine = [...inside.querySelectorAll("[data-was]")];
  const changed = mine.filter((one) => !same(one));
  inside.classList.toggle("is-changed", changed.length > 0);
  let hint = inside.querySelector(":scope > .was");
  if (!changed.length) return hint?.remove();
  if (!hint) {
    hint = document.createElement(inside.matches("td") ? "span" : "p");
    hint.className = "was";
    (inside.querySelector(":scope > .field-row") || inside.lastElementChild).after(hint);
  }
  const text = `was ${words(changed[0])} `;
  if (hint.firstChild?.data === text && hint.querySelector("[data-undo]")) return;
  hint.replaceChildren(text);
  if (inside.matches("td")) return;
  const undo = document.createElement("button");
  // Not in the tab order, which goes from field to field: the keyboard has Ctrl+Z.
  Object.assign(undo, { type: "button", className: "link", textContent: "Undo", tabIndex: -1 });
  undo.setAttribute("aria-label", `Undo ${label(control)}`);
  undo.dataset.undo = "";
  hint.append(undo);
}

function limit(control) {
  const bytes = control.dataset.bytes;
  const most = Number(bytes || control.dataset.limit || control.maxLength);
  const inside = box(control);
  if (!inside || !(most > 0) || control.closest("td")) return;
  let count = inside.querySelector(":scope > .field-count");
  const size = bytes ? new TextEncoder().encode(control.value).length : control.value.length;
  const near = size >= most * 0.75 && !same(control);
  if (!near) return count?.remove();
  if (!count) {
    count = document.createElement("p");
    count.className = "hint field-count";
    inside.append(count);
  }
  count.textContent = `${size} of ${most} ${bytes ? "bytes" : "characters"}`;
  count.classList.toggle("is-full", size >= most);
}

// New lines have no names of their own: they are told as a number, after what has one.
function together(names) {
  const added = names.filter((name) => name === "New line added").length;
  const named = names.filter((name) => name !== "New line added");
  return added ? [...named, `${added} line${added === 1 ? "" : "s"} added`] : named;
}

function count(form) {
  delete form.dataset.sent;
  untouched.delete(form);
  const changed = controls(form).filter((control) => !same(control));
  // A part that counts its own changes (lines added or removed) has them in data-also-changed.
  const also = [...form.querySelectorAll("[data-also-changed]")].map((part) => part.dataset.alsoChanged).filter(Boolean);
  const names = [...new Set(changed.map(label)), ...also];
  form.dispatchEvent(new CustomEvent("desk:changed", { bubbles: true, detail: { controls: changed, names } }));
  if (names.length || form.dataset.unkept !== undefined) {
    form.dataset.unkept = names.length;
    form.dispatchEvent(new Event("desk:unsaved"));
  }
  const bar = form.querySelector("[data-save-bar]");
  if (!bar || form.dataset.posting) return;
  const phase = bar.querySelector("[data-phase]");
  if (names.length || phase.matches(".is-changes, .is-none")) {
    phase.className = `save-phase ${names.length ? "is-changes" : "is-none"}`;
    const said = names.length ? `${names.length} change${names.length === 1 ? "" : "s"}` : "No changes";
    if (phase.textContent !== said) phase.textContent = said;
    const list = bar.querySelector("[data-change-names]");
    const told = together(names);
    if (list) list.textContent = told.slice(0, 4).join(", ") + (told.length > 4 ? ` and ${told.length - 4} more` : "");
  }
  if (form.dataset.form !== "always") rest(bar, names.length ? "" : "No changes");
}

function rest(bar, reason) {
  const save = bar.querySelector("[data-save]");
  const why = bar.querySelector("[data-reason]");
  if (!save) return;
  if (reason) save.setAttribute("aria-disabled", "true");
  else save.removeAttribute("aria-disabled");
  if (why && (reason || why.dataset.rest)) {
    why.textContent = reason; // what the phase says too: for those who cannot see it beside the button
    why.classList.toggle("visually-hidden", Boolean(reason));
    why.dataset.rest = reason ? "1" : "";
  }
}

let busy = false; // while a block is pasted, which is counted once
document.addEventListener("desk:together", ({ detail }) => (busy = !detail));

function look(form) {
  if (busy) return;
  for (const control of controls(form)) mark(control);
  count(form);
}

function touched(event) {
  if (busy) return;
  const form = event.target.form;
  if (!form?.matches("[data-form]")) return;
  if (event.target.dataset.was !== undefined) mark(event.target);
  limit(event.target);
  count(form);
}

function posting(form) {
  form.dataset.posting = "1";
  for (const control of controls(form)) control.sent = value(control);
  untouched.add(form);
  leaving.add(form);
  const bar = form.querySelector("[data-save-bar]");
  const phase = bar?.querySelector("[data-phase]");
  if (!phase) return;
  const save = bar.querySelector("[data-save]");
  save?.setAttribute("aria-disabled", "true");
  phase.className = "save-phase is-busy";
  phase.innerHTML = '<span class="busy"></span>Saving…';
}

// The answer is a redirect: the page is about to be left, and nothing is lost.
const redirects = (xhr) => /^hx-(redirect|refresh|location):/im.test(xhr?.getAllResponseHeaders() || "");

// A save that is accepted (202) leaves the form as it is: what is typed from then on is a further change.
function settled(form, status) {
  delete form.dataset.posting;
  leaving.delete(form);
  if (status === 202) for (const control of controls(form)) control.taken = control.sent;
  if (status === 202 && untouched.has(form)) return Object.assign(form.dataset, { sent: "", unkept: 0 });
  const bar = form.querySelector("[data-save-bar]");
  bar?.querySelector("[data-phase]").classList.replace("is-busy", "is-changes");
  if (form.matches("[data-form]")) look(form);
  else form.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("input", touched);
document.addEventListener("change", touched);
document.addEventListener("desk:recount", (event) => {
  const form = event.target.closest?.("form[data-form]");
  if (form) look(form);
});

document.addEventListener("click", (event) => {
  const undo = event.target.closest("[data-undo]");
  const offer = event.target.closest("[data-offer]");
  if (undo) {
    const mine = [...box(undo).querySelectorAll("[data-was]")].filter((control) => !same(control));
    for (const control of mine) {
      if (control.type === "checkbox") control.checked = Boolean(was(control));
      else control.value = was(control);
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
    mine[0]?.focus();
  } else if (offer) {
    event.preventDefault();
    const texts = offer.name === "take_all" ? [...new URLSearchParams(offer.value)] : [offer.value.split(/=(.*)/s)];
    offer.form.elements[texts[0][0]].dispatchEvent(new Event("desk:hold", { bubbles: true }));
    const taken = texts.map(([one, text]) => Object.assign(offer.form.elements[one], { value: text }));
    for (const control of taken) for (const type of ["change", "desk:typed"]) control.dispatchEvent(new Event(type, { bubbles: true }));
    const fold = taken[0].closest("details");
    if (fold) fold.open = true; // what was taken is seen
    taken[0].focus();
    offer.closest("[data-offered]").remove();
  } else if (event.target.closest("[aria-disabled=true]")) {
    event.preventDefault();
    const reason = document.getElementById(event.target.closest("[aria-disabled]").getAttribute("aria-describedby"));
    document.dispatchEvent(new CustomEvent("desk:tell", { detail: reason?.textContent }));
  } else if (event.target.closest("[data-discard]")) for (const form of forms()) leaving.add(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(ours) || event.defaultPrevented || event.submitter?.matches("[formaction]")) return;
  if (form.dataset.posting) event.preventDefault();
  else posting(form);
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const { target } = event;
  if (target.matches(`form${ours}`)) return posting(target);
  const form = target.closest("form");
  if (form?.dataset.sent === undefined) return;
  // Nothing was typed since the save: there is no draft to keep, and nothing to lose on the page that shows the outcome.
  if (target.id === "draft-kept") event.preventDefault();
  if (!target.dataset.leave) return;
  event.preventDefault();
  leaving.add(form);
  location.assign(target.dataset.leave);
});
// Also on the answer: the form that it replaces may be restored (undo.js).
for (const name of ["htmx:beforeOnLoad", "htmx:afterRequest"]) document.addEventListener(name, (event) => {
  if (event.target.matches(`form${ours}`) && !redirects(event.detail.xhr)) settled(event.target, event.detail.xhr?.status);
});
for (const [name, unkept] of [["beforeRequest", 0], ["responseError", 1], ["sendError", 1]]) {
  document.addEventListener(`htmx:${name}`, ({ target }) => target.id === "draft-kept" && (target.closest("form").dataset.unkept = unkept));
}
addEventListener("pageshow", (event) => {
  for (const form of forms()) {
    if (event.persisted) settled(form);
    else if (form.dataset.over) for (const control of controls(form)) control.taken = value(control); // is being saved
    look(form);
  }
  document.querySelector("[aria-invalid=true]")?.focus();
});
document.addEventListener("htmx:load", (event) => {
  for (const form of event.target.querySelectorAll?.("form[data-form]") || []) look(form);
  const around = event.target.closest?.("form[data-form]");
  if (around && event.target.id !== "save-state") look(around);
  // A form that comes back refused moves the focus to the field to correct.
  if (event.target.id === "content") (event.target.querySelector("[aria-invalid=true]") || event.target).focus();
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey)) return;
  const button = document.querySelector({ s: "[data-save-bar] [data-save]", enter: "[data-save-next], [data-save-bar] [data-save]", b: "#live [name=rebase]" }[event.key.toLowerCase()] || "none");
  if (!button) return;
  event.preventDefault();
  button.click();
});
addEventListener("beforeunload", (event) => {
  for (const form of forms()) if (!leaving.has(form) && Number(form.dataset.unkept) > 0) event.preventDefault();
});
