// The replies that are kept ready: found by a word, put into the box by a press.

const find = (id) => document.getElementById(id);

/** `insert` takes the text that was chosen; Escape leads back to `box`. */
export function wireCanned(insert, box) {
  const panel = find("canned");
  const opener = find("open-canned");
  const search = find("canned-search");
  opener.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) search.focus();
  });
  search.addEventListener("input", () => {
    const sought = search.value.trim().toLowerCase();
    for (const item of panel.querySelectorAll("li")) {
      item.hidden = sought !== "" && !item.textContent.toLowerCase().includes(sought);
    }
  });
  panel.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-text]");
    if (!button) return;
    insert(button.dataset.text);
    panel.hidden = true;
    opener.setAttribute("aria-expanded", "false");
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === search) event.preventDefault();
    if (event.key === "Escape") {
      panel.hidden = true;
      box.focus();
    }
  });
}
