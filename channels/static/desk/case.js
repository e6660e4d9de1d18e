// One conversation, live: what is new is appended in the order of the record, replies are kept until the
// server has them, and what helps to answer stands beside the box.

import { el } from "../chat/dom.js";
import { openStorage } from "../chat/storage.js";
import { wireCanned } from "./canned.js";
import { piece } from "./line.js";
import { Outbox } from "./outbox.js";
import { line, ring } from "./shell.js";

const find = (id) => document.getElementById(id);
const page = document.querySelector(".case");
const { ticket, path, country } = page.dataset;
const isMine = page.dataset.mine === "yes";
const storage = openStorage("sessionStorage");
const log = find("log");
const list = find("messages");
const form = find("reply");
const box = find("text");
const TYPING_MS = 3000;

// -- the transcript -------------------------------------------------------------------------------

// Nothing else would bring what was said when a fetch failed, since the line may be up all the time.
const FETCH_AGAIN_MS = [300, 600, 1200, 2500, 5000];
const MOST_FAILURES = 20;
let isFetching = false;
let isStale = false;
let failures = 0;
let fetchTimer = 0;

function lastSeq() {
  return Number(list.lastElementChild?.dataset.seq || 0);
}

function isAtEnd() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 80;
}

function toEnd() {
  log.scrollTop = log.scrollHeight;
  find("to-end").hidden = true;
}

async function fetchNew() {
  if (isFetching) {
    isStale = true;
    return;
  }
  isFetching = true;
  const nodes = await piece(`${path}/messages?after=${lastSeq()}`);
  isFetching = false;
  clearTimeout(fetchTimer);
  if (nodes) {
    failures = 0;
    take(nodes.filter((node) => node instanceof Element));
  } else if (failures < MOST_FAILURES) {
    const wait = FETCH_AGAIN_MS[Math.min(failures, FETCH_AGAIN_MS.length - 1)];
    failures += 1;
    fetchTimer = setTimeout(fetchNew, wait * (0.75 + Math.random() / 2));
  }
  if (isStale) {
    isStale = false;
    await fetchNew();
  }
}

// The first node says how the ticket stands now; what can be done here depends on it.
function take([state, ...nodes]) {
  add(nodes);
  if (state.dataset.state !== page.dataset.state && !find("state-changed")) {
    log.after(el("p.notice.warn", { id: "state-changed", role: "status" }, "这段对话的状态变了，请刷新后继续。 ",
      el("button.small-button", { type: "button", on: { click: () => location.reload() } }, "刷新")));
  }
}

// What the person's page has shown; it may say so before the message itself stands here.
const shown = new Set();

function showDelivered(nodes) {
  for (const node of nodes) {
    const state = shown.has(node.dataset.id) && node.querySelector("[data-delivered]");
    if (state) {
      state.dataset.delivered = "yes";
      state.textContent = "已送达";
    }
  }
}

function add(nodes) {
  const after = lastSeq();
  const fresh = nodes.filter((node) => Number(node.dataset.seq) > after);
  if (!fresh.length) return;
  const wasAtEnd = isAtEnd();
  list.querySelector("#latest")?.removeAttribute("id");
  list.append(...fresh);
  for (const node of fresh) {
    if (node.dataset.client) outbox?.settle(node.dataset.client);
  }
  showDelivered(fresh);
  equip(list);
  if (wasAtEnd) toEnd();
  else find("to-end").hidden = false;
  if (fresh.some((node) => node.classList.contains("user"))) {
    find("typing").hidden = true;
    if (document.hidden) ring();
    suggest();
  }
}

// Buttons that need scripts are shown by scripts.
function equip(root) {
  for (const button of root.querySelectorAll("button[hidden]")) button.hidden = false;
}

find("earlier")?.addEventListener("click", async (event) => {
  const first = Number(list.firstElementChild?.dataset.seq || 0);
  const got = await piece(`${path}/messages?before=${first}`);
  sayFailed(event.target, !got);
  if (!got) return;
  const nodes = got.filter((node) => node instanceof Element).slice(1);
  nodes.forEach((node) => node.removeAttribute("id"));
  const height = log.scrollHeight;
  list.prepend(...nodes);
  equip(list);
  log.scrollTop += log.scrollHeight - height;
  if (!nodes.length || nodes[0].dataset.seq === "1") event.target.closest("p").remove();
});
find("to-end").addEventListener("click", toEnd);
log.addEventListener("scroll", () => { if (isAtEnd()) find("to-end").hidden = true; });

list.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const said = button.closest(".said");
  if ("ask" in button.dataset) ask(said.querySelector(".prewrap").textContent);
  if (button.dataset.question) {
    await postBy(button, `${path}/question`, { message: button.dataset.question });
  }
  if ("deliver" in button.dataset) await postBy(button, `${path}/deliver`, {});
});

// What came of it takes the button's place; where nothing did, the button stays to be tried again.
async function postBy(button, address, fields) {
  const answer = await post(address, fields);
  sayFailed(button, !answer);
  if (answer) button.replaceWith(answer.notice);
}

function sayFailed(button, hasFailed) {
  const said = button.nextElementSibling;
  if (said?.matches("[data-failed]")) said.remove();
  if (hasFailed) button.after(el("span.small", { role: "status", "data-failed": "" }, " 没有成功，请再试"));
}

async function post(address, fields) {
  try {
    const response = await fetch(address, {
      method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(fields),
    });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

// -- the reply ------------------------------------------------------------------------------------

const cited = new Map();

function showCited() {
  find("cited").replaceChildren(...[...cited].map(([id, title]) =>
    el("li", {}, `出处：${title}`,
      el("button.link-button", { type: "button", "aria-label": `去掉出处 ${title}`, on: { click: () => { cited.delete(id); showCited(); } } }, "去掉"))));
}

function showPending(item) {
  const state = item.error
    ? el("p.state.failed", {}, `未发送：${item.error} `,
      el("button.link-button", { type: "button", on: { click: () => outbox.send(item.client_id) } }, "重试"), " ",
      el("button.link-button", { type: "button", on: { click: () => outbox.drop(item.client_id) } }, "放弃"))
    : el("p.state", {}, "发送中…");
  return el("li.said.staff.pending", { "data-client": item.client_id },
    el("p.who", {}, "我"), el("div.bubble", {}, el("p.prewrap", {}, item.text)), state);
}

const outbox = isMine ? new Outbox(ticket, path, {
  changed: (items) => {
    const known = new Set([...list.querySelectorAll("[data-client]")].map((node) => node.dataset.client));
    find("outbox").replaceChildren(...items.filter((item) => !known.has(item.client_id)).map(showPending));
    if (items.length) toEnd();
  },
  stored: fetchNew,
}) : null;

function send() {
  const text = box.value.trim();
  if (!text) {
    box.focus();
    return;
  }
  outbox.add(text, [...cited.keys()]);
  box.value = "";
  cited.clear();
  showCited();
  keepDraft();
  fit();
  find("suggestion").hidden = true;
}

function fit() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 240)}px`;
  const left = box.maxLength - box.value.length;
  const one = Number(box.dataset.one || 0);
  const parts = one ? Math.ceil(box.value.length / one) : 1;
  find("count").textContent = left < 300 ? `还可写 ${left} 字` : parts > 1 ? `会分成约 ${parts} 条` : "";
}

const DRAFT = `huhang-desk-draft-${ticket}`;

function keepDraft() {
  if (box.value) storage.setItem(DRAFT, box.value);
  else storage.removeItem(DRAFT);
}

function insert(text, replaces = false) {
  if (replaces) box.value = text;
  else {
    const before = box.value.slice(0, box.selectionStart);
    const gap = before && !before.endsWith("\n") ? "\n" : "";
    box.setRangeText(gap + text, box.selectionStart, box.selectionEnd, "end");
  }
  keepDraft();
  fit();
  box.focus();
}

if (isMine) {
  let lastTyping = 0;
  box.value = box.value || storage.getItem(DRAFT) || "";
  fit();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  box.addEventListener("keydown", (event) => {
    // 229 and isComposing: Enter that picks a word in an input method is not "send".
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      send();
    }
  });
  box.addEventListener("input", () => {
    fit();
    keepDraft();
    if (Date.now() - lastTyping > TYPING_MS) {
      lastTyping = Date.now();
      line.typing(ticket);
    }
  });
  equip(form);
  wireCanned(insert, box);
  find("ask-suggestion").addEventListener("click", () => suggest(true));
  outbox.resume();
}

// -- what helps to answer -------------------------------------------------------------------------

async function suggest(isAsked = false) {
  if (!isMine) return;
  const place = find("suggestion");
  const nodes = await piece(`${path}/suggestion`);
  const suggested = nodes && nodes.find((node) => node instanceof Element);
  place.replaceChildren(...(suggested ? [suggested] : isAsked ? ["对最后一条消息，机器人没有可用的回答。"] : []));
  place.hidden = !place.childNodes.length;
}

async function ask(question) {
  find("q").value = question.slice(0, 300);
  find("found").textContent = "正在检索…";
  const query = new URLSearchParams({ q: find("q").value, country });
  const nodes = await piece(`/desk/knowledge?${query}`);
  find("found").replaceChildren(...(nodes || ["检索没有成功，请再试。"]));
  if (!isMine) find("found").querySelectorAll("[data-cite]").forEach((button) => button.remove());
  find("knowledge").scrollIntoView({ block: "nearest" });
}

find("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  ask(find("q").value);
});
page.addEventListener("click", (event) => {
  const button = event.target.closest("[data-cite], [data-dismiss]");
  if (!button) return;
  if ("cite" in button.dataset) {
    cited.set(button.dataset.cite, button.dataset.title);
    showCited();
    insert(button.dataset.text.slice(0, box.maxLength), "replace" in button.dataset && !box.value);
  }
  if (button.closest("#suggestion")) find("suggestion").hidden = true;
});

// -- live -----------------------------------------------------------------------------------------

let typingTimer = 0;
line.addEventListener("conversation", fetchNew);
line.addEventListener("poll", fetchNew);
line.addEventListener("open", () => {
  find("line-state").hidden = true;
  fetchNew();
  outbox?.resume();
});
line.addEventListener("ended", () => { find("line-state").hidden = true; });
line.addEventListener("lost", (event) => { find("line-state").hidden = event.detail.failures < 2; });
line.addEventListener("typing", () => {
  find("typing").hidden = false;
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => { find("typing").hidden = true; }, TYPING_MS * 2);
});
line.addEventListener("delivered", (event) => {
  event.detail.ids.forEach((id) => shown.add(id));
  showDelivered(list.children);
});
line.look(ticket);
equip(list);
if (find("earlier")) find("earlier").hidden = false;
toEnd();
