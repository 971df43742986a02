/**
 * Seals text with AES-256-GCM, so that it can lie in a database and be read only with the key.
 * A sealed text is: one byte of version, 12 bytes of nonce, the ciphertext, 16 bytes of tag.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Sealer } from '../../use-cases/ports.ts';

/** Length of a key for AES-256. */
export const KEY_BYTES = 32;

const ALGORITHM = 'aes-256-gcm';
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Makes a sealer from a key of 32 bytes. Throws when the key has another length. */
export function makeSealer(key: Buffer): Sealer {
  if (key.length !== KEY_BYTES) throw new Error(`A sealing key has ${KEY_BYTES} bytes, not ${key.length}.`);
  // A key of its own for a purpose of its own.
  const fingerprintKey = createHmac('sha256', key).update('fingerprint').digest();
  return {
    fingerprint: (text) => createHmac('sha256', fingerprintKey).update(text).digest('base64url'),
    seal: (text) => {
      // Random nonces are safe for 2^32 texts under one key (NIST SP 800-38D, 8.3); a build makes one.
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.of(VERSION));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), nonce, sealed, cipher.getAuthTag()]);
    },
    open: (sealed) => {
      if (sealed[0] !== VERSION) throw new Error('The sealed text has a form that this version does not know.');
      if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES) throw new Error('The sealed text is cut short.');
      const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.of(VERSION));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const text = decipher.update(sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    },
  };
}
