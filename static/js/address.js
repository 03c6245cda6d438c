// [data-address] previews its inputs as they print, in [data-printed] and in the line to which it can be folded,
// [data-folded], by the rule of records/formatting.py.
function print(address) {
  const fixed = (name) => address.querySelector(`[data-part="${name}"]`)?.textContent;
  const part = (name) => (address.querySelector(`[name$="-${name}"]`)?.value ?? fixed(name) ?? "").trim();
  const place = [part("state"), part("postal_code")].filter(Boolean).join(" ");
  const town = [part("city"), place].filter(Boolean).join(", ");
  const lines = [1, 2, 3, 4, 5].map((number) => part(`line${number}`));
  const text = [...lines, town, part("country")].filter(Boolean).join("\n");
  address.querySelector("[data-printed]").textContent = text;
  const folded = address.closest(".address-fold")?.querySelector("[data-folded]");
  if (folded) folded.textContent = text.replaceAll("\n", ", ") || "Add an address";
}

// An input would drop the line ends and tabs of a pasted address, so the form splits it into its lines.
document.addEventListener("paste", (event) => {
  const address = event.target.closest?.("[data-address]");
  const text = event.clipboardData.getData("text");
  const block = address?.querySelector("[name$='-block']");
  if (!block || !event.target.name.endsWith("-line1") || !/\S\s*[\n\t]\s*\S/.test(text)) return;
  event.preventDefault();
  block.value = text;
  address.querySelector("[name=lay]").click();
});
// Also of an address that a button has filled, or Ctrl+Z restored.
document.addEventListener("desk:changed", ({ target }) => target.querySelectorAll("[data-address]").forEach(print));
