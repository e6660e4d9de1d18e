// How to reach a center: its numbers, where it is, else how to find it and which hotlines help meanwhile.

import { el, link, terms } from "./dom.js";

/** @param data the center's card. @param button the class of what is pressed */
export function reach(data, button = "action") {
  const phones = (data.phone || "").split(/[、,，]/u).map((item) => item.trim()).filter(Boolean);
  const hotlines = data.hotlines || [];
  return [
    phones.length
      ? el("div.row", {}, phones.map((phone) => el(`a.${button}`, { href: `tel:${phone.replace(/[^0-9+]/g, "")}` }, `拨打 ${phone}`)))
      : null,
    terms([
      ["地址", data.address],
      ["服务时间", data.hours],
      ["办理", Array.isArray(data.does) ? data.does.join("、") : data.does],
      ["联系方式", data.find ? null : data.contact_note],
      ["怎么找到", data.find],
      ["联系方式来源", data.entered_on ? `中心自己填写，${data.entered_on}` : null],
      ["资料来源", typeof data.source === "string" ? data.source : null],
      ["资料截至", data.as_of],
    ]),
    link(data.url, "打开官方网站"),
    hotlines.length
      ? el("div.hotlines", {}, el("p", {}, "没有查到它可引用的电话，可以先打："),
        hotlines.map((line) => el("p", {}, el(`a.${button}`, { href: `tel:${line.number}` }, `拨打 ${line.number}`), el("span", {}, line.does))))
      : null,
  ];
}
