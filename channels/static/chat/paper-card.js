// The card of a paper that was read: every value with the line it comes from.

import { nearness, spoken, weekday } from "./dates.js";
import { calendar } from "./deadline.js";
import { el } from "./dom.js";
import { pictureOf } from "./session.js";

/** @param data what the paper says. @param context {{say(text)}} */
export function paperCard(data, context) {
  const note = [`${data.pages} 页`, data.ocr ? "图片识别" : null].filter(Boolean).join("，");
  return el("section.card.paper", { "aria-label": `文书：${data.title}` },
    el("header", {}, el("strong", {}, data.files.join("、")), el("span", {}, note)),
    el("div.body", {},
      row("这是什么", el("p.what", {}, data.title, data.sure ? null : el("span.status.soon", {}, "看着像，请核对"))),
      row("谁发的", values(data.from) || missing()),
      data.docket ? row("案号", values([data.docket])) : null,
      row("针对谁", values(data.against) || missing()),
      row("最要紧的日子", pressing(data)),
      dates(data),
      data.amounts.length ? row("金额", values(data.amounts)) : null,
      data.demands.length ? row("要求", el("ul", {}, data.demands.map((text) => el("li", {}, text)))) : null,
      row("现在先做", first(data)),
      question(data, context),
      data.signs.length
        ? el("div.warning", {}, el("strong", {}, "请核对真伪："), el("ul", {}, data.signs.map((text) => el("li", {}, text))))
        : null,
      el("p.origin", {}, "这是机器读出来的，请对着原件核对；不构成法律意见。")));
}

/** What a paper says to a question, each value with its line. */
export function factCard(fact) {
  return el("section.card.paper", { "aria-label": fact.label },
    el("header", {}, el("strong", {}, fact.title)),
    el("div.body", {}, row(fact.label, values(fact.found))));
}

function row(label, content) {
  return el("div.fact", {}, el("h3", {}, label), content);
}

function missing() {
  return el("p.origin", {}, "没有读到，请看原件");
}

function values(items) {
  if (!items.length) return null;
  return el("ul.plain", {}, items.map((item) => el("li", {},
    el("span", {}, item.label ? `${item.label}：` : "", el("b", {}, item.value)), source(item.source))));
}

function source(found) {
  if (!found) return null;
  const doubt = found.certain ? null : el("span.status.soon", {}, "没看清");
  const image = found.has_picture ? el("img", { alt: `原件上的这一行：${found.text}` }) : null;
  // Cut from the page when somebody wants to see it.
  const show = () => {
    pictureOf(`/api/v1/papers/${encodeURIComponent(found.paper)}/lines/${Number(found.line)}.png`)
      .then((address) => { image.src = address; }, () => image.remove());
  };
  const details = el("details.line", {},
    el("summary", {}, `第${found.page}页原文`, doubt),
    image,
    el("blockquote", {}, found.text));
  if (image) {
    image.addEventListener("error", () => image.remove());
    details.addEventListener("toggle", show, { once: true });
  }
  return details;
}

// Of what a day may be, only the last day to answer names its rule, null where the paper prints it.
function pressing(data) {
  const day = data.pressing;
  if (!day) return el("p", {}, data.questions.length ? "还算不出，要先弄清下面的事" : "没有写明期限");
  const near = nearness(day.days_left);
  return el("div", {},
    el("p.big", {}, spoken(day.date), el("small", {}, `${weekday(day.date)}，${day.label}`)),
    near ? el("p", {}, el(near.tone ? `span.status.${near.tone}` : "span.status", {}, near.words)) : null,
    day.certain === false ? el("p", {}, el("span.status.soon", {}, "没看清，请看原件")) : null,
    day.also ? el("p", {}, el("span.status.soon", {}, day.also)) : null,
    source(day.source),
    "rule" in day ? el("div.row", {}, calendar({ ...day, trigger_date: day.from, due_date: day.date })) : null);
}

function dates(data) {
  const others = data.dates.filter((item) => !data.pressing || item.date !== data.pressing.date || item.label !== data.pressing.label);
  return others.length ? row("文中的日子", values(others)) : null;
}

function first(data) {
  if (data.questions.length) return el("ul", {}, data.questions.map((text) => el("li", {}, text)));
  return el("p", {}, "核对上面的日子，保留信封、邮件和送达记录，找律师或援助中心。");
}

// The day it came is answered by tap here, by a button below, or in words.
function question(data, context) {
  if (!data.asks_day) return null;
  const id = `day-${data.id}`;
  const box = el("input", { type: "date", id, max: data.today, required: true });
  const form = el("form.ask-day", {}, el("label", { for: id }, "哪天收到的"), box, el("button.action", {}, "按这天算"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (box.value) context.say(`${spoken(box.value)}收到`);
  });
  return form;
}
