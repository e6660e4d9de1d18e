// The inbox, kept current: the list is fetched when something changes, and from time to time for the clock.

import { piece } from "./line.js";
import { isSoundOn, line, switchSound } from "./shell.js";

const rows = document.getElementById("rows");
const lost = document.getElementById("inbox-lost");
const sound = document.getElementById("sound");
const AGAIN_MS = 1000;
let timer = 0;
let isFetching = false;

async function refresh() {
  if (line.hasEnded) return;
  if (isFetching) {
    soon(300);
    return;
  }
  isFetching = true;
  const nodes = await piece(rows.dataset.source);
  isFetching = false;
  if (!nodes) {
    soon(AGAIN_MS);
    return;
  }
  const held = document.activeElement;
  const place = rows.contains(held) ? held.closest(".ticket")?.querySelector(".title")?.getAttribute("href") : null;
  const scrolled = rows.scrollTop;
  rows.replaceChildren(...nodes);
  rows.scrollTop = scrolled;
  if (place) [...rows.querySelectorAll(".title")].find((link) => link.getAttribute("href") === place)?.focus();
}

function soon(wait) {
  clearTimeout(timer);
  timer = setTimeout(refresh, wait);
}

function showNumbers(numbers) {
  for (const badge of document.querySelectorAll("[data-number]")) {
    badge.textContent = String(numbers[badge.dataset.number]);
  }
}

line.addEventListener("inbox", (event) => {
  showNumbers(event.detail);
  soon(100);
});
line.addEventListener("poll", refresh);
line.addEventListener("ended", () => { lost.hidden = true; });
line.addEventListener("open", () => { lost.hidden = true; });
line.addEventListener("lost", (event) => { lost.hidden = event.detail.failures < 2; });
setInterval(refresh, 30000);
// Beside a conversation the list begins where its line is.
rows.querySelector("[aria-current='true'].ticket")?.scrollIntoView({ block: "nearest" });
function showSound() {
  sound.hidden = false;
  sound.setAttribute("aria-pressed", String(isSoundOn()));
  sound.textContent = isSoundOn() ? "提示音：开" : "提示音：关";
}
sound.addEventListener("click", () => {
  switchSound(!isSoundOn());
  showSound();
});
showSound();
