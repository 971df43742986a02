/** Use case: an uploaded build context in; a report out; nothing of the upload kept. */
import type { Readable } from 'node:stream';
import type { AnalyzeOptions } from '../schemas/options.ts';
import type { Report } from '../schemas/report.ts';
import type { Access } from './access.ts';
import type { AnalyzeDockerfile } from './analyze-dockerfile.ts';
import type { Spool } from './ports.ts';
import { readContext } from './read-context.ts';

/** An upload to analyse. */
export interface AnalyzeContextInput {
  /** A tar (plain, gzip or zstd), or a zip. */
  readonly archive: Readable;
  /** Path of the Dockerfile inside it; `undefined`: found. */
  readonly path?: string | undefined;
  /** Given beside the archive, they win over what it holds. */
  readonly dockerfile?: string | undefined;
  readonly dockerignore?: string | undefined;
  readonly options: AnalyzeOptions;
  readonly fix?: 'safe' | undefined;
  readonly access: Access;
  /** `reqId` in the log. */
  readonly requestId?: string | undefined;
}

/** Analyses an upload. Throws the AppErrors of the spool and of readContext. */
export type AnalyzeContext = (input: AnalyzeContextInput) => Promise<Report>;

/** Makes the use case. */
export function makeAnalyzeContext(needs: {
  readonly spool: Pick<Spool, 'receive' | 'remove'>;
  readonly analyzeDockerfile: AnalyzeDockerfile;
  readonly maxDockerfileBytes: number;
}): AnalyzeContext {
  const { spool, analyzeDockerfile, maxDockerfileBytes } = needs;
  return async ({ archive, path, dockerfile, dockerignore, options, fix, access, requestId }) => {
    const context = await spool.receive(archive);
    try {
      const given = dockerfile === undefined ? undefined : { path: path ?? 'Dockerfile', text: dockerfile };
      const read = await readContext(context, path, maxDockerfileBytes, given);
      return await analyzeDockerfile({
        ...read,
        ignore: dockerignore === undefined ? read.ignore : { path: '.dockerignore', text: dockerignore },
        project: options.project,
        profile: options.profile,
        policy: options.policy,
        fix,
        access,
        requestId,
        store: options.store ?? true,
      });
    } finally {
      await spool.remove(context.id);
    }
  };
}
