// A page that nobody sees says so with each request: what it is told then, its person is told again.
document.addEventListener("htmx:configRequest", (event) => {
  if (document.hidden) event.detail.headers["X-Unseen"] = "1";
});
const notices = document.body.dataset.notices;
if (notices) import(notices);
