/**
 * Codes that change, made on this device without a connection: docs/members.md, "Codes at the till".
 * The API tells the secret once. Here it is a key that the browser keeps and lets nobody read.
 */

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const STEP_CHARS = 6;
const PROOF_CHARS = 8;
const PROOF_BYTES = 5;
const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** What a device makes its codes from. */
export interface DeviceKey {
  readonly codeId: string;
  readonly stepSeconds: number;
  readonly key: CryptoKey;
}

export interface ShownCode {
  readonly text: string;
  /** When another one follows; a code that stays has none. */
  readonly endsAt?: Date;
}

interface Secret {
  readonly codeId: string;
  readonly secret: string;
  readonly stepSeconds: number;
}

export async function keyOf({ codeId, secret, stepSeconds }: Secret): Promise<DeviceKey> {
  const bytes = Uint8Array.from(secret.match(/../g) ?? [], (hex) => parseInt(hex, 16));
  return { codeId, stepSeconds, key: await crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign']) };
}

export async function codeAt({ codeId, stepSeconds, key }: DeviceKey, now: Date): Promise<ShownCode> {
  const step = Math.floor(now.getTime() / 1000 / stepSeconds);
  const signed = new TextEncoder().encode(`${codeId}:${step}`);
  const made = new Uint8Array(await crypto.subtle.sign('HMAC', key, signed));
  const proof = made.slice(0, PROOF_BYTES).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const text = `R${codeId}${base32(BigInt(step), STEP_CHARS)}${base32(proof, PROOF_CHARS)}`;
  return { text: text + checkOf(text), endsAt: new Date((step + 1) * stepSeconds * 1000) };
}

function base32(number: bigint, length: number): string {
  const shifts = Array.from({ length }, (_, index) => BigInt(5 * (length - 1 - index)));
  return shifts.map((shift) => ALPHABET[Number((number >> shift) & 31n)] ?? '').join('');
}

/** The check character: a polynomial over GF(32), as the API counts it. */
function checkOf(text: string): string {
  let check = 0;
  for (const each of text) {
    check = (check ^ ALPHABET.indexOf(each)) << 1;
    if (check & 32) check ^= 0b100101;
  }
  return ALPHABET[check] ?? '';
}
