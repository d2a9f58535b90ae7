import type { Answer, Call } from "../../repo/ask-server.ts";
import { findServer } from "../../repo/find-server.ts";

export type { Answer, Call };

/** Lets the server of the repository around the current folder carry out a command; undefined where nobody did. */
export async function handOver(call: Call): Promise<Answer | undefined> {
  try {
    const root = findServer(process.cwd());
    if (root === undefined) return undefined;
    const { askServer } = await import("../../repo/ask-server.ts");
    return askServer(root, call);
  } catch {
    return undefined; // Whatever is wrong there, the command finds and says it itself.
  }
}
