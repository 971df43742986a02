/** What the text alone says already, before anything is sent or built; and with it the profile that is detected. */
import { useEffect, useState } from 'preact/hooks';
import { wantsContent } from '../../../core/context/wanted.ts';
import type { AnalyzeRequest } from '../../../schemas/options.ts';
import type { ProfileName, Report } from '../../../schemas/report.ts';
import { ApiError, askFor, send } from '../../api/client.ts';
import type { Context } from './context.ts';

/** An archive is sent twice when it is looked at first: only small ones are. */
const MOST_ARCHIVE_BYTES = 32_000_000;
/** Of the files that rules read, all together. */
const MOST_CONTENT = 4_000_000;
const MOST_FILES = 50_000;

/** The analysis of what was picked; `undefined` while it is on its way, or where there is none. */
export function usePreview(
  context: Context | undefined,
  profile: ProfileName | '',
): { readonly report: Report | undefined; readonly error: ApiError | undefined } {
  const [state, setState] = useState<{ of?: Context; report?: Report; error?: ApiError }>({});
  useEffect(() => {
    if (context === undefined) return undefined;
    const gone = new AbortController();
    const look = async (): Promise<void> => {
      try {
        const report = await analyse(context, profile, gone.signal);
        setState({ of: context, ...(report === undefined ? {} : { report }) });
      } catch (error) {
        if (gone.signal.aborted) return;
        setState({ of: context, error: error instanceof ApiError ? error : new ApiError(String(error)) });
      }
    };
    void look();
    return () => gone.abort();
  }, [context, profile]);
  return state.of === context ? { report: state.report, error: state.error } : { report: undefined, error: undefined };
}

async function analyse(context: Context, profile: ProfileName | '', signal: AbortSignal): Promise<Report | undefined> {
  const { picked, text, dockerfile } = context;
  const options = { store: false, ...(profile === '' ? {} : { profile }) };
  if (picked.kind === 'archive') {
    if (picked.file.size > MOST_ARCHIVE_BYTES) return undefined;
    const query = new URLSearchParams({
      store: 'false',
      ...(profile === '' ? {} : { profile }),
      ...(dockerfile === undefined ? {} : { path: dockerfile }),
    });
    const headers = { 'content-type': 'application/octet-stream' };
    return await askFor<Report>(`/analyze?${query}`, { method: 'POST', body: picked.file, headers, signal });
  }
  if (text === undefined) return undefined;
  const path = dockerfile ?? 'Dockerfile';
  const files = picked.kind === 'folder' ? await filesOf(context) : [{ path, content: text }];
  return await send<Report>('/analyze', { dockerfile: text, path, files, options } satisfies AnalyzeRequest, {
    signal,
  });
}

/** All files, also those that stay behind: so a COPY of one of them is told from a COPY of nothing. */
async function filesOf({ files, sending }: Context): Promise<NonNullable<AnalyzeRequest['files']>> {
  const listed = files.length > MOST_FILES ? (sending?.sent ?? []).slice(0, MOST_FILES) : files;
  const sent = new Set(sending?.sent);
  let left = MOST_CONTENT;
  const all: { path: string; size: number; content?: string }[] = [];
  for (const one of listed) {
    const { path, size, file } = one;
    const isRead = sent.has(one) && size <= left && wantsContent(path, size);
    if (isRead) left -= size;
    all.push(isRead ? { path, size, content: await file.text() } : { path, size });
  }
  return all;
}
