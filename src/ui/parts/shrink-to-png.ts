/** Whatever picture the browser can read, as a PNG that fits into a box of dots: base64, on white. */

export interface Box {
  readonly width: number;
  readonly height: number;
}

export async function shrinkToPng(file: File, box: Box): Promise<string> {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, box.width / picture.width, box.height / picture.height);
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
  const context = canvas.getContext('2d');
  if (context === null) throw new TypeError('no canvas');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
