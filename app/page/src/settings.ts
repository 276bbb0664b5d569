// What the browser remembers for this page. A browser that remembers nothing (private window) is no reason to fail.

export function remembered<T extends object>(key: string, otherwise: T): T {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(`nightjar.${key}`) ?? "null");
    return typeof found === "object" && found !== null ? { ...otherwise, ...found } : otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(key: string, value: object) {
  try {
    localStorage.setItem(`nightjar.${key}`, JSON.stringify(value));
  } catch {
    // full or forbidden
  }
}
