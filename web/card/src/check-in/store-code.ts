/** Codes of stores, as posters and screens show them: a code alone, or a link that ends with one. */

export interface StoreCode {
  /** All of the code, as the API takes it. */
  readonly code: string;
  readonly storeId: string;
}

/** `PWS1:<S or R>:<store>:<version or step>:<signature>:<checksum>`; the API judges the rest. */
const FORM = /^PWS1:[SR]:([A-Za-z0-9_.~%-]+):[0-9]{1,12}:[A-Za-z0-9_-]{16}:[0-9a-f]{8}$/;
const CHARS_MAX = 2_000;

/** Return the code that a text holds, or nothing. What else it says is never looked at or opened. */
export function readStoreCode(text: string): StoreCode | null {
  const code = text.slice(text.lastIndexOf('#') + 1).trim();
  const [, store] = code.length > CHARS_MAX ? [] : (FORM.exec(code) ?? []);
  if (store === undefined) return null;
  try {
    return { code, storeId: decodeURIComponent(store) };
  } catch {
    return null; // A percent sign that encodes nothing.
  }
}
