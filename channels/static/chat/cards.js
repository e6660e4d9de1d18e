// Cards: what a message's data says beside its text. A kind without a card shows its text alone.

import { dateBody, dateKind, dateTone } from "./deadline.js";
import { el, terms } from "./dom.js";
import { factCard, paperCard } from "./paper-card.js";
import { reach } from "./reach.js";
import { keptJson } from "./storage.js";

const STAGES = {
  new: "待受理机关审核", screening: "初审中", supplement: "需要补正", accepted: "已受理",
  funded: "已资助", rejected: "不符合条件", withdrawn: "已撤回",
};

/** @returns {{node: Node, saysAll: boolean, covers(line: string): boolean} | null} */
export function card(message, context) {
  const data = message.data || {};
  const make = data.precheck ? precheck : MAKERS[message.kind];
  const node = aboutPaper(data, context) || (make ? make(data, context, message) : null);
  if (!node) return null;
  return { node, saysAll: saysAll(message), covers: (line) => covers(message, line) };
}

function aboutPaper(data, context) {
  if (data.paper) return paperCard(data.paper, context);
  return data.fact ? factCard(data.fact) : null;
}

// Whether the card says everything that the text says; of a printed date only the text has the words.
function saysAll(message) {
  const data = message.data || {};
  if (data.paper || data.fact) return true;
  return message.kind === "checklist" || (message.kind === "deadline" && Boolean(message.data.counted));
}

// Whether a line of the text only repeats what the card shows.
function covers(message, line) {
  if (!line) return false;
  const known = reference(message);
  if (known) return line.includes(known);
  if (message.kind !== "center") return false;
  const data = message.data;
  const content = line.replace(/^(建议先联系|建议联系|理由)：/u, "").replace(/。$/u, "");
  if (/^(怎么找到它|也可以先打热线)：/u.test(line)) return Boolean(data.find);
  if (content === line.replace(/。$/u, "")) return content === (data.contact_note || "").replace(/。$/u, "");
  return content === data.name || content === (data.reason || "").replace(/。$/u, "");
}

// The reference of a lead or of a request for a human: its card has it large, with how it stands.
export function reference(message) {
  const data = message.data || {};
  return { lead: data.reference, handoff: data.ticket || data.reference }[message.kind] || "";
}

function frame(kind, title, note, ...body) {
  return el(`section.card.${kind}`, { "aria-label": title },
    el("header", {}, el("strong", {}, title), note ? el("span", {}, note) : null),
    el("div.body", {}, body));
}

function deadline(data) {
  if (data.aspect) return null; // what was asked of a day that has its card already
  const body = dateBody(data);
  if (!body) return null;
  const node = frame("deadline", data.title || "期限", dateKind(data), body);
  const tone = dateTone(data);
  if (tone) node.classList.add(tone);
  return node;
}

function center(data) {
  if (!data.name) return null;
  return frame("center", data.name, null, data.reason ? el("p", {}, data.reason) : null, reach(data));
}

function lead(data) {
  if (!data.reference) return null;
  const materials = data.materials || [];
  return frame("lead", "援助登记", STAGES[data.status] || data.status || null,
    el("p", {}, "编号"),
    el("div.row", {}, el("span.reference", {}, data.reference), copyButton(data.reference)),
    el("p", {}, "请记下编号；查询进度时要用编号和手机号后四位。"),
    materials.length ? el("details", { open: true }, el("summary", {}, `一次性告知：材料清单（${materials.length} 项）`), list(materials)) : null);
}

function handoff(data) {
  const reference = data.ticket || data.reference;
  if (!reference) return null;
  return frame("handoff", "人工服务", data.staff_online === false ? "当前无人在线" : null,
    terms([
      ["编号", el("span.reference", {}, reference)],
      ["排队", data.position ? `第 ${data.position} 位` : null],
      ["预计", data.expected || null],
    ]));
}

function checklist(data, context, message) {
  const items = data.items || data.steps || [];
  if (!items.length) return null;
  const key = `huhang-check-${message.id}`;
  const done = new Set(keptJson(context.storage, key, []));
  const remains = el("p", { role: "status" });
  const count = () => {
    const left = items.length - done.size;
    remains.textContent = left ? `已备 ${done.size} 项，还差 ${left} 项` : "材料都已备齐";
  };
  const toggle = (index, checked) => {
    if (checked) done.add(index);
    else done.delete(index);
    context.storage.setItem(key, JSON.stringify([...done]));
    count();
  };
  count();
  return frame("checklist", data.title || "清单", `共 ${items.length} 项`,
    el("div", {}, items.map((item, index) => el("label.check", {},
      el("input", { type: "checkbox", checked: done.has(index), on: { change: (event) => toggle(index, event.target.checked) } }),
      el("span", {}, words(item), noteOf(item) ? el("small", {}, noteOf(item)) : null)))),
    remains);
}

// How a matter stands beside each funding program; 不符合 and 待核实 are said in words, never by colour alone.
function precheck(data) {
  return frame("checklist", "资助初步对照", null, data.precheck.map((item) =>
    el("details", {}, el("summary", {}, `${item.name}：${item.verdict}`),
      el("ul.plain", {}, item.conditions.map((one) => el("li", {}, `${one.verdict}：${one.condition}。${one.reason}`))),
      terms([["金额", item.amount], ["窗口", item.window], ["受理", item.authority], ["依据", item.basis], ["资料截至", item.as_of]]))));
}

function quiz(data, _context, message) {
  if (!data.finished) return null;
  const query = `m=${encodeURIComponent(message.id)}`;
  return frame("quiz", "世界知识产权日答题卡", null,
    el("img.quiz-card", { src: `/quiz/card.svg?${query}`, alt: `${data.total}题答对${data.score}题` }),
    el("div.row", {}, el("a.action", { href: `/quiz/card?${query}`, target: "_blank", rel: "noopener" }, "打开可分享的卡片")));
}

function noteOf(item) {
  const parts = [item.optional ? "如有" : "", item.issuer, item.form, item.translation, item.note];
  return parts.filter((part) => typeof part === "string" && part).join("；");
}

function list(items) {
  return el("ol", {}, items.map((item) => el("li", {}, words(item))));
}

function words(item) {
  return typeof item === "string" ? item : item.text || item.title || item.name || "";
}

function copyButton(text) {
  if (!navigator.clipboard) return null;
  const button = el("button.action", { type: "button" }, "复制");
  button.addEventListener("click", async () => {
    const isCopied = await navigator.clipboard.writeText(text).then(() => true, () => false);
    button.textContent = isCopied ? "已复制" : "没有复制成，请长按编号";
  });
  return button;
}

const MAKERS = { deadline, center, lead, handoff, checklist, quiz };
