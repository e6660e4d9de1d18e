// Where one reads: the newest answer comes into view at its beginning, and a window that changes its size
// (a turned phone, a keyboard, a zoom) leaves the line one was reading where it was.

const GAP = 12;

/** @param log the element that scrolls, unless the window is so low that the page does */
export function readingPlace(log, list) {
  // Where the page itself scrolls, the browser would put it back to where it was, after us.
  history.scrollRestoration = "manual";
  let kept = null;
  let isMoving = false;

  const scrollsItself = () => getComputedStyle(log).overflowY !== "visible";
  const top = () => (scrollsItself() ? log.getBoundingClientRect().top : 0);
  const height = () => (scrollsItself() ? log.clientHeight : innerHeight);

  // The first article of which something shows, and how far its beginning is from the top of the view.
  const remember = () => {
    if (isMoving) return;
    const edge = top();
    const node = [...list.children].find((item) => item.getBoundingClientRect().bottom > edge + 1);
    kept = node ? { node, offset: node.getBoundingClientRect().top - edge } : null;
  };
  const restore = () => {
    if (!kept || !kept.node.isConnected) return;
    const moved = kept.node.getBoundingClientRect().top - top() - kept.offset;
    if (Math.abs(moved) > 1) (scrollsItself() ? log : window).scrollBy({ top: moved, behavior: "instant" });
  };

  log.addEventListener("scroll", remember, { passive: true });
  addEventListener("scroll", remember, { passive: true });
  addEventListener("resize", () => {
    isMoving = true;
    restore();
    requestAnimationFrame(() => {
      restore();
      isMoving = false;
      remember();
    });
  });

  // At once: what moves can neither be read nor pressed.
  function toStartOf(node) {
    const above = node.previousElementSibling;
    const start = above && above.classList.contains("theirs") && above.offsetHeight < height() / 3 ? above : node;
    const distance = start.getBoundingClientRect().top - top() - GAP;
    (scrollsItself() ? log : window).scrollBy({ top: distance, behavior: "instant" });
  }

  function toEnd() {
    if (scrollsItself()) log.scrollTo({ top: log.scrollHeight, behavior: "instant" });
    else window.scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  }

  // Who comes back finds the last answer, or the form they were filling in, at its beginning.
  function comeBack() {
    const last = list.lastElementChild;
    if (last && last.offsetHeight > height()) toStartOf(last);
    else toEnd();
  }
  return { toStartOf, toEnd, comeBack };
}

/** On paper nothing can be tapped open: what is folded is printed whole. */
export function unfoldForPrint() {
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("#messages details:not([open])")];
    for (const node of opened) node.open = true;
  });
  addEventListener("afterprint", () => {
    for (const node of opened) node.open = false;
  });
}
