// Notices of the browser, for who has chosen them: that a change needs its author, while no page of Ledgerdesk is seen.
// They name no record. An answer to a page in the background names the changes. Loaded only where they are on.
// A page that is left asks whether a change is under way, and goes on asking until none is; one page does it for all.
const pages = new BroadcastChannel("desk:seen");
const STORED = "desk.told"; // the changes that this tab has told, whatever page it shows by then
const told = new Set((sessionStorage.getItem(STORED) || "").split(" "));
const SEEN_SECONDS = 15; // until it is asked again whether another page is seen; no request
const { look: url } = document.body.dataset;
let isSeen = false;
let isLooking = false;

const isAllowed = () => "Notification" in window && Notification.permission === "granted";
const wait = (seconds) => new Promise((done) => { setTimeout(done, 1000 * seconds); });

pages.addEventListener("message", ({ data }) => {
  if (data === "seen") isSeen = true;
  else if (data === "left") look();
  else if (!document.hidden) pages.postMessage("seen");
});

async function isSeenElsewhere() {
  isSeen = false;
  pages.postMessage("?");
  await wait(0.3);
  return isSeen;
}

async function tell(changes) {
  for (const change of changes) told.add(change);
  sessionStorage.setItem(STORED, [...told].slice(-50).join(" "));
  if (await isSeenElsewhere() || !document.hidden) return;
  const many = changes.length > 1;
  const text = many ? `${changes.length} changes of yours need you` : "A change of yours needs you";
  const notice = new Notification(text, { tag: `desk ${changes.join(" ")}` }); // once, whichever pages wait for it
  notice.onclick = () => { focus(); notice.close(); };
}

function hear(named) {
  if (!document.hidden || !isAllowed()) return;
  const changes = (named || "").split(" ").filter((change) => change && !told.has(change));
  if (changes.length) tell(changes);
}

async function ask() {
  const later = 60;
  try {
    const headers = { "HX-Request": "true", "X-Unseen": "1" };
    const answer = await fetch(url, { headers, credentials: "same-origin", redirect: "manual" });
    if (answer.status >= 500) return later;
    hear(answer.headers.get("X-Needs-You"));
    return Number(answer.headers.get("X-Look-Again")); // 0 also for who is signed out
  } catch {
    return later; // without a connection
  }
}

async function look() {
  if (isLooking || !document.hidden || !isAllowed()) return;
  isLooking = true;
  await navigator.locks.request("desk:look", async () => {
    for (let pause = 0.1; pause && document.hidden;) {
      await wait(pause);
      if (document.hidden) pause = await isSeenElsewhere() ? SEEN_SECONDS : await ask();
    }
  });
  isLooking = false;
}

function leave() {
  pages.postMessage("left");
  look();
}

document.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => hear(xhr?.getResponseHeader("X-Needs-You")));
document.addEventListener("visibilitychange", () => document.hidden && leave());
window.addEventListener("pagehide", leave);
if (document.hidden) look();
