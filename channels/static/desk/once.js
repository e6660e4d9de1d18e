// Forms of the staff ask before they act, and what is pressed twice on a slow line is sent once.

// After so long whoever stopped the page from loading may send again, knowing that it may have arrived.
const STOPPED_MS = 20000;
// A file that is asked for leaves its page where it is; it may be asked for once more soon.
const AGAIN_MS = 3000;
const UNANSWERED = "上一次提交还没有回音，可能已经收到了。还要再提交一次吗？";
const BUSY = "正在提交……";
// What the buttons under way said before.
const under = new Map();

function begin(form, button) {
  form.dataset.sent = String(Date.now());
  if ("again" in form.dataset) {
    setTimeout(() => delete form.dataset.sent, AGAIN_MS);
    return;
  }
  if (!button || under.has(button)) return;
  under.set(button, [...button.childNodes]);
  button.setAttribute("aria-busy", "true");
  button.replaceChildren(button.dataset.busy || BUSY);
}

// The browser shows the page again as it was left.
function back() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const [button, parts] of under) {
    button.removeAttribute("aria-busy");
    button.replaceChildren(...parts);
  }
  under.clear();
}

function mayGo(form, button) {
  const { sent } = form.dataset;
  if (form.method === "post" && sent) {
    return !("again" in form.dataset) && Date.now() - Number(sent) > STOPPED_MS && confirm(UNANSWERED);
  }
  const question = (button && button.dataset.confirm) || form.dataset.confirm;
  return !question || confirm(question);
}

export function sendOnce() {
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const { target: form, submitter } = event;
    if (!mayGo(form, submitter)) event.preventDefault();
    else if (form.method === "post") begin(form, submitter);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) back(); });
}
