import { JvsError } from "../model/errors.ts";
import type { Compression, Descriptor } from "../model/snapshot.ts";

/** A level of `--compress`: what scripts for the older jvs call it, and what comes nearest here. */
interface Level {
  readonly names: readonly string[];
  readonly gzip: number;
  readonly zstd: number;
}

const LEVELS: readonly Level[] = [
  { names: ["fast", "1"], gzip: 1, zstd: 1 },
  { names: ["default", "6"], gzip: 6, zstd: 5 },
  { names: ["max", "9"], gzip: 9, zstd: 12 },
];

/**
 * What `--compress` asks for; nothing for `none`, `0` and "".
 *
 * @throws E_USAGE
 */
export function readCompression(text: string | undefined): { compression?: Compression } {
  const word = (text ?? "").toLowerCase();
  if (["", "none", "0"].includes(word)) return {};
  const level = LEVELS.find(({ names }) => names.includes(word));
  if (level !== undefined) return { compression: { type: "zstd", level: level.zstd } };
  throw new JvsError(`invalid compression level: ${text} (must be none, fast, default, or max)`, {
    code: "E_USAGE",
  });
}

/** In the words that users of the older jvs know. */
export function nameCompression({ level: zstd, type }: Compression): string {
  const level = LEVELS.find((one) => type === "zstd" && one.zstd === zstd);
  return level === undefined ? `${type} level ${zstd}` : `gzip level ${level.gzip}`;
}

/** For stderr. */
export function compressionNotes({ compression }: Descriptor, files: number): string[] {
  return [
    `compressed ${files} files`,
    ...(compression === undefined
      ? []
      : [
          `jvs: note: stored with ${compression.type} level ${compression.level}; every snapshot is compressed, --compress only makes it try harder`,
        ]),
  ];
}
