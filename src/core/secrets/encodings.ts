/** The forms in which a value turns up again after a program has encoded it: what is masked, and what is searched for. Pure. */

/**
 * Base64 at any of the three places that the value can have within a longer text, in the ordinary and in the URL alphabet: of each
 * the characters that this value alone decides.
 * @param bytes  one character a byte
 */
export function base64Forms(bytes: string): readonly string[] {
  const ordinary = [0, 1, 2].map((offset) => base64At(bytes, offset));
  return [...ordinary, ...ordinary.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
}

/** `offset` other bytes (modulo three) stand before it. */
function base64At(bytes: string, offset: number): string {
  const whole = btoa('\0'.repeat(offset) + bytes).replace(/=+$/, '');
  const first = [0, 2, 3][offset] ?? 0;
  const isLastShared = (offset + bytes.length) % 3 !== 0;
  return whole.slice(first, isLastShared ? -1 : undefined);
}

/** As browsers, Python's `quote` and forms encode it for a URL. */
export function urlForms(value: string): readonly string[] {
  const whole = encodeURIComponent(value.toWellFormed());
  // encodeURIComponent leaves these as they are; others do not.
  const strict = whole.replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  return [whole, strict].flatMap((text) => [
    text,
    text.replaceAll('%2F', '/'),
    text.replaceAll('%20', '+'),
    text.replaceAll(/%[0-9A-F]{2}/g, (one) => one.toLowerCase()),
  ]);
}

/** In hex, in both cases. */
export function hexForms(bytes: string): readonly string[] {
  const hex = Array.from(bytes, (one) => one.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return [hex, hex.toUpperCase()];
}

/** One character a byte. */
export function latin1(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}
