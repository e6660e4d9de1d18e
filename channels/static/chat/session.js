// Who asks: a cookie of ours on our own page; in a frame on another page, where there are no such cookies,
// a short-lived token that the frame keeps and renews.

const KEPT = "huhang-widget";
const RENEW_MS = 10 * 60 * 1000;
const RENEWAL = "/api/v1/widget/session";
let token = null;

/** Whether the page is a frame on another site. */
export const isFramed = () => token !== null;

/** fetch, with what proves who asks. */
export function send(path, options = {}) {
  return fetch(path, token ? { ...options, credentials: "omit", headers: headers(options.headers) } : options);
}

/** Headers with what proves who asks. */
export function headers(others = {}) {
  return token ? { ...others, "X-Sender-Token": token } : others;
}

/** What a WebSocket offers; its headers cannot be set. */
export const protocols = () => (token ? ["huhang", token] : []);

/** The page's state, continued from what this browser kept for this site. */
export async function begin(state, storage) {
  if (!state.token) return state;
  token = state.token;
  const kept = storage.getItem(KEPT);
  const fresh = kept ? await renewed(kept) : null;
  const continued = fresh ? await history(state, fresh) : state;
  storage.setItem(KEPT, token);
  setInterval(async () => {
    if (await renewed(token)) storage.setItem(KEPT, token);
  }, RENEW_MS);
  return continued;
}

async function renewed(old) {
  try {
    const response = await fetch(RENEWAL, { method: "POST", credentials: "omit", headers: { "X-Sender-Token": old } });
    if (!response.ok) return null;
    const body = await response.json();
    token = body.token;
    return body;
  } catch {
    return null;
  }
}

async function history(state, fresh) {
  const [conversation, matters] = await Promise.all([
    part(`/api/v1/conversations/${encodeURIComponent(fresh.sender)}`),
    part(`/api/v1/matters/${encodeURIComponent(fresh.sender)}`),
  ]);
  return { ...state, sender: fresh.sender, ...conversation, ...matters };
}

async function part(path) {
  try {
    const response = await send(path);
    return response.ok ? response.json() : {};
  } catch {
    return {};
  }
}
