// What is cut ("Accounts Pay…") can be read whole where the pointer rests: its text becomes its title, until it is another.
document.addEventListener("mouseover", (event) => {
  const box = event.target.closest?.("td, th, .cut");
  if (box && (!box.title || box.whole)) box.whole = box.title = box.scrollWidth > box.clientWidth ? box.innerText : "";
});
