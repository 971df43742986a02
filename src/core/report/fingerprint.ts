/** A short name of a finding that stays the same while the problem stays, whatever line it moves to. */

/**
 * 16 hex digits over the parts given: rule, file, the text it points at (white space folded), and which of several equal ones.
 * FNV-1a in 64 bits: collisions between the findings of one project are what matters, not an attacker's.
 */
export function fingerprint(...parts: readonly (string | number)[]): string {
  let hash = 0xcbf29ce484222325n;
  for (const unit of parts.map((part) => String(part).replace(/\s+/g, ' ').trim()).join('\0')) {
    // Every code point is below 2^21; folding it in whole keeps the text order significant.
    hash = BigInt.asUintN(64, (hash ^ BigInt(unit.codePointAt(0) ?? 0)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
