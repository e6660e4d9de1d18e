// Puts what was said meanwhile where it belongs and leaves the rest of the page alone: nothing is read aloud
// twice, and what is opened, rated or half filled in stays.

/**
 * @param {HTMLElement} list what is on the page, in the order it was said
 * @param {object[]} messages the conversation as the server has it, oldest first
 * @param {{isShown(message): boolean, nodeOf(message): Node | null, draw(messages): Node[], end(): Node | null}} page
 *   "end" is what stays behind everything that was said
 * @returns {Node[] | null} what is new on it; null where all of it has to be drawn anew
 */
export function addMissed(list, messages, page) {
  if (!messages.some(page.isShown)) return null;
  // What was erased elsewhere has to go from here, too.
  if (messages.some((message) => (message.data || {}).erased && !page.isShown(message))) return null;
  const added = [];
  let run = [];
  const put = (before) => {
    for (const node of page.draw(run)) {
      list.insertBefore(node, before);
      added.push(node);
    }
    run = [];
  };
  for (const message of messages) {
    if (!page.isShown(message)) {
      run.push(message);
    } else if (run.length) {
      // What is part of a card has no place of its own; the next that has one comes after it.
      const node = page.nodeOf(message);
      if (node) put(node);
    }
  }
  if (run.length) put(page.end());
  return added;
}
