/** Use case, inner part of prove-image.ts: probes are asked, and for those that nobody reaches it is said why. */
import type { Boxes, Phase } from '../core/probes/box.ts';
import { probes } from '../core/probes/index.ts';
import type { AnyProbe, Proof } from '../core/probes/probe.ts';
import type { Proven } from '../core/report/proven.ts';
import { AppError } from './errors.ts';
import type { Log } from './ports.ts';

/** What a probe says of its box. Throws what the engine throws; a probe that throws becomes `unknown` with a log line. */
export async function proofOf(probe: AnyProbe, box: Boxes[Phase], log: Log): Promise<Proof> {
  try {
    return await probe.prove(box);
  } catch (err) {
    // A silent engine is not the probe's doing and ends the whole build.
    if (err instanceof AppError) throw err;
    log.error({ probe: probe.id, err }, 'probe crashed');
    return unknown('The probe failed; the mistake is in Drydock.');
  }
}

/** As the catalogue has them, so that which phase was done first changes nothing in a report. Pure. */
export function inOrder(proven: readonly Proven[]): readonly Proven[] {
  const places = new Map(probes.map(({ id }, index) => [id, index]));
  return proven.toSorted((one, other) => (places.get(one.probe.id) ?? 0) - (places.get(other.probe.id) ?? 0));
}

/** Those that say nothing of a base image: the build is all that there is to see. Pure. */
export function notRun(wanted: readonly AnyProbe[], proven: readonly Proven[]): readonly Proven[] {
  const summary = 'A base image is not run: what it starts, whoever builds on it decides.';
  return left(wanted, proven).map((probe) => ({ probe, proof: { status: 'not-applicable', summary, evidence: [] } }));
}

/** Those whose phase was not reached. Pure. */
export function notReached(wanted: readonly AnyProbe[], proven: readonly Proven[], why: string): readonly Proven[] {
  return left(wanted, proven).map((probe) => ({ probe, proof: unknown(`Not looked at: ${why}.`) }));
}

/** Those that have said nothing yet. */
function left(wanted: readonly AnyProbe[], proven: readonly Proven[]): readonly AnyProbe[] {
  const asked = new Set(proven.map(({ probe }) => probe.id));
  return wanted.filter((probe) => !asked.has(probe.id));
}

/** A proof that says nothing, and why. Pure. */
export function unknown(summary: string): Proof {
  return { status: 'unknown', summary, evidence: [] };
}
