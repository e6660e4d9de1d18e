// Reminders shown by the browser: only where somebody has asked for them by the button, each once.
//
// The server hands a reminder out once, to the first page that may show it.

import { line } from "./shell.js";

const CHOICE = "huhang-desk-notify";
const EVERY_MS = 60000;
const count = document.getElementById("due-count");

export const isPossible = "Notification" in window && isSecureContext;

export function isOn() {
  try {
    return isPossible && Notification.permission === "granted" && localStorage.getItem(CHOICE) === "on";
  } catch {
    return false;
  }
}

/** Switch it; asks the browser when it has not been asked. The reason comes back when it cannot be. */
export async function switchTo(wanted) {
  try {
    if (wanted && (await Notification.requestPermission()) !== "granted") {
      return "浏览器没有允许弹出提醒。要打开，请点地址栏左边的图标，把「通知」改成允许。";
    }
    localStorage.setItem(CHOICE, wanted ? "on" : "off");
  } catch {
    return "这个浏览器不能保存这个选择。";
  }
  if (wanted && !show({ key: "first", title: "提醒已打开", text: "有事快到期、有发布等您批准时会这样告诉您。", path: location.pathname })) {
    localStorage.setItem(CHOICE, "off");
    return "这个浏览器不能弹出提醒，请看这一页，或在「提醒方式」里填邮箱。";
  }
  ask();
  return "";
}

function show({ key, title, text, path }) {
  try {
    const shown = new Notification(title, { body: text, tag: key, icon: "/static/touch-icon.png", lang: "zh-CN" });
    shown.addEventListener("click", () => {
      window.focus();
      location.assign(path);
    });
    return true;
  } catch {
    return false; // browsers of phones
  }
}

function ask() {
  line.remind(isOn());
}

line.addEventListener("reminders", (event) => {
  const unseen = event.detail.unseen;
  if (count) {
    count.hidden = unseen === 0;
    count.textContent = String(unseen);
    count.setAttribute("aria-label", `${unseen} 件新的提醒`);
  }
  for (const item of event.detail.show) show(item);
});
line.addEventListener("open", ask);
setInterval(ask, EVERY_MS);
