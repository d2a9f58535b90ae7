import { SystemError } from "../../model/errors.ts";
import type { RawPath } from "../../model/raw-path.ts";
import { openFolder, statFd } from "../at.ts";
import { AT_FDCWD } from "../libc.ts";
import { StatBuffer } from "../stat-buffer.ts";
import type { OpenPort } from "./control-port.ts";
import type { JuiceVolume } from "./juice-volume.ts";

/** What one read of the control node gives: bytes in hex, or the name of an error. */
export type FakeRead = string;

/** A mount that answers by heart. */
export interface FakeMount {
  readonly openPort: OpenPort;
  /** In hex, as they came. */
  readonly requests: string[];
  readonly pauses: number[];
  readonly pause: (milliseconds: number) => Promise<void>;
  opened: number;
  closed: number;
  cancelled: number;
}

export interface FakeAnswers {
  /** What the reads after the `turn`-th request (from 0) give, in order; afterwards nothing comes. */
  readonly answer: (request: string, turn: number) => readonly FakeRead[];
  readonly onCancel?: () => readonly FakeRead[];
  /** An error of write(2) at the `turn`-th request. */
  readonly writeError?: (turn: number) => string | undefined;
}

export function makeFakeMount({ answer, onCancel, writeError }: FakeAnswers): FakeMount {
  const fake: FakeMount = {
    requests: [],
    pauses: [],
    pause: async (milliseconds) => void fake.pauses.push(milliseconds),
    opened: 0,
    closed: 0,
    cancelled: 0,
    openPort: () => {
      fake.opened++;
      let reads: FakeRead[] = [];
      return {
        write(request) {
          const turn = fake.requests.length;
          fake.requests.push(Buffer.from(request).toString("hex"));
          const error = writeError?.(turn);
          if (error !== undefined) throw new SystemError(error, "write to", ".control");
          reads = [...answer(fake.requests.at(-1) ?? "", turn)];
        },
        read() {
          const next = reads.shift() ?? "";
          if (next.startsWith("E")) throw new SystemError(next, "read", ".control");
          return Buffer.from(next.replaceAll(" ", ""), "hex");
        },
        cancel() {
          fake.cancelled++;
          reads = [...(onCancel?.() ?? ["04"])];
        },
        close: () => fake.closed++,
      };
    },
  };
  return fake;
}

/** Does what the mount would have done, then answers. */
export function after(deed: () => void, ...reads: FakeRead[]): FakeRead[] {
  deed();
  return reads;
}

/** Takes a folder of any file system for the top of a volume. */
export function fakeVolume(path: string, version?: string): JuiceVolume {
  const stat = new StatBuffer();
  statFd(openFolder(AT_FDCWD, path as RawPath), stat);
  const { device, mountId } = stat;
  const config =
    version === undefined
      ? undefined
      : { version, name: "vol", uuid: "u-1", trashDays: 1, subfolder: "", isReadOnly: false };
  return { controlName: ".control" as RawPath, device, mountId, mountPoint: path, config };
}
