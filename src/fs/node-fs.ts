/** node:fs, for what is rare: it takes more than a millisecond to load, which short commands would feel. */
export function nodeFs(): typeof import("node:fs") {
  return process.getBuiltinModule("node:fs");
}
