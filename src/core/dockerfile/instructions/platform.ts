/** `--platform` values, as github.com/containerd/platforms reads them: `os`, `arch`, `os/arch`, `os/arch/variant`. */

const systems = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos macos'.split(
    ' ',
  ),
);
const architectures = new Set(
  (
    '386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ' +
    'riscv riscv64 s390 s390x sparc sparc64 wasm i386 x86_64 x86-64 aarch64 armhf armel'
  ).split(' '),
);
const systemPattern = /^([A-Za-z0-9_-]+)(?:\([A-Za-z0-9_.%-]*(?:\+[A-Za-z0-9_.%-]+)*\))?$/;
const partPattern = /^[A-Za-z0-9_.-]+$/;

/** True when the builder takes the text as a platform. */
export function isPlatform(text: string): boolean {
  const [system = '', ...parts] = text.split('/');
  const name = systemPattern.exec(system)?.[1];
  if (name === undefined || parts.length > 2 || !parts.every((part) => partPattern.test(part))) return false;
  // Alone it has to be a name that is known, or it could be either.
  return parts.length > 0 || systems.has(name.toLowerCase()) || architectures.has(name.toLowerCase());
}
