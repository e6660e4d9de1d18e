// Beside the editor: what the bot would answer with the text as it is typed, after a pause in typing.

const PAUSE_MS = 900;
const form = document.getElementById("edit");
const live = document.getElementById("live");
const rows = document.getElementById("live-rows");
const state = document.getElementById("live-state");
const heard = document.getElementById("heard");
let timer = 0;
let isAsking = false;
let isStale = false;

/** The nodes of a piece of a page made by the server; its templates escape what people wrote. */
async function nodesOf(response) {
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  return [...parsed.body.childNodes].map((node) => document.importNode(node, true));
}

async function ask() {
  if (isAsking) {
    isStale = true;
    return;
  }
  isAsking = true;
  isStale = false;
  state.textContent = "正在按改过的内容试答……";
  const typed = new URLSearchParams(new FormData(form));
  typed.set("q", document.getElementById("own-question").value);
  typed.set("country", document.getElementById("own-country").value);
  try {
    const response = await fetch(live.dataset.try, { method: "POST", body: typed, headers: { Accept: "text/html" } });
    if (response.ok && !response.redirected) {
      rows.replaceChildren(...(await nodesOf(response)));
      state.textContent = "已按改过的内容试答，没有保存，也没有发布。";
    } else {
      state.textContent = response.redirected || response.status === 401
        ? "登录已失效，请在新窗口登录后接着改，这里的内容不会丢。"
        : "没有试成，请稍后再试；您写的内容不受影响。";
    }
  } catch {
    state.textContent = "连不上服务，稍后再试；您写的内容不受影响。";
  }
  isAsking = false;
  if (isStale) soon(PAUSE_MS);
}

function soon(wait) {
  clearTimeout(timer);
  timer = setTimeout(ask, wait);
}

function addWording(button) {
  const field = document.getElementById("f-similar");
  const lines = field.value.split("\n").map((line) => line.trim()).filter(Boolean);
  if (!lines.includes(button.dataset.wording)) lines.push(button.dataset.wording);
  field.value = lines.join("\n");
  field.scrollTop = field.scrollHeight;
  button.disabled = true;
  button.textContent = "已加，待保存";
  soon(0);
}

async function listen() {
  try {
    const response = await fetch(live.dataset.asked, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return;
    const nodes = await nodesOf(response);
    heard.hidden = !nodes.some((node) => node.nodeType === Node.ELEMENT_NODE);
    heard.replaceChildren(...nodes);
  } catch {
    // Without it the editor works all the same.
  }
}

if (form && live) {
  form.addEventListener("input", () => soon(PAUSE_MS));
  for (const id of ["own-question", "own-country"]) {
    document.getElementById(id).addEventListener("input", () => soon(PAUSE_MS));
  }
  heard.addEventListener("click", (event) => {
    const button = event.target.closest("[data-wording]");
    if (button) addWording(button);
  });
  ask();
  listen();
}
