// Papers: chosen, dropped, pasted or photographed; sent in their order; read page by page.

import { send as ask } from "./session.js";
import { el } from "./dom.js";
import { post, refusal, refused, size, URL_PAPERS } from "./sending.js";

const PENDING = "huhang-paper";
const POLL_MS = 1000;
// Without an answer it is asked ever less often, and said after so many tries.
const LONGEST_POLL_MS = 15000;
const TRIES_BEFORE_WORDS = 3;
const LATER = "正在读上一份；读完以后请再选一次新的文件。";

/**
 * @param {{sender: string, terms: object, hasAgreed: boolean, storage: Storage, find(id: string): HTMLElement,
 *   ready(): void}} options "ready" is called once the conversation has the reading
 */
export function papers({ sender, terms, hasAgreed, storage, find, ready }) {
  const tray = find("tray");
  const pick = find("paper-files");
  const camera = find("paper-camera");
  let chosen = [];
  let isBusy = false;
  let uploading = null;
  let agreed = hasAgreed;

  const list = el("ol.pages");
  const status = el("p.progress", { role: "status" });
  const said = el("p.terms", {}, terms.text);
  const send = el("button.primary", { type: "button", on: { click: () => upload([chosen]) } });
  const apart = el("button.primary", { type: "button", on: { click: () => upload(letters(chosen)) } });
  const more = el("button", { type: "button", on: { click: () => pick.click() } }, "再加一页");
  const cancel = el("button", { type: "button", on: { click: () => stop() } }, "不传了");
  const later = el("p.later", { role: "status" });
  const question = el("p", {}, "这些文件是一份文书的几页，还是几份文书？几份的分开读，各有各的案号和日子。");
  const actions = el("div.row", {}, send, apart, more, cancel);
  tray.append(el("p.title", {}, "要读的文书"), list, said, status, later, question, actions);

  function add(files) {
    if (!files.length) return;
    if (isBusy) {
      later.textContent = LATER;
      return;
    }
    const wrong = refused([...chosen, ...files], terms);
    if (wrong) {
      show(wrong, "error");
      return;
    }
    chosen = [...chosen, ...files];
    show("");
    render();
    send.focus();
  }

  function render() {
    list.replaceChildren(...chosen.map((file, index) => el("li", {},
      el("span", {}, file.name || `照片${index + 1}`, el("small", {}, size(file.size))),
      el("button", { type: "button", "aria-label": `去掉第${index + 1}个：${file.name}`, on: { click: () => remove(index) } }, "去掉"))));
    said.hidden = agreed;
    const several = letters(chosen).length;
    const one = several > 1 ? "当作一份读" : "开始读";
    send.textContent = agreed ? one : `同意并${one}`;
    apart.textContent = agreed ? `当作${several}份分开读` : `同意并当作${several}份分开读`;
    question.hidden = isBusy || several < 2;
    actions.hidden = isBusy ? !uploading : !chosen.length;
    send.hidden = more.hidden = isBusy;
    apart.hidden = isBusy || several < 2;
    if (!chosen.length && !isBusy && !status.textContent) tray.hidden = true;
    else tray.hidden = false;
  }

  function remove(index) {
    chosen = chosen.filter((_, place) => place !== index);
    if (!chosen.length) close();
    else render();
  }

  function close() {
    chosen = [];
    show("");
    render();
    find("attach").focus();
  }

  function stop() {
    if (uploading) uploading.abort();
    else close();
  }

  function show(words, tone = "") {
    if (!isBusy) {
      tray.style.minHeight = "";
      later.textContent = "";
    }
    status.textContent = words;
    status.dataset.tone = tone;
    if (words) tray.hidden = false;
  }

  /** @param groups the files of each paper, in their order */
  async function upload(groups) {
    isBusy = true;
    tray.style.minHeight = `${tray.offsetHeight}px`; // nothing moves while it is read
    const failed = [];
    for (const [index, files] of groups.entries()) {
      const which = groups.length > 1 ? `第 ${index + 1} 份，共 ${groups.length} 份：` : "";
      const poll = await sent(files, which, failed);
      if (!poll) return;
      chosen = groups.slice(index + 1).flat();
      list.replaceChildren();
      const wrong = await read(poll, which);
      if (wrong) failed.push(`${which}${wrong}`);
    }
    settle(failed.join(" "));
  }

  /** @returns where to ask for the paper; null when it was not sent, which has been said */
  async function sent(files, which, failed) {
    uploading = new AbortController();
    const { signal } = uploading;
    render();
    show(`${which}正在上传`);
    try {
      const body = await post(formOf(files), (share) => show(`${which}正在上传 ${Math.round(share * 100)}%`), signal);
      uploading = null;
      agreed = true;
      storage.setItem(PENDING, JSON.stringify({ sender, poll: body.poll }));
      return body.poll;
    } catch (error) {
      isBusy = false;
      uploading = null;
      if (signal.aborted) close();
      else {
        show([...failed, error.message].join(" "), "error");
        render();
      }
      return null;
    }
  }

  function formOf(files) {
    const data = new FormData();
    data.append("sender", sender);
    data.append("channel", "web");
    data.append("consent", terms.version);
    files.forEach((file, index) => data.append("file", file, file.name || `照片${index + 1}.png`));
    return data;
  }

  async function follow(poll) {
    isBusy = true;
    settle(await read(poll, ""));
  }

  function settle(wrong) {
    isBusy = false;
    show(wrong, wrong ? "error" : "");
    render();
  }

  /** @returns why the paper could not be read, "" once the conversation has its reading */
  async function read(poll, which) {
    render();
    for (let unanswered = 0; ; unanswered += 1) {
      const found = await state(poll);
      if (found && found.status === "pending") {
        unanswered = 0;
        const page = Math.min(found.pages_done + 1, found.pages);
        show(which + (found.pages > 1 || found.pages_done ? `正在读第 ${page} 页，共 ${found.pages} 页` : "正在读这份文书"));
      } else if (found) {
        storage.removeItem(PENDING);
        if (found.status === "failed") return found.error.message;
        ready();
        return "";
      } else if (unanswered + 1 >= TRIES_BEFORE_WORDS) {
        show(`${which}暂时连不上，正在再试；文书已经传到，不用再传。`);
      }
      await new Promise((resolve) => { setTimeout(resolve, Math.min(POLL_MS * 2 ** unanswered, LONGEST_POLL_MS)); });
    }
  }

  // -- where files come from ------------------------------------------------------------------------

  for (const input of [pick, camera]) {
    input.addEventListener("change", () => {
      add([...input.files]);
      input.value = "";
    });
  }
  find("attach").hidden = false;
  find("attach").addEventListener("click", () => pick.click());
  const give = find("give-paper");
  give?.classList.remove("needs-script");
  give?.addEventListener("click", () => pick.click());
  find("photo").hidden = !matchMedia("(pointer: coarse)").matches;
  find("photo").addEventListener("click", () => camera.click());
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (!files.length) return;
    event.preventDefault();
    add(files);
  });
  let depth = 0;
  const hasFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  document.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    if (!depth) document.body.classList.remove("dropping");
  });
  document.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    depth = 0;
    document.body.classList.remove("dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });

  const left = pending(storage, sender);
  if (left) follow(left);
  return { add };
}

/** The files by paper, as they are if they are several: pictures that follow one another are pages, any other
 *  file is a paper of its own. */
function letters(files) {
  const groups = [];
  let before = false;
  for (const file of files) {
    const isPage = isPicture(file);
    if (isPage && before) groups.at(-1).push(file);
    else groups.push([file]);
    before = isPage;
  }
  return groups;
}

function isPicture(file) {
  return file.type.startsWith("image/") || /\.(?:png|jpe?g|webp|hei[cf]|tiff?|bmp)$/iu.test(file.name || "");
}

function pending(storage, sender) {
  try {
    const kept = JSON.parse(storage.getItem(PENDING) || "{}");
    return kept.sender === sender && typeof kept.poll === "string" && kept.poll.startsWith(`${URL_PAPERS}/`) ? kept.poll : null;
  } catch {
    return null;
  }
}

/** @returns what is said of the paper; null when the line is broken and it has to be asked again */
async function state(poll) {
  let response;
  try {
    response = await ask(poll);
  } catch {
    return null;
  }
  const body = await response.json().catch(() => null);
  if (response.ok) return body && typeof body.status === "string" ? body : null;
  if (response.status >= 500 || response.status === 429) return null;
  return { status: "failed", error: { message: refusal(response.status, body, "这份文书已经不在了。") } };
}
