import { symlinkSync } from "node:fs";
import { makeFifo, setMtime } from "../system-calls.ts";
import { type Desk, MAIN, openDesk } from "./open-desk.ts";

const TIME = 1_700_000_000_123_456_789n; // 2023-11-14 22:13:20 UTC

/** One snapshot with something of each kind. */
export async function openGallery(): Promise<Desk> {
  const desk = await openDesk();
  desk.write({
    "a.txt": "hello\n",
    "sub/b.bin": "\0\xff",
    "sub/deep/c": "",
    "caf\u00e9 1.txt": "x",
  });
  const at = (name: string): string => desk.box.path(`${MAIN}/${name}`);
  symlinkSync("a.txt", at("link"));
  makeFifo(at("pipe"), 0o600);
  for (const name of ["a.txt", "sub/b.bin", "sub/deep/c", "caf\u00e9 1.txt", "pipe"])
    setMtime(at(name), TIME);
  Bun.spawnSync(["chmod", "4755", at("a.txt")]);
  await desk.save("one", "--tag", "v1", "--meta", "ci=yes");
  return desk;
}
