// Pictures are made lighter on the phone: a venue's network carries thousands of them.

const SIDE = 2048;
const QUALITY = 0.84;
const LIGHT = 600 * 1024;

/** Whether the engine turns pictures upright by itself when it draws them (Chromium 81, Safari 13.1). */
function turns(): boolean {
  return typeof CSS !== "undefined" && CSS.supports("image-orientation", "from-image");
}

function draw(source: HTMLImageElement | HTMLVideoElement, width: number, height: number, side: number): Promise<Blob> {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) return Promise.reject(new Error("no canvas"));
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((made, failed) =>
    canvas.toBlob((blob) => (blob ? made(blob) : failed(new Error("no picture"))), "image/jpeg", QUALITY),
  );
}

/** The picture as JPEG of at most 2048 px; as it is where that is not possible or saves nothing: the server does it then. */
export async function shrink(file: File): Promise<Blob> {
  if (!turns() || file.type === "image/gif" || (file.type === "image/png" && file.size < LIGHT)) return file;
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    await new Promise<void>((loaded, failed) => {
      image.onload = () => loaded();
      image.onerror = () => failed(new Error("no picture"));
      image.src = url;
    });
    const made = await draw(image, image.naturalWidth, image.naturalHeight, SIDE);
    // By its bytes: an iPhone's Files hands over a HEIC as it is, under any name, and it is smaller than its JPEG.
    return made.size < file.size || !JPEG.test(await headOf(file)) ? made : file;
  } catch {
    return file;
  } finally {
    URL.revokeObjectURL(url);
  }
}

const JPEG = /^\xff\xd8\xff/;

/** Its first twelve bytes; '' when it cannot be read. */
async function headOf(file: File): Promise<string> {
  const head = await file.slice(0, 12).arrayBuffer().catch(() => new ArrayBuffer(0));
  return String.fromCharCode(...Array.from(new Uint8Array(head)));
}

const HEIF = /^[^]{4}ftyp(hei|hev|mif1|msf1)/;

/** Whether it is a picture as iPhones keep them (ISO 23008-12) and this browser cannot open it: then no JPEG can be made of it here, nor on the server. */
export async function isShut(file: File): Promise<boolean> {
  if (!HEIF.test(await headOf(file))) return false;
  return (await shrink(file)) === file;
}

/** A still of a film, for screens that show none; undefined where the browser cannot. */
export function still(file: File): Promise<Blob | undefined> {
  const url = URL.createObjectURL(file);
  const film = document.createElement("video");
  film.muted = true;
  film.preload = "auto";
  film.setAttribute("playsinline", "");
  return new Promise<Blob | undefined>((done) => {
    const patience = setTimeout(() => done(undefined), 4000);
    film.onerror = () => done(undefined);
    film.onloadeddata = () => {
      film.currentTime = Math.min(0.5, (film.duration || 1) / 2);
    };
    film.onseeked = () => {
      clearTimeout(patience);
      draw(film, film.videoWidth, film.videoHeight, SIDE).then(done, () => done(undefined));
    };
    film.src = url;
  }).then((blob) => {
    URL.revokeObjectURL(url);
    return blob;
  });
}
