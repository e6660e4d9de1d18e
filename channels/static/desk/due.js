// The button by which reminders are shown by this browser.

import { isOn, isPossible, switchTo } from "./notify.js";

const button = document.getElementById("notify");
const refused = document.getElementById("notify-refused");

function write() {
  button.hidden = !isPossible;
  button.classList.remove("unready");
  button.setAttribute("aria-pressed", String(isOn()));
  button.textContent = `在这台设备上弹出提醒：${isOn() ? "开" : "关"}`;
}

if (button) {
  button.addEventListener("click", async () => {
    const reason = await switchTo(!isOn());
    refused.hidden = !reason;
    refused.textContent = reason;
    write();
  });
  write();
}
