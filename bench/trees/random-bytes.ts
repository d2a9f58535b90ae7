import { createCipheriv, createHash } from "node:crypto";

/** Bytes that no compressor makes smaller, the same for the same seed. */
export function randomBytes(seed: string, size: number): Uint8Array {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("aes-128-ctr", key.subarray(0, 16), key.subarray(16)).update(
    Buffer.alloc(size),
  );
}
