// The page of a campaign: home, quiz, game; on a stand it begins again after a minute without a touch.
import { playQuiz } from "./quiz.js";
import { playRights } from "./rights.js";
import { stay } from "./kiosk.js";

const byId = (name) => document.getElementById(name);
const here = document.body.dataset;
const home = byId("home");
const stage = byId("stage");
const back = byId("again");
// "visit" counts those who stood before the page: what was asked for by one is not shown to the next.
const page = { code: here.campaign, place: here.place, stage, show, fail, goHome, visit: 0 };

function show(...parts) {
  byId("alert").hidden = true;
  home.hidden = true;
  stage.hidden = false;
  back.hidden = false;
  stage.replaceChildren(...parts);
  const first = stage.querySelector("[tabindex='-1']");
  if (first) first.focus();
  scrollTo(0, stage.offsetTop - 8);
}

function goHome() {
  page.visit += 1;
  stage.hidden = true;
  back.hidden = true;
  stage.replaceChildren();
  home.hidden = false;
  byId("alert").hidden = true;
  const team = byId("team");
  if (team && document.documentElement.classList.contains("kiosk")) team.value = here.team;
  scrollTo(0, 0);
  byId("main").focus({ preventScroll: true });
}

function fail(words) {
  goHome();
  const alert = byId("alert");
  alert.textContent = words;
  alert.hidden = false;
}

// One at a time, and the button says that it is under way.
async function begin(button, play) {
  const buttons = home.querySelectorAll("button");
  const words = button.textContent;
  for (const one of buttons) one.disabled = true;
  button.textContent = "正在准备……";
  await play();
  button.textContent = words;
  for (const one of buttons) one.disabled = false;
}

for (const button of document.querySelectorAll("[data-audience]")) {
  button.addEventListener("click", () => {
    const team = byId("team");
    begin(button, () => playQuiz(page, button.dataset.audience, team ? team.value.trim() : ""));
  });
}
byId("play-rights").addEventListener("click", () => begin(byId("play-rights"), () => playRights(page)));
back.addEventListener("click", goHome);

const offline = byId("offline");
// Not a scan, and neither answered by the worker (which answers GET) nor by a cache.
const ahead = { Purpose: "prefetch" };
const reached = () => fetch(location.href, { method: "HEAD", headers: ahead, cache: "no-store" }).then(() => true, () => false);
// A browser may call itself online on a network that leads nowhere, and does after it was loaded again without one.
const tell = async () => { offline.hidden = navigator.onLine && (await reached()); };
addEventListener("online", tell);
addEventListener("offline", tell);
tell();

if (document.documentElement.classList.contains("kiosk")) stay(goHome, () => !stage.hidden);
// What this page needs without a network is kept once the worker is there; fetched ahead, so it is no scan.
async function keep() {
  await navigator.serviceWorker.register("/c/-/worker.js", { scope: "/c/" });
  await navigator.serviceWorker.ready;
  const kept = await caches.open("huhang-campaign-1");
  const pages = [location.href.split("#")[0], `/c/${page.code}/rights.json`, `/c/${page.code}/qr.svg?p=${page.place}`];
  await Promise.all(pages.map(async (path) => kept.put(path, await fetch(path, { headers: ahead }))));
  here.kept = "yes";
}
if ("serviceWorker" in navigator) keep().catch(() => { here.kept = "no"; });
