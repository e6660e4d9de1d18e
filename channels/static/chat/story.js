// The answer to a story as one calm card: what it means, the date, the first things to do.
// Options, material, center and sources lie folded under it, each one tap away.

import { card } from "./cards.js";
import { dateBody, dateTone } from "./deadline.js";
import { el } from "./dom.js";
import { choices, rating, sources, withoutLabel } from "./render.js";

const UNDERSTOOD = /^我理解的情况：([^。]+)。?(.*)$/u;
const STEP = /^·\s*(.+)$/u;
const FIRST = 3;
// So that on a phone the first things to do stand on the first screen.
const MEANING_CHARS = 100;

/** The messages of a conversation, those that answer one story together. */
export function grouped(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups[groups.length - 1];
    if (last && message.direction !== "in" && last[0].direction !== "in" && !isPaper(last[0]) && isOurs(message) && isOurs(last[0])) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

/** Whether the messages of one turn answer a story, also one that the shelf has no guide for. */
export function isStory(messages) {
  return messages.length >= 2 && ["answer", "text"].includes(messages[0].kind) && messages.some((message) => (message.data || {}).triage);
}

/** One article for all of them. @param messages as they were said */
export function story(messages, context) {
  const [answer, ...rest] = messages;
  const of = (kind) => rest.filter((message) => message.kind === kind);
  const { known, meaning, steps } = read(answer);
  const [due] = of("deadline");
  const [list] = of("checklist");
  const [center] = of("center");
  const taken = new Set([answer, due, list, center, ...of("answer")]);
  const others = rest.filter((message) => !taken.has(message));
  return el("article.message.ours.answer.story", { "data-id": answer.id, "aria-label": "护航的回答" },
    el("p.who", {}, el("img", { src: "/static/mark.svg", alt: "" }), "护航"),
    el("div.bubble", {},
      known ? el("p.known", {}, "我理解的情况：", el("b", {}, known)) : null,
      due ? when(due) : null,
      others.map((message) => el("p.text.ask", {}, withoutLabel(message.text).body)),
      meaning.length ? shortened(meaning.join("\n")) : null,
      steps.length
        ? el("section.first", { "aria-label": "先做这几件事" }, el("h3", {}, `先做这${steps.length === 1 ? "件" : "几件"}事`), el("ol", {}, steps.slice(0, FIRST).map((step) => el("li", {}, step))))
        : null,
      el("div.folds", {},
        of("answer").map((message) => fold("可以选的路", optionsOf(message), sources(message.citations || [], context))),
        list ? fold(`要准备的材料${count(list)}`, card(list, context).node) : null,
        center && center.data.name ? fold(`找谁帮忙：${center.data.name}`, card(center, context).node, rests(center, context)) : null,
        fold("出处和全文", sources(answer.citations || [], context))),
      context.labelOnce(answer),
      choices(buttonsOf(messages, list), context)),
    rating(answer, context));
}

// The card of a paper stands for itself; what is said to the matter follows it.
function isPaper(message) {
  return Boolean((message.data || {}).paper);
}

function isOurs(message) {
  return message.author === undefined || message.author === "bot";
}

function read(answer) {
  const lines = withoutLabel(answer.text).body.split("\n").filter((line) => line && !/^（全文见|^来源：|^先做这几件事：$/u.test(line));
  const steps = [];
  const meaning = [];
  let known = "";
  for (const line of lines) {
    const understood = UNDERSTOOD.exec(line);
    const step = STEP.exec(line);
    if (understood) {
      known = understood[1];
      if (understood[2]) meaning.push(understood[2]);
    } else if (step) steps.push(step[1]);
    else meaning.push(line);
  }
  return { known, meaning, steps };
}

function when(message) {
  const node = el("section.when", { "aria-label": message.data.title || "期限" },
    el("p.small", {}, message.data.title || "期限"), dateBody(message.data, true) || el("p.text", {}, message.text));
  const tone = dateTone(message.data);
  if (tone) node.classList.add(tone);
  return node;
}

function shortened(text) {
  const end = text.length > MEANING_CHARS ? (text.slice(0, MEANING_CHARS).lastIndexOf("。") + 1 || text.indexOf("。") + 1) : 0;
  if (!end || end >= text.length - 1) return el("p.text", {}, text);
  return [el("p.text", {}, text.slice(0, end)), el("details.how", {}, el("summary", {}, "接着看"), el("p.text", {}, text.slice(end)))];
}

function optionsOf(message) {
  const lines = withoutLabel(message.text).body.split("\n").slice(1);
  const items = lines.map((line) => STEP.exec(line)).filter(Boolean).map((match) => match[1]);
  const after = lines.filter((line) => line && !STEP.test(line));
  return [el("ul", {}, items.map((item) => el("li", {}, item))), after.map((line) => el("p.small", {}, line))];
}

// What the text of the center says beside its card: whom to ask else, and what is still missing.
function rests(center, context) {
  const made = card(center, context);
  const lines = center.text.split("\n").filter((line) => line && !made.covers(line));
  return lines.map((line) => el("p.small", {}, line));
}

function count(list) {
  const items = list.data.items || [];
  return items.length ? `（${items.length} 项）` : "";
}

function fold(title, ...inside) {
  const parts = inside.flat(Infinity).filter(Boolean);
  return parts.length ? el("details.fold", {}, el("summary", {}, title), el("div", {}, parts)) : null;
}

function buttonsOf(messages, list) {
  const kept = new Map();
  for (const button of messages.flatMap((message) => message.buttons || [])) {
    if (!(list && button.title === "要准备什么材料")) kept.set(button.title, button);
  }
  const computed = messages.some((message) => message.kind === "deadline" && message.data.counted);
  return [...kept.values()].filter((button) => !(computed && button.title === "算期限"));
}
