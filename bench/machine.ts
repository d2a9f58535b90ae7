import { cpus, loadavg, release, totalmem, type } from "node:os";

/** Where the figures come from. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
}

const BYTES_PER_GB = 1024 ** 3;

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    processor: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    memoryGb: Math.round(totalmem() / BYTES_PER_GB),
    kernel: `${type()} ${release()}`,
  };
}

/** How many programs wanted a core in the last minute: what else goes on is noise. */
export function readLoad(): number {
  return Number((loadavg()[0] ?? 0).toFixed(2));
}
