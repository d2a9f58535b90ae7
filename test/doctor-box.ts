import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { listPackFiles } from "./damage.ts";
import { makeSandbox, type Sandbox } from "./sandbox.ts";

export interface Finding {
  readonly category: string;
  readonly severity: string;
  readonly code: string;
  readonly cure: string;
  readonly path?: string;
  readonly error_code?: string;
  readonly count?: number;
}

export interface Report {
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
  readonly repairs: readonly { readonly id: string; readonly count: number }[];
}

/** Three snapshots in a row. */
export async function makeThree(): Promise<{ box: Sandbox; ids: string[]; jvs: string }> {
  const box = makeSandbox({ "w/d/noise.bin": randomBytes(200_000), "w/a.txt": "0\n" });
  await box.jvs("w", "init");
  const ids: string[] = [];
  for (const note of ["one", "two", "three"]) {
    box.write({ "w/a.txt": `${note}\n` });
    ids.push((await box.json<{ snapshot_id: string }>("w", "snapshot", note)).snapshot_id);
  }
  return { box, ids, jvs: box.path("w/.jvs") };
}

export async function diagnose(
  box: Sandbox,
  ...argv: string[]
): Promise<Report & { exit: number }> {
  const { exit, out } = await box.jvs("w", "doctor", "--json", ...argv);
  return { ...(JSON.parse(out) as Report), exit };
}

export function codes({ findings }: Report): string[] {
  return findings.map(({ code }) => code);
}

/** Rewrites a control file without its checksum, as somebody with an editor would. */
export function edit(path: string, change: (record: Record<string, unknown>) => void): void {
  const record = JSON.parse(readFileSync(path, "utf8"));
  change(record);
  delete record.record_checksum;
  writeFileSync(path, `${JSON.stringify(record, null, 2)}\n`);
}

/** Writes a descriptor whose checksum fits its content. */
export function forge(path: string, change: (record: Record<string, unknown>) => void): void {
  const record = JSON.parse(readFileSync(path, "utf8"));
  change(record);
  const { descriptor_checksum: _1, signature: _2, integrity_state: _3, ...covered } = record;
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : value !== null && typeof value === "object"
        ? Object.fromEntries(
            Object.entries(value)
              .sort()
              .map(([key, one]) => [key, sorted(one)]),
          )
        : value;
  record.descriptor_checksum = new Bun.CryptoHasher("sha256")
    .update(JSON.stringify(sorted(covered)))
    .digest("hex");
  writeFileSync(path, `${JSON.stringify(record, null, 2)}\n`);
}

/** The pack with the noise in it. */
export function noisePack(jvs: string): string {
  const [found = ""] = listPackFiles(jvs, ".pack").filter(
    (path) => readFileSync(path).length > 200_000,
  );
  return found;
}
