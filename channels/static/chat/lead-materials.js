// What to hand in with a registration: the list of the matter to tick off, and the files that go with it.

import { el } from "./dom.js";
import { post, refusal, refused, size, URL_PAPERS } from "./sending.js";
import { send } from "./session.js";
import { keptJson } from "./storage.js";

const TICKED = "huhang-lead-materials";

/** @param page {{sender, terms, hasAgreed, storage, wide: MediaQueryList}}
 *  @returns {{node, left(), show()}} "left" says which chosen files are not there yet, "show" leads to them */
export function leadMaterials(page) {
  const url = `/api/v1/lead-drafts/${encodeURIComponent(page.sender)}`;
  let agreed = page.hasAgreed;
  let sent = [];
  // Chosen and not there yet: {file, wrong}; "wrong" says why it was not taken.
  let waiting = [];
  let isSending = false;
  let hasKeyboard = false;
  const leaving = new Set();

  const title = el("strong", {}, "要准备的材料");
  const list = el("div.ticks");
  const files = el("ul.sent", { "aria-label": "附上的材料" });
  const status = el("p.progress", { role: "status" });
  const terms = el("p.terms", {}, page.terms.text);
  const pick = el("input", { type: "file", multiple: true, hidden: true, accept: page.terms.suffixes.map((one) => `.${one}`).join(","), "aria-label": "选择材料文件" });
  const attach = el("button.attach-material", { type: "button", on: { click: () => pick.click() } }, "把材料附上");
  const agree = el("button.attach-material", { type: "button", on: { click: () => { agreed = true; sendAll(); } } }, "同意并附上");
  const node = el("details.materials", { open: page.wide.matches },
    el("summary", {}, title),
    el("div", {},
      el("p.small.soft", {}, "附上的文件随登记交给工作人员；没有的以后补也行。"),
      files, terms, status, el("div.row", {}, agree, attach), pick, list));
  page.wide.addEventListener("change", () => { node.open = page.wide.matches; });
  pick.addEventListener("change", () => {
    add([...pick.files]);
    pick.value = "";
  });

  async function read() {
    const found = await send(url).then((response) => (response.ok ? response.json() : null), () => null);
    if (!found) return;
    sent = found.files;
    if (found.materials) tickList(found.materials);
    render();
  }

  function tickList({ id, title: name, items }) {
    const done = new Set(keptJson(page.storage, TICKED, {})[id] || []);
    const count = () => { title.textContent = `${name}（已备 ${done.size}/${items.length} 项）`; };
    count();
    list.replaceChildren(...items.map((item, index) => el("label.check", {},
      el("input", { type: "checkbox", checked: done.has(index), on: { change: (event) => {
        if (event.target.checked) done.add(index);
        else done.delete(index);
        page.storage.setItem(TICKED, JSON.stringify({ ...keptJson(page.storage, TICKED, {}), [id]: [...done] }));
        count();
      } } }),
      el("span", {}, item.text, el("small", {}, [item.optional ? "如有" : "", item.issuer, item.form, item.translation].filter(Boolean).join("；"))))));
  }

  function add(chosen) {
    const isThere = (file) => waiting.some((one) => one.file.name === file.name && one.file.size === file.size);
    waiting.push(...chosen.filter((file) => !isThere(file)).map((file) => ({ file, wrong: unfit(file) })));
    if (agreed) sendAll();
    else render();
  }

  // One after the other; what is refused stays with its reason, what comes after it is sent.
  async function sendAll() {
    if (isSending) return;
    isSending = true;
    for (let next = unsent()[0]; next; next = unsent()[0]) {
      render();
      status.textContent = `正在附上「${next.file.name}」`;
      next.wrong = await sendOne(next.file);
      if (!next.wrong) waiting = waiting.filter((one) => one !== next);
    }
    isSending = false;
    await read();
    status.textContent = waiting.length ? "" : "已附上，会随登记交给工作人员。";
    render();
  }

  const unfit = (file) => refused([file], page.terms, "不能附上");
  const unsent = () => waiting.filter((one) => !one.wrong);

  async function sendOne(file) {
    const data = new FormData();
    for (const [name, value] of [["sender", page.sender], ["channel", "web"], ["consent", page.terms.version], ["purpose", "material"]]) data.append(name, value);
    data.append("file", file, file.name);
    try {
      await post(data, (share) => { status.textContent = `正在附上「${file.name}」 ${Math.round(share * 100)}%`; }, new AbortController().signal);
      return "";
    } catch (error) {
      return error.message;
    }
  }

  async function takeBack(file) {
    if (leaving.has(file.id)) return;
    leaving.add(file.id);
    const response = await send(`${URL_PAPERS}/${encodeURIComponent(file.id)}`, { method: "DELETE" }).catch(() => null);
    const body = response && await response.json().catch(() => null);
    status.textContent = response?.ok ? `已撤回「${file.name}」。` : refusal(response?.status, body, "没有撤回，请稍后再试。");
    await read();
    leaving.delete(file.id);
  }

  function render() {
    const again = (one) => {
      one.wrong = "";
      sendAll();
    };
    const drop = (one) => {
      waiting = waiting.filter((other) => other !== one);
      render();
    };
    const button = (words, name, act) => el("button", { type: "button", "aria-label": `${words}：${name}`, on: { click: act } }, words);
    hasKeyboard ||= node.contains(document.activeElement);
    files.replaceChildren(
      ...sent.map((file) => el("li", {}, el("span", {}, file.name, el("small", {}, size(file.size))), file.is_removable ? button("撤回", file.name, () => takeBack(file)) : null)),
      ...waiting.map((one) => el("li", {}, el("span", {}, one.file.name, el("small", {}, one.wrong ? "没有附上" : "等着附上")),
        isSending ? null : [one.wrong && !unfit(one.file) ? button("再试", one.file.name, () => again(one)) : null, button("去掉", one.file.name, () => drop(one))],
        one.wrong ? el("em.wrong", { role: "alert" }, one.wrong) : null)));
    agree.hidden = terms.hidden = agreed || !unsent().length;
    attach.disabled = isSending;
    if (isSending) return;
    // What was pressed may be gone.
    if (hasKeyboard && isNowhere()) attach.focus({ preventScroll: true });
    hasKeyboard = false;
  }

  function left() {
    const count = unsent().length;
    if (!count) return "";
    return isSending ? "文件还在附上，传完再提交。" : `还有 ${count} 个文件没有附上：先点“同意并附上”，或者去掉。`;
  }

  function show() {
    node.open = true;
    (agree.hidden ? node : agree).scrollIntoView({ block: "nearest" });
    agree.focus();
  }

  const isNowhere = () => document.activeElement === null || document.activeElement === document.body;

  render();
  read();
  return { node, left, show };
}

export function forgetTicks(storage) {
  storage.setItem(TICKED, "{}");
}
