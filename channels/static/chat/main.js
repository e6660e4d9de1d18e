// Wires the page: state from the server, the line to it, and what people see of both.

import { composer } from "./composer.js";
import { Connection } from "./connection.js";
import { el } from "./dom.js";
import { forgetDraft, leadForm } from "./lead.js";
import { matterPanel } from "./matter.js";
import { addMissed } from "./missed.js";
import { papers } from "./papers.js";
import { readingPlace, unfoldForPrint } from "./place.js";
import { labelOnce, ours, theirs } from "./render.js";
import { begin, isFramed, save, send } from "./session.js";
import { openStorage } from "./storage.js";
import { grouped, isStory, story } from "./story.js";

const find = (id) => document.getElementById(id);
const state = await begin(JSON.parse(find("state").textContent), openStorage("localStorage"));
if (state.colour) document.documentElement.style.setProperty("--brand", state.colour);
if (isFramed()) find("matter").dataset.url = `/api/v1/matters/${encodeURIComponent(state.sender)}`;
const log = find("log");
const list = find("messages");
const connection = new Connection(state.sender, openStorage("sessionStorage"));
const shown = new Set();
const TWICE_MS = 1200;
let owner = state.owner;

const context = {
  places: state.places,
  storage: openStorage("localStorage"),
  say: press,
  rate,
  labelOnce: labelOnce(),
  leadForm: () => leadForm({
    sender: state.sender, terms: state.papers.terms, hasAgreed: state.papers.agreed, wide,
    storage: context.storage, matter: () => matter.current(), say, leave,
  }),
};

async function leave(fields) {
  try {
    const response = await send("/api/v1/lead-drafts", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sender: state.sender, fields, consent: true }),
    });
    return response.ok ? (await response.json()).ticket : null;
  } catch {
    return null;
  }
}

const place = readingPlace(log, list);
const wide = matchMedia("(min-width: 64rem)");
const about = find("about");
const matter = matterPanel({
  // Out of the way of the panel that grows, then back under it, so that nothing is seen to move.
  began: () => {
    about.open = false;
    about.parentElement.hidden = true;
    setTimeout(() => { about.parentElement.hidden = false; }, 300);
  },
  node: find("matter"),
  brief: find("matter-brief"),
  body: find("matter-body"),
  matters: state.matters,
  choices: state.choices,
  isBot: () => owner === "bot",
  say: press,
  wide,
});

// -- what is said ---------------------------------------------------------------------------------

function say(text, metadata) {
  if (pressed.text !== text) pressed = { text: "", at: 0 };
  endForms();
  const message = connection.say(text, metadata);
  showTheirs(message.text, message.message_id, true);
  place.toEnd();
  showTyping();
}

// A finger that trembles presses twice; what a button says is said once.
let pressed = { text: "", at: 0 };

function press(text, metadata) {
  const isAgain = pressed.text === text && Date.now() - pressed.at < TWICE_MS;
  if (isAgain || connection.outbox.some((message) => message.text === text)) return;
  pressed = { text, at: Date.now() };
  say(text, metadata);
}

// A card to fill in belongs to the question that was just asked.
function endForms() {
  for (const node of list.querySelectorAll(".lead-page")) node.remove();
}

function showTheirs(text, identity, isWaiting) {
  const node = theirs(text, identity);
  node.classList.toggle("waiting", isWaiting);
  list.append(node);
  return node;
}

function showReply(reply) {
  setOwner(reply.owner, reply.messages);
  const nodes = grouped(reply.messages.filter((message) => !shown.has(message.id))).flatMap(said);
  list.append(...nodes);
  if (nodes.length) place.toStartOf(nodes[0]);
}

// What is said in one turn: a story is answered by one card, anything else message by message.
function said(messages) {
  for (const message of messages) {
    shown.add(message.id);
    if (message.kind === "lead" || (message.data || {}).erased) forgetDraft(context.storage);
  }
  return isStory(messages) ? [story(messages, context)] : messages.map((message) => ours(message, context));
}

// What a history says, turn by turn.
function drawn(messages) {
  return grouped(messages).flatMap((group) => {
    const [message] = group;
    if (message.direction !== "in") return said(group);
    shown.add(message.id);
    return [theirs(message.text, message.message_id)];
  });
}

// The whole conversation anew; nobody wants it read aloud once more.
function restore(messages) {
  log.setAttribute("aria-live", "off");
  shown.clear();
  context.labelOnce = labelOnce();
  const known = new Set(messages.map((message) => message.message_id));
  // Recorded but not yet answered messages stay in the outbox: sending them again only asks for the
  // answer. They are not shown twice.
  list.replaceChildren(...drawn(messages));
  endAnsweredForms();
  for (const message of connection.outbox) {
    if (!known.has(message.message_id)) showTheirs(message.text, message.message_id, true);
  }
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
}

function endAnsweredForms() {
  for (const node of list.querySelectorAll("article:not(:last-child) .lead-page")) node.remove();
}

const isShown = (message) => shown.has(message.id) || Boolean(message.message_id && byIdentity(message.message_id));

// Beside the restored, only what was said meanwhile.
function catchUp(messages) {
  const isAnswered = messages.some((message) => message.direction === "in" && !isShown(message));
  const known = new Set(messages.map((message) => message.message_id));
  const added = addMissed(list, messages, {
    isShown,
    nodeOf: (message) => byIdentity(message.message_id || "") || [...list.children].find((node) => node.dataset.id === message.id) || null,
    draw: drawn,
    end: () => [...list.querySelectorAll(":scope > .waiting")].find((node) => !known.has(node.dataset.messageId)) || null,
  });
  if (added === null) {
    restore(messages);
    place.toEnd();
    return;
  }
  if (isAnswered) endAnsweredForms();
  if (added.length) place.toStartOf(added[0]);
}

async function refresh() {
  try {
    const response = await send(`/api/v1/conversations/${encodeURIComponent(state.sender)}`);
    if (!response.ok) return;
    const conversation = await response.json();
    if (conversation.messages.every(isShown)) return;
    catchUp(conversation.messages);
    setOwner(conversation.owner, conversation.messages);
  } catch {
    // Offline again: the next connection asks anew.
  }
}

function showState(identity, words, offersRetry) {
  const node = byIdentity(identity);
  if (!node) return;
  node.querySelector(".state")?.remove();
  if (!words) return;
  const line = el("p.state", { role: "status" }, words);
  if (offersRetry) line.append(el("button", { type: "button", on: { click: () => connection.retry() } }, "重试"));
  node.append(line);
}

function byIdentity(identity) {
  return [...list.children].find((node) => node.dataset.messageId === identity) || null;
}

async function rate(message, rating) {
  try {
    const response = await send("/api/v1/feedback", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sender: state.sender, message, rating }),
    });
    return response.ok;
  } catch {
    return false;
  }
}

// -- what is going on -----------------------------------------------------------------------------

let staffTimer = 0;

function showStaffTyping(isTyping) {
  clearTimeout(staffTimer);
  if (!isTyping) {
    showTyping();
    return;
  }
  find("typing-text").textContent = "工作人员正在输入";
  find("typing").hidden = false;
  staffTimer = setTimeout(() => showStaffTyping(false), 6000);
}

function waitingText(ticket, position) {
  const place = position ? `，目前排在第 ${position} 位` : "";
  return `正在等待工作人员（编号 ${ticket}${place}），您可以继续补充情况。`;
}

function showTyping() {
  find("typing-text").textContent = owner === "bot" ? "正在查找" : "正在发送";
  find("typing").hidden = connection.outbox.length === 0;
}

function setOwner(value, messages) {
  owner = value;
  const ticket = [...messages].reverse().find((item) => item.data && item.data.ticket);
  find("queue").hidden = owner === "bot";
  if (owner === "human") find("queue-text").textContent = "工作人员正在为您服务，机器人不会插话。";
  else if (ticket) find("queue-text").textContent = waitingText(ticket.data.ticket, ticket.data.position);
  else if (!find("queue-text").textContent) find("queue-text").textContent = "正在等待工作人员，您可以继续补充情况。";
  find("human").hidden = owner !== "bot";
  matter.redraw();
}

function showConnection(words, isOffline = false) {
  if (connection.hasEnded) return;
  find("connection").textContent = words;
  find("connection").classList.toggle("offline", isOffline);
  find("connection").hidden = !words;
}

const OFFLINE = "现在没有网络。可以继续写，内容会留着，连上后自动发出。";
addEventListener("offline", () => showConnection(OFFLINE, true));
const BACK = "网络恢复了，正在重新连接。";
addEventListener("online", () => {
  showConnection(BACK);
  setTimeout(() => { if (find("connection").textContent === BACK) showConnection(""); }, 3000);
});
if (navigator.onLine === false) showConnection(OFFLINE, true);

// -- wiring ---------------------------------------------------------------------------------------

connection.addEventListener("open", (event) => {
  showConnection("");
  if (event.detail.again || state.isUnread) {
    state.isUnread = false;
    refresh();
    matter.refresh();
  }
});
connection.addEventListener("lost", (event) => {
  if (navigator.onLine === false) showConnection(OFFLINE, true);
  else if (event.detail.isCrowded) showConnection("打开的页面太多，这一页慢一点；写下的话照样发得出去。关掉几页，它会自己恢复。");
  else if (event.detail.failures > 1) showConnection("网络不稳定，正在重新连接；写下的内容不会丢失。");
});
connection.addEventListener("ended", (event) => {
  // Where nothing was said or begun yet, nothing is lost by showing the conversation that goes on.
  const isFresh = !state.messages.length && shown.size === 0 && !find("question").value;
  if (event.detail.isReplaced && isFresh) {
    location.reload();
    return;
  }
  if (!isFramed() && !navigator.cookieEnabled) {
    find("connection").replaceChildren("这个浏览器关了 Cookie，对话接不上。请允许本站使用 Cookie，再刷新页面。");
    find("connection").hidden = false;
    return;
  }
  find("connection").replaceChildren("这段对话已失效，请刷新页面；没发出去的话会留着，刷新后自动发出。",
    el("button", { type: "button", on: { click: () => location.reload() } }, "刷新"));
  find("connection").hidden = false;
});
connection.addEventListener("reply", (event) => {
  const node = byIdentity(event.detail.message_id);
  if (node) node.classList.remove("waiting");
  showState(event.detail.message_id, "");
  showTyping();
  showReply(event.detail.reply);
  matter.refresh();
});
connection.addEventListener("exchange", (event) => {
  if (!byIdentity(event.detail.message_id)) showTheirs(event.detail.text, event.detail.message_id, false);
  showReply(event.detail.reply);
  matter.refresh();
});
connection.addEventListener("push", (event) => {
  showStaffTyping(false);
  showReply(event.detail.reply);
  connection.confirm(event.detail.reply.messages.map((message) => message.id));
});
connection.addEventListener("typing", () => showStaffTyping(true));
connection.addEventListener("standing", (event) => {
  if (owner === "waiting") find("queue-text").textContent = waitingText(event.detail.ticket, event.detail.position);
});
connection.addEventListener("poll", () => { if (owner !== "bot") refresh(); });
connection.addEventListener("refused", (event) => {
  const { message_id: identity, error, isTemporary, isHeld } = event.detail;
  const isComing = isTemporary && !isHeld;
  showState(identity, isComing ? `${error.message}，稍后自动重发` : `没有发送成功：${error.message}`, isTemporary);
  showTyping();
});

// Every plain button of the page (entries, examples, 转人工) says its value.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button && button.name === "text") {
    event.preventDefault();
    press(button.value);
  }
});
// Links to what only its owner may see.
document.addEventListener("click", async (event) => {
  const link = isFramed() && event.target.closest("a[href^='/plan/mine/'], a[href^='/api/v1/files/']");
  if (!link) return;
  event.preventDefault();
  if (!(await save(link).catch(() => false))) showConnection("没有下载成功，请检查网络后再点一次。");
});
find("back").addEventListener("click", () => press("继续问机器人"));
composer({
  form: find("composer"),
  box: find("question"),
  typing: () => { if (owner === "human") connection.typing(); },
  count: find("count"),
  maxChars: state.max_text_chars,
  send: say,
});

const size = find("size");
size.classList.remove("needs-script");
size.addEventListener("click", () => {
  const isLarge = document.documentElement.dataset.size !== "large";
  if (isLarge) document.documentElement.dataset.size = "large";
  else delete document.documentElement.dataset.size;
  size.setAttribute("aria-pressed", String(isLarge));
  document.cookie = `huhang_size=${isLarge ? "large" : "normal"}; path=/; max-age=31536000; samesite=lax`;
});

papers({
  sender: state.sender,
  terms: state.papers.terms,
  hasAgreed: state.papers.agreed,
  storage: openStorage("sessionStorage"),
  find,
  // The line brings the reading by itself; without one it is fetched.
  ready: () => setTimeout(refresh, 300),
});

restore(state.messages);
setOwner(state.owner, state.messages);
showTyping();
if (state.messages.length) place.comeBack();
unfoldForPrint();
connection.open();

for (const button of document.querySelectorAll("[data-waits]")) button.disabled = false;
