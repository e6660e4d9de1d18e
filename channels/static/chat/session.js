// Who asks: a cookie of ours on our own page; in a frame on another page, where there are no such cookies,
// a short-lived token that the frame keeps and renews.

const KEPT = "huhang-widget";
const RENEW_MS = 10 * 60 * 1000;
const RENEWAL = "/api/v1/widget/session";
const RENEWAL_WAIT_MS = 10 * 1000;
// A token that ends so soon is renewed before it is shown.
const SPARE_MS = 60 * 1000;
let token = null;
let keep = () => {};
let renewal = null;

/** Whether the page is a frame on another site. */
export const isFramed = () => token !== null;

/** fetch, with what proves who asks; once more where that had ended, as after a sleep. */
export async function send(path, options = {}) {
  if (!token) return fetch(path, options);
  const shown = () => fetch(path, { ...options, credentials: "omit", headers: headers(options.headers) });
  const response = await shown();
  const isUnproved = response.status === 401 || response.status === 403;
  return isUnproved && (await renewed()).sender ? shown() : response;
}

/** Headers with what proves who asks. */
export function headers(others = {}) {
  return token ? { ...others, "X-Sender-Token": token } : others;
}

/** Fetch what a link of ours leads to and save it: in a frame a link itself cannot say who asks. */
export async function save(link) {
  const response = await send(link.pathname + link.search);
  if (!response.ok) return false;
  const named = /filename\*=UTF-8''([^;]+)/i.exec(response.headers.get("Content-Disposition") || "");
  const made = document.createElement("a");
  made.href = URL.createObjectURL(await response.blob());
  made.download = link.download || decodeURIComponent(named ? named[1] : link.pathname.split("/").pop());
  made.click();
  setTimeout(() => URL.revokeObjectURL(made.href), RENEWAL_WAIT_MS);
  return true;
}

/** An address for a picture of ours: in a frame one that holds it, since a picture cannot say who asks either. */
export async function pictureOf(path) {
  if (!token) return path;
  const response = await send(path);
  if (!response.ok) throw new Error(`${response.status}`);
  const content = await response.blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", reject);
    reader.readAsDataURL(content);
  });
}

/** What a WebSocket offers; its headers cannot be set. */
export const protocols = () => (token ? ["huhang", token] : []);

/** Renew a token that has ended or is about to, where the network allows. */
export async function refreshed() {
  if (token && Number(token.split(".")[2]) * 1000 < Date.now() + SPARE_MS) await renewed();
}

/** The page's state, continued from what this browser kept for this site. */
export async function begin(state, storage) {
  if (!state.token) return state;
  keep = () => storage.setItem(KEPT, token);
  token = storage.getItem(KEPT) || state.token;
  const isKept = token !== state.token;
  const { sender, isOver } = isKept ? await renewed() : state;
  setInterval(renewed, RENEW_MS);
  if (!isKept || isOver) {
    token = state.token;
    keep();
    return state;
  }
  // Without the network the conversation stays whose it was, and is read when the line is there.
  return history(state, sender || senderOf(token));
}

// One renewal at a time: {sender}, or {isOver} where the token is too old for one; {} without an answer.
function renewed() {
  renewal ||= renew().finally(() => { renewal = null; });
  return renewal;
}

async function renew() {
  try {
    const response = await fetch(RENEWAL, {
      method: "POST", credentials: "omit", headers: headers(), signal: AbortSignal.timeout(RENEWAL_WAIT_MS),
    });
    if (!response.ok) return { isOver: response.status === 401 };
    const body = await response.json();
    token = body.token;
    keep();
    return { sender: body.sender };
  } catch {
    return {};
  }
}

function senderOf(held) {
  const name = atob(held.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
  return name.slice(0, name.indexOf("\n"));
}

async function history(state, sender) {
  const [conversation, matters] = await Promise.all([
    part(`/api/v1/conversations/${encodeURIComponent(sender)}`),
    part(`/api/v1/matters/${encodeURIComponent(sender)}`),
  ]);
  const isUnread = !conversation || !matters;
  return { ...state, sender, isUnread, ...conversation, ...matters };
}

async function part(path) {
  try {
    const response = await send(path);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
