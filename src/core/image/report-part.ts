/** What the report says of the image itself, beside the rows that its probes feed. Pure; bounded. */
import type { Report } from '../../schemas/report.ts';
import type { ImageSeen } from './seen.ts';

/** The image as it was built, and what lies above its base when that could be seen. */
export function imagePart(
  built: { readonly id: string; readonly sizeBytes: number },
  seen: ImageSeen | undefined,
): NonNullable<Report['image']> {
  const image = { id: built.id, sizeBytes: built.sizeBytes };
  if (seen?.seen !== 'image') return image;
  const { base, layers, wastedBytes, largest } = seen;
  return {
    ...image,
    base: { ...base },
    layers: layers.map(({ line, command, sizeBytes, files, tree }) => ({
      line,
      command,
      sizeBytes,
      files,
      tree: [...tree],
    })),
    wastedBytes,
    largest: largest.map(({ path, sizeBytes, line }) => ({ path, sizeBytes, line })),
  };
}
