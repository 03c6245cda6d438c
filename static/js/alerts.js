// Failures without an answer of ours: no connection, a timeout, an answer that is not a fragment.
const alert = document.getElementById("alert");

function show(title, text = "Try again in a moment.") {
  alert.innerHTML = '<div class="notice is-bad"><div><strong></strong></div><button type="button" class="link" data-alert-close>Close</button></div>';
  const strong = alert.querySelector("strong");
  strong.append(title);
  strong.after(` What you typed is still here. ${text}`);
}

document.addEventListener("htmx:sendError", () => show("Ledgerdesk could not be reached."));
document.addEventListener("htmx:timeout", () => show("Ledgerdesk took too long to answer."));
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { isError, serverResponse: text, xhr } = detail;
  if (!/^\s*<!doctype/i.test(text)) return;
  if (!isError && text.includes(' id="content"')) return; // ours: a part of it is swapped in
  detail.shouldSwap = false;
  show("That did not work.", `(Status ${xhr.status})`);
});
// A successful request of the person clears the alert of the one before, and none that a page makes by itself: a poll,
// a draft, a sum. The body stands for what its answer has replaced, such as the age line.
document.addEventListener("htmx:afterRequest", ({ detail, target }) => {
  if (detail.successful && !target.matches("body, [hx-trigger]:not(form, input)")) alert.replaceChildren();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-alert-close]")) alert.replaceChildren();
});
