// A form outlives the session in which it was opened. Its CSRF token follows the cookie, which changes at each sign-in;
// the server relies on the form token, which names its person. When somebody else signs in in this browser, the typed
// form is removed from the page and kept until its author is back. Pages announce their person to other tabs (whose.js).
const person = document.body.dataset.person;
const tabs = new BroadcastChannel("desk:person");
let away = null; // the removed content, and the notice in its place

const csrf = () => document.cookie.match(/(?:^|; )desk_csrf=([^;]+)/)?.[1];
const typing = () => document.querySelector(":is([data-form], [data-conflict])");

function refresh(form) {
  const [input, token] = [form.querySelector?.("[name=csrfmiddlewaretoken]"), csrf()];
  if (input && token) input.value = token;
}

function putAway() {
  const content = typing()?.closest("#content");
  if (!content) return;
  const notice = document.createElement("main");
  notice.id = "content";
  notice.tabIndex = -1;
  notice.innerHTML = '<div class="notice is-warn">Someone else has signed in in this browser. What was typed here was not saved under their account. It comes back when its author signs in again.</div>';
  away = { content, notice, title: document.title };
  content.replaceWith(notice);
  document.title = "Ledgerdesk";
}

function bringBack() {
  away.notice.replaceWith(away.content);
  document.title = away.title;
  const content = away.content;
  away = null;
  htmx.process(content);
}

// On a sign-in in another tab, or an answer that shows that there is a session again.
function signedIn() {
  for (const form of document.forms) refresh(form);
  const signedOut = document.querySelector("[data-signed-out]");
  if (!signedOut) return;
  signedOut.parentElement.replaceChildren();
  typing()?.dispatchEvent(new Event("desk:unsaved"));
  document.dispatchEvent(new CustomEvent("desk:tell", { detail: "You are signed in again. Save works again." }));
}

tabs.addEventListener("message", ({ data }) => {
  if (!person || !data) return;
  if (data !== person && !away) {
    document.getElementById("alert").replaceChildren();
    putAway();
  }
  if (data === person && away) bringBack();
  if (data === person) signedIn();
});

// Once the answer is in the page, as htmx searches from the form on.
document.addEventListener("desk:not-yours", () => setTimeout(() => away || putAway()));
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const token = csrf();
  if (token && detail.parameters.csrfmiddlewaretoken) detail.parameters.csrfmiddlewaretoken = token;
});
document.addEventListener("submit", (event) => refresh(event.target), true);
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && signedIn());
