// The line to the server: WebSocket where it works, plain requests where it does not.
//
// Every message gets an id and stays in the outbox (kept over reloads) until it is answered or
// refused; after a broken line it is sent again with the same id, so nothing is lost or doubled.
// One is under way at a time: what was said later never stands in the record before what was said first,
// also where the first could not be stored at once or went by a line that broke.

import { protocols, refreshed, send } from "./session.js";

const OUTBOX = "huhang-outbox";
const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15000];
// Attempts to open the socket before messages go by plain requests instead.
const TRIES_BEFORE_REST = 2;
const PING_MS = 20000;
const PONG_MS = 10000;
const TYPING_MS = 3000;
// What the server could not take for a moment is sent again so soon; its database restarts within seconds.
const AGAIN_MS = [300, 600, 1200, 2500, 5000];
// Without a socket nothing is pushed: the page asks.
const POLL_MS = 5000;

export class Connection extends EventTarget {
  constructor(sender, storage) {
    super();
    this.sender = sender;
    this.storage = storage;
    this.socket = null;
    this.failures = 0;
    this.hasOpened = false;
    this.isOpening = false;
    this.isPosting = false;
    // The message that the socket carries, or that waits to be sent again.
    this.underWay = null;
    this.refusals = 0;
    this.timer = 0;
    this.again = 0;
    this.typedAt = 0;
    this.outbox = this.#read();
  }

  open() {
    this.#connect();
    addEventListener("online", () => this.#connect());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#connect();
    });
    setInterval(() => { if (!this.#isOpen()) this.#emit("poll", {}); }, POLL_MS);
  }

  /** Queue a message and send it as soon as the line allows. */
  say(text, metadata) {
    const message = { message_id: identity(), text, ...(metadata ? { metadata } : {}) };
    this.outbox.push(message);
    this.#write();
    this.#next();
    return message;
  }

  /** Tell that these messages are on the page. */
  confirm(ids) {
    if (ids.length && this.#isOpen()) this.socket.send(JSON.stringify({ type: "delivered", ids }));
  }

  /** Tell whoever serves that something is being written. */
  typing() {
    if (!this.#isOpen() || Date.now() - this.typedAt < TYPING_MS) return;
    this.typedAt = Date.now();
    this.socket.send(JSON.stringify({ type: "typing" }));
  }

  /** Try again at once, as the person asked. */
  retry() {
    clearTimeout(this.again);
    this.underWay = null;
    if (this.#isOpen()) this.#next();
    else {
      this.#connect();
      this.#post();
    }
  }

  /** Forget a message: it is answered, refused or found in the history. */
  settle(id) {
    const before = this.outbox.length;
    this.outbox = this.outbox.filter((message) => message.message_id !== id);
    if (this.outbox.length !== before) this.#write();
    if (this.underWay === id) {
      this.underWay = null;
      this.refusals = 0;
      clearTimeout(this.again);
    }
    this.#next();
  }

  #isOpen() {
    return this.socket !== null && this.socket.readyState === WebSocket.OPEN;
  }

  async #connect() {
    if (this.isOpening || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
    clearTimeout(this.timer);
    this.isOpening = true;
    await refreshed();
    this.isOpening = false;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    let socket;
    try {
      socket = new WebSocket(`${scheme}//${location.host}/ws`, protocols());
    } catch {
      this.#lost();
      return;
    }
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.failures = 0;
      this.#emit("open", { again: this.hasOpened });
      this.hasOpened = true;
      this.underWay = null;
      this.#next();
      this.#watch(socket);
    });
    socket.addEventListener("message", (event) => this.#take(JSON.parse(event.data)));
    socket.addEventListener("close", () => {
      if (this.socket === socket) this.#lost();
    });
  }

  #lost() {
    this.socket = null;
    this.failures += 1;
    const wait = WAITS_MS[Math.min(this.failures, WAITS_MS.length) - 1];
    this.#emit("lost", { failures: this.failures });
    this.timer = setTimeout(() => this.#connect(), wait * (0.75 + Math.random() / 2));
    if (this.failures >= TRIES_BEFORE_REST) this.#post();
  }

  // A line can die without a word (sleep, a lost network): ask from time to time.
  #watch(socket) {
    let answered = true;
    const heard = () => { answered = true; };
    socket.addEventListener("message", heard);
    const ping = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) {
        clearInterval(ping);
        return;
      }
      answered = false;
      socket.send(JSON.stringify({ type: "ping" }));
      setTimeout(() => { if (!answered) socket.close(); }, PONG_MS);
    }, PING_MS);
  }

  // The first of the outbox, unless one is under way.
  #next() {
    const [message] = this.outbox;
    if (!message) return;
    if (!this.#isOpen()) {
      if (this.failures >= TRIES_BEFORE_REST) this.#post();
    } else if (this.underWay === null) {
      this.underWay = message.message_id;
      this.socket.send(JSON.stringify({ type: "message", ...message }));
    }
  }

  #sendAgainSoon() {
    const wait = AGAIN_MS[Math.min(this.refusals, AGAIN_MS.length - 1)];
    this.refusals += 1;
    clearTimeout(this.again);
    this.again = setTimeout(() => this.retry(), wait * (0.75 + Math.random() / 2));
  }

  #take(event) {
    if (event.type === "reply" || event.type === "exchange") {
      this.settle(event.message_id);
      this.#emit(event.type, event);
    } else if (event.type === "refused") {
      const isTemporary = ["not_ready", "desk_unavailable"].includes(event.error.code);
      if (!isTemporary) this.settle(event.message_id);
      this.#emit("refused", { ...event, isTemporary });
      if (isTemporary) this.#sendAgainSoon();
    } else if (event.type !== "pong") {
      this.#emit(event.type, event);
    }
  }

  // One at a time, in order; stops at the first failure and is tried again with the next attempt.
  async #post() {
    if (this.isPosting) return;
    this.isPosting = true;
    try {
      while (this.outbox.length && !this.#isOpen()) {
        if (!(await this.#postOne(this.outbox[0]))) break;
      }
    } finally {
      this.isPosting = false;
    }
  }

  async #postOne(message) {
    let response;
    let body;
    try {
      response = await send("/api/v1/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ sender: this.sender, channel: "web", ...message }),
      });
      body = await response.json();
    } catch {
      return false;
    }
    if (response.ok) {
      this.#take({ type: "reply", message_id: message.message_id, reply: body });
      return true;
    }
    if (response.status === 503) return false;
    this.#take({ type: "refused", message_id: message.message_id, ...body });
    return true;
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #read() {
    try {
      const kept = JSON.parse(this.storage.getItem(OUTBOX) || "{}");
      return kept.sender === this.sender && Array.isArray(kept.messages) ? kept.messages : [];
    } catch {
      return [];
    }
  }

  #write() {
    this.storage.setItem(OUTBOX, JSON.stringify({ sender: this.sender, messages: this.outbox }));
  }
}

function identity() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
