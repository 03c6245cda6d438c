// Failures without an answer of ours: no connection, a timeout, an answer that is not a fragment.
const alert = document.getElementById("alert");

function show(title, text) {
  alert.innerHTML = '<div class="notice is-bad"><div><strong></strong> <span></span></div><button type="button" class="link" data-alert-close>Close</button></div>';
  alert.querySelector("strong").textContent = title;
  alert.querySelector("span").textContent = text;
}

const KEPT = "What you typed is still here.";
document.addEventListener("htmx:sendError", () => show("Ledgerdesk could not be reached.", `${KEPT} Try again in a moment.`));
document.addEventListener("htmx:timeout", () => show("Ledgerdesk took too long to answer.", `${KEPT} Try again in a moment.`));
document.addEventListener("htmx:beforeSwap", (event) => {
  const { isError, serverResponse: text, xhr } = event.detail;
  if (!/^\s*<!doctype/i.test(text)) return;
  if (!isError && text.includes(' id="content"')) return; // ours: a part of it is swapped in
  event.detail.shouldSwap = false;
  show("That did not work.", `${KEPT} (Status ${xhr.status})`);
});
// A successful request clears the alert of the one before.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target !== document.body) alert.replaceChildren();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-alert-close]")) alert.replaceChildren();
});
