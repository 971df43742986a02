/** Bytes that claim to be a Dockerfile -> text, or the reason why not. */
import { AppError } from './errors.ts';

/**
 * The text of a Dockerfile, BOM kept (the parser knows it). Bytes that are not UTF-8 become U+FFFD, as nothing but
 * comments and strings can hold them.
 * Throws AppError `dockerfile-too-large` over `maxBytes`, `dockerfile-not-text` when a NUL byte is in it.
 */
export function dockerfileText(bytes: Uint8Array, maxBytes: number): string {
  if (bytes.length > maxBytes) throw dockerfileTooLarge(bytes.length, maxBytes);
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    throw new AppError(
      'dockerfile-not-text',
      `Byte ${nul} of the Dockerfile is NUL, so this is not text. Send the file itself, as UTF-8.`,
    );
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** The refusal of a Dockerfile of `sizeBytes`, for those who know its size before they have read it. */
export function dockerfileTooLarge(sizeBytes: number, maxBytes: number): AppError {
  return new AppError(
    'dockerfile-too-large',
    `The Dockerfile has ${sizeBytes} bytes; at most ${maxBytes} are read. Check that the right file was sent.`,
  );
}
