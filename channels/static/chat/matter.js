// 我的事项: what the person told, each value correctable by a tap, steps to tick off, a plan to take along.

import { send } from "./session.js";
import { append, el, inTurn } from "./dom.js";
import { nearness } from "./dates.js";
import { centerOf, changeable, dueOf, edit, redraw } from "./matter-own.js";

/** @param page {{node, brief, body, matters, choices, say(text), began(), isBot(), wide: MediaQueryList}} */
export function matterPanel(page) {
  const { node, brief, body } = page;
  const url = node.dataset.url;
  let matters = page.matters;
  let drawn = "";
  const failed = el("p.wrong", { role: "alert" });

  const show = (found) => {
    if (found.length && !matters.length) page.began();
    matters = found;
    const current = matters.find((one) => one.is_current);
    const words = JSON.stringify([matters, page.isBot()]);
    if (words === drawn || body.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox]), select")) return;
    drawn = words;
    node.classList.toggle("empty", !matters.length);
    brief.replaceChildren(...briefOf(current || matters[0]));
    redraw(body, matters.length ? drawing(current) : [el("p.soft", {}, "还没有记录。写下遇到的事，国家、文书、收到日期、期限和下一步会记在这里，随时可以改、可以下载。")]);
  };

  async function refresh() {
    try {
      const response = await send(url);
      if (response.ok) show((await response.json()).matters);
    } catch {
      // Offline: what was known stays shown.
    }
  }

  const post = inTurn(async (path, data) => {
    try {
      const response = await send(`${url}${path}`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(data),
      });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  });

  function drawing(current) {
    const others = matters.filter((one) => !one.is_current);
    return [
      current ? details(current) : null,
      others.length
        ? el("section.others", { "aria-label": "其他事项" }, el("h3", {}, current ? "其他事项" : "以前的事项"),
          others.map((one) => el("p", {}, el("span", {}, one.title, one.deadline ? el("small", {}, `，截止 ${one.deadline.words}`) : null),
            el("button.small", { type: "button", on: { click: () => tell(one.returns) } }, "回到这件事"))))
        : null,
    ].filter(Boolean);
  }

  function details(matter) {
    return el("div", {},
      dueOf(matter, (on) => give(matter, "/due", { on })),
      el("ul.fields", {}, matter.fields.filter((field) => field.value || field.says).map((field) => row(field, matter))),
      steps(matter),
      centerOf(matter, page.choices.center, (center) => give(matter, "/center", { center })),
      matter.leads.map((lead) => el("p.kept", {}, el("span", {}, "援助登记"), el("b", {}, `${lead.reference}（${lead.stage}）`))),
      takeaway(matter));
  }

  // Noted without a word in the conversation; what cannot be noted is said, and nothing changes.
  async function give(matter, path, data) {
    const found = await post(path, { matter: matter.number, ...data });
    failed.remove();
    if (found) {
      show(found.matters);
      return;
    }
    body.prepend(failed);
    failed.textContent = "没有记下，请检查网络后再试一次。";
    failed.scrollIntoView({ block: "nearest" });
  }

  function row(field, matter) {
    const item = el("li", {});
    const read = () => item.replaceChildren(
      el("span.named", {}, field.label),
      field.says && page.isBot() ? changeable(field.label, field.value, open) : el("span.value", {}, field.value || "未说明"));
    const open = () => {
      const input = inputFor(field);
      edit(item, { label: field.label, input, back: read, save: () => {
        const value = wordsOf(input, field);
        if (value && value !== field.value) tell(corrected(matter, field, value));
      } });
    };
    read();
    return item;
  }

  function inputFor(field) {
    const options = page.choices[field.name];
    if (field.name === "received_on") return el("input", { type: "date", max: today(), value: field.day || "", required: true });
    if (field.name === "country") {
      return el("input", { list: "matter-countries", value: field.value, required: true, maxlength: 20, autocomplete: "off" });
    }
    if (!options) return el("input", { value: field.value, required: true, maxlength: 40, autocomplete: "off" });
    const shown = options.includes(field.value) || !field.value ? options : [field.value, ...options];
    return el("select", {}, shown.map((one) => el("option", { selected: one === field.value }, one)));
  }

  function corrected(matter, changed, value) {
    const told = matter.fields.map((field) => {
      const words = field.name === changed.name ? value : field.value;
      return field.says && words ? field.says.replace("{}", words) : "";
    });
    return `${page.choices.corrects}：${told.filter(Boolean).join("，")}`;
  }

  function steps(matter) {
    if (!matter.steps.length) return null;
    const left = matter.steps.filter((step) => !step.done).length;
    const failed = el("p", { role: "alert" });
    return el("section", { "aria-label": "接下来要做" }, el("h3", {}, "接下来要做", el("small", {}, left ? `还有 ${left} 步` : "都做完了")),
      matter.steps.map((step) => el("label.check", {},
        el("input", { type: "checkbox", checked: step.done, on: { change: async (event) => {
          const box = event.target;
          const found = await post("/steps", { matter: matter.number, step: step.text, done: box.checked });
          failed.textContent = found ? "" : "没有记下，请检查网络后再点一次。";
          if (found) show(found.matters);
          else box.checked = !box.checked;
        } } }),
        el("span", {}, step.text))),
      failed);
  }

  function takeaway(matter) {
    const kept = el("p.keep", { role: "status" });
    const keep = async () => {
      const made = await post("/link", {});
      if (!made) {
        kept.textContent = "没有做成，请稍后再试。";
        return;
      }
      const address = new URL(made.path, location.href).href;
      const input = el("input", { readonly: true, value: address, "aria-label": "事项链接", on: { focus: (event) => event.target.select() } });
      kept.replaceChildren(input);
      append(kept, [`有效到 ${made.expires_on}，不用登录。拿到链接的人都能看到、勾下一步，请自己留好。`]);
      if (navigator.clipboard) await navigator.clipboard.writeText(address).then(() => append(kept, ["已复制。"]), () => input.select());
    };
    return el("div.takeaway", {},
      matter.deadline ? el("a.small", { href: `/plan/mine/days.ics?n=${matter.number}` }, "存入日历") : null,
      el("a.small", { href: `/plan/mine/plan.pdf?n=${matter.number}` }, "行动计划 PDF"),
      el("button.small", { type: "button", on: { click: keep } }, "留个链接"),
      kept);
  }

  function tell(text) {
    if (!page.wide.matches) node.open = false;
    page.say(text);
  }

  const fitWidth = () => { node.open = page.wide.matches; };
  page.wide.addEventListener("change", fitWidth);
  fitWidth();
  body.after(el("datalist", { id: "matter-countries" }, page.choices.country.map((name) => el("option", { value: name }))));
  show(matters);
  return { refresh, redraw: () => show(matters), current: () => matters.find((one) => one.is_current) || null };
}

function briefOf(matter) {
  if (!matter) return [el("span.name", {}, "说说遇到的事，这里会记下国家、日期和下一步")];
  const { deadline } = matter;
  const near = deadline && deadline.doubt ? { words: "请选用哪一天", tone: "soon" } : deadline ? nearness(deadline.days_left) : null;
  return [el("span.name", {}, matter.title), near ? el(near.tone ? `span.status.${near.tone}` : "span.status", {}, near.words) : ""];
}

function wordsOf(input, field) {
  if (field.name !== "received_on") return input.value.trim();
  const [year, month, day] = input.value.split("-").map(Number);
  return day ? `${year}年${month}月${day}日` : "";
}

function today() {
  const now = new Date(Date.now() + 8 * 3600 * 1000);
  return now.toISOString().slice(0, 10);
}
