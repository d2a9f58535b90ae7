import type { Peer } from "../case.ts";

/** OpenSSL hashes every large file in the folder, two at a time. */
export function hashAll(folder: string): Peer {
  return {
    name: "openssl dgst -sha256, 2 at once",
    prepare: () => undefined,
    steps: [{ argv: ["sh", "-c", "ls *.bin | xargs -n 2 -P 2 openssl dgst -sha256"], cwd: folder }],
  };
}
