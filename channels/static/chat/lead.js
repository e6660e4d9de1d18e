// The registration as one page: filled from the matter, checked as it is typed, kept as a draft here.

import { el } from "./dom.js";
import { forgetTicks, leadMaterials } from "./lead-materials.js";
import { keptJson } from "./storage.js";

const DRAFT = "huhang-lead-draft";
const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const PHONE = /^(?:(?:\+?86|0086)?1[3-9]\d{9}|0\d{2,3}\d{7,8}(?:转\d{1,6})?|[48]00\d{7})$/u;

// name, label, fact of the matter that fills it, and what the box is
const FIELDS = [
  ["company", "企业全称", "company", { required: true, maxlength: 60, autocomplete: "organization" }],
  ["contact", "联系人", null, { required: true, maxlength: 30, autocomplete: "name" }],
  ["phone", "手机或座机", null, { required: true, maxlength: 30, type: "tel", autocomplete: "tel" }],
  ["credit_code", "统一社会信用代码", null, { maxlength: 24, autocapitalize: "characters" }],
  ["region", "所在区", "region", { maxlength: 40 }],
  ["country", "争议国家或地区", "country", { maxlength: 30 }],
  ["right", "涉及的权利", "right", { maxlength: 30, placeholder: "商标、专利、外观设计、版权" }],
  ["stage", "收到了什么、到哪一步", "procedure", { maxlength: 60 }],
  ["served_on", "文书收到日期", "received_on", { type: "date" }],
  ["cost", "已花费用", null, { maxlength: 40, placeholder: "例如 5万元" }],
];

/** What is wrong with a value, in words; empty when nothing is. */
export function problem(name, value) {
  const text = value.trim();
  if (name === "company" && text.length < 2) return "请写营业执照上的全称";
  if (name === "contact" && !text) return "请写怎么称呼您";
  if (name === "phone" && !PHONE.test(text.replace(/[\s()\-—.]/gu, ""))) return "手机是 11 位，座机请带区号";
  if (name === "credit_code" && text && !isCreditCode(text)) return "18 位，校验位对不上，请对照营业执照；没有可以不填";
  if (name === "served_on" && text > new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10)) return "这一天还没有到";
  return "";
}

// GB 32100: the last character follows from the others.
function isCreditCode(text) {
  const code = text.replace(/[\s-]/gu, "").toUpperCase();
  if (!/^[0-9A-HJ-NP-RTUW-Y]{18}$/u.test(code)) return false;
  const total = [...code.slice(0, 17)].reduce((sum, letter, n) => sum + ALPHABET.indexOf(letter) * (3 ** n % 31), 0);
  return ALPHABET[(31 - (total % 31)) % 31] === code[17];
}

/** The page under the question for consent: the form, and what to hand in beside it.
 *  @param page {{storage, matter(), say(text, metadata), leave(fields)}} with what leadMaterials needs */
export function leadForm(page) {
  const kept = keptJson(page.storage, DRAFT, {});
  const matter = page.matter();
  const facts = Object.fromEntries((matter ? matter.fields : []).map((field) => [field.name, field.day || field.value]));
  const known = { ...facts, ...(matter ? matter.lead : {}) };
  const boxes = {};
  const note = el("p.small.soft", { role: "status" }, "写了一半会存成草稿，只存在这台设备上，登记好或删除数据后清除。");
  const rows = FIELDS.map(([name, label, fact, properties]) => {
    const box = el("input", { id: `lead-${name}`, value: kept[name] ?? known[fact] ?? "", "aria-describedby": `lead-${name}-wrong`, ...properties });
    return row(name, label, box);
  });
  rows.push(row("brief", "情况和需要的帮助（请不要写商业秘密）", el("textarea", { id: "lead-brief", rows: 3, maxlength: 500, "aria-describedby": "lead-brief-wrong" }, kept.brief || (known.brief || "").slice(0, 500))));
  const consent = el("input", { type: "checkbox", required: true });

  function row(name, label, box) {
    const wrong = el("p.wrong", { id: `lead-${name}-wrong`, role: "alert" });
    boxes[name] = { box, wrong };
    box.addEventListener("input", () => {
      page.storage.setItem(DRAFT, JSON.stringify(values()));
      if (wrong.textContent) check(name);
    });
    box.addEventListener("change", () => check(name));
    return el("div.field", {}, el("label", { for: box.id }, label), box, wrong);
  }

  function check(name) {
    const { box, wrong } = boxes[name];
    const words = problem(name, box.value);
    wrong.textContent = words;
    box.toggleAttribute("aria-invalid", Boolean(words));
    return !words;
  }

  function values() {
    return Object.fromEntries(Object.entries(boxes).map(([name, { box }]) => [name, box.value.trim()]));
  }

  // Half of it is enough to be called back: with a number, and only with consent.
  const leave = async () => {
    if (!check("phone")) {
      boxes.phone.box.focus();
      return;
    }
    if (!consent.checked) {
      note.textContent = "请先勾选同意；不同意也可以继续提问。";
      consent.focus();
      return;
    }
    note.textContent = "正在交给工作人员…";
    const ticket = await page.leave(values());
    note.textContent = ticket
      ? `已留给工作人员（编号 ${ticket}），会用您留的电话联系您。也可以接着填完再提交。`
      : "没有交出去，请检查网络后再试；草稿还在这台设备上。";
  };

  const submit = (event) => {
    event.preventDefault();
    const wrong = Object.keys(boxes).filter((name) => !check(name));
    if (wrong.length) {
      boxes[wrong[0]].box.focus();
      return;
    }
    note.textContent = materials.left();
    if (note.textContent) materials.show();
    else page.say("同意", { lead: values() });
  };
  const materials = leadMaterials(page);
  const form = el("form.lead-form", { novalidate: true, "aria-label": "援助登记表", on: { submit } },
    el("p.small", {}, "前三项必填，其余知道多少写多少。"),
    rows, el("label.check", {}, consent, el("span", {}, "我同意按上面的说明登记")), note,
    el("button.action", { on: { click: (event) => {
      if (consent.checked) return;
      event.preventDefault();
      note.textContent = "请先勾选同意；不同意也可以继续提问。";
      consent.focus();
    } } }, "核对并提交"),
    el("button.leave", { type: "button", on: { click: leave } }, "先留电话，请工作人员联系我"));
  return el("div.lead-page", {}, form, materials.node);
}

export function forgetDraft(storage) {
  storage.setItem(DRAFT, "{}");
  forgetTicks(storage);
}
