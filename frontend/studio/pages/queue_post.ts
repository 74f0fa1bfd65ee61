import { html, nothing, type TemplateResult } from "lit";
import { journey } from "../parts/journey";
import { alone, asShown } from "../parts/mini";
import { media } from "../parts/photo";
import { avatar, caps, drawn, icon, langOf, nameOf, network, networkName, said, words } from "../parts/small";
import { countdown, language, when } from "../state/format";
import { doubtful, verdictsOf } from "../state/line";
import type { Queued, Span } from "../state/types";
import { t } from "../words";
import type { QueueSeat } from "./queue_seat";

export function spansOf(item: Queued, outcome: "hard" | "soft"): readonly Span[] {
  return verdictsOf(item).filter((one) => (outcome === "hard" ? one.outcome !== "pass" : one.outcome === "pass")).flatMap((one) => one.spans ?? []);
}

/** An edit must not bring back unseen what somebody kept off the wall. */
export function keptBack(item: Queued, tag: "li" | "p" = "li"): TemplateResult | typeof nothing {
  if (!item.kept) return nothing;
  const said = html`${icon("eye-off", 15)}<span>${item.kept === "same" ? t.queue.kept_same : t.queue.kept_other}</span>`;
  return tag === "li" ? html`<li class="row top warn m">${said}</li>` : html`<p class="row top warn m t12">${said}</p>`;
}

function facts(queue: QueueSeat, item: Queued): TemplateResult {
  const { post } = item;
  const described = post.media?.some((one) => one.alt);
  const many = post.media?.length ?? 0;
  return html`<ul class="facts t12 i2">
    ${post.lang ? html`<li class="row">${icon("languages", 15)}${language(post.lang, queue.desk.lang)}</li>` : nothing}
    ${queue.bare(item) ? html`<li class="row">${icon("eye-off", 15)}${t.queue.photo_kept}</li>` : nothing}
    ${keptBack(item)}
    ${many ? html`<li class="row">${icon("image", 15)}${t.queue.pics(many)}</li><li class="row">${icon("captions", 15)}${described ? t.queue.desc : t.queue.no_desc}</li>` : nothing}
    ${post.permalink && /^https?:/.test(post.permalink) ? html`<li class="row">${icon("external-link", 15)}<a href=${post.permalink} target="_blank" rel="noopener noreferrer">${t.queue.original}</a></li>` : nothing}
  </ul>`;
}

export function hand(queue: QueueSeat, item: Queued): TemplateResult | typeof nothing {
  const other = queue.other(item);
  if (other) return html`<span class="chip warn">${t.queue.theirs(other.name)} · ${countdown(other.until_ms - Date.now())}</span>`;
  if (queue.mine <= Date.now()) return nothing;
  return html`<span class="chip act">${t.queue.yours(countdown(queue.mine - Date.now()))}</span>`;
}

/** The post, its words large: people's sentences are the content. */
export function post(queue: QueueSeat, item: Queued): TemplateResult {
  const { post } = item;
  const who = nameOf(post.author);
  return html`<article class="post">
    <header class="row g12">${avatar(who, "s36")}<div class="col f1"><span class="b el" dir="auto">${drawn(who)}</span><span class="t12 i3 row g6"><span class="el" dir="auto">${post.author?.handle && post.author.handle !== who ? post.author.handle : ""}</span>${network(post.network, 16, false)}<span class="el">${networkName(post.network)} · ${when(post.created_at_ms, Date.now(), queue.desk.lang)}</span></span></div>${hand(queue, item)}</header>
    <p class="says" dir=${post.dir ?? "auto"} lang=${langOf(post)}>${post.text.trim() ? words(post, spansOf(item, "hard"), spansOf(item, "soft")) : html`<span class="i2">${said(post)}</span>`}</p>
    <div class="beside">${media(queue, item)}${facts(queue, item)}</div>
    <div class="rule stage ${doubtful(item) && !queue.looking ? "blur" : ""}"><p class="t12 i3">${t.queue.on_stage}</p>${alone(asShown(item))}</div>
    <div class="sp"></div>${journey(item, Date.now(), queue.desk.lang, false, queue.desk)}</article>`;
}

/** The main acts, each with its key. Hide, pin and feature stand where a post is on the wall. */
export function foot(queue: QueueSeat, item: Queued): TemplateResult {
  const { desk } = queue;
  if (!desk.mayAct) return html`<footer class="foot"><p class="i2">${t.queue.viewer}</p></footer>`;
  const shut = queue.other(item) !== undefined;
  const button = (act: string, name: string, kind: string, does: () => void): TemplateResult => html`<button class="btn ${kind}" ?disabled=${shut} @click=${does}>${name} ${caps(desk, act)}</button>`;
  const approve = button("approve", t.queue.approve, "ok", () => queue.decide("approved"));
  const reject = button("reject", t.queue.reject, "no", () => queue.decide("rejected"));
  const stash = button("stash", t.queue.stash, "", () => queue.decide("hidden", 0, "stash"));
  const bare = queue.mayBare(item) ? button("without_media", queue.view === "approved" ? (queue.bare(item) ? t.queue.show_photo : t.queue.hide_photo) : item.kept === "same" ? t.queue.with : t.queue.without, "", () => queue.without()) : nothing;
  const on = html`${button("hide", t.queue.hide, "no", () => queue.decide("hidden"))}${button("pin", queue.pinned(item) ? t.queue.unpin : t.queue.pin, "", () => queue.does("pin"))}${button("feature", t.queue.feature, "", () => queue.does("feature"))}${bare}${button("reject", t.queue.reject, "ghost no", () => queue.decide("rejected"))}`;
  const waiting = html`${approve}${bare}${reject}${stash}${queue.mayTrust(item) ? button("trust", t.queue.trust, "ghost", () => queue.trust()) : nothing}${button("block_wording", t.queue.block, "ghost far", () => queue.block())}`;
  return html`<footer class="foot">${queue.view === "approved" ? on : queue.view === "" ? waiting : html`${approve}${queue.view === "rejected" ? nothing : reject}${queue.view === "hidden" ? nothing : stash}`}
    <span class="sp"></span><span class="t12 i3 row g6 nw far">${caps(desk, "next")}${caps(desk, "previous")}${caps(desk, "undo")} ${t.queue.undo} ${caps(desk, "help")}</span></footer>`;
}
