import { type Answer, askServer, type Call } from "../../repo/ask-server.ts";

export type { Answer, Call };

/** Lets the server of the repository around the current folder carry out a command; undefined where nobody did. */
export function handOver(call: Call): Answer | undefined {
  try {
    return askServer(process.cwd(), call);
  } catch {
    return undefined; // Whatever is wrong there, the command finds and says it itself.
  }
}
