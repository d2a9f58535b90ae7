import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { randomBytes } from "./random-bytes.ts";
import type { Tree } from "./tree.ts";

const PER_FOLDER = 100;
const SIZE = 64;

/**
 * `count` small files, 100 in a folder, and 100 folders in each folder above those: however many there
 * are, no folder is larger.
 */
export function nestedFiles(count: number): Tree {
  const paths = Array.from({ length: count }, (_, at) => {
    const folder = Math.floor(at / PER_FOLDER);
    return `part-${Math.floor(folder / PER_FOLDER)}/folder-${folder % PER_FOLDER}/file-${at % PER_FOLDER}`;
  });
  return {
    name: `${count.toLocaleString("en")} x ${SIZE} B`,
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
