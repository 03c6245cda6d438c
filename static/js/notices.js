// Notices of the browser, for who has chosen them: that a change needs its author, while no page of Ledgerdesk is seen.
// They name no record. Loaded only where they are on.
document.addEventListener("htmx:afterSettle", () => {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  const notices = document.querySelectorAll(".messages .notice.is-warn[role=status]:not([data-noticed])");
  for (const notice of notices) notice.dataset.noticed = "";
  if (!notices.length) return;
  const many = notices.length > 1;
  const notice = new Notification(many ? `${notices.length} changes of yours need you` : "A change of yours needs you", { tag: "desk" });
  notice.onclick = () => { focus(); notice.close(); };
});
