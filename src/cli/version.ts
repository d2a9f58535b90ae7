declare const JVS_VERSION: string | undefined;

/** Of this program; tools/build.ts puts it in. */
export const VERSION: string = typeof JVS_VERSION === "undefined" ? "0.0.0" : JVS_VERSION;
