import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { randomBytes } from "./random-bytes.ts";
import type { Tree } from "./tree.ts";

const MIB = 1024 * 1024;
const PIECE = 16 * MIB;

/** `count` files of `mib` MiB each, random bytes. */
export function largeFiles(count: number, mib: number): Tree {
  const paths = Array.from({ length: count }, (_, at) => `large-${at}.bin`);
  return {
    name: `${count} x ${mib} MiB`,
    paths,
    make(folder) {
      mkdirSync(folder, { recursive: true });
      for (const path of paths) {
        const fd = openSync(join(folder, path), "wx");
        for (let at = 0; at < mib * MIB; at += PIECE) {
          writeSync(fd, randomBytes(`${path} ${at}`, Math.min(PIECE, mib * MIB - at)));
        }
        closeSync(fd);
      }
    },
    revise(content, salt) {
      const revised = Uint8Array.from(content);
      revised.set(randomBytes(salt, 1), revised.length >> 1);
      return revised;
    },
  };
}
