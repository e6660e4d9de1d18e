// Dates as people read them. Dates come as YYYY-MM-DD and carry no time of day.

export function spoken(iso) {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso || "");
  if (!match) return iso || "";
  return `${Number(match[1])}年${Number(match[2])}月${Number(match[3])}日`;
}

export function weekday(iso) {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso || "");
  if (!match) return "";
  const day = new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]))).getUTCDay();
  return `星期${"日一二三四五六"[day]}`;
}

/** How near a date is, in words and as a class for the colour that repeats them. */
export function nearness(days) {
  if (days === null || days === undefined) return null;
  if (days < 0) return { words: `已过期 ${-days} 天`, tone: "late" };
  if (days === 0) return { words: "今天到期", tone: "late" };
  if (days <= 7) return { words: `紧急：只剩 ${days} 天`, tone: "late" };
  if (days <= 30) return { words: `还剩 ${days} 天`, tone: "soon" };
  return { words: `还剩 ${days} 天`, tone: "" };
}
