// Watches long work: asks how far it is and loads the page anew when it has ended.

const EVERY_MS = 1500;
const box = document.querySelector("[data-progress]");

function passed(seconds) {
  return seconds < 60 ? `${seconds}秒` : `${Math.floor(seconds / 60)}分${seconds % 60}秒`;
}

async function watch() {
  let state = { running: true };
  try {
    const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
    if (answer.ok) state = await answer.json();
  } catch {
    // The server may be restarting; the next round asks again.
  }
  if (!state.running) {
    location.reload();
    return;
  }
  const step = box.querySelector("[data-step]");
  const seconds = box.querySelector("[data-seconds]");
  const bar = box.querySelector("progress");
  if (state.step && step) step.textContent = state.step;
  if (state.seconds !== undefined && seconds) seconds.textContent = passed(state.seconds);
  if (state.share !== undefined && state.share !== null && bar) bar.value = state.share;
  setTimeout(watch, EVERY_MS);
}

if (box) setTimeout(watch, EVERY_MS);
