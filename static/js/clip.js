// Buttons that copy a value: data-copy holds its text. Without this script nobody sees them.
const SHOWN = 2000;

function copyWithField(text) {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy"); // a page without HTTPS has no other way
  field.remove();
  return done;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyWithField(text);
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const done = await copy(button.dataset.copy);
  button.focus();
  document.getElementById("told").textContent = done ? "Copied" : "Not copied: the browser does not allow it";
  if (!done) return;
  button.classList.add("is-copied");
  setTimeout(() => button.classList.remove("is-copied"), SHOWN);
});

document.documentElement.classList.add("can-copy");
