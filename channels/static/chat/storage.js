// Browser storage that may be switched off; then nothing is kept and nothing breaks.

class Memory {
  constructor() { this.values = new Map(); }
  getItem(key) { return this.values.get(key) ?? null; }
  setItem(key, value) { this.values.set(key, value); }
  removeItem(key) { this.values.delete(key); }
}

/** What was kept as JSON, where it is a list or an object as `otherwise` is; else `otherwise`. */
export function keptJson(storage, key, otherwise) {
  try {
    const found = JSON.parse(storage.getItem(key));
    const isAlike = typeof found === "object" && found !== null && Array.isArray(found) === Array.isArray(otherwise);
    return isAlike ? found : otherwise;
  } catch {
    return otherwise;
  }
}

export function openStorage(name) {
  try {
    const storage = window[name];
    storage.setItem("huhang-probe", "1");
    storage.removeItem("huhang-probe");
    return storage;
  } catch {
    return new Memory();
  }
}
