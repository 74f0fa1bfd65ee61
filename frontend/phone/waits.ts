// What waits on this phone, and what it sent: two lists that the phone alone knows.
import { changed, flush, gone, onChange } from "./outbox";
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
  const held = posts.filter((post) => !post.refused);
  const put = held.filter((post) => post.later)[0];
  const rows = gone.length ? [left()] : [];
  if (held.length) rows.push(note(navigator.onLine ? put?.later : ""));
  if (posts.length) rows.push(heading(), list(posts));
  if (held.length) rows.push(again(wall));
  document.querySelector(".waits")?.replaceChildren(...rows);
  await drawMine(wall);
}

/** Why it waits: what the server said, else that there is no network. */
function note(says = ""): HTMLElement {
  const why = says ? [make("b", "", says)] : [make("b", "", say("offline")), say("offline_stay"), " "];
  return status(make("div", "", ...why, say("offline_back")));
}

/** What waited has left: its receipts, which nobody could open before. */
function left(): HTMLElement {
  const links = gone.map((post) => {
    const link = make("a", "", say("its_receipt"), post.text ? `: ${post.text}` : "");
    link.dir = "auto";
    link.href = receiptOf(post.word);
    return link;
  });
  const said = status(make("div", "", make("b", "", say("left_now")), ...links));
  said.classList.add("well");
  return said;
}

function status(...said: Node[]): HTMLElement {
  const box = make("div", "note", ...said);
  box.setAttribute("role", "status");
  return box;
}

function receiptOf(word: string): string {
  return `/r/${word}?lang=${document.documentElement.lang}`;
}

function heading(): HTMLElement {
  return make("h2", "", say("queued"));
}

function list(posts: readonly Waiting[]): HTMLElement {
  const rows = posts.map((post) => {
    const words = make("b", "", post.fields["text"] || say(post.files.some((file) => file.field === "film") ? "one_video" : "one_photo"));
    words.dir = "auto";
    const about = post.refused ? say("refused_at", { says: post.refused }) : say("queued_at", { time: hour(post.writtenMs) });
    const remove = cross(`${say("remove")}: ${post.fields["text"] ?? ""}`, () => {
      void drop("waiting", post.word).then(changed);
    });
    return make("li", "", picture(post), make("div", "what", words, make("span", "", about)), remove);
  });
  return make("ul", "list", ...rows);
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
    link.href = receiptOf(post.word);
    const row = make("li", "", link, cross(say("forget"), () => void drop("mine", post.word).then(() => row.remove())));
    return row;
  });
  place.replaceChildren(...(rows.length ? rows : [make("li", "quiet", say("mine_none"))]));
}
