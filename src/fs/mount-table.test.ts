import { expect, test } from "vitest";
import type { RawPath } from "../model/raw-path.ts";
import { closeFd, openFolder, statFd } from "./at.ts";
import { AT_FDCWD } from "./libc.ts";
import { listMounts } from "./mount-table.ts";
import { StatBuffer } from "./stat-buffer.ts";

test("a mount is found by the number of a file on it", () => {
  const fd = openFolder(AT_FDCWD, "/proc" as RawPath);
  const stat = new StatBuffer();
  statFd(fd, stat);
  closeFd(fd);

  expect(listMounts().find(({ id }) => id === stat.mountId)).toEqual({
    id: stat.mountId,
    device: stat.device,
    root: "/",
    point: "/proc",
    type: "proc",
  });
});
