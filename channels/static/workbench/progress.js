// Watches long work: asks how far it is and loads the page anew when it has ended.

// Often while it may end any moment, seldom when it takes long.
const SOON_MS = 300;
const LATER_MS = 1500;
const SOON_FOR_MS = 20000;
const begun = Date.now();
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
  next();
}

function next() {
  setTimeout(watch, Date.now() - begun < SOON_FOR_MS ? SOON_MS : LATER_MS);
}

if (box) next();
