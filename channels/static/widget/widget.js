// 护航 in a corner of another page:
//   <script src="https://…/widget.js" data-site="KEY" async></script>
// Nothing is fetched before somebody presses the button.  Styles are set on the elements, so that a page
// whose policy allows no inline styles shows them; that policy needs our address in script-src and frame-src.
(() => {
  const script = document.currentScript;
  if (!script || window.huhangWidget) return;
  const base = new URL(script.src).origin;
  const { site = "", title = "海外知识产权援助", colour = "#12365e", side = "right" } = script.dataset;
  const small = matchMedia("(max-width: 480px), (max-height: 480px)");
  let frame = null;

  function put(node, styles) {
    for (const [name, value] of Object.entries(styles)) node.style.setProperty(name, value);
    return node;
  }

  function make(name, attributes, styles) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return put(node, { all: "initial", "box-sizing": "border-box", ...styles });
  }

  const button = make("button", { type: "button", "aria-expanded": "false", "aria-haspopup": "dialog" }, {
    position: "fixed", bottom: "16px", [side === "left" ? "left" : "right"]: "16px", "z-index": "2147483000",
    padding: "12px 18px", "max-width": "calc(100vw - 32px)", border: "0", "border-radius": "24px",
    background: /^#[0-9a-f]{6}$/i.test(colour) ? colour : "#12365e", color: "#fff", cursor: "pointer",
    font: "600 16px/1.4 system-ui, sans-serif", "box-shadow": "0 2px 12px rgba(0,0,0,.25)",
  });
  button.textContent = title;
  button.addEventListener("focus", () => put(button, { outline: "3px solid #f5b301", "outline-offset": "2px" }));
  button.addEventListener("blur", () => put(button, { outline: "none" }));

  function fit() {
    if (!frame) return;
    const wide = { width: "min(400px, calc(100vw - 32px))", height: "min(640px, calc(100vh - 96px))", bottom: "80px" };
    const full = { width: "100vw", height: "calc(100% - 64px)", bottom: "64px", left: "0", right: "0" };
    put(frame, { left: "auto", right: "auto", [side === "left" ? "left" : "right"]: "16px", ...(small.matches ? full : wide) });
    put(frame, { "border-radius": small.matches ? "0" : "12px" });
    put(button, { bottom: small.matches ? "8px" : "16px" });
  }

  function open() {
    if (!frame) {
      const query = new URLSearchParams({ site, origin: location.origin });
      frame = make("iframe", { title, src: `${base}/widget/frame?${query}`, allow: "clipboard-write" }, {
        position: "fixed", "z-index": "2147483000", border: "0", background: "#fff", "color-scheme": "normal",
        "box-shadow": "0 4px 24px rgba(0,0,0,.3)",
      });
      document.body.append(frame);
    }
    fit();
    put(frame, { display: "block" });
    button.setAttribute("aria-expanded", "true");
    button.textContent = "收起";
    frame.focus();
  }

  function close() {
    if (frame) put(frame, { display: "none" });
    button.setAttribute("aria-expanded", "false");
    button.textContent = title;
    button.focus();
  }

  button.addEventListener("click", () => (button.getAttribute("aria-expanded") === "true" ? close() : open()));
  small.addEventListener("change", fit);
  addEventListener("message", (event) => {
    if (frame && event.source === frame.contentWindow && event.origin === base && event.data === "huhang:close") close();
  });
  window.huhangWidget = Object.freeze({ open, close });
  const show = () => document.body.append(button);
  if (document.body) show();
  else addEventListener("DOMContentLoaded", show);
})();
