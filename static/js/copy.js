// Copies selected lines of a bill as rows of a sheet: their cells without number and buttons, in HTML with the columns'
// names, so that they can be pasted into the lines of another bill.
const CELL = "input:not([type=hidden]), select, textarea";

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  const rows = [...document.querySelectorAll(".lines tr.line")].filter((row) => selection.containsNode(row, true));
  const [from, to] = [selection.anchorNode, selection.focusNode].map((node) => (node?.closest ? node : node?.parentElement)?.closest("td"));
  // A part of one cell, or a cell that three clicks have selected, is copied as text.
  if (!rows.length || (from && from === to) || event.target.matches?.(CELL) || !/[\t\n]/.test(`${selection}`.trim())) return;
  const read = (cell) => {
    const input = cell.querySelector(CELL);
    return (input?.selectedOptions?.[0].text ?? input?.value ?? cell.firstChild?.textContent ?? "").trim().replace(/^−/, "-");
  };
  const names = [...rows[0].closest("table").tHead.rows[0].cells].filter((head) => !head.matches(".c-no, .c-act"));
  const cells = rows.map((row) => names.map((head) => read(row.cells[head.cellIndex])));
  const table = document.createElement("table");
  for (const texts of [names.map((head) => head.textContent), ...cells]) {
    const row = table.insertRow();
    for (const text of texts) row.insertCell().innerText = text;
  }
  const quoted = (text) => (/[\t\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  event.clipboardData.setData("text/plain", cells.map((texts) => `${texts.map(quoted).join("\t")}\n`).join(""));
  event.clipboardData.setData("text/html", table.outerHTML);
  event.preventDefault();
});
