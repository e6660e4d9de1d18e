// A date: said once and large, with the calendar beside it; how it was counted is one tap away.

import { el, link, sentences, terms } from "./dom.js";
import { nearness, spoken, weekday } from "./dates.js";

const KINDS = { computed: "按规则计算", printed: "以文书写明的日期为准", platform: "平台规定", "platform-set": "平台规定" };
const CHECK = /核对为准/u;

/** The inside of a date's card as nodes; null while there is no date. @param isBrief folds the consequence too */
export function dateBody(data, isBrief = false) {
  const shown = data.due_date || data.estimate;
  if (!shown) return null;
  const near = nearness(data.days_left);
  const notes = (data.notes || []).filter((note) => typeof note === "string" && note);
  const check = notes.find((note) => CHECK.test(note));
  return [
    el("p.big", {}, `${data.due_date ? "" : "估算："}${spoken(shown)}`, el("small", {}, data.weekday || weekday(shown))),
    el("div.row", {},
      near
        ? el(near.tone ? `span.status.${near.tone}` : "span.status", {}, near.words)
        : el("span.status.plain", {}, "请先看文书上写的日期"),
      calendar(data)),
    data.also && data.also.length
      ? el("ul.plain", {}, data.also.map((step) => el("li", {}, `${step.label}：${spoken(step.due_date)}（${step.weekday || weekday(step.due_date)}）`)))
      : null,
    data.consequence && !isBrief ? el("p.small", {}, `错过的后果：${data.consequence}`) : null,
    check ? el("p.small.soft", {}, check) : null,
    counted(data, notes.filter((note) => note !== check), isBrief),
  ];
}

/** The link to a date's calendar file, counted as the card is; null while there is no date.
 *  A date that a paper names has no rule to be counted by: the calendar gets the day itself.  "case" tells
 *  the matter from others in the calendar. */
export function calendar({ rule, trigger_date: from, alternative, country, due_date: on, case: matter }) {
  const given = rule && from ? { rule, from, alternative, country, case: matter } : on ? { on, case: matter } : null;
  if (!given) return null;
  const query = new URLSearchParams(Object.entries(given).filter(([, value]) => value));
  return el("a.action", { href: `/deadline.ics?${query}` }, "存入手机日历");
}

export function dateTone(data) {
  const near = nearness(data.days_left);
  if (!near || near.tone !== "late") return "";
  return data.days_left < 0 ? "late" : "urgent";
}

export function dateKind(data) {
  return KINDS[data.kind] || null;
}

function counted(data, notes, isBrief) {
  const rows = terms([
    ["错过的后果", isBrief ? data.consequence : null],
    ["起算", data.trigger_date ? `${spoken(data.trigger_date)}${data.trigger ? `（${data.trigger}）` : ""}` : null],
    ["怎么数", data.counted],
    ["可办时间", data.opens ? `${spoken(data.opens)}起` : null],
    ["宽限至", data.grace_until ? spoken(data.grace_until) : null],
    ["北京时间", data.beijing_time],
    ["能否延长", data.extension],
    ["依据", data.basis],
    ["资料截至", data.as_of],
  ]);
  if (!rows && !notes.length) return null;
  return el("details.how", {}, el("summary", {}, isBrief ? "错过会怎样、怎么算的" : "怎么算的、依据和能否延长"), rows, notes.length ? sentences(notes) : null,
    data.source ? link(data.source.url, data.source.title || "查看原文") : null);
}
