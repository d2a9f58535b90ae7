import { FolderCursor } from "../fs/folder-cursor.ts";
import { StatBuffer } from "../fs/stat-buffer.ts";
import { openSharedIndex } from "./index-file.ts";
import { ScanControl, UNTOUCHED } from "./scan-control.ts";
import type { ScanHelperTask } from "./scan-helper.ts";
import { KIND, type ScanTable } from "./scan-table.ts";
import { skipUntouched } from "./skip-untouched.ts";

/**
 * Helps a scan: asks the kernel about the files of the index, from its end, while the scan itself
 * goes from its beginning. What it finds untouched the scan need not ask for again. It decides
 * nothing: the scan still lists every folder, and looks closer at whatever is not marked.
 */
declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<ScanHelperTask>): void => {
  const table = openSharedIndex(data.index);
  if (table !== undefined) help(table, new ScanControl(data.control), data.root);
};

function help(table: ScanTable, control: ScanControl, root: number): void {
  using cursor = new FolderCursor(root);
  const stat = new StatBuffer();
  const folders = foldersFromTheEnd(table);
  for (;;) {
    const folder = folders[control.takeTurn()];
    if (folder === undefined || (table.firstChild[folder] as number) <= control.frontier()) return;
    try {
      const fd = cursor.open(table.pathOf(folder));
      markUntouched(table, folder, { fd, stat, found: control.found });
      control.finishFolder(folder);
    } catch {
      // Gone, or closed to us: the scan will see for itself.
    }
  }
}

/** In the order opposite to that in which a scan comes to them. */
function foldersFromTheEnd(table: ScanTable): number[] {
  const folders: number[] = [];
  for (let row = 0; row < table.count; row++)
    if (table.kind[row] === KIND.folder && (table.childCount[row] as number) > 0) folders.push(row);
  return folders.sort(
    (one, other) => (table.firstChild[other] as number) - (table.firstChild[one] as number),
  );
}

function markUntouched(
  table: ScanTable,
  folder: number,
  { fd, stat, found }: { fd: number; stat: StatBuffer; found: Uint8Array },
): void {
  const first = table.firstChild[folder] as number;
  const end = first + (table.childCount[folder] as number);
  for (let row = first; row < end; row++) {
    const next = skipUntouched(table, stat, { fd, row, end });
    found.fill(UNTOUCHED, row, next);
    row = next;
  }
}
