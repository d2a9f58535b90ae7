import { linkSync } from "node:fs";
import { expect, test } from "vitest";
import { readDescriptors } from "../repository.ts";
import { makeSandbox } from "../sandbox.ts";

const DISKS = [
  { engine: "btrfs-snapshot", type: "btrfs" },
  { engine: "reflink-copy", type: "btrfs" },
  { engine: "reflink-copy", type: "xfs" },
  { engine: "copy", type: "ext4" },
] as const;

test.for(DISKS)(
  "content that is read later has the same names, by $engine on $type",
  async ({ engine, type }, { skip }) => {
    await using box = makeSandbox();
    const why = box.mountNew(type, "disk");
    if (why !== undefined) skip(why);
    const folder = box.path("disk/w");
    if (engine === "btrfs-snapshot") Bun.spawnSync(["btrfs", "subvolume", "create", folder]);
    box.write({
      "disk/w/a.txt": "hello\n",
      "disk/w/sub/large": Buffer.alloc(3_000_000, "large"),
      "disk/w/.jvsignore": "*.log\n",
      "disk/w/x.log": "left out",
    });
    linkSync(`${folder}/a.txt`, `${folder}/sub/other name`);
    Bun.spawnSync(["truncate", "-s", "3M", `${folder}/holes`]);
    Bun.spawnSync(["setfattr", "-n", "user.note", "-v", "hi", `${folder}/sub/large`]);
    const env = { JVS_SNAPSHOT_ENGINE: engine };
    const jvs = async (...argv: string[]): Promise<string> => {
      const { exit, err, out } = await box.run("disk/w", argv, { env });
      expect({ exit, err }, argv.join(" ")).toEqual({ exit: 0, err: "" });
      return out;
    };
    await jvs("init");
    await jvs("snapshot", "later", "--hash", "later");
    expect(readDescriptors(folder)[0]).toMatchObject({ integrity_state: "pending", engine });
    await jvs("seal");
    await jvs("snapshot", "now");
    const [later, now] = readDescriptors(folder);
    const { payload_root_hash, links, entries, bytes, root_mode } = now ?? {};
    expect(later).toMatchObject({ payload_root_hash, links, entries, bytes, root_mode });
    expect(await jvs("status")).toContain("Nothing to snapshot");
    await jvs("verify");
    expect(await jvs("view", "HEAD~1")).toContain("/.jvs/snapshots/");
  },
);
