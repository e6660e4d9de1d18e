// Files are dropped or chosen, and a batch under way is watched until it is done.
import { el } from "../chat/dom.js";

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
  form.addEventListener("submit", () => {
    const button = document.getElementById("send");
    button.textContent = "正在上传……";
    setTimeout(() => { button.disabled = true; });
  });
}

const watched = document.querySelector("[data-watch]");
if (watched) {
  const step = watched.querySelector("[data-step]");
  const look = async () => {
    const answer = await fetch(watched.dataset.watch, { headers: { Accept: "application/json" } });
    if (!answer.ok) return setTimeout(look, 5000);
    const state = await answer.json();
    if (!state.running) return location.reload();
    step.textContent = state.step;
    for (const [number, word] of Object.entries(state.files)) {
      const cell = document.querySelector(`[data-file="${number}"] .badge`);
      if (cell && cell.textContent !== word) cell.textContent = word;
    }
    return setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}
