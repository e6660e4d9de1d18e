// One message of the conversation as nodes.

import { card, reference } from "./cards.js";
import { el, link, terms } from "./dom.js";

const LABEL = "本回答由知识库自动整理，不构成法律意见";
const FOLD_CHARS = 480;
const RATED = new Set(["answer", "refusal"]);

/** The label of an answer, shown once a conversation; the page says it again under 关于. */
export function labelOnce() {
  let shown = null;
  return (message) => {
    if (shown !== null && shown !== message.id) return null;
    shown = message.id;
    return el("p.label", {}, `${LABEL}。`);
  };
}

/** @param context {{places, storage, say(text), rate(message, rating), labelOnce(message), leadForm()}} */
export function ours(message, context) {
  const isStaff = message.author === "staff";
  const { by, file } = message.data || {};
  const who = isStaff ? `工作人员${by ? ` ${by}` : ""}` : "护航";
  const made = card(message, context);
  const { body, label } = withoutLabel(message.text);
  // Beside the card of a reference, sentence by sentence: the one that only repeats it is left out.
  const said = reference(message) ? body.match(/[^。\n]+。?/gu) || [] : body.split("\n");
  const lines = said.filter((line) => !isShownElsewhere(line, message, made));
  const text = el("div", {}, paragraphs(lines));
  const bubble = el("div.bubble", {},
    made && made.node,
    made && made.saysAll ? null : folding(text, body),
    message.kind === "question" && (message.data || {}).consent ? context.leadForm() : null,
    label ? context.labelOnce(message) : null,
    isStaff && file ? el("p.file", {}, el("a", { href: `/api/v1/files/${encodeURIComponent(file.uid)}`, download: file.name }, `下载 ${file.name}`), ` ${sizeInWords(file.size)}`) : null,
    sources(message.citations || [], context),
    choices(buttonsOf(message), context));
  return el(`article.message.ours.${message.kind}${isStaff ? ".staff" : ""}`, { "data-id": message.id, "aria-label": isStaff ? `${who}说` : "护航的回答" },
    el("p.who", {}, el("img", { src: "/static/mark.svg", alt: "" }), who),
    bubble,
    RATED.has(message.kind) && !isStaff ? rating(message, context) : null);
}

function sizeInWords(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

// Beside the card, agreeing without it means to answer one question after the other.
function buttonsOf(message) {
  const buttons = message.buttons || [];
  if (!(message.data || {}).consent) return buttons;
  return buttons.map((button) => (button.payload === "同意" ? { ...button, title: "一句一句回答" } : button));
}

/** What the person said. */
export function theirs(text, identity) {
  return el("article.message.theirs", { "data-message-id": identity, "aria-label": "您说" },
    el("p.hidden", {}, "您说："), el("div.bubble", {}, el("p.text", {}, text)));
}

export function withoutLabel(text) {
  const trimmed = text.trimEnd();
  const bare = trimmed.replace(/[。．\s]+$/u, "");
  if (!bare.endsWith(LABEL)) return { body: trimmed, label: "" };
  return { body: bare.slice(0, -LABEL.length).trimEnd(), label: `${LABEL}。` };
}

// Lines that a channel without cards needs, and that this page shows as source, card or button.
function isShownElsewhere(line, message, made) {
  const isSource = /^(来源：|（全文见)/u.test(line);
  if (isSource && (message.citations || []).length) return true;
  if (message.kind === "quiz" && (message.buttons || []).some((button) => button.title === line.trim())) return true;
  return made !== null && made.covers(line);
}

// What to do next stands out from what was found.
function paragraphs(lines) {
  const parts = [];
  let plain = [];
  const flush = () => {
    const said = plain.join("\n").trim();
    if (said) parts.push(...said.split(/\n{2,}/).map((part) => el("p.text", {}, part)));
    plain = [];
  };
  for (const line of lines) {
    const steps = /^(接下来|先做)：(.+)$/u.exec(line);
    if (!steps) {
      plain.push(line);
      continue;
    }
    flush();
    const items = steps[2].replace(/。$/u, "").split("；").filter(Boolean);
    parts.push(el("div.steps", {}, el("p", {}, steps[1]), el("ol", {}, items.map((item) => el("li", {}, item)))));
  }
  flush();
  return parts;
}

function folding(text, body) {
  if (body.length <= FOLD_CHARS) return text;
  text.classList.add("folded");
  const button = el("button.unfold", { type: "button", "aria-expanded": "false" }, "展开全文");
  button.addEventListener("click", () => {
    const isFolded = text.classList.toggle("folded");
    button.setAttribute("aria-expanded", String(!isFolded));
    button.textContent = isFolded ? "展开全文" : "收起";
  });
  return [text, button];
}

export function sources(citations, context) {
  if (!citations.length) return null;
  return el("div.sources", { role: "group", "aria-label": "出处" }, citations.map((citation, index) =>
    el("details.source", {},
      el("summary", {}, el("b", {}, citations.length > 1 ? `出处${index + 1}` : "出处"),
        el("span.path", {}, [citation.title, ...citation.heading].join(" › "), citation.basis ? el("small", {}, `（${citation.basis}）`) : null)),
      el("blockquote", {}, citation.quote),
      terms([
        ["依据", citation.basis],
        ["适用", citation.jurisdiction ? context.places[citation.jurisdiction] || citation.jurisdiction : null],
        ["资料截至", citation.as_of],
        ["原文", link(citation.url, "打开官方页面")],
      ]))));
}

export function choices(buttons, context) {
  if (!buttons.length) return null;
  return el("div.choices", { role: "group", "aria-label": "可选回复" }, buttons.map((button) =>
    el("button", { type: "button", on: { click: () => context.say(button.payload) } }, button.title)));
}

export function rating(message, context) {
  const row = el("div.rate", { role: "group", "aria-label": "这条回答有帮助吗" }, "这条回答");
  const rate = async (value, words) => {
    const stored = await context.rate(message.id, value);
    row.replaceChildren(stored ? `已记下：${words}，谢谢。` : "没有记下，请稍后再试。");
  };
  row.append(
    el("button", { type: "button", on: { click: () => rate("up", "有帮助") } }, "有帮助"),
    el("button", { type: "button", on: { click: () => rate("down", "没用") } }, "没用"));
  return row;
}
