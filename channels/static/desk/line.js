// The line of a staff page to the server. It brings signals only; what is new is fetched.
//
// While it is down the page asks every few seconds, so nothing is missed, only seen later.

const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15000];
const PING_MS = 20000;
const PONG_MS = 10000;
const POLL_MS = 5000;
// A tab that nobody has touched for an hour no longer keeps the session alive.
const ACTIVE_MS = 60 * 60 * 1000;
const ADDRESS = "/desk/ws";
const SESSION_ENDED = 4401;

export class Line extends EventTarget {
  constructor() {
    super();
    this.socket = null;
    this.failures = 0;
    this.hasEnded = false;
    this.looking = null;
    this.touched = Date.now();
    this.timers = [];
    for (const name of ["pointerdown", "keydown"]) {
      addEventListener(name, () => { this.touched = Date.now(); }, { passive: true });
    }
    addEventListener("online", () => this.open());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.open();
    });
    setInterval(() => { if (!this.isOpen() && !this.hasEnded) this.#emit("poll", {}); }, POLL_MS);
  }

  isOpen() {
    return this.socket !== null && this.socket.readyState === WebSocket.OPEN;
  }

  /** Say which conversation this page shows. */
  look(ticket) {
    this.looking = ticket;
    if (this.isOpen()) this.#send({ type: "look", ticket });
  }

  typing(ticket) {
    if (this.isOpen()) this.#send({ type: "typing", ticket });
  }

  /** Ask what reminders are new; `shows` says whether this browser may show them. */
  remind(shows) {
    if (this.isOpen()) this.#send({ type: "reminders", shows });
  }

  open() {
    if (this.hasEnded || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
    clearTimeout(this.again);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${ADDRESS}`);
    this.socket = socket;
    let isHeard = true;
    const ping = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      isHeard = false;
      this.#send({ type: "ping", active: Date.now() - this.touched < ACTIVE_MS });
      setTimeout(() => { if (!isHeard) socket.close(); }, PONG_MS);
    }, PING_MS);
    socket.addEventListener("open", () => {
      this.failures = 0;
      this.#send({ type: "ping", active: true });
      if (this.looking) this.look(this.looking);
      this.#emit("open", {});
    });
    socket.addEventListener("message", (event) => {
      isHeard = true;
      const data = JSON.parse(event.data);
      this.#emit(data.type, data);
    });
    socket.addEventListener("close", (event) => {
      clearInterval(ping);
      if (this.socket !== socket) return;
      this.socket = null;
      if (event.code === SESSION_ENDED) {
        this.#end();
        return;
      }
      this.failures += 1;
      if (this.failures > 1) this.#ask();
      this.#emit("lost", { failures: this.failures });
      const wait = WAITS_MS[Math.min(this.failures, WAITS_MS.length) - 1];
      this.again = setTimeout(() => this.open(), wait * (0.75 + Math.random() / 2));
    });
  }

  // A browser does not tell why a line was refused; a plain request to the same address does.
  async #ask() {
    try {
      if ((await fetch(ADDRESS, { headers: { Accept: "application/json" } })).status === 401) this.#end();
    } catch {
      // No network: it is tried again anyway.
    }
  }

  // Nothing is loaded again by itself: what is half written on the page would be lost.
  #end() {
    if (this.hasEnded) return;
    this.hasEnded = true;
    clearTimeout(this.again);
    this.#emit("ended", {});
  }

  #send(event) {
    this.socket.send(JSON.stringify(event));
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * A piece of a page made by the server. Its templates escape what people wrote, and a parsed document runs
 * no scripts; null when the session has ended or the server is away.
 */
export async function piece(path) {
  try {
    const response = await fetch(path, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return null;
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    return [...parsed.body.childNodes].map((node) => document.importNode(node, true));
  } catch {
    return null;
  }
}
