// Ctrl+K, or the link of the search in the bar, opens the palette. Its script is loaded when first asked for.
const link = document.querySelector("[data-palette]");
const open = (event) => {
  event.preventDefault();
  import(link.dataset.palette).then((palette) => palette.open(link.href), () => location.assign(link.href));
};

link?.addEventListener("click", (event) => { if (!event.ctrlKey && !event.metaKey) open(event); });
document.addEventListener("keydown", (event) => {
  if (link && (event.ctrlKey || event.metaKey) && /^k$/i.test(event.key)) open(event);
});
