import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SOURCES = ["tree/compare-rows.c", "fs/sync-files.c"].map((file) =>
  join(import.meta.dirname, "../src", file),
);

/**
 * No library is linked: what the code calls is found in the C library of the program that loads it,
 * so that one file serves every version of glibc, and musl.
 */
const FLAGS = [
  ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-s"],
  ["-shared", "-fPIC", "-nostdlib", "-Wl,-z,noseparate-code"],
  ["-fno-stack-protector", "-fno-asynchronous-unwind-tables"],
].flat();

/** What the compiler itself may call: on arm64, for atomic additions. It is put in, not loaded. */
const OWN_LIBRARY = ["-lgcc"];

/**
 * Compiles what is written in C into one library.
 *
 * @param compiler `cc`, or what the environment variable CC says.
 * @returns the library in base64; "" where there is no such compiler
 * @throws Error with what the compiler said, where it refuses the code
 */
export function buildNative(compiler: string = process.env.CC || "cc"): string {
  const folder = mkdtempSync(join(tmpdir(), "jvs-native-"));
  const library = join(folder, "native.so");
  try {
    const words = [...FLAGS, "-o", library, ...SOURCES, ...OWN_LIBRARY];
    const { error, status, stderr } = spawnSync(compiler, words);
    if (error !== undefined) return "";
    if (status !== 0) throw new Error(`Cannot compile ${SOURCES.join(" and ")}: ${stderr}`);
    return readFileSync(library, "base64");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
