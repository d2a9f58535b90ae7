import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Tree } from "./tree.ts";

const MODEL = join(import.meta.dir, "../../node_modules");
/** What is larger is hardly ever source. */
const MAX_SIZE = 128 * 1024;
const EXECUTABLE = 0o100;
/** These would have one program leave out files that the other one takes. */
const SPECIAL = /(^|\/)(\.gitignore|\.gitattributes|\.jvsignore|CACHEDIR\.TAG)$/;

interface Model {
  readonly path: string;
  readonly mode: number;
}

/**
 * `count` files as a project has them: the packages that this project is built with, as often
 * as it takes, each copy with a line of its own in every file, so that no two are the same.
 */
export function sourceTree(count: number): Tree {
  const models = listModels();
  const files = Array.from({ length: count }, (_, at) => {
    const model = models[at % models.length] as Model;
    const copy = Math.floor(at / models.length);
    return { model, copy, path: `copy-${copy}/${model.path}` };
  });
  return {
    name: `${count.toLocaleString("en")} source files`,
    paths: files.map(({ path }) => path),
    make(folder) {
      for (const { model, copy, path } of files) {
        const target = join(folder, path);
        mkdirSync(dirname(target), { recursive: true });
        const content = addLine(readFileSync(join(MODEL, model.path)), `copy ${copy}`);
        writeFileSync(target, content, { mode: model.mode });
      }
    },
    revise: addLine,
  };
}

/** Regular files, sorted; what tools leave at the top behind a dot is not ours to count on. */
function listModels(): Model[] {
  const names = readdirSync(MODEL, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => !(name.startsWith(".") || SPECIAL.test(name)))
    .sort()
    .map((path) => ({ path, stat: lstatSync(join(MODEL, path)) }))
    .filter(({ stat }) => stat.isFile() && stat.size <= MAX_SIZE)
    .map(({ path, stat }) => ({ path, mode: stat.mode & EXECUTABLE ? 0o755 : 0o644 }));
}

function addLine(content: Uint8Array, line: string): Uint8Array {
  return Buffer.concat([content, Buffer.from(`\n// ${line}\n`)]);
}
