// input[type=file][data-most]: a file with more bytes is refused, with the words of data-too-large, before it is sent,
// as the server would end the connection in the middle of it.
document.addEventListener("change", ({ target }) => {
  if (!target.dataset.most) return;
  const isOver = [...target.files].some((file) => file.size > Number(target.dataset.most));
  target.setCustomValidity(isOver ? target.dataset.tooLarge : "");
  target.reportValidity();
});
