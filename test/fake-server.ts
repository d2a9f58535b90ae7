import { mkdirSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";

/** What whoever calls said, line by line. */
export interface FakeServer extends AsyncDisposable {
  readonly calls: readonly string[];
  /** With how many of them it agreed. */
  readonly agreed: number;
  /**
   * What `run` came to where the two agreed on it. On a machine that is busy callers do not wait long
   * enough, and do all themselves: then it is run again.
   */
  served<Result>(run: () => Promise<Result>): Promise<Result>;
}

const MOST_TRIES = 50;

export interface FakeServerOptions {
  /** What it says to a call; nothing where that is undefined. */
  readonly ready?: string | undefined;
  /** What it says then, before it hangs up. */
  readonly answer?: Uint8Array;
}

/** Listens where the server of the repository in `folder` would, and says whatever it is told to say. */
export async function fakeServer(
  folder: string,
  { ready = "ready\n", answer = Buffer.alloc(0) }: FakeServerOptions,
): Promise<FakeServer> {
  const calls: string[] = [];
  let agreed = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    let said = "";
    socket.on("error", () => undefined);
    socket.on("data", (piece) => {
      said += piece.toString();
      if (said === "go\n") {
        agreed++;
        socket.end(answer);
      } else if (said.endsWith("}\n")) {
        calls.push(said);
        said = "";
        socket.write(ready);
      }
    });
  });
  const path = join(folder, ".jvs/cache/serve.sock");
  mkdirSync(join(folder, ".jvs/cache"), { recursive: true });
  rmSync(path, { force: true });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    calls,
    get agreed() {
      return agreed;
    },
    async served(run) {
      const before = agreed;
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const result = await run();
        if (agreed > before) return result;
      }
      throw new Error("nobody waited for the server");
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
