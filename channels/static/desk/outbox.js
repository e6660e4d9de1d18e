// Replies that the server has not confirmed: kept over a reload, each with its own id, so that sending
// again after a crash says it once.

const MOST_TRIES = 3;
// While the records are away the server says 503; that is over within seconds as a rule.
const AWAY = 503;
const AWAY_TRIES = 7;

export class Outbox {
  /** @param {{changed(items), stored()}} told */
  constructor(ticket, path, told) {
    this.key = `huhang-desk-outbox-${ticket}`;
    this.path = path;
    this.told = told;
    this.items = this.#read();
    this.isBusy = false;
  }

  add(text, passages) {
    this.items.push({ client_id: crypto.randomUUID ? crypto.randomUUID() : randomId(), text, passages, tries: 0, error: "" });
    this.#changed();
    this.#work();
  }

  /** Try one again, as the person asked. */
  send(id) {
    const item = this.items.find((one) => one.client_id === id);
    if (!item) return;
    item.error = "";
    item.tries = 0;
    item.refusals = 0;
    this.#changed();
    this.#work();
  }

  drop(id) {
    this.settle(id);
  }

  /** The record has it. */
  settle(id) {
    const before = this.items.length;
    this.items = this.items.filter((item) => item.client_id !== id);
    if (this.items.length !== before) this.#changed();
  }

  /** After a reload or a broken line: what was on its way is sent again. */
  resume() {
    this.told.changed(this.items);
    this.#work();
  }

  // In order; the first that fails holds the others back until somebody decides.
  async #work() {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      while (this.items.length && !this.items[0].error) {
        await this.#sendOne(this.items[0]);
      }
    } finally {
      this.isBusy = false;
    }
  }

  async #sendOne(item) {
    const fields = new URLSearchParams({ text: item.text, client_id: item.client_id });
    item.passages.forEach((passage) => fields.append("passage", passage));
    let response;
    try {
      response = await fetch(`${this.path}/reply`, {
        method: "POST", headers: { Accept: "application/json" }, body: fields,
      });
    } catch {
      item.tries += 1;
      if (item.tries >= MOST_TRIES) item.error = "连不上服务器";
      else await pause(700 * item.tries);
      this.#changed();
      return;
    }
    if (response.ok) {
      await this.told.stored();
      this.settle(item.client_id);
      return;
    }
    if (response.status === AWAY && (item.refusals || 0) < AWAY_TRIES) {
      item.refusals = (item.refusals || 0) + 1;
      await pause(Math.min(5000, 150 * 2 ** item.refusals));
      return;
    }
    const body = await response.json().catch(() => null);
    item.error = body?.error?.message || `服务器没有接受（${response.status}）`;
    this.#changed();
  }

  #changed() {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.items));
    } catch {
      // Without storage the replies hold until the page is closed.
    }
    this.told.changed(this.items);
  }

  #read() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.key) || "[]");
      return Array.isArray(kept) ? kept.map((item) => ({ ...item, tries: 0, refusals: 0 })) : [];
    } catch {
      return [];
    }
  }
}

function pause(ms) {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
