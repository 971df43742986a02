/** Probe: the image builds. */
import { defineProbe } from './probe.ts';

export default defineProbe({
  id: 'builds',
  item: 'builds-and-starts',
  severity: 'error',
  title: 'The image builds',
  why: 'What does not build cannot be shipped, and nothing else can be proven of it.',
  fix: 'Read the log of the step that failed: its last lines name the reason.',
  source: 'The build itself, through the BuildKit of the engine.',
  phase: 'built',
  isPartial: true,
  look: async (box) => box,
  judge: ({ image, failure, steps, seconds }) => {
    if (failure === undefined && image !== undefined) {
      return {
        status: 'pass',
        summary: 'The image builds.',
        evidence: [
          { fact: 'image id', value: image.id },
          { fact: 'image size in bytes', value: image.sizeBytes },
          { fact: 'build steps', value: steps },
          { fact: 'build time in seconds', value: seconds },
        ],
      };
    }
    const place = failure?.line == null ? '' : ` at line ${failure.line}`;
    return {
      status: 'fail',
      summary: `The build fails${place}: ${failure?.advice ?? 'the builder made no image.'}`.slice(0, 1000),
      evidence: [
        { fact: 'build steps', value: steps },
        ...(failure === undefined
          ? []
          : [
              { fact: 'cause', value: failure.cause },
              { fact: 'what the builder says', value: failure.message.slice(0, 2000) },
            ]),
        ...(failure?.step == null ? [] : [{ fact: 'step', value: failure.step }]),
        ...(failure?.exitCode == null ? [] : [{ fact: 'exit code', value: failure.exitCode }]),
        ...(failure === undefined || failure.log === ''
          ? []
          : [{ fact: 'last lines', value: failure.log.slice(-2000) }]),
      ],
    };
  },
  cases: [
    {
      name: 'an image came out',
      seen: { image: { id: 'sha256:1', sizeBytes: 5 }, failure: undefined, steps: 3, seconds: 1.5, bases: [] },
      status: 'pass',
    },
    {
      name: 'a RUN exits with 7',
      seen: {
        image: undefined,
        failure: {
          cause: 'command-failed',
          advice: 'The command ended with exit code 7.',
          message: 'exit code: 7',
          step: '[2/2] RUN exit 7',
          line: 2,
          exitCode: 7,
          log: 'no',
        },
        steps: 2,
        seconds: 1,
        bases: [],
      },
      status: 'fail',
    },
    {
      name: 'the builder ends without an image and without a reason',
      seen: { image: undefined, failure: undefined, steps: 2, seconds: 1, bases: [] },
      status: 'fail',
    },
  ],
});
