/**
 * The Content-Type of the parts of a form as it was sent: the library hands it on without its parameters. It tells it to nobody else, so
 * its own fields are looked at; the version is pinned, and test/http/charset.test.ts fails when they are called otherwise.
 */
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';

/**
 * Watches a form from its first byte on: to be called when the library has begun with `raw`, before anything else happens. What comes
 * back answers for the stream of a part; `undefined`: none was sent.
 */
export function watchPartTypes(raw: IncomingMessage): (file: object) => string | undefined {
  const types = new WeakMap<object, string>();
  const form = own(own(own(raw, '_readableState'), 'pipes'), '0');
  const parser = own(own(form, '_parser'), 'parser');
  if (!(form instanceof EventEmitter) || !(parser instanceof EventEmitter)) return () => undefined;
  let latest: object | undefined;
  form.on('file', (_name: unknown, file: object) => (latest = file));
  parser.on('part', (part: EventEmitter) => {
    // The library has listened before, and has made the stream of the part by now, unless it passes over it.
    part.on('header', (header: unknown) => {
      const type = own(own(header, 'content-type'), '0');
      if (latest !== undefined && typeof type === 'string') types.set(latest, type);
      latest = undefined;
    });
  });
  return (file) => types.get(file);
}

function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
