/**
 * What was kept of a saved image, by name -> its layers in their order, and its configuration. Two layouts: `manifest.json` of
 * docker, which the engine writes beside the other one in any case, and `index.json` of OCI alone.
 * Sources: OCI image layout and image index; moby, image specification 1.2.
 */
import { z } from 'zod';
import type { ImageConfig } from '../../../core/image/config.ts';
import type { LayerRead } from '../../../core/image/layer.ts';

const Manifest = z.tuple([z.object({ Config: z.string(), Layers: z.array(z.string()).nullable() })]).rest(z.unknown());
const Descriptor = z.object({ digest: z.string() });
const OciIndex = z.object({ manifests: z.array(Descriptor) });
const OciManifest = z.object({ config: Descriptor, layers: z.array(Descriptor) });
const Config = z.looseObject({
  history: z
    .array(z.object({ created_by: z.string().optional(), empty_layer: z.boolean().optional() }))
    .nullish()
    .transform((entries) => entries ?? []),
  config: z
    .looseObject({
      Env: z.array(z.string()).nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
});

/** Everything of the outer tar, by name. */
export interface Blobs {
  readonly layers: Map<string, LayerRead>;
  readonly texts: Map<string, string>;
  readonly links: Map<string, string>;
  textBytes: number;
}

/** Names of the blobs that make the image. */
interface Parts {
  readonly config: string;
  readonly layers: readonly string[];
}

/** Layers in their order, and the configuration; `undefined` when a part is missing. */
export function assembled(
  blobs: Blobs,
): { readonly layers: readonly LayerRead[]; readonly config: ImageConfig } | undefined {
  const { layers, texts, links } = blobs;
  const parts = dockerParts(texts) ?? ociParts(texts, 'index.json');
  const config = parts && parsed(Config, texts.get(parts.config));
  if (parts === undefined || config === undefined) return undefined;
  const ordered = parts.layers.map((name) => layers.get(links.get(name) ?? name));
  if (!ordered.every((layer) => layer !== undefined)) return undefined;
  const { history, config: settings, ...rest } = config;
  const { Env, Labels, ...others } = settings ?? {};
  return {
    layers: ordered,
    config: {
      history: history.map((one) => ({
        createdBy: one.created_by ?? '',
        isEmptyLayer: one.empty_layer === true,
      })),
      env: Env ?? [],
      labels: Labels ?? {},
      rest: JSON.stringify({ ...rest, config: others }),
    },
  };
}

function dockerParts(texts: Blobs['texts']): Parts | undefined {
  const manifest = parsed(Manifest, texts.get('manifest.json'))?.[0];
  return manifest && { config: manifest.Config, layers: manifest.Layers ?? [] };
}

/** An index may lead to further ones, one for each platform. */
const DEEPEST = 3;

/** The one image of an index. Several, and nobody can say which of them is meant. */
function ociParts(texts: Blobs['texts'], name: string, depth = 0): Parts | undefined {
  if (depth > DEEPEST) return undefined;
  const text = texts.get(name);
  const manifest = parsed(OciManifest, text);
  if (manifest !== undefined) {
    return { config: blobOf(manifest.config), layers: manifest.layers.map(blobOf) };
  }
  const [first, ...others] = parsed(OciIndex, text)?.manifests ?? [];
  return first === undefined || others.length > 0 ? undefined : ociParts(texts, blobOf(first), depth + 1);
}

function blobOf({ digest }: z.infer<typeof Descriptor>): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function parsed<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
