// <input data-day> holds a date. What is typed short is shown in full once the input is left: the desk reads it, at its
// form's data-days. + and - move a date that stands there in full; digits right behind one of them say by how many days.
const FULL = /^\d{1,2} [A-Z][a-z]{2} \d{4}$/;
let step = null; // the + or - just pressed: the date before it, its sign, the digits since

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
  const inside = input.closest("[data-field]");
  inside?.querySelector(".no-day")?.remove();
  if (!wrong) return input.removeAttribute("aria-invalid");
  input.setAttribute("aria-invalid", "true");
  inside?.append(Object.assign(document.createElement("p"), { className: "hint errorlist no-day", textContent: wrong }));
  document.dispatchEvent(new CustomEvent("desk:tell", { detail: wrong }));
}

document.addEventListener("keydown", (event) => {
  const { target: input, key } = event;
  if (!input.matches?.("[data-day]") || event.ctrlKey || event.metaKey || event.altKey || key === "Shift") return;
  if ("+-".includes(key) && FULL.test(input.value)) step = { from: input.value, sign: key, digits: "" };
  else if (step && /^\d$/.test(key)) step.digits += key;
  else return (step = null);
  event.preventDefault();
  put(input, moved(step.from, Number(step.sign + (step.digits || 1))));
});

document.addEventListener("change", async ({ target: input, isTrusted }) => {
  if (!input.matches("[data-day]")) return;
  const text = input.value.trim();
  if (!isTrusted || !text) return say(input, "");
  step = null;
  const asked = new URLSearchParams({ text, was: input.dataset.was ?? "" });
  const answer = await fetch(`${input.form.dataset.days}?${asked}`).catch(() => null);
  const said = await answer?.text();
  if (!answer || answer.redirected || input.value.trim() !== text) return;
  if (answer.status === 422) say(input, said);
  else if (answer.ok) put(input, said);
});
