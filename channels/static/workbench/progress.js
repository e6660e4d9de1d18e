// Shows how far long work is, and loads the page anew when it has ended.

import { watch } from "./watching.js";

const box = document.querySelector("[data-progress]");

function passed(seconds) {
  return seconds < 60 ? `${seconds}秒` : `${Math.floor(seconds / 60)}分${seconds % 60}秒`;
}

function show(state) {
  const step = box.querySelector("[data-step]");
  const seconds = box.querySelector("[data-seconds]");
  const bar = box.querySelector("progress");
  if (state.step && step) step.textContent = state.step;
  if (state.seconds !== undefined && seconds) seconds.textContent = passed(state.seconds);
  if (state.share !== undefined && state.share !== null && bar) bar.value = state.share;
}

if (box) watch(box, box.dataset.progress, show);
