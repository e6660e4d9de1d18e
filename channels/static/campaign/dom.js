// Elements from words, never from markup: el("p.small", { id: "x" }, "text", child).
export function el(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

// A line on which nothing comes for so long is given up.
const ANSWER_MS = 20_000;

// Ask the server; the words of a refusal are an error's message, its number the error's status.
export async function send(path, body) {
  let response;
  try {
    response = await fetch(path, { method: "POST", signal: AbortSignal.timeout(ANSWER_MS), headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body) });
  } catch (error) {
    throw new Error(error.name === "TimeoutError" ? "网络太慢，没有等到回音，请再试" : "网络断了，请联网后再试");
  }
  if (response.status === 204) return null;
  const value = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(value.error ? value.error.message : "服务出了点问题，请稍后再试"), { status: response.status });
  return value;
}

export function source(found) {
  if (!found) return null;
  return el("details.source", {}, el("summary", {}, `出处：${found.title}${found.heading ? " › " + found.heading : ""}`), el("p", {}, found.quote));
}
