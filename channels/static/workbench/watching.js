// Asks how far long work is until it has ended, and says so when there is no answer.  The server holds the
// answer until the work has ended, a second at most; where it cannot, it is asked again after a pause.

import { el } from "../chat/dom.js";

// Often while it may end any moment, seldom when it takes long; ever less often while nobody answers.
const SOON_MS = 300;
const LATER_MS = 1500;
const HELD_MS = 500; // an answer that took longer was held
const SOON_FOR_MS = 20000;
const UNANSWERED_MS = 3000;
const LONGEST_MS = 30000;
const TRIES_BEFORE_WORDS = 3;

/** What whoever is logged out has to do; the page itself stays as it is. */
export function loginAgain(then) {
  return ["登录已失效，请", el("a", { href: "/desk/login", target: "_blank" }, "在新窗口登录"), then];
}

/** @param {HTMLElement} box where words are put @param show called with each state that is not the last */
export function watch(box, address, show) {
  const begun = Date.now();
  const said = el("p.notice.warn", { role: "alert", hidden: true });
  box.append(said);
  let unanswered = 0;

  const say = (...words) => {
    said.replaceChildren(...words);
    said.hidden = !words.length;
  };
  const pause = (tookMs) => {
    if (!unanswered && tookMs > HELD_MS) return 0;
    if (unanswered) return Math.min(UNANSWERED_MS * 2 ** (unanswered - 1), LONGEST_MS);
    return Date.now() - begun < SOON_FOR_MS ? SOON_MS : LATER_MS;
  };

  async function look() {
    const asking = Date.now();
    const { status, state } = await asked(address);
    if (status === 401) {
      say(...loginAgain("，再回来刷新看结果；工作在继续。"));
      return;
    }
    if (status === 403) {
      say("您现在没有看这项工作的权限；工作在继续。");
      return;
    }
    if (status === 404 || (state && !state.running)) {
      location.reload();
      return;
    }
    unanswered = state ? 0 : unanswered + 1;
    if (state) {
      say();
      show(state);
    } else if (unanswered >= TRIES_BEFORE_WORDS) {
      say("暂时连不上服务，正在再试；工作在继续。");
    }
    setTimeout(look, pause(Date.now() - asking));
  }
  look();
}

// The server may be restarting, or something on the way answers in its place.
async function asked(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json", Prefer: "wait=1" } });
    return { status: answer.status, state: answer.ok ? await answer.json() : null };
  } catch {
    return { status: 0, state: null };
  }
}
