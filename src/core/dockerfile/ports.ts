/** What EXPOSE takes: `[[address:]host:]port[-port][/protocol]`, as docker/go-connections reads it. */

const portPattern = /^(?:.*:)?(?:([\d-]*):)?([\d-]+)$/;

/** True when the builder takes the text as a port of EXPOSE. */
export function isPort(text: string): boolean {
  const slash = text.indexOf('/');
  const protocol = slash < 0 ? 'tcp' : text.slice(slash + 1).toLowerCase();
  if (slash >= 0 && !['', 'tcp', 'udp', 'sctp'].includes(protocol)) return false;
  const match = portPattern.exec(slash < 0 ? text : text.slice(0, slash));
  return match?.[2] !== undefined && isRange(match[2]);
}

function isRange(text: string): boolean {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (match?.[1] === undefined) return false;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return first <= last && last <= 65_535;
}
