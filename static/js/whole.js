// What is cut ("Accounts Pay…") can be read whole where the pointer rests: its text becomes its title.
addEventListener("mouseover", ({ target }) => {
  const box = target.closest?.("td, th, .cut");
  if (box && !box.title && box.scrollWidth > box.clientWidth) box.title = box.innerText;
});
