// What a person puts in the place of what was found: the day that is the last one, and the center.

import { nearness } from "./dates.js";
import { el } from "./dom.js";
import { reach } from "./reach.js";

const PRESSED = "a, button, input, select";

/** Draw the panel anew; the keyboard stays at what stands where it was. */
export function redraw(body, nodes) {
  const parts = () => [...body.firstElementChild?.children ?? []];
  const held = document.activeElement;
  const part = parts().findIndex((one) => one.contains(held));
  const place = part < 0 ? 0 : [...parts()[part].querySelectorAll(PRESSED)].indexOf(held);
  body.replaceChildren(...nodes);
  const found = parts()[part]?.querySelectorAll(PRESSED) ?? [];
  (found[place] ?? found[0])?.focus({ preventScroll: true });
}

/** Turns a line into a form. @param how {{label, input, save(value), back(), more}} "back" draws the line again */
export function edit(item, { label, input, save, back, more }) {
  const leave = () => {
    back();
    item.querySelector("button")?.focus();
  };
  const saved = (event) => {
    event.preventDefault();
    const value = input.value.trim();
    leave();
    save(value);
  };
  item.replaceChildren(el("form.edit", { on: { submit: saved } },
    el("label.named", {}, label, input),
    el("button.small", {}, "保存"), more,
    el("button.small.quiet", { type: "button", on: { click: leave } }, "取消")));
  input.focus();
}

/** A value that a tap changes. */
export function changeable(label, words, open) {
  return el(words ? "button.value" : "button.value.open", { type: "button", "aria-label": `${label}：${words || "未说明，点这里补上"}，改`, on: { click: open } },
    words || "未说明，点这里补上", el("i", { "aria-hidden": "true" }, "改"));
}

/** The date of a matter; without one a line to fill in. @param give notes a day (YYYY-MM-DD or null) */
export function dueOf(matter, give) {
  const due = matter.deadline;
  const node = due ? el("div.due") : el("ul.fields", {}, el("li"));
  const item = due ? node : node.firstChild;
  const open = () => edit(item, {
    label: "截止日",
    input: el("input", { type: "date", value: due ? due.given || due.due_date : "", required: true }),
    save: give,
    back: read,
    more: due && due.given ? el("button.small.quiet", { type: "button", on: { click: () => give(null) } }, "不用我改的") : null,
  });
  function read() {
    if (due) item.replaceChildren(...dated(due, give, open));
    else item.replaceChildren(el("span.named", {}, "截止日"), changeable("截止日", "", open));
  }
  read();
  return node;
}

function dated(due, give, open) {
  const near = nearness(due.days_left);
  return [
    el("span", {}, due.title),
    el("b", {}, stated(due)),
    el("div.row", {}, due.is_given ? mark("您改的") : null, el(near.tone ? `span.status.${near.tone}` : "span.status", {}, near.words),
      el("button.small.quiet", { type: "button", "aria-label": "改截止日", on: { click: open } }, "改")),
    due.other ? el("span.beside", {}, `${due.other.by}：${stated(due.other)}`) : "",
    due.doubt ? doubt(due, give) : "",
  ].filter(Boolean);
}

// What was told has changed since the person gave their day: nothing is dropped, and they choose.
function doubt(due, give) {
  const counted = due.is_given ? due.other : due;
  return el("div.doubt", { role: "group", "aria-label": "用哪一天" },
    el("p", {}, due.doubt),
    el("div.row", {},
      el("button.small", { type: "button", on: { click: () => give(null) } }, counted ? `用重新算的 ${counted.words}` : "不用了"),
      el("button.small", { type: "button", on: { click: () => give(due.given) } }, counted ? "仍用我改的" : "还用")));
}

function stated(dated) {
  return `${dated.is_estimate ? "估算：" : ""}${dated.words}`;
}

function mark(words) {
  return el("span.given", {}, words);
}

/** Who helps, and how to reach them. @param choose notes the id of a center, or null */
export function centerOf(matter, centers, choose) {
  const center = matter.center;
  const item = el("div.who-helps");
  const open = () => edit(item, {
    label: "援助中心",
    input: el("select", {}, el("option", { value: "" }, "按我的情况建议"),
      centers.map((one) => el("option", { value: one.id, selected: Boolean(center) && one.id === center.id }, one.name))),
    save: (code) => choose(code || null),
    back: read,
  });
  function read() {
    const name = center ? center.name : "";
    item.replaceChildren(changeable("援助中心", name, open),
      ...(center && center.is_given ? [el("p", {}, mark("您选的"), center.found && center.found !== name ? ` 按您说的情况，建议的是${center.found}` : "")] : []),
      ...(center ? reach(center, "small").filter(Boolean) : []));
  }
  read();
  return el("section", { "aria-label": "援助中心" }, el("h3", {}, "援助中心"), item);
}
