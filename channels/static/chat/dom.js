// Building nodes. Strings become text nodes, never markup.

/**
 * @param {string} name e.g. "p.text" or "details.source"
 * @param {Object<string, any>} [properties] "on" holds listeners; null and false are left out
 */
export function el(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  node.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(key, value === true ? "" : String(value));
    }
  }
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Pairs of term and value as a definition list; pairs without a value are left out. */
export function terms(pairs) {
  const rows = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  if (!rows.length) return null;
  return el("dl", {}, rows.map(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));
}

/** Only web addresses become links; anything else stays out of href. */
export function link(address, text, properties = {}) {
  if (typeof address !== "string" || !/^https?:\/\//i.test(address)) return null;
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", ...properties }, text,
    el("span.hidden", {}, "（在新窗口打开）"));
}

/** A list of sentences: one is a paragraph, several a list. */
export function sentences(items) {
  const said = (items || []).filter((item) => typeof item === "string" && item);
  if (!said.length) return null;
  return el("ul", {}, said.map((item) => el("li", {}, item)));
}

/** One call after the other, in the order in which they were made. @param act resolves, whatever happens */
export function inTurn(act) {
  let last = Promise.resolve();
  return (...given) => (last = last.then(() => act(...given)));
}
