// The one search, from every page: "/" or the link in the frame. A page that shows its own field uses that.

const finder = document.getElementById("finder");
const field = document.getElementById("find-anywhere");

function go() {
  const own = document.getElementById("find");
  if (own && own.offsetParent) {
    own.focus();
    own.select();
  } else if (!finder.open) {
    finder.showModal();
    field.focus();
    field.select();
  }
}

document.addEventListener("keydown", (event) => {
  // Never while somebody writes, nor with the keys of the browser.
  const isWriting = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  go();
});

document.getElementById("find-link").addEventListener("click", (event) => {
  // With another button or a key held the page of the search opens in a window of its own.
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go();
});

document.getElementById("finder-close").addEventListener("click", () => finder.close());
// Pressed beside it, it goes; the second press of a double one on the link is none of those.
finder.addEventListener("click", (event) => {
  if (event.target !== finder) return;
  if (event.detail > 1) field.focus();
  else finder.close();
});
finder.addEventListener("submit", () => finder.close());
