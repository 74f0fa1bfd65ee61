// A QR code, byte mode, error correction M, versions 1 to 10: enough for an address of 200 letters.

// Per version: codewords in all, correction codewords a block, blocks.
const SIZES = [[26, 10, 1], [44, 16, 1], [70, 26, 1], [100, 18, 2], [134, 24, 2], [172, 16, 4], [196, 18, 4], [242, 22, 4], [292, 22, 5], [346, 26, 5]] as const;
const MIDDLES = [[], [18], [22], [26], [30], [34], [22, 38], [24, 42], [26, 46], [28, 50]] as const;

const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let at = 0, value = 1; at < 255; at++) {
  EXP[at] = EXP[at + 255] = value;
  LOG[value] = at;
  value = (value << 1) ^ (value & 128 ? 0x11d : 0);
}
const times = (a: number, b: number): number => (a && b ? EXP[LOG[a]! + LOG[b]!]! : 0);

function correction(data: readonly number[], degree: number): number[] {
  let divisor = [1];
  for (let at = 0; at < degree; at++) {
    const next = new Array<number>(divisor.length + 1).fill(0);
    divisor.forEach((one, place) => {
      next[place]! ^= one;
      next[place + 1]! ^= times(one, EXP[at]!);
    });
    divisor = next;
  }
  const rest = new Array<number>(degree).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift()!;
    rest.push(0);
    divisor.slice(1).forEach((one, place) => (rest[place]! ^= times(one, factor)));
  }
  return rest;
}

function codewords(bytes: Uint8Array): { version: number; words: number[] } | undefined {
  for (let version = 1; version <= SIZES.length; version++) {
    const [total, ec, blocks] = SIZES[version - 1]!;
    const room = total - ec * blocks;
    const head = version < 10 ? 12 : 20;
    if (bytes.length * 8 + head > room * 8) continue;
    const bits: number[] = [];
    const push = (value: number, length: number): void => {
      for (let at = length - 1; at >= 0; at--) bits.push((value >> at) & 1);
    };
    push(4, 4);
    push(bytes.length, version < 10 ? 8 : 16);
    bytes.forEach((byte) => push(byte, 8));
    push(0, Math.min(4, room * 8 - bits.length));
    while (bits.length % 8) bits.push(0);
    const data: number[] = [];
    for (let at = 0; at < bits.length; at += 8) data.push(bits.slice(at, at + 8).reduce((sum, bit) => sum * 2 + bit, 0));
    for (let pad = 0xec; data.length < room; pad ^= 0xec ^ 0x11) data.push(pad);
    const small = Math.floor(room / blocks);
    const larger = room % blocks;
    const parts: number[][] = [];
    for (let block = 0, at = 0; block < blocks; block++) {
      const size = small + (block >= blocks - larger ? 1 : 0);
      parts.push(data.slice(at, at + size));
      at += size;
    }
    const checks = parts.map((part) => correction(part, ec));
    const words: number[] = [];
    for (let at = 0; at <= small; at++) for (const part of parts) if (at < part.length) words.push(part[at]!);
    for (let at = 0; at < ec; at++) for (const check of checks) words.push(check[at]!);
    return { version, words };
  }
  return undefined;
}

function formatBits(mask: number): number {
  let rest = mask; // level M is 00
  for (let at = 0; at < 10; at++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  return ((mask << 10) | rest) ^ 0x5412;
}

function versionBits(version: number): number {
  let rest = version;
  for (let at = 0; at < 12; at++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  return (version << 12) | rest;
}

/** Rows of dark (1) and light (0) modules; undefined when the text is too long. */
export function qrOf(text: string): readonly (readonly number[])[] | undefined {
  const coded = codewords(new TextEncoder().encode(text));
  if (!coded) return undefined;
  const { version, words } = coded;
  const size = version * 4 + 17;
  const grid = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const fixed = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  const set = (x: number, y: number, dark: boolean): void => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    grid[y]![x] = dark ? 1 : 0;
    fixed[y]![x] = true;
  };
  for (let at = 0; at < size; at++) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]] as const)
    for (let dy = -4; dy <= 4; dy++) for (let dx = -4; dx <= 4; dx++) set(cx + dx, cy + dy, ![2, 4].includes(Math.max(Math.abs(dx), Math.abs(dy))));
  const places = version > 1 ? [6, ...MIDDLES[version - 1]!] : [];
  for (const cy of places)
    for (const cx of places) {
      if ((cx === 6 && cy === 6) || (cx === 6 && cy === size - 7) || (cx === size - 7 && cy === 6)) continue;
      for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) set(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
    }
  const format = (mask: number): void => {
    const bits = formatBits(mask);
    const bit = (at: number): boolean => ((bits >> at) & 1) === 1;
    for (let at = 0; at <= 5; at++) set(8, at, bit(at));
    set(8, 7, bit(6));
    set(8, 8, bit(7));
    set(7, 8, bit(8));
    for (let at = 9; at < 15; at++) set(14 - at, 8, bit(at));
    for (let at = 0; at < 8; at++) set(size - 1 - at, 8, bit(at));
    for (let at = 8; at < 15; at++) set(8, size - 15 + at, bit(at));
    set(8, size - 8, true);
  };
  format(0);
  if (version >= 7) {
    const bits = versionBits(version);
    for (let at = 0; at < 18; at++) {
      const dark = ((bits >> at) & 1) === 1;
      set(size - 11 + (at % 3), Math.floor(at / 3), dark);
      set(Math.floor(at / 3), size - 11 + (at % 3), dark);
    }
  }
  let place = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      for (let side = 0; side < 2; side++) {
        const x = right - side;
        const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
        if (fixed[y]![x]) continue;
        const dark = place < words.length * 8 && ((words[place >> 3]! >> (7 - (place & 7))) & 1) === 1;
        grid[y]![x] = dark !== ((x + y) % 2 === 0) ? 1 : 0; // mask 0
        place++;
      }
    }
  }
  return grid;
}
