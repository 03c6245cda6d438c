// <input data-day> holds a date. A short form is shown in full once the input is left: the server reads it, at its
// form's data-days. + and - move a complete date; digits typed right after one of them say by how many days.
// The down key accepts the suggestion under it.
const FULL = /^\d{1,2} [A-Z][a-z]{2} \d{4}$/;
const SOON = 1500; // ms after + or - in which digits belong to it
let step = null; // the last + or -: its input, the date before it, its sign, the digits since, its time

function moved(text, days) {
  const day = new Date(`${text} UTC`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toUTCString().slice(5, 16).replace(/^0/, "");
}

function put(input, text) {
  input.value = text;
  if (input === document.activeElement) input.select();
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function say(input, wrong) {
  const beside = input.closest(".field-row") || input;
  beside.parentElement.querySelector(":scope > .no-day")?.remove();
  if (!wrong) return input.removeAttribute("aria-invalid");
  input.setAttribute("aria-invalid", "true");
  beside.after(Object.assign(document.createElement("p"), { className: "hint errorlist no-day", textContent: wrong }));
  document.dispatchEvent(new CustomEvent("desk:tell", { detail: wrong }));
}

document.addEventListener("keydown", (event) => {
  const { target: input, key } = event;
  if (!input.matches?.("[data-day]") || key === "Shift") return;
  const steps = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (steps && "+-".includes(key) && FULL.test(input.value)) step = { input, from: input.value, sign: key, digits: "", at: Date.now() };
  else if (steps && /^\d$/.test(key) && step?.input === input && Date.now() - step.at < SOON) step.digits += key;
  else {
    step = null;
    if (steps && key === "ArrowDown") input.closest("[data-field]")?.querySelector("[data-offer]")?.click();
    return;
  }
  event.preventDefault();
  put(input, moved(step.from, Number(step.sign + (step.digits || 1))));
});

document.addEventListener("change", async ({ target: input, isTrusted }) => {
  if (!input.matches("[data-day]")) return;
  const text = input.value.trim();
  if (!isTrusted || !text) return say(input, "");
  const asked = new URLSearchParams({ text, was: input.dataset.was ?? "" });
  const answer = await fetch(`${input.form.dataset.days}?${asked}`).catch(() => null);
  const said = await answer?.text();
  if (!answer || answer.redirected || input.value.trim() !== text) return;
  if (answer.status === 422) say(input, said);
  else if (answer.ok) put(input, said);
});
