import { startWorker } from "../fs/start-worker.ts";
import { ScanControl } from "./scan-control.ts";
import type { ScanTable } from "./scan-table.ts";

/** What a helping thread is told. */
export interface ScanHelperTask {
  /** The index file, as it is on disk. */
  readonly index: SharedArrayBuffer;
  /** Memory of a ScanControl. */
  readonly control: SharedArrayBuffer;
  /** The open workspace; file descriptors belong to the process, not to a thread. */
  readonly root: number;
}

/** Below this many rows a thread takes longer to start than it saves. */
const WORTH_A_THREAD = 20_000;
const ROWS_PER_THREAD = 20_000;
const MOST_THREADS = 7;

/** Starts threads that help to scan a large workspace; undefined where it is not worth it. */
export function startScanHelpers(
  index: ScanTable | undefined,
  root: number,
): ScanControl | undefined {
  const threads = threadsFor(index);
  if (index?.file === undefined || threads === 0) return undefined;
  const control = ScanControl.forRows(index.count);
  const task: ScanHelperTask = { index: index.file, control: control.memory, root };
  for (let thread = 0; thread < threads; thread++) startOne(task);
  return control;
}

function threadsFor(index: ScanTable | undefined): number {
  if (index === undefined || index.count < WORTH_A_THREAD) return 0;
  const others = Math.min(navigator.hardwareConcurrency - 1, MOST_THREADS);
  return Math.min(others, Math.ceil(index.count / ROWS_PER_THREAD));
}

function startOne(task: ScanHelperTask): void {
  const worker = startWorker("tree/scan.worker.ts");
  // A helper that cannot start, or fails, only leaves more to do for the scan itself.
  worker.onerror = () => worker.terminate();
  worker.unref();
  worker.postMessage(task);
}
