/** Where a folder, an archive or a Dockerfile is dropped or chosen. */
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { html } from '../../html.ts';
import { pickDropped, pickFile, pickFolder, whyNot } from './picked.ts';
import type { Picked } from './picked.ts';

/**
 * The zone; small once something is picked.
 * @param picked  what is chosen already, in words
 */
export function DropZone({
  picked,
  isBusy,
  pick,
}: {
  readonly picked: Picked | undefined;
  readonly isBusy: boolean;
  readonly pick: (picked: Picked) => void;
}): VNode {
  const folder = useRef<HTMLInputElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [reading, setReading] = useState<number>();
  const [trouble, setTrouble] = useState('');
  const take = async (of: () => Promise<Picked | undefined>): Promise<void> => {
    setTrouble('');
    setReading(0);
    try {
      const found = await of();
      if (found?.kind === 'folder' && found.files.length === 0) setTrouble('There is no file in it.');
      else if (found !== undefined) pick(found);
    } catch (error) {
      setTrouble(whyNot(error));
    } finally {
      setReading(undefined);
    }
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const { dataTransfer } = event;
    if (dataTransfer !== null && !isBusy) void take(() => pickDropped(dataTransfer, setReading));
  };
  const chosen = (input: HTMLInputElement | null, of: (files: FileList) => Promise<Picked | undefined>): void => {
    const files = input?.files;
    if (input === null || files === null || files === undefined || files.length === 0) return;
    void take(() => of(files)).finally(() => (input.value = ''));
  };
  return html`<div
    class=${`drop-zone ${isOver ? 'is-over' : ''} ${picked === undefined ? '' : 'is-small'}`}
    onDragOver=${(event: Event) => {
      event.preventDefault();
      setOver(true);
    }}
    onDragLeave=${() => setOver(false)}
    onDrop=${drop}
  >
    ${
      picked === undefined
        ? html`<p class="drop-title">Drop a folder, an archive or a Dockerfile</p>`
        : html`<p class="drop-title">${titleOf(picked)}</p>`
    }
    ${picked === undefined && html`<p class="soft">A folder is packed here, in the browser, without what <code>.dockerignore</code> leaves out.</p>`}
    <p class="actions">
      <button type="button" disabled=${isBusy} onClick=${() => folder.current?.click()}>Choose a folder</button>
      <button type="button" disabled=${isBusy} onClick=${() => file.current?.click()}>Choose a file</button>
    </p>
    <input
      ref=${folder}
      type="file"
      hidden
      webkitdirectory
      aria-label="Folder to verify"
      onChange=${() => chosen(folder.current, async (files) => pickFolder(files))}
    />
    <input
      ref=${file}
      type="file"
      hidden
      aria-label="Archive or Dockerfile to verify"
      onChange=${() =>
        chosen(file.current, async (files) => {
          const [one] = files;
          return one === undefined ? undefined : await pickFile(one);
        })}
    />
    <p class="drop-said" role="status">
      ${reading === undefined ? trouble : reading === 0 ? 'Reading …' : `Reading … ${reading} files`}
    </p>
  </div>`;
}

function titleOf(picked: Picked): VNode {
  const [kind, name] = {
    folder: () => ['Folder', picked.kind === 'folder' ? picked.name : ''] as const,
    archive: () => ['Archive', picked.kind === 'archive' ? picked.file.name : ''] as const,
    dockerfile: () => ['Dockerfile', picked.kind === 'dockerfile' ? picked.name : ''] as const,
  }[picked.kind]();
  return html`<span><span class="soft">${kind}</span> <strong>${name}</strong></span>`;
}
