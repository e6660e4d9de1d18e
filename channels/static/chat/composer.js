// The box people write in: grows with its text, sends on Enter, leaves composing of characters alone.

export function composer({ form, box, count, maxChars, send, typing }) {
  const fit = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
    const left = maxChars - box.value.length;
    count.hidden = left > 200;
    count.textContent = `还可写 ${left} 字`;
  };
  const submit = () => {
    const text = box.value.trim();
    if (!text) {
      box.focus();
      return;
    }
    box.value = "";
    fit();
    send(text);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("keydown", (event) => {
    // 229 and isComposing: Enter that picks a word in an input method is not "send".
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      submit();
    }
  });
  box.addEventListener("input", () => {
    fit();
    typing();
  });
  box.removeAttribute("required");
  fit();
}
