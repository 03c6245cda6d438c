// Ctrl+K, or the link of the search in the bar, opens the palette. Its script is loaded when first asked for.
const link = document.querySelector("[data-palette]");
const open = (event) => {
  event.preventDefault();
  import(link.dataset.palette).then((palette) => palette.open(link.href), () => location.assign(link.href));
};

link?.addEventListener("click", (event) => {
  if (!event.ctrlKey && !event.metaKey && !event.shiftKey) open(event);
});
document.addEventListener("keydown", (event) => {
  const is = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
  if (link && is && !event.isComposing) open(event);
});
