// Browser storage that may be switched off; then nothing is kept and nothing breaks.

class Memory {
  constructor() { this.values = new Map(); }
  getItem(key) { return this.values.get(key) ?? null; }
  setItem(key, value) { this.values.set(key, value); }
  removeItem(key) { this.values.delete(key); }
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
