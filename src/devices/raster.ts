/** A picture as a receipt printer prints it: black dots or none, eight to a byte. Made from a PNG; greys are dithered (Floyd and Steinberg). */
import { decode, type DecodedPng } from 'fast-png';

export interface Raster {
  readonly widthBytes: number;
  readonly height: number;
  /** Row by row; the highest bit is the leftmost dot, 1 is black. */
  readonly bits: Uint8Array;
}

/** No taller than the paper is wide: a logo, not a poster. */
const TALLEST_PER_WIDTH = 0.75;
/** Of the paper's width: a logo with air beside it. */
const WIDEST_PER_PAPER = 0.75;
/** Above this a picture's decoding would hold up a sale. */
const MOST_PIXELS = 500_000;

/** What a logo may be: a PNG of 8 bits a channel, as browsers write them, that is not huge. Null when it is not. */
export function readPng(png: Uint8Array): DecodedPng | null {
  try {
    // Width and height stand at the head: looked at before a small file unfolds into a large picture.
    const head = new DataView(png.buffer, png.byteOffset, png.byteLength);
    if (png.byteLength < 33 || head.getUint32(16) * head.getUint32(20) > MOST_PIXELS) return null;
    const picture = decode(png);
    return picture.depth === 8 && picture.palette === undefined ? picture : null;
  } catch {
    // Not a PNG, or a broken one: the caller says so.
    return null;
  }
}

/** The logo for a paper of so many dots, never larger than it was drawn. Null when the PNG cannot be read. */
export function rasterLogo(png: Uint8Array, paperDots: number): Raster | null {
  const picture = readPng(png);
  if (picture === null) return null;
  const scale = Math.min(1, (paperDots * WIDEST_PER_PAPER) / picture.width, (paperDots * TALLEST_PER_WIDTH) / picture.height);
  const widthBytes = Math.max(1, Math.floor((picture.width * scale) / 8));
  const height = Math.max(1, Math.round(picture.height * scale));
  return dither(shrink(picture, widthBytes * 8, height), widthBytes, height);
}

/** Lightness from 0 (black) to 255, each dot the mean of what it covers; transparent is white. */
function shrink(picture: DecodedPng, width: number, height: number): Float64Array {
  const light = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = span(y, height, picture.height);
    for (let x = 0; x < width; x++) {
      const [left, right] = span(x, width, picture.width);
      let sum = 0;
      for (let py = top; py < bottom; py++) for (let px = left; px < right; px++) sum += lightness(picture, py * picture.width + px);
      light[y * width + x] = sum / ((bottom - top) * (right - left));
    }
  }
  return light;
}

function span(at: number, parts: number, length: number): [number, number] {
  const first = Math.min(length - 1, Math.floor((at * length) / parts));
  return [first, Math.max(first + 1, Math.floor(((at + 1) * length) / parts))];
}

function lightness({ data, channels }: DecodedPng, pixel: number): number {
  const sample = (channel: number): number => data[pixel * channels + channel] ?? 0;
  const light = channels < 3 ? sample(0) : luma(sample(0), sample(1), sample(2));
  return channels % 2 === 0 ? over(light, sample(channels - 1)) : light;
}

/** ITU-R BT.601. */
function luma(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

function over(light: number, alpha: number): number {
  return 255 + ((light - 255) * alpha) / 255;
}

function dither(light: Float64Array, widthBytes: number, height: number): Raster {
  const width = widthBytes * 8;
  const bits = new Uint8Array(widthBytes * height);
  const spread = (x: number, y: number, error: number): void => {
    if (x >= 0 && x < width && y < height) light[y * width + x] = (light[y * width + x] ?? 0) + error;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const was = light[y * width + x] ?? 255;
      const isBlack = was < 128;
      const error = was - (isBlack ? 0 : 255);
      if (isBlack) bits[y * widthBytes + (x >> 3)] = (bits[y * widthBytes + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
      spread(x + 1, y, (error * 7) / 16);
      spread(x - 1, y + 1, (error * 3) / 16);
      spread(x, y + 1, (error * 5) / 16);
      spread(x + 1, y + 1, error / 16);
    }
  }
  return { widthBytes, height, bits };
}
