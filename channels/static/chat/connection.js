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
// What the server could not take for a moment is sent again so soon, where it names no time of its own; its
// database restarts within seconds.
const AGAIN_MS = [300, 600, 1200, 2500, 5000];
const TEMPORARY = ["not_ready", "desk_unavailable", "overloaded", "rate_limited", "internal"];
// A failure that was not foreseen may be one of this message: then it no longer holds up the next ones.
const TRIES_AFTER_FAILURE = 3;
// Who asks is not known any more: nothing that is sent will be taken.
const UNPROVED = ["token_required", "wrong_token", "site_not_allowed"];
const TOO_MANY = 429;
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
    this.hasEnded = false;
    // Too many pages are open: this one goes on by plain requests.
    this.isCrowded = false;
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
    for (const message of this.outbox) delete message.isHeld;
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
    if (this.hasEnded || this.isOpening || (this.socket && this.socket.readyState <= WebSocket.OPEN)) return;
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
      this.isCrowded = false;
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
    this.#emit("lost", { failures: this.failures, isCrowded: this.isCrowded });
    this.timer = setTimeout(() => this.#connect(), wait * (0.75 + Math.random() / 2));
    if (this.failures === TRIES_BEFORE_REST) this.#ask();
    if (this.failures >= TRIES_BEFORE_REST) this.#post();
  }

  // A browser does not tell why a line was refused; a plain request does.
  async #ask() {
    try {
      const { status } = await send(`/api/v1/conversations/${encodeURIComponent(this.sender)}`);
      if (status === 401 || status === 403) this.#end();
      else this.isCrowded = (await send("/ws")).status === TOO_MANY;
    } catch {
      // No network: it is tried again anyway.
    }
  }

  // What is not sent stays for the conversation that follows once the page is loaded again.
  #end(isReplaced = false) {
    if (this.hasEnded) return;
    this.hasEnded = true;
    clearTimeout(this.timer);
    clearTimeout(this.again);
    this.#write();
    this.#emit("ended", { isReplaced });
  }

  // Another tab or a renewed cookie began another conversation: what is sent from here is said there.
  #meet(sender) {
    if (sender === this.sender) return;
    this.#end(true);
    this.socket.close();
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
    const message = this.#first();
    if (!message || this.hasEnded) return;
    if (!this.#isOpen()) {
      if (this.failures >= TRIES_BEFORE_REST) this.#post();
    } else if (this.underWay === null) {
      this.underWay = message.message_id;
      this.socket.send(JSON.stringify({ type: "message", ...message }));
    }
  }

  #first() {
    return this.outbox.find((message) => !message.isHeld);
  }

  #sendAgainSoon(waitS) {
    const wait = waitS ? waitS * 1000 : AGAIN_MS[Math.min(this.refusals, AGAIN_MS.length - 1)];
    this.refusals += 1;
    clearTimeout(this.again);
    this.again = setTimeout(() => this.retry(), wait * (waitS ? 1 : 0.75) + Math.random() * wait / 2);
  }

  #take(event) {
    if (event.type === "reply" || event.type === "exchange") {
      this.settle(event.message_id);
      this.#emit(event.type, event);
    } else if (event.type === "refused") {
      this.#refused(event);
    } else if (event.type === "welcome") {
      this.#meet(event.sender);
    } else if (event.type !== "pong") {
      this.#emit(event.type, event);
    }
  }

  // Only what is wrong with the text itself is final; all else stays in the outbox.
  #refused(event) {
    const { code } = event.error;
    if (UNPROVED.includes(code)) {
      this.#end();
      return;
    }
    const isTemporary = TEMPORARY.includes(code);
    const message = this.outbox.find((one) => one.message_id === event.message_id);
    const isHeld = code === "internal" && this.refusals >= TRIES_AFTER_FAILURE && Boolean(message);
    if (!isTemporary) this.settle(event.message_id);
    this.#emit("refused", { ...event, isTemporary, isHeld });
    if (isHeld) {
      message.isHeld = true;
      this.underWay = null;
      this.refusals = 0;
      this.#next();
    } else if (isTemporary) this.#sendAgainSoon(event.retry_after);
  }

  // One at a time, in order; stops at the first failure and is tried again with the next attempt.
  async #post() {
    if (this.isPosting) return;
    this.isPosting = true;
    try {
      while (this.#first() && !this.hasEnded && !this.#isOpen()) {
        if (!(await this.#postOne(this.#first()))) break;
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
        body: JSON.stringify({ sender: this.sender, channel: "web", ...message, isHeld: undefined }),
      });
      body = await response.json();
    } catch {
      return false;
    }
    if (response.ok) {
      this.#take({ type: "reply", message_id: message.message_id, reply: body });
      return true;
    }
    if (!body.error) return false;
    const wait = Number(response.headers.get("Retry-After"));
    this.#take({ type: "refused", message_id: message.message_id, retry_after: wait, ...body });
    return !TEMPORARY.includes(body.error.code);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #read() {
    try {
      const kept = JSON.parse(this.storage.getItem(OUTBOX) || "{}");
      const isOurs = kept.sender === this.sender || kept.sender === null;
      const messages = isOurs && Array.isArray(kept.messages) ? kept.messages : [];
      return messages.map(({ isHeld, ...message }) => message);
    } catch {
      return [];
    }
  }

  #write() {
    this.storage.setItem(OUTBOX, JSON.stringify({
      sender: this.hasEnded ? null : this.sender, messages: this.outbox,
    }));
  }
}

function identity() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
