/** The signals that STOPSIGNAL takes: a number, or a name of Linux with or without SIG. */

const names = new Set(
  (
    'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP ' +
    'TTIN TTOU UNUSED URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'
  ).split(' '),
);

/** True when the builder takes the text as a signal. */
export function isSignal(text: string): boolean {
  if (/^[-+]?\d+$/.test(text)) return Number(text) !== 0;
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (names.has(name)) return true;
  const realTime = /^RT(MIN\+|MAX-)(\d+)$/.exec(name);
  return realTime !== null && Number(realTime[2]) >= 1 && Number(realTime[2]) <= (realTime[1] === 'MIN+' ? 15 : 14);
}

/** True for SIGKILL and SIGSTOP, by name or number: no process can handle them. Source: signal(7). */
export function cannotBeHandled(text: string): boolean {
  return /^(?:SIG)?(?:KILL|STOP)$/i.test(text) || [9, 19].includes(Number(text));
}
