/** Probe: the container listens on a port that its image exposes, and not on loopback alone. */
import type { ListeningSocket, SocketsSeen } from './box.ts';
import { defineProbe } from './probe.ts';
import type { Proof } from './probe.ts';

const open = (port: number, address = '0.0.0.0'): ListeningSocket => ({ address, port });

export default defineProbe({
  id: 'listens-on-exposed-port',
  item: 'port-documented',
  severity: 'error',
  title: 'It listens on a port that the image exposes, for everybody',
  why: 'EXPOSE is what people and tools take the port from. A server that listens elsewhere, or on 127.0.0.1 alone, cannot be reached although it runs.',
  fix: 'Write the port that the server listens on (`EXPOSE 8000`), and let the server listen on all addresses (`--host 0.0.0.0`).',
  source: 'Listening sockets in /proc/net/tcp of the container, against the ports in the image configuration.',
  phase: 'running',
  look: async (box) => {
    const [seen, answer] = await Promise.all([box.sockets(), box.answer()]);
    return { seen, isRefused: answer.seen === 'silence' && answer.isRefused === true };
  },
  judge: ({ seen, isRefused }): Proof => {
    if (seen.seen === 'unseen') return { status: 'unknown', summary: `Not seen: ${seen.reason}.`, evidence: [] };
    const { listening, exposed } = seen;
    const evidence = [
      { fact: 'listens on', value: listening.map(told).join(', ').slice(0, 1000) || 'nothing' },
      { fact: 'exposed', value: exposed.join(', ').slice(0, 1000) || 'nothing' },
    ];
    if (listening.length === 0) {
      return exposed.length === 0
        ? { status: 'unknown', summary: 'It listens on no TCP port, and none is exposed.', evidence }
        : { status: 'fail', summary: `Port ${exposed.join(', ')} is exposed, and nothing listens.`, evidence };
    }
    if (exposed.length === 0) {
      return { status: 'warn', summary: `It listens on ${ports(listening)}, and the image exposes no port.`, evidence };
    }
    const known = listening.filter(({ port }) => exposed.includes(port));
    if (known.length === 0) {
      const summary = `It listens on ${ports(listening)}, and the image exposes ${exposed.join(', ')}.`;
      return { status: 'fail', summary, evidence };
    }
    const reachable = known.filter(({ address }) => !isLoopback(address));
    if (reachable.length === 0) {
      const summary = `It listens on ${known.map(told).join(', ')} alone: from outside the container nobody reaches it.`;
      return { status: 'fail', summary, evidence };
    }
    if (isRefused && reachable.every(({ address }) => address.includes(':'))) {
      const summary = `It listens on ${reachable.map(told).join(', ')} for IPv6 alone: over IPv4 nobody reaches it.`;
      return { status: 'warn', summary, evidence };
    }
    return { status: 'pass', summary: `It listens on the exposed port ${ports(reachable)}.`, evidence };
  },
  cases: [
    { name: 'on all addresses', seen: { seen: sockets([open(8000)], [8000]), isRefused: false }, status: 'pass' },
    {
      name: 'on all addresses of IPv6',
      seen: { seen: sockets([open(8000, '::')], [8000]), isRefused: false },
      status: 'pass',
    },
    {
      name: 'on all addresses of IPv6, and refused over IPv4',
      seen: { seen: sockets([open(8000, '::')], [8000]), isRefused: true },
      status: 'warn',
    },
    {
      name: 'on its own address',
      seen: { seen: sockets([open(8000, '172.18.0.2')], [8000]), isRefused: false },
      status: 'pass',
    },
    {
      name: 'one of several exposed ports',
      seen: { seen: sockets([open(80)], [80, 443]), isRefused: false },
      status: 'pass',
    },
    {
      name: 'a port for itself beside it',
      seen: { seen: sockets([open(80), open(9000, '127.0.0.1')], [80]), isRefused: false },
      status: 'pass',
    },
    {
      name: 'on loopback alone',
      seen: { seen: sockets([open(8000, '127.0.0.1')], [8000]), isRefused: false },
      status: 'fail',
    },
    {
      name: 'on loopback of IPv6 alone',
      seen: { seen: sockets([open(8000, '::1')], [8000]), isRefused: false },
      status: 'fail',
    },
    { name: 'on another port', seen: { seen: sockets([open(3000)], [8000]), isRefused: false }, status: 'fail' },
    { name: 'on none', seen: { seen: sockets([], [8000]), isRefused: false }, status: 'fail' },
    { name: 'no port is exposed', seen: { seen: sockets([open(8000)], []), isRefused: false }, status: 'warn' },
    { name: 'a worker without ports', seen: { seen: sockets([], []), isRefused: false }, status: 'unknown' },
    {
      name: 'nobody could look',
      seen: { seen: { seen: 'unseen', reason: 'the container had ended' }, isRefused: false },
      status: 'unknown',
    },
  ],
});

function sockets(listening: readonly ListeningSocket[], exposed: readonly number[]): SocketsSeen {
  return { seen: 'sockets', listening, exposed };
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function told({ address, port }: ListeningSocket): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function ports(listening: readonly ListeningSocket[]): string {
  return [...new Set(listening.map(({ port }) => port))].join(', ').slice(0, 500);
}
