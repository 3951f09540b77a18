/**
 * A payload is MessagePack, or a head and what it says. A head begins with 0xC1, with which MessagePack never begins; its second
 * byte holds bits for marks and a number for the compression, which is followed by the length before it.
 */
export const headByte = 0xc1
export const markedBit = 0x01

export const plainHead: Uint8Array = new Uint8Array(0)
export const markedHead: Uint8Array = Uint8Array.of(headByte, markedBit)
