// One post, passed on: by the phone's own sheet, as a link, or as a picture drawn here. A policy outranks the drawing:
// the whole text, name, handle, network and time stand in it where the network asks for them.
import { hour, inPage, make } from "./told";

interface Shared {
  readonly address: string;
  readonly title: string;
  readonly text: string;
  readonly name: string;
  readonly handle: string;
  readonly network: string;
  readonly at_ms: number;
  readonly wall: string;
  readonly dir: "ltr" | "rtl";
  readonly ground: string;
  readonly ink: string;
  readonly may_crop: boolean;
  readonly copied: string;
}

const WIDTH = 1080;
const EDGE = 80;

export function offerSharing(): void {
  const shared = inPage<Shared>("parvis-share");
  if (!shared) return;
  const state = document.getElementById("state")!;
  const share = document.getElementById("share") as HTMLButtonElement;
  const copy = document.getElementById("copy") as HTMLButtonElement;
  const picture = document.getElementById("picture") as HTMLButtonElement | null;
  const sheet = (navigator as unknown as { share?: (data: object) => Promise<void> }).share;
  if (sheet) {
    share.addEventListener("click", () => {
      sheet.call(navigator, { title: shared.title, url: shared.address }).catch(() => undefined);
    });
  } else share.remove();
  copy.addEventListener("click", () => {
    void copied(shared.address).then((done) => (state.textContent = done ? shared.copied : shared.address));
  });
  picture?.addEventListener("click", () => void save(shared));
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = make("textarea", "unseen");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

async function save(shared: Shared): Promise<void> {
  const blob = await draw(shared, document.getElementById("shown") as HTMLImageElement | null);
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = "parvis.png";
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function lines(pen: CanvasRenderingContext2D, text: string, width: number): string[] {
  const made: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(/(\s+)/)) {
      if (line && pen.measureText(line + word).width > width) {
        made.push(line.trim());
        line = "";
      }
      for (const sign of Array.from(word)) {
        if (line && pen.measureText(line + sign).width > width) {
          made.push(line);
          line = "";
        }
        line += sign;
      }
    }
    made.push(line.trim());
  }
  return made;
}

/** The picture: as high as the words need. */
export function draw(shared: Shared, image: HTMLImageElement | null): Promise<Blob> {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d")!;
  const there = image && image.complete && image.naturalWidth > 0 ? image : null;
  const room = WIDTH - 2 * EDGE;
  const size = shared.text.length > 160 ? 44 : 60;
  const face = (weight: number, px: number): string => `${weight} ${px}px Bricolage, PlexAr, Hanken, sans-serif`;
  pen.font = face(600, size);
  const words = shared.text ? lines(pen, shared.text, room) : [];
  const natural = there ? Math.round((WIDTH * there.naturalHeight) / there.naturalWidth) : 0;
  const high = shared.may_crop ? Math.min(natural, 1000) : natural;
  const label = [shared.name, shared.handle && `@${shared.handle.replace(/^@/, "")}`, shared.network, shared.at_ms && hour(shared.at_ms)]
    .filter(Boolean)
    .join("  ·  ");
  canvas.width = WIDTH;
  canvas.height = high + EDGE + words.length * size * 1.25 + (label ? 70 : 0) + 130;
  pen.fillStyle = shared.ground;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  if (there) pen.drawImage(there, 0, (high - natural) / 2, WIDTH, natural);
  if (there && high < natural) pen.fillRect(0, high, WIDTH, canvas.height - high);
  const right = shared.dir === "rtl";
  const x = right ? WIDTH - EDGE : EDGE;
  pen.textAlign = right ? "right" : "left";
  pen.direction = shared.dir;
  let y = high + EDGE + size * 0.6;
  pen.fillStyle = shared.ink;
  pen.font = face(600, size);
  for (const line of words) {
    pen.fillText(line, x, y);
    y += size * 1.25;
  }
  pen.font = face(400, 34);
  if (label) pen.fillText(label, x, y + 20);
  pen.font = face(600, 34);
  pen.fillText(shared.wall, x, canvas.height - 60);
  return new Promise((made, failed) => canvas.toBlob((blob) => (blob ? made(blob) : failed(new Error("no picture"))), "image/png"));
}
