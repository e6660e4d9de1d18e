// The game: pick a thing, guess which rights protect it, see each verdict and where the shelf says so.
import { el, send, source } from "./dom.js";

export async function playRights(page) {
  const { visit } = page;
  let things;
  try {
    const response = await fetch(`/c/${page.code}/rights.json`, { signal: AbortSignal.timeout(20_000) });
    if (!response.ok) throw new Error();
    things = (await response.json()).things;
  } catch {
    if (page.visit === visit) page.fail("小游戏没有读到，请联网后再试");
    return;
  }
  if (page.visit !== visit) return;
  send(`/c/${page.code}/game`, { place: page.place }).catch(() => { page.uncounted = true; });
  pick(page, things);
}

function pick(page, things) {
  page.show(
    el("h2.question", { tabindex: "-1" }, "挑一样东西，看看它靠什么权利保护"),
    el("div.choices", {}, ...things.map((thing) =>
      el("button.big.second", { type: "button", onclick: () => guess(page, things, thing) }, thing.name))),
  );
}

function guess(page, things, thing) {
  const buttons = thing.rights.map((right) => {
    const button = el("button.option", { type: "button", "aria-pressed": "false" }, right.name);
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    });
    return button;
  });
  const check = el("button.big", { type: "button", onclick: () => {
    const guessed = buttons.map((button) => button.getAttribute("aria-pressed") === "true");
    reveal(page, things, thing, guessed);
  } }, "选好了，看答案");
  page.show(
    el("h2.question", { tabindex: "-1" }, `${thing.name}：哪几种权利能保护它？`),
    el("p.small", {}, "可以选几种，也可以一种都不选。"), ...buttons, check,
  );
}

function reveal(page, things, thing, guessed) {
  const right = thing.rights.filter((item, place) => item.yes === guessed[place]).length;
  page.show(
    el("h2.question", { tabindex: "-1" }, `${thing.name}：${thing.rights.length}种里判断对了${right}种`),
    ...thing.rights.map((item, place) => el("div.why", {},
      el(`p.verdict.${item.yes === guessed[place] ? "right" : "wrong"}`, {}, `${item.name}：${item.yes ? "能保护" : "不能"}（您选了${guessed[place] ? "能" : "不能"}）`),
      el("p", {}, item.why), source(item.source))),
    el("button.big", { type: "button", onclick: () => pick(page, things) }, "换一样"),
  );
}
