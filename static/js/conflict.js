// <form data-conflict> counts the rows left to decide and disables Save until there is none. Keys: 1 yours, 2 theirs,
// 3 original, 4 type another, n next. A row to decide is [data-decide] with radios, its badge is [data-decided];
// [data-pick] is a radio's key, and typing into the row selects that of 4.
const form = () => document.querySelector("form[data-conflict]");
const rows = () => [...form().querySelectorAll("[data-decide]")];
const chosen = (row) => row.querySelector("input[type=radio]:checked");

function count() {
  if (!form()) return;
  let open = 0;
  for (const row of rows()) {
    const badge = row.querySelector("[data-decided]");
    const choice = chosen(row);
    if (!choice) open += 1;
    if (!badge || !choice) continue;
    badge.className = "badge is-yours";
    badge.textContent = `Decided: ${choice.dataset.said || choice.value}`;
  }
  const phase = form().querySelector("[data-phase]");
  const save = form().querySelector("[data-save]");
  const why = form().querySelector("[data-reason]");
  if (!phase || form().dataset.posting) return;
  phase.className = `save-phase ${open ? "is-bad" : "is-changes"}`;
  phase.textContent = open ? `${open} left to decide` : rows().length ? "All decided" : "Ready to save";
  save?.toggleAttribute("aria-disabled", false);
  if (open) save?.setAttribute("aria-disabled", "true");
  if (why) why.textContent = open ? `Decide ${open} to save` : "";
}

// The request for the total of what is decided; while it is under way, Save waits for it.
let asking = null;
let waiting = null;

function typed({ target, type }) {
  if (!target.closest("form[data-conflict]")) return;
  if (type === "input" && target.closest("[data-decide]") && document.getElementById("sum")) asking = true;
  const other = target.closest("[data-decide]")?.querySelector("[data-pick='4']");
  if (other && target.type !== "radio") other.checked = true;
  count();
}

function wait(event) {
  if (!asking || !event.submitter?.matches("[data-conflict] [data-save]")) return;
  document.activeElement.blur(); // what is being typed is asked for only when it is left
  if (asking === true) return; // it is as it was
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = event.submitter;
}

function answered({ detail }) {
  if (detail.xhr !== asking) return;
  const save = waiting;
  asking = waiting = null;
  if (save?.isConnected) save.form.requestSubmit(save);
}

addEventListener("submit", wait, true);
document.addEventListener("htmx:beforeSend", ({ detail }) => detail.elt.id === "sum" && (asking = detail.xhr));
document.addEventListener("htmx:afterRequest", answered);
document.addEventListener("input", typed);
document.addEventListener("change", typed);
document.addEventListener("desk:key", ({ detail: { key, from } }) => {
  if (!form() || !/[1-4n]/.test(key)) return;
  const all = rows();
  const here = all.find((row) => row.contains(document.activeElement));
  const now = here || all.find((row) => !chosen(row)) || all[0];
  if (!now) return;
  from.preventDefault();
  if (key === "n") {
    const after = here ? all.slice(all.indexOf(here) + 1).concat(all) : all;
    const next = after.find((row) => !chosen(row)) || form().querySelector("[data-save]");
    (next?.matches("[data-decide]") ? next.querySelector("input[type=radio]") : next)?.focus();
  } else {
    const radio = now.querySelector(`[data-pick="${key}"]`);
    radio?.focus();
    radio?.click();
    if (key === "4") now.querySelector("[data-was]")?.focus();
  }
});
count();
// A page that is restored, or swapped in by htmx, has its choices already.
addEventListener("pageshow", count);
document.addEventListener("htmx:load", count);
