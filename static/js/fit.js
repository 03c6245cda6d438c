// A cell that cuts its text costs the browser a clip of its own, in every frame: only those keep it whose text is wider
// than their column (.is-cut, in a table that .is-fit): see lines.css. Texts are measured apart from the page, as most
// lines are off the screen and not laid out; up to SPARE pixels too wide, for digits of another font's width.
const SPARE = 20; // with the padding of a cell, 16
const pen = document.createElement("canvas").getContext("2d");
const known = new Map();
const grid = () => document.querySelector("[data-lines]");

function measured(text) {
  if (!known.has(text)) known.set(text, pen.measureText(text).width);
  return known.get(text);
}

function fit() {
  const rooms = [...(grid()?.tHead.rows[0].cells ?? [])].map((head) => head.clientWidth - SPARE);
  if (!(rooms[0] > 0)) return; // a phone has no columns
  const { fontSize, fontFamily } = getComputedStyle(grid());
  pen.font = `${fontSize} ${fontFamily}`;
  for (const row of grid().querySelectorAll("tr.line:not(.is-open)")) [...row.cells].forEach((cell, at) => cell.classList.toggle("is-cut", measured(cell.textContent) > rooms[at]));
  grid().classList.add("is-fit");
}

// Not while the page is being made, or its window dragged.
let timer = 0;
function soon() {
  clearTimeout(timer);
  timer = setTimeout(fit, 100);
}

function forget() {
  grid()?.classList.remove("is-fit");
  soon();
}

soon();
document.addEventListener("htmx:load", ({ target }) => target.querySelector?.("[data-lines]") && soon());
document.addEventListener("scroll", ({ target }) => target.classList?.toggle("is-aside", target.scrollLeft > 0), true);
addEventListener("resize", forget);
addEventListener("beforeprint", forget); // paper has other widths
