/** Probe: what the service has to say arrives on stdout and stderr, and not in files. */
import type { StateSeen, WrittenSeen } from './box.ts';
import { defineProbe } from './probe.ts';
import type { Proof } from './probe.ts';

/** Log files by name, and by the folder that logs are kept in. */
const LOG_FILE = /\.log(?:\.\d+)?$|^\/var\/log\/|\/logs?\/[^/]+$/;
/** A volume for logs, by its name. */
const LOG_FOLDER = /\/logs?(?:\/|$)/;
/** Kept there by the system, whoever logs in. */
const NOT_A_LOG = /^\/var\/log\/(?:lastlog|wtmp|btmp|faillog)$/;

interface Seen {
  readonly state: Pick<StateSeen, 'logTail' | 'startError'>;
  readonly written: WrittenSeen;
}

const quiet: Seen = { state: { logTail: '', startError: undefined }, written: wrote() };
const loud = { logTail: 'listening on 8000\n', startError: undefined };

export default defineProbe({
  id: 'logs-to-stdout',
  item: 'logs-to-stdout',
  severity: 'warning',
  title: 'It logs to stdout and stderr, and into no file',
  why: 'Platforms collect what a container prints. What goes into a file in the container is seen by nobody, fills its layer, and is gone with it.',
  fix: 'Log to stdout: no `--access-logfile /var/log/…`, no file handler; where a program insists, `ln -sf /dev/stdout /var/log/app.log`.',
  source: 'Lines on stdout and stderr, and the files that the engine finds changed in the container (docker diff).',
  phase: 'running',
  look: async (box) => {
    const [state, written] = await Promise.all([box.state(), box.written()]);
    return { state: { logTail: state.logTail, startError: state.startError }, written };
  },
  judge: ({ state, written }): Proof => {
    if (state.startError !== undefined) {
      return { status: 'unknown', summary: 'It could not be started, so it logged nothing.', evidence: [] };
    }
    const lines = state.logTail === '' ? 0 : state.logTail.trimEnd().split('\n').length;
    const logs = written.seen === 'written' ? written.files.filter(isLog) : [];
    const evidence = [
      { fact: 'lines on stdout and stderr', value: lines },
      ...(written.seen === 'written'
        ? [
            { fact: 'log files written', value: logs.slice(0, 20).join(', ') || 'none' },
            ...(written.volumes.length === 0
              ? []
              : [{ fact: 'not looked into', value: written.volumes.slice(0, 20).join(', ') }]),
          ]
        : []),
    ];
    if (logs.length > 0) {
      const more = logs.length === 1 ? '' : ` and ${logs.length - 1} more`;
      return { status: 'warn', summary: `It writes its log into ${logs[0]?.slice(0, 500)}${more}.`, evidence };
    }
    if (lines === 0) {
      return {
        status: 'unknown',
        summary: 'It printed nothing while it was watched, so where it logs was not seen.',
        evidence,
      };
    }
    const hidden = written.seen === 'written' ? written.volumes.find((path) => LOG_FOLDER.test(path)) : undefined;
    if (hidden !== undefined) {
      return {
        status: 'unknown',
        summary: `It prints something; what it writes into its volume ${hidden.slice(0, 500)} is not seen.`,
        evidence,
      };
    }
    const isWhole = written.seen === 'written' && !written.isCutOff;
    const unseen = isWhole ? '' : ' Whether it writes log files too was not seen.';
    return { status: 'pass', summary: `What it logs arrives on stdout or stderr.${unseen}`, evidence };
  },
  cases: [
    { name: 'it prints', seen: { state: loud, written: wrote() }, status: 'pass' },
    { name: 'it writes files that are no logs', seen: { state: loud, written: wrote('/app/data.db') }, status: 'pass' },
    {
      name: 'what the system keeps is no log',
      seen: { state: loud, written: wrote('/var/log/lastlog') },
      status: 'pass',
    },
    {
      name: 'it prints, and logs into a file',
      seen: { state: loud, written: wrote('/app/access.log') },
      status: 'warn',
    },
    {
      name: 'it prints, and has a volume for logs',
      seen: { state: loud, written: { seen: 'written', files: [], isCutOff: false, volumes: ['/var/log/app'] } },
      status: 'unknown',
    },
    {
      name: 'it prints, and has a volume for data',
      seen: { state: loud, written: { seen: 'written', files: [], isCutOff: false, volumes: ['/data', '/catalog'] } },
      status: 'pass',
    },
    { name: 'it logs into a file alone', seen: { ...quiet, written: wrote('/var/log/app/current') }, status: 'warn' },
    { name: 'it says nothing', seen: quiet, status: 'unknown' },
    {
      name: 'it was never started',
      seen: { ...quiet, state: { logTail: '', startError: 'no such file' } },
      status: 'unknown',
    },
    {
      name: 'the files could not be seen',
      seen: { state: loud, written: { seen: 'unseen', reason: 'x' } },
      status: 'pass',
    },
  ],
});

function wrote(...files: readonly string[]): WrittenSeen {
  return { seen: 'written', files, isCutOff: false, volumes: [] };
}

function isLog(path: string): boolean {
  return LOG_FILE.test(path) && !NOT_A_LOG.test(path);
}
