// A cell that cuts its text costs the browser a clip of its own, in every frame. In a chunk of closed lines that has come
// near the screen only those cells keep it whose text does not fit (.is-cut): see lines.css.
let timer = 0;

function fit() {
  const near = [...document.querySelectorAll(".chunk:not(.is-fit)")].filter((chunk) => chunk.rows[0].checkVisibility({ contentVisibilityAuto: true }));
  const cut = near.flatMap((chunk) => [...chunk.querySelectorAll("td")].filter((cell) => cell.scrollWidth > cell.clientWidth));
  for (const cell of cut) cell.classList.add("is-cut"); // once all are read: a change makes the next read a layout
  for (const chunk of near) chunk.classList.add("is-fit");
}

// Not while a key or a press is being answered.
function soon() {
  clearTimeout(timer);
  timer = setTimeout(fit, 100);
}

function forget() {
  for (const chunk of document.querySelectorAll(".is-fit")) chunk.classList.remove("is-fit");
  soon();
}

document.addEventListener("contentvisibilityautostatechange", soon, true);
soon();
document.addEventListener("scroll", ({ target }) => target.classList?.toggle("is-aside", target.scrollLeft > 0), true);
addEventListener("resize", forget);
addEventListener("beforeprint", forget); // paper has other widths
