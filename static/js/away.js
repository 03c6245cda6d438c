// A page that nobody sees says so with each request: what it is told then, its person is told again. It does not ask for
// the count of what needs them, but does at once when it is seen.
document.addEventListener("htmx:configRequest", (event) => {
  if (!document.hidden) return;
  if (event.target.id === "inbox-count") event.preventDefault();
  event.detail.headers["X-Unseen"] = "1";
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && htmx.find("#inbox-count")) htmx.trigger("#inbox-count", "desk:look");
});
const { notices } = document.body.dataset;
if (notices) import(notices);
