// [data-address] shows its inputs as they print, in [data-printed]: the same rule as books/shown.py.
function print(address) {
  const fixed = (name) => address.querySelector(`[data-part="${name}"]`)?.textContent;
  const part = (name) => (address.querySelector(`[name$="-${name}"]`)?.value ?? fixed(name) ?? "").trim();
  const place = [part("state"), part("postal_code")].filter(Boolean).join(" ");
  const town = [part("city"), place].filter(Boolean).join(", ");
  const lines = [1, 2, 3, 4, 5].map((number) => part(`line${number}`));
  const text = [...lines, town, part("country")].filter(Boolean).join("\n");
  address.querySelector("[data-printed]").textContent = text;
}

function typed(event) {
  const address = event.target.closest?.("[data-address]");
  if (address) print(address);
}

document.addEventListener("input", typed);
document.addEventListener("change", typed);
