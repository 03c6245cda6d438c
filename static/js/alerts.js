// Failures without an answer of ours: no connection, a timeout, an answer that is not a fragment.
const alert = document.getElementById("alert");

function show(title, text) {
  const notice = document.createElement("div");
  notice.className = "notice is-bad";
  const words = document.createElement("div");
  const strong = document.createElement("strong");
  strong.textContent = title;
  words.append(strong, ` ${text}`);
  const close = document.createElement("button");
  Object.assign(close, { type: "button", className: "link", textContent: "Close" });
  close.dataset.alertClose = "";
  notice.append(words, close);
  alert.replaceChildren(notice);
}

document.addEventListener("htmx:sendError", () =>
  show("Ledgerdesk could not be reached.", "What you typed is still here. Try again in a moment."));
document.addEventListener("htmx:timeout", () =>
  show("Ledgerdesk took too long to answer.", "What you typed is still here. Try again in a moment."));
document.addEventListener("htmx:beforeSwap", (event) => {
  const { isError, serverResponse: text, xhr } = event.detail;
  if (!/^\s*<!doctype/i.test(text)) return;
  if (!isError && text.includes(' id="content"')) return; // ours: a part of it is swapped in
  event.detail.shouldSwap = false;
  show("That did not work.", `What you typed is still here. (Status ${xhr.status})`);
});
// A successful request clears the alert of the one before.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target !== document.body) alert.replaceChildren();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-alert-close]")) alert.replaceChildren();
});
