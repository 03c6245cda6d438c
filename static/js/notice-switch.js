// The browser asks for permission when the box for its notices is checked: only then may a page ask. The box is the
// person's, in whatever browser; the permission is that of this one.
const box = document.querySelector("[name=shows_notices]");
const isAllowed = () => "Notification" in window && Notification.permission === "granted";

function show() {
  box.closest("form").querySelector("[data-refused]").hidden = isAllowed() || !box.dataset.asked && !box.checked;
}

async function ask() {
  if (box.checked) {
    box.dataset.asked = "1";
    if ("Notification" in window) await Notification.requestPermission();
    box.checked = isAllowed();
  }
  show();
}

box?.addEventListener("change", ask);
if (box) show();
