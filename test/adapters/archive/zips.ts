/** Zips for tests, written byte by byte, so that dishonest ones can be made as easily as honest ones. Source: APPNOTE.TXT 4.3. */
import { crc32, deflateRawSync } from 'node:zlib';

/** One entry, and what its packer says of it. */
export interface Zipped {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** `st_mode` of Unix, kind included; missing: the packer knew none. */
  readonly mode?: number;
  /** Packs it not at all. */
  readonly stored?: boolean;
  readonly flags?: number;
  /** As a number of APPNOTE.TXT 4.4.2; default 3, Unix. */
  readonly host?: number;
  /** Lies. */
  readonly size?: number;
  readonly crc?: number;
  readonly method?: number;
  /** What the header before the data says instead: readers that do not look at the list believe it. */
  readonly local?: { readonly name?: string; readonly size?: number; readonly method?: number };
  /** The data of the entry of that index in place of its own. */
  readonly sharesWith?: number;
}

/** A zip of these entries. */
export function zipOf(
  entries: readonly Zipped[],
  lies: { readonly count?: number; readonly listAt?: number } = {},
): Buffer {
  const locals: Buffer[] = [];
  const list: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { content = '', mode = 0, stored = false, flags = 0, host = 3 } = entry;
    const name = Buffer.from(entry.name);
    const plain = Buffer.from(content);
    const data = stored ? plain : deflateRawSync(plain);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(entry.method ?? (stored ? 0 : 8), 4);
    // 2024-02-29 12:30:00
    common.writeUInt16LE((12 << 11) | (30 << 5), 6);
    common.writeUInt16LE((44 << 9) | (2 << 5) | 29, 8);
    common.writeUInt32LE(entry.crc ?? crc32(plain), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(entry.size ?? plain.length, 18);
    common.writeUInt16LE(name.length, 22);
    const told = Buffer.from(common);
    const localName = Buffer.from(entry.local?.name ?? name);
    if (entry.local?.method !== undefined) told.writeUInt16LE(entry.local.method, 4);
    if (entry.local?.size !== undefined) told.writeUInt32LE(entry.local.size, 18);
    told.writeUInt16LE(localName.length, 22);
    const isOwn = entry.sharesWith === undefined;
    const local = isOwn ? Buffer.concat([Buffer.from('504b0304', 'hex'), told, localName, data]) : Buffer.alloc(0);
    offsets.push(isOwn ? offset : (offsets[entry.sharesWith ?? 0] ?? 0));
    const more = Buffer.alloc(14);
    more.writeUInt32LE((mode << 16) >>> 0, 6);
    more.writeUInt32LE(offsets.at(-1) ?? 0, 10);
    list.push(Buffer.concat([Buffer.from('504b0102', 'hex'), Buffer.from([20, host]), common, more, name]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.write('504b0506', 'hex');
  end.writeUInt16LE(lies.count ?? entries.length, 8);
  end.writeUInt16LE(lies.count ?? entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(lies.listAt ?? offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
