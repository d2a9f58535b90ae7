import { readCommandLine, repairArgs } from "./cli/raw-args.ts";
import { SystemIo } from "./cli/system-io.ts";

// Compiled, the program is the binary alone; otherwise it is the runtime with this file.
const isCompiled = import.meta.url.includes("/$bunfs/");
const argv = isCompiled
  ? ([process.execPath] as const)
  : ([process.execPath, import.meta.path] as const);
// What src/front tells the runtime by them is nothing for the programs that this one starts.
delete process.env.BUN_JSC_thresholdForJITAfterWarmUp;
delete process.env.BUN_JSC_thresholdForFTLOptimizeAfterWarmUp;
const io = new SystemIo(process.env, argv);
const words = repairArgs(process.argv.slice(2), readCommandLine);
process.exit(await carryOut());

/** What a command needs is loaded where it runs. */
async function carryOut(): Promise<number> {
  if (words[0] === "__serve") {
    // The runtime names the user by these, and who that is the caller says.
    delete process.env.USER;
    delete process.env.LOGNAME;
    const { serve } = await import("./cli/serve/serve.ts");
    return serve(io);
  }
  const { lookWhileLoading } = await import("./cli/look-while-loading.ts");
  using _look = lookWhileLoading(words);
  const { run } = await import("./cli/run.ts");
  return await run(words, io);
}
