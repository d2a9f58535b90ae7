import { chmodSync, linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { makeFifo, setMtime, setXattr } from "../../../test/system-calls.ts";
import { type ScratchBtrfs, takeOver } from "./scratch-btrfs.suite.ts";

/** What a test of converting works on: a folder, open as `at`, with the folder `w` in it. */
export interface ConvertStage {
  readonly at: number;
  readonly path: string;
}

/** A folder of its own with the folder `w` in it, which `fill` fills. */
export function startIn(
  disk: ScratchBtrfs,
  name: string,
  fill: (folder: string) => void,
): ConvertStage {
  const path = `${disk.path}/${name}`;
  mkdirSync(`${path}/w`, { recursive: true });
  fill(`${path}/w`);
  return { at: disk.open(name), path };
}

export const OLD: bigint = 1_234_567_890_123_456_789n;

/** u::rw-,u:1000:r--,g::r--,m::r--,o::--- (linux/posix_acl_xattr.h). */
export const ACL: Buffer = Buffer.from(
  "0200000001000600ffffffff02000400e803000004000400ffffffff10000400ffffffff20000000ffffffff",
  "hex",
);

/** Everything that a conversion has to bring along. */
export function fillWithAll(folder: string): void {
  mkdirSync(`${folder}/empty`);
  mkdirSync(`${folder}/closed/deep`, { recursive: true });
  writeFileSync(`${folder}/closed/deep/small`, "inline");
  writeFileSync(`${folder}/closed/large`, Buffer.alloc(300_000, "large "));
  writeFileSync(`${folder}/none`, "");
  writeFileSync(Buffer.from(`${folder}/\xff\n`, "latin1"), "odd name", { mode: 0o4755 });
  linkSync(`${folder}/closed/large`, `${folder}/second`);
  symlinkSync("../outside", `${folder}/link`);
  makeFifo(`${folder}/fifo`, 0o620);
  writeFileSync(`${folder}/sparse`, "");
  truncateSync(`${folder}/sparse`, 5_000_000);
  setXattr(`${folder}/none`, "user.note", Buffer.from("x"));
  setXattr(`${folder}/second`, "system.posix_acl_access", ACL);
  setXattr(`${folder}/closed`, "system.posix_acl_default", ACL);
  setXattr(`${folder}/empty`, "trusted.t", Buffer.alloc(0));
  setXattr(folder, "user.root", Buffer.from("y"));
  takeOver(`${folder}/closed/deep/small`);
  takeOver(`${folder}/link`);
  for (const name of ["closed/deep", "closed/large", "fifo", "link", "none", "."])
    setMtime(`${folder}/${name}`, OLD);
  chmodSync(`${folder}/closed`, 0o500);
  chmodSync(folder, 0o2750);
}
