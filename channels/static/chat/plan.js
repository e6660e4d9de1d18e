// The action plan: steps are ticked off here too, and a matter is gone on with in this browser's conversation.

import { inTurn } from "./dom.js";

const said = document.getElementById("said");

// The page keeps its address to itself; to its own server it says where it comes from.
const post = inTurn(async (path, data) => {
  try {
    const response = await fetch(`${location.pathname}${path}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(data), referrerPolicy: "same-origin",
    });
    const body = await response.json();
    return response.ok ? body : { wrong: body.error.message };
  } catch {
    return { wrong: "没有连上，请检查网络后再试一次。" };
  }
});

for (const node of document.querySelectorAll(".needs-script")) node.classList.remove("needs-script");

for (const box of document.querySelectorAll(".plan-steps input")) {
  box.disabled = false;
  box.addEventListener("change", async () => {
    const found = await post("/steps", { matter: Number(box.dataset.matter), step: box.value, done: box.checked });
    if (found.wrong) box.checked = !box.checked;
    box.closest("li").querySelector(".done").hidden = !box.checked;
    said.textContent = found.wrong || (box.checked ? `已记下：做完了“${box.value}”。` : `已记下：还没做“${box.value}”。`);
  });
}

for (const button of document.querySelectorAll("[data-continue]")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "正在打开对话…";
    const found = await post("/continue", { matter: Number(button.dataset.continue) });
    button.disabled = false;
    said.textContent = found.wrong || "";
    if (!found.wrong) location.assign(found.path);
  });
}
