// One round: a question, the verdict with its source, the next one, the result with its card.
import { el, send, source } from "./dom.js";

export async function playQuiz(page, audience, team) {
  const path = `/c/${page.code}/plays`;
  const { visit } = page;
  let begun;
  try {
    begun = await send(path, { audience, place: page.place, team });
  } catch (error) {
    if (page.visit === visit) page.fail(error.message);
    return;
  }
  if (page.visit !== visit) return;
  const round = { path: `${path}/${begun.play}`, total: begun.total, marks: [] };
  ask(page, round, begun.question);
}

function progress(round, number) {
  const dots = Array.from({ length: round.total }, (_, place) => {
    const mark = round.marks[place];
    return el(`i${mark === undefined ? "" : mark ? ".done" : ".missed"}`);
  });
  return el("p.progress", {}, `第${number}题，共${round.total}题`, ...dots);
}

function ask(page, round, question) {
  const options = question.options.map((text, place) =>
    el("button.option", { type: "button", onclick: () => choose(page, round, question, options, place) }, text));
  page.show(progress(round, question.number), el("h2.question", { tabindex: "-1" }, question.text), ...options);
}

async function choose(page, round, question, options, place) {
  for (const option of options) option.disabled = true;
  const { visit } = page;
  let told;
  try {
    told = await send(round.path, { number: question.number, choice: place });
  } catch (error) {
    if (page.visit === visit) repeat(page, options, error);
    return;
  }
  if (page.visit !== visit) return;
  page.stage.querySelectorAll(".note").forEach((old) => old.remove());
  round.marks[question.number - 1] = told.right;
  options[told.answer].classList.add("right");
  if (!told.right) options[told.choice].classList.add("wrong");
  // After a lost reply another may be pressed; what was pressed first stands.
  if (told.choice !== place) page.stage.append(el("p.note", {}, `先前选的“${options[told.choice].textContent}”已经收到，按那个算。`));
  const run = told.streak > 1 ? `连对${told.streak}题` : "";
  const head = told.right ? `答对了${run ? "，" + run : ""}` : `正确答案：${options[told.answer].textContent}`;
  const verdict = el(`p.verdict.${told.right ? "right" : "wrong"}`, { tabindex: "-1" }, head);
  const next = told.result
    ? el("button.big", { type: "button", onclick: () => finish(page, round, told.result) }, "看成绩")
    : el("button.big", { type: "button", onclick: () => ask(page, round, told.next) }, "下一题");
  page.stage.querySelector(".progress").replaceWith(progress(round, question.number));
  page.stage.append(el("div.why", {}, verdict, el("p", {}, told.explanation), source(told.source)), next);
  verdict.focus({ preventScroll: true });
  next.scrollIntoView({ block: "end" });
}

// A lost reply is asked for again: the server answers the same question once. A round that it does not know
// any more is not helped by that.
function repeat(page, options, error) {
  page.stage.querySelectorAll(".note").forEach((old) => old.remove());
  const isOver = error.status === 404 || error.status === 409;
  for (const option of options) option.disabled = isOver;
  page.stage.append(el("div.note", { role: "alert" },
    isOver ? `${error.message}。` : `${error.message}。再点一次就会重发。`,
    isOver ? el("button.big", { type: "button", onclick: page.goHome }, "重新开始") : null));
}

function finish(page, round, result) {
  const picture = result.card.replace("/card?", "/card.png?");
  page.show(
    el("h2.question.center", { tabindex: "-1" }, "答完了"),
    el("p.score", {}, `${result.score} / ${result.total}`),
    el("p.center", {}, result.best > 1 ? `最多连对${result.best}题` : "多了解一点，多一分保护"),
    el("img.card-picture", { src: picture, alt: `成绩卡：${result.total}题答对${result.score}题`, width: "1080", height: "1440" }),
    el("div.stack", {},
      el("a.big", { href: picture, download: "知识产权答题卡.png" }, "保存成绩卡"),
      el("a.big.second", { href: result.card }, "打开可转发的成绩页"),
    ),
    el("p.small.center", {}, "成绩卡里没有您的任何信息。"),
  );
}
