// The browser asks for permission when the box for its notices is checked: only then may a page ask.
const box = document.querySelector("[name=shows_notices]");

async function ask() {
  if (!box.checked) return;
  const answer = "Notification" in window ? await Notification.requestPermission() : "denied";
  if (answer === "granted") return;
  box.checked = false;
  box.closest("form").querySelector("[data-refused]").hidden = false;
}

box?.addEventListener("change", ask);
