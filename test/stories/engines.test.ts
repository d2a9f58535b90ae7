import { btrfsSnapshotEngine } from "../../src/engines/btrfs-snapshot.ts";
import { copyEngine } from "../../src/engines/copy.ts";
import { testEngine } from "../../src/engines/engine.suite.ts";
import { objectsEngine } from "../../src/engines/objects.ts";
import { reflinkCopyEngine } from "../../src/engines/reflink-copy.ts";

testEngine(objectsEngine, { type: "ext4" });
testEngine(objectsEngine, { type: "xfs" });
testEngine(copyEngine, { type: "ext4" });
testEngine(reflinkCopyEngine, { type: "xfs", sharesBlocks: true });
testEngine(reflinkCopyEngine, { type: "btrfs", sharesBlocks: true });
testEngine(btrfsSnapshotEngine, { type: "btrfs", isSubvolume: true, sharesBlocks: true });
