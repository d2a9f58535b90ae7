/** Values that tools/build.ts writes into the binary. */

/** The version from package.json, and the commit where there is one: "0.1.0+1a2b3c4". */
declare const JVS_VERSION: string;

/** Whether places that a test may make fail are compiled in: in bin/jvs-test alone. */
declare const JVS_FAIL_POINTS: boolean;

/** What is written in C, compiled, in base64; empty where the building machine had no compiler for it. */
declare const JVS_NATIVE: string;
