/** Text is read as UTF-8. Whoever says that theirs is something else is told so, and is not read as what they did not write. */
import { AppError } from '../use-cases/errors.ts';

/** UTF-8 and what is part of it. Source: Encoding Standard, 4.2; RFC 2046 §4.1.2. */
const READ: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'us-ascii', 'ascii']);

/** One `; name=value` of a media type, the value quoted or not. Source: RFC 9110 §5.6.6. */
const PARAMETER = /;[ \t]*([^\s=;"]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/g;

/**
 * Throws AppError `media-type-unsupported` where a Content-Type names a charset that is not read.
 * @param what  what is in it, as a sentence begins: `The body`
 */
export function refuseOtherCharset(contentType: string | undefined, what: string): void {
  for (const [, name = '', quoted, plain = ''] of (contentType ?? '').matchAll(PARAMETER)) {
    const charset = (quoted?.replaceAll(/\\(.)/g, '$1') ?? plain).trim();
    if (name.toLowerCase() !== 'charset' || charset === '' || READ.has(charset.toLowerCase())) continue;
    // What is no name of a charset says nothing, and would stand in a command.
    const shown = /^[\w.:+-]{1,40}$/.test(charset) ? charset : undefined;
    throw new AppError(
      'media-type-unsupported',
      `${what} is said to be ${shown === undefined ? 'in another charset' : `charset=${shown}`}, and text is read as UTF-8 here. ` +
        `Convert it (iconv -f ${shown ?? 'CHARSET'} -t utf-8), and send it with charset=utf-8 or without one.`,
    );
  }
}
