// <time data-ago datetime=…> keeps the age up to date, in the words of the template filter `ago`.
const units = [[1440, "day"], [60, "hour"], [1, "minute"]];

function ago(moment) {
  const minutes = Math.floor((Date.now() - moment) / 60000);
  const [size, unit] = units.find(([size]) => minutes >= size) || [];
  if (!size) return "just now";
  const count = Math.floor(minutes / size);
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}

function tick() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const words = ago(Date.parse(time.dateTime));
    if (time.textContent !== words) time.textContent = words;
  }
}

setInterval(tick, 10000);
document.addEventListener("visibilitychange", tick);
