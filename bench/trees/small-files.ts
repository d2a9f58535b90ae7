import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { randomBytes } from "./random-bytes.ts";
import type { Tree } from "./tree.ts";

const PER_FOLDER = 100;
const SIZE = 4096;
const DIGITS = 5;

/** `count` files of 4 KiB each, 100 in a folder, random bytes. */
export function smallFiles(count: number): Tree {
  const paths = Array.from({ length: count }, (_, at) => {
    const folder = String(Math.floor(at / PER_FOLDER)).padStart(DIGITS, "0");
    return `folder-${folder}/file-${at % PER_FOLDER}.bin`;
  });
  return {
    name: `${count.toLocaleString("en")} x 4 KiB`,
    paths,
    make(folder) {
      for (const [at, path] of paths.entries()) {
        if (at % PER_FOLDER === 0) mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), randomBytes(path, SIZE));
      }
    },
    revise: (content, salt) => randomBytes(salt, content.length),
  };
}
