// Notices of the browser, for who has chosen them: that a change needs its author, while no page of Ledgerdesk is seen.
// They name no record. An answer to a page in the background names the changes. Loaded only where they are on.
const pages = new BroadcastChannel("desk:seen");
const told = new Set();
let isSeen = false;

pages.addEventListener("message", ({ data }) => {
  if (data === "seen") isSeen = true;
  else if (!document.hidden) pages.postMessage("seen");
});

async function tell(changes) {
  for (const change of changes) told.add(change);
  isSeen = false;
  pages.postMessage("?");
  await new Promise((done) => { setTimeout(done, 300); });
  if (isSeen || !document.hidden) return;
  const many = changes.length > 1;
  const text = many ? `${changes.length} changes of yours need you` : "A change of yours needs you";
  const notice = new Notification(text, { tag: `desk ${changes.join(" ")}` }); // once, whichever pages wait for it
  notice.onclick = () => { focus(); notice.close(); };
}

document.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
  if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
  const changes = (xhr?.getResponseHeader("X-Needs-You") || "").split(" ").filter((change) => change && !told.has(change));
  if (changes.length) tell(changes);
});
