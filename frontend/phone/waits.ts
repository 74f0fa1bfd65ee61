// What waits on this phone, and what it sent: two lists that the phone alone knows.
import { flush, onChange } from "./outbox";
import { drop, mine, waiting, type Waiting } from "./store";
import { cross, hour, make, say } from "./told";

/** Draws both lists now; `where` is the place of the first. */
export async function showLists(wall: string, where: HTMLElement): Promise<void> {
  where.insertBefore(make("div", "waits"), where.firstChild);
  await draw(wall);
}

/** Draws them whenever they change. */
export function renewLists(wall: string): void {
  onChange(() => void draw(wall));
  addEventListener("online", () => void draw(wall));
  addEventListener("offline", () => void draw(wall));
}

async function draw(wall: string): Promise<void> {
  const posts = await waiting(wall);
  const held = posts.some((post) => !post.refused);
  const rows = posts.length ? [...(held ? [note()] : []), heading(), list(posts, wall), ...(held ? [again(wall)] : [])] : [];
  document.querySelector(".waits")?.replaceChildren(...rows);
  await drawMine(wall);
}

function note(): HTMLElement {
  const stays = say("offline_back");
  return make("div", "note", make("div", "", make("b", "", say("offline")), say("offline_stay"), " ", stays));
}

function heading(): HTMLElement {
  return make("h2", "", say("queued"));
}

function list(posts: readonly Waiting[], wall: string): HTMLElement {
  const rows = posts.map((post) => {
    const words = make("b", "", post.fields["text"] || say(post.files.some((file) => file.field === "film") ? "one_video" : "one_photo"));
    words.dir = "auto";
    const about = post.refused ? say("refused_at", { says: post.refused }) : say("queued_at", { time: hour(post.writtenMs) });
    const remove = cross(`${say("remove")}: ${post.fields["text"] ?? ""}`, () => {
      void drop("waiting", post.word).then(() => flush(wall)).then(() => rows[posts.indexOf(post)]!.remove());
    });
    return make("li", "", picture(post), make("div", "what", words, make("span", "", about)), remove);
  });
  const all = make("ul", "list", ...rows);
  return all;
}

function picture(post: Waiting): HTMLElement {
  const still = post.files.filter((file) => file.field !== "film")[0];
  if (!still) return make("span", "");
  const image = make("img", "thumb");
  image.alt = "";
  image.src = URL.createObjectURL(still.body);
  image.onload = () => URL.revokeObjectURL(image.src);
  return image;
}

function again(wall: string): HTMLElement {
  const button = make("button", "", say("try_now"));
  button.type = "button";
  button.addEventListener("click", () => void flush(wall));
  return button;
}

async function drawMine(wall: string): Promise<void> {
  const place = document.getElementById("mine-list");
  if (!place) return;
  const sent = await mine(wall);
  const rows = sent.map((post) => {
    const words = make("b", "", post.text || say("one_photo"));
    words.dir = "auto";
    const link = make("a", "", make("span", "what", words, make("span", "", hour(post.sentMs))));
    link.href = `/r/${post.word}?lang=${document.documentElement.lang}`;
    const row = make("li", "", link, cross(say("forget"), () => void drop("mine", post.word).then(() => row.remove())));
    return row;
  });
  place.replaceChildren(...(rows.length ? rows : [make("li", "quiet", say("mine_none"))]));
}
