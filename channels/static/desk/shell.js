// On every page of the staff: forms that ask before they act and are sent once; how many people wait, in
// the menu, in the title, and as a sound where it is switched on.

import { Line } from "./line.js";
import { sendOnce } from "./once.js";

const SOUND = "huhang-desk-sound";
const title = document.title;
const count = document.getElementById("waiting-count");

export const line = new Line();

line.addEventListener("ended", () => {
  const notice = document.createElement("p");
  notice.className = "notice warn";
  notice.id = "session-ended";
  notice.setAttribute("role", "alert");
  const link = document.createElement("a");
  Object.assign(link, { href: "/desk/login", target: "_blank", textContent: "在新窗口登录" });
  notice.append("登录已失效，这一页不再更新；写了一半的内容还在。请", link, "，再回来刷新。");
  document.getElementById("main").prepend(notice);
});

// -- forms ----------------------------------------------------------------------------------------

sendOnce();

// Of a row of tabs that is wider than the screen, the present one is shown.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.parentElement;
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}

// A link to a folded part opens it.
function unfold() {
  const part = location.hash ? document.getElementById(location.hash.slice(1)) : null;
  if (part instanceof HTMLDetailsElement) part.open = true;
}
addEventListener("hashchange", unfold);
// The same link once more changes no address, so its click is heard as well.
document.addEventListener("click", (event) => {
  if (event.target.closest('a[href^="#"]')) setTimeout(unfold);
});
unfold();

// -- sound ----------------------------------------------------------------------------------------

let audio = null;

export function isSoundOn() {
  try {
    return localStorage.getItem(SOUND) === "on";
  } catch {
    return false;
  }
}

export function switchSound(isOn) {
  try {
    localStorage.setItem(SOUND, isOn ? "on" : "off");
  } catch {
    // Without storage the choice holds for this page.
  }
  if (isOn) ring();
}

/** Two short tones; silent where the browser wants a click first. */
export function ring() {
  if (!isSoundOn()) return;
  audio = audio || new AudioContext();
  audio.resume();
  for (const [start, pitch] of [[0, 660], [0.18, 880]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, audio.currentTime + start);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + start + 0.16);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + 0.17);
  }
}

// -- how many wait --------------------------------------------------------------------------------

let waiting = null;

line.addEventListener("inbox", (event) => {
  const now = event.detail.waiting;
  count.hidden = now === 0;
  count.textContent = String(now);
  count.setAttribute("aria-label", `${now} 人等待`);
  document.title = now ? `(${now}) ${title}` : title;
  if (waiting !== null && now > waiting) {
    ring();
    document.getElementById("live").textContent = `有新的人工请求，现在有 ${now} 人等待`;
  }
  waiting = now;
});

line.open();
