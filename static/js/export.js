// [data-export]: the files of a list. An XLSX file is whole only when its last row is written: until then, how many rows
// are written is told. The answer begins with lines of JSON, of which the last says how many bytes follow.
const tell = (text) => document.dispatchEvent(new CustomEvent("desk:tell", { detail: text }));
let isUnderWay = false;

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-export] a[href*='.xlsx']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!isUnderWay) fetchFile(link);
});

async function fetchFile(link) {
  const spot = document.querySelector("#export-progress");
  isUnderWay = true;
  spot.textContent = "Preparing the file …";
  try {
    const answer = await fetch(link.href, { headers: { "X-Progress": "1" } });
    const { name, file } = await read(answer, (rows, of) => {
      spot.textContent = `Preparing the file: ${rows.toLocaleString("en")} of ${of.toLocaleString("en")} rows`;
    });
    const saved = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: name });
    saved.click();
    setTimeout(() => URL.revokeObjectURL(saved.href), 60_000);
    spot.textContent = "";
    tell(`${name} is ready.`);
  } catch {
    spot.textContent = "";
    location.href = link.href; // whatever the answer is, the browser shows or saves it
  } finally {
    isUnderWay = false;
  }
}

async function read(answer, told) {
  if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
  const reader = answer.body.getReader();
  let head = new Uint8Array();
  let facts = {};
  while (!facts.bytes) {
    const end = head.indexOf(10);
    if (end < 0) {
      const { value, done } = await reader.read();
      if (done) throw new Error("The answer ended early.");
      const joined = new Uint8Array(head.length + value.length);
      joined.set(head);
      joined.set(value, head.length);
      head = joined;
      continue;
    }
    facts = JSON.parse(new TextDecoder().decode(head.subarray(0, end)));
    head = head.slice(end + 1);
    if (facts.rows !== undefined) told(facts.rows, facts.of);
  }
  const parts = [head];
  let size = head.length;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    parts.push(piece.value);
    size += piece.value.length;
  }
  if (size !== facts.bytes) throw new Error("The file is not whole.");
  return { name: facts.name, file: new Blob(parts) };
}
