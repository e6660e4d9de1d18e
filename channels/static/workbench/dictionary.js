// Shows how a sentence is cut, read and answered, with and without the edit in the form.

import { el } from "../chat/dom.js";

const PAUSE_MS = 350;
const form = document.querySelector("#dictionary-form");
const effect = document.querySelector("#effect");
let timer;
let latest = 0;

function chips(words, others) {
  return el("p.cut", {}, words.map((word) => el(others && !others.includes(word) ? "mark" : "span", {}, word)));
}

function column(title, seen, other) {
  const rows = [el("h3", {}, title), chips(seen.words, other && other.words)];
  if (seen.named.length) rows.push(el("p", {}, `认出：${seen.named.join("、")}`));
  if (seen.synonyms.length) rows.push(el("p", {}, `同时查：${seen.synonyms.join("、")}`));
  for (const [written, meant] of seen.corrections) rows.push(el("p", {}, `“${written}”按“${meant}”理解`));
  rows.push(el("ol.hits", {}, seen.hits.map((hit) => el(other && !other.hits.includes(hit) ? "li.new" : "li", {}, hit))));
  return el("div", {}, rows);
}

function show(found) {
  effect.replaceChildren();
  if (found.error) {
    effect.append(el("p.notice.warn", {}, found.error.message));
    return;
  }
  if (found.after) {
    if (found.idle) effect.append(el("p.notice.warn", {}, `这一条没有效果：${found.idle}`));
    else if (!found.changed) effect.append(el("p.notice", {}, "对这句话没有影响，换一句试试"));
    effect.append(el("div.grid", {}, column("现在", found.before, null), column("改后", found.after, found.before)));
  } else {
    effect.append(column("现在", found.before, null));
  }
}

async function look() {
  const data = new FormData(form);
  if (!String(data.get("sentence")).trim() && !String(data.get("text")).trim()) {
    effect.replaceChildren();
    return;
  }
  const turn = ++latest;
  const found = await asked(new URLSearchParams(data));
  if (turn === latest) show(found);
}

async function asked(body) {
  try {
    const answer = await fetch("/workbench/dictionary/preview", { method: "POST", body, headers: { Accept: "application/json" } });
    if (answer.status === 401) return { error: { message: "登录已失效，请在新窗口登录后接着改，这里的内容不会丢。" } };
    return await answer.json();
  } catch {
    return { error: { message: "连不上服务，这一次没有试成；您写的内容不受影响。" } };
  }
}

function fit() {
  for (const part of form.querySelectorAll("[data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(form.kind.value);
  }
}

form.addEventListener("input", () => {
  fit();
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE_MS);
});
document.querySelector("#preview").addEventListener("click", look);
fit();
