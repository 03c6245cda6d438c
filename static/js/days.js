// <input data-day> holds a date. A short form is shown in full once the input is left: the server reads it, at its
// form's data-days, and moves a complete date by QuickBooks' keys. + and - move it at once; digits typed right after one
// of them say by how many days, and an "a" after m begins a month. The down key accepts the suggestion under it.
const FULL = /^\d{1,2} [A-Z][a-z]{2} \d{4}$/;
const SOON = 1500; // ms after a key in which what follows belongs to it
let step = null; // the last key: its input, the date before it, the key, the digits since, its time
let turn = Promise.resolve(); // keys that were pressed fast are read one after the other

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
  const soon = steps && step?.input === input && Date.now() - step.at < SOON;
  if (soon && /^\d$/.test(key) && "+-".includes(step.sign)) step.digits += key;
  else if (steps && /^[-+wkmhyrt[\];']$/i.test(key) && FULL.test(input.value)) step = { input, from: input.value, sign: key, digits: "", at: Date.now() };
  else {
    if (soon && key === "a" && step.sign === "m") input.value = "m";
    step = null;
    if (steps && key === "ArrowDown") input.form?.querySelector(`[data-offer][value^="${input.name}="]`)?.click();
    return;
  }
  event.preventDefault();
  if ("+-".includes(step.sign)) put(input, moved(step.from, Number(step.sign + (step.digits || 1))));
  else turn = turn.then(() => read(input, key, input.value));
});

async function read(input, text, was) {
  const before = input.value;
  const answer = await fetch(`${input.form.dataset.days}?${new URLSearchParams({ text, was })}`).catch(() => null);
  const said = await answer?.text();
  if (!answer || answer.redirected || input.value !== before) return;
  if (answer.status === 422) say(input, said);
  else if (answer.ok) put(input, said);
}

document.addEventListener("change", ({ target: input, isTrusted }) => {
  if (!input.matches("[data-day]")) return;
  const text = input.value.trim();
  if (isTrusted && text) read(input, text, input.dataset.was ?? "");
  else say(input, "");
});
