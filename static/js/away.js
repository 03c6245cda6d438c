// A page that nobody sees says so with each request: it is not told what its person is to be told, nor does it ask for the
// count of what needs them. When it is seen it asks at once for whatever it shows of that: [hx-trigger*="desk:look"].
document.addEventListener("htmx:configRequest", (event) => {
  if (!document.hidden) return;
  if (event.target.id === "inbox-count") event.preventDefault();
  event.detail.headers["X-Unseen"] = "1";
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) for (const one of document.querySelectorAll('[hx-trigger*="desk:look"]')) htmx.trigger(one, "desk:look");
});
const { notices } = document.body.dataset;
if (notices) import(notices);
