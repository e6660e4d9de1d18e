// Files are dropped or chosen, and a batch under way is watched until it is done.
import { el } from "../chat/dom.js";
import { loginAgain, watch } from "./watching.js";

const form = document.getElementById("drop");
const size = (bytes) =>
  bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;

if (form) {
  const input = form.querySelector("input[type=file]");
  const list = document.getElementById("chosen");
  const show = () => {
    const files = [...input.files];
    list.replaceChildren(...files.slice(0, 20).map((file) =>
      el("li", {}, `${file.name}（${size(file.size)}）`)));
    if (files.length > 20) list.append(el("li", {}, `……共 ${files.length} 个文件`));
  };
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    input.files = event.dataTransfer.files;
    show();
  });
}

const watched = document.querySelector("[data-watch]");
if (watched) {
  const step = watched.querySelector("[data-step]");
  const bar = watched.querySelector("progress");
  const read = watched.querySelector("[data-read]");
  watch(watched, watched.dataset.watch, (state) => {
    step.textContent = state.step;
    read.textContent = state.read;
    if (state.share !== null) bar.value = state.share;
    for (const [number, word] of Object.entries(state.files)) {
      const cell = document.querySelector(`[data-file="${number}"] .badge`);
      if (cell && cell.textContent !== word) cell.textContent = word;
    }
  });
}

// What is typed or chosen is kept at once, so that leaving the page loses nothing.
for (const answers of document.querySelectorAll("form[data-autosave]")) {
  const told = answers.querySelector("[data-kept]") || answers.appendChild(el("p.soft.small", { role: "status" }));
  let isLoggedOut = false;
  const keep = async () => {
    const body = new URLSearchParams(new FormData(answers));
    body.set("go", "stay");
    try {
      const answer = await fetch(answers.action, { method: "POST", body, headers: { Accept: "application/json" } });
      isLoggedOut = answer.status === 401;
      if (isLoggedOut) {
        told.replaceChildren(...loginAgain("后再点“下一步”；填的都还在这一页，没有存上。"));
        return;
      }
      const state = answer.ok ? await answer.json() : { kept: false, message: "没有存上，请点“下一步”保存" };
      told.textContent = state.kept ? "已保存" : state.message;
      const open = answers.querySelector("[data-open]");
      if (open && state.open !== undefined) open.textContent = state.open;
    } catch {
      told.textContent = "网络断了，还没有存上";
    }
  };
  answers.addEventListener("change", keep);
  // Sent without a login the page would be gone, and what was filled in with it.
  answers.addEventListener("submit", async (event) => {
    if (!isLoggedOut) return;
    event.preventDefault();
    await keep();
    if (!isLoggedOut) answers.requestSubmit(event.submitter);
  });
  for (const button of answers.querySelectorAll("[data-page]")) {
    button.addEventListener("click", () => {
      answers.append(el("input", { type: "hidden", name: "go", value: "page" }));
    });
  }
}

// The arrow keys move along the step bar, Enter opens the step.
const bar = [...document.querySelectorAll(".wizard a")];
document.addEventListener("keydown", (event) => {
  const moved = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!moved || !bar.length || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const focused = bar.indexOf(document.activeElement);
  if (focused >= 0 && !event.altKey) {
    event.preventDefault();
    bar[Math.min(Math.max(focused + moved, 0), bar.length - 1)].focus();
  }
});
