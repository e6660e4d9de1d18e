// A stand's screen: after a minute without a touch it is as it was for the next person.
const QUIET_MS = 60_000;

export function stay(reset, isBusy) {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (isBusy() || scrollY > 0) reset(); wait(); }, QUIET_MS);
  };
  for (const name of ["pointerdown", "keydown", "touchstart", "wheel"]) addEventListener(name, wait, { passive: true });
  document.addEventListener("click", (event) => {
    // Nobody leaves the page of a stand; a link shows its way on the person's own phone.
    const link = event.target.closest("a[href]");
    if (link && !link.pathname.startsWith("/c/")) event.preventDefault();
  });
  wait();
}
