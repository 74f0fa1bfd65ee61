// English. French stands beside it in fr.ts, written and not translated; the compiler keeps both complete.
const many = (n: number, one: string, more: string): string => (n === 1 ? one : more);

export const en = {
  app: { name: "parvis", studio: "parvis studio", skip: "Skip to the page", loading: "Reading…", slow: "This takes longer than usual. It is still being read." },
  nav: {
    label: "Pages", search: "Search or do", tonight: "Tonight", queue: "Queue", posts: "All posts", write: "Write a post", screens: "Screens", look: "Look",
    sources: "Sources", after: "After and around", numbers: "Numbers", settings: "Settings", wall: "Wall", new_wall: "New wall…", menu: "Menu", close: "Close",
    waiting: (n: number) => `${n} ${many(n, "waits", "wait")}`, filter: "Filter", inspector: "Reasons",
  },
  air: {
    on: "On air", covered: "Covered", off: "No screen", cut: "Line cut",
    screens: (up: number, all: number) => `${up} of ${all} ${many(all, "screen", "screens")}`, no_screens: "no screen yet", to_screen: "post to screen", cause: "Go to the cause",
  },
  panic: {
    button: "Panic", label: "Cover every screen now", back: "Back on air", on: (n: number, of: number) => `Safe slide on ${n} of ${of} ${many(of, "screen", "screens")}`,
    asked: "Covering every screen…", none: "Covered. No screen is open now; the next one opens covered.", all: "Every screen answered. Posts still arrive; none is shown.",
    missing: (names: string) => `No answer yet from ${names}. Posts still arrive; none is shown.`, since: (at: string, by: string) => (by ? `Since ${at}, by ${by}.` : `Since ${at}.`),
    held: "The store cannot write: the server holds this until it can; do not stop it.",
    failed: (why: string) => `The screens were not covered. ${why}`, keys: "Esc three times",
  },
  link: {
    nobody: "The server does not answer.", answered: (status: number) => `The server answered ${status}. Try again, or read its log.`,
    lost: (ago: string) => `This desk lost the server, ${ago} ago`, again: (wait: string) => `trying again in ${wait}`, now: "Try now",
    stands: "The screens still run: they talk to the server, not to this desk. What you see here is from before.",
    kept: (n: number) => `Your last ${many(n, "act is", `${n} acts are`)} kept here and will be sent.`, late: (said: string) => `Something you did before this page was loaded was not done. ${said}`,
    kinds: { approved: "approve", rejected: "reject", hidden: "set aside", pending: "give back", pin: "pin", feature: "feature", undo: "undo", redo: "redo", other: "other" } as Record<string, string>,
    stale: "parvis was upgraded while this page was open. It still works; load it again to get the new one.", reload: "Load again",
  },
  toast: {
    undo: "Undo", close: "Close", undone: "Undone.", redone: "Done again.", taken_back: "Taken back. It had not been sent.", bare: "Approved without its photo", whole: "With its photo again",
    approved: "Approved", rejected: "Rejected", hidden: "Set aside", off: "Off the wall", pending: "Back in the queue", pinned: "Pinned", unpinned: "No longer pinned", featured: "On every screen for 20 s",
    trusted: (who: string) => `${who} is trusted: their next posts are shown at once.`, blocked: (what: string) => `“${what}” is blocked from now on.`, asked: "Left for somebody else.", saved: "Saved.", copied: "Copied.",
    many_rejected: (n: number) => `Rejected ${n} posts`, conflict: (said: string) => said,
  },
  keys: {
    title: "Every key", letters: "Letters act at once", letters_help: "Off: letters do nothing; ⌘ and Ctrl keys, Esc and Enter still work.",
    groups: { anywhere: "Anywhere", go: "Go to", queue: "Queue", sources: "Sources" }, change: "Change", press: "Press a key…", off: "off", reset: "As delivered",
    taken: (what: string) => `“${what}” has that key. It has none now.`, note: "Letters follow what is printed on the key. They are silent while you write.", panic: "Cover every screen",
    acts: {
      palette: "Search or do", help: "Every key", undo: "Undo", redo: "Redo", back_on_air: "Back on air", main: "The main button", inspector: "Reasons, open or close", new: "New", search: "Filter",
      go_tonight: "Tonight", go_queue: "Queue", go_stash: "Set aside", go_posts: "All posts", go_screens: "Screens", go_look: "Look", go_sources: "Sources", go_numbers: "Numbers", go_settings: "Settings",
      next: "Next", previous: "Previous", approve: "Approve", reject: "Reject", stash: "Set aside", without_media: "Approve without the photo", trust: "Trust the author", look: "Look, while held",
      block_wording: "Block the wording", show_one: "Show one of a burst", tick: "Tick, or take apart", ask: "Leave to somebody else", hide: "Take off the wall", pin: "Pin", feature: "Feature for 20 s", pause: "Pause the source",
      clause_1: "Reject: reason 1", clause_2: "Reject: reason 2", clause_3: "Reject: reason 3", clause_4: "Reject: reason 4", clause_5: "Reject: reason 5",
      clause_6: "Reject: reason 6", clause_7: "Reject: reason 7", clause_8: "Reject: reason 8", clause_9: "Reject: reason 9",
    } as Record<string, string>,
  },
  palette: {
    title: "Search or do", field: "What do you want to do?", do: "Do", go: "Go to", posts: "Posts", choose: "choose", does: "do it", undoable: "Everything here can be undone with Z", nothing: (q: string) => `Nothing is called “${q}”.`,
    theme: { light: "Light", dark: "Dark", auto: "Light or dark, as this machine" }, sign_out: "Sign out", lang: "En français",
  },
  door: {
    square: "A parvis is the square before the door. People meet there, and talk.", here: "Installed here, on your machine. Nothing leaves it.",
    sign_in: "Good evening.", sign_in_help: "Sign in to reach the walls.", email: "E-mail", password: "Passphrase", enter: "Sign in", show: "Show the passphrase", hide: "Hide the passphrase",
    wrong: "The e-mail or the passphrase is not right.", first: "Who keeps the house?", first_help: "You will own it. You can invite the team afterwards.", name: "Your name", email_help: "Only to find your way back in. Nothing is sent elsewhere.",
    password_help: "Long enough. No digit, no sign is asked for.", short: "The passphrase has fewer than 10 letters; four words are enough.", go_on: "Continue", link: "The first-run link", link_help: "It was printed where parvis started: all that follows #first=.",
    invite: "You are invited.", invite_help: "Choose a passphrase; the e-mail you were invited with is your name here.", gone: "The server does not answer.", gone_help: "This page is here, parvis is not. It is tried again when you ask.", again: "Try again", key: "Use the owner’s key", key_field: "Owner’s key",
    reset: "Another passphrase.", reset_help: "Choose a new one. Wherever you were signed in, you no longer are.", forgotten: "Forgotten? An owner gives you a link under Settings; a sole owner runs parvis reset on the server.",
    key_help: "It stays in this tab and is sent in no address.", back: "With e-mail and passphrase",
  },
  wall: {
    of: (n: number) => `Question ${n} of 3`, back: "Back", go_on: "Continue", make: "Open the wall", prepares: "What this answer prepares",
    name: "What is the wall called?", name_help: "People read it on the screen. It can be changed later.", title: "Title", lang: "Language of the wall",
    where: "Where will it be seen?", where_help: "The answer chooses layout, review and the size of letters. All of it can be changed later.",
    kinds: { event: ["On a stage or in a hall", "Big screen; people write from their phones"], shop: ["In a place open to all", "Shop, lobby, window, all year"], office: ["In our offices", "The team only"], site: ["On a website", "A block to paste into a page"] },
    from: "Where do posts come from?", tags: "Hashtags", tags_help: "With or without #, separated by spaces.", phone: "The phone page", phone_help: "Anybody in the room writes with the QR code, without an account.", mastodon: "Mastodon server", mastodon_like: "mastodon.social", mastodon_help: "Leave it empty to add networks later.",
    who: "Who decides what is shown?", modes: { approve_first: ["A person, before", "Nothing is shown without a yes"], show_first: ["The rules, then a person", "Shown at once unless a rule doubts"], trusted_only: ["Trusted authors only", "Everybody else waits"] },
    gets: { stage: "Big letters", stage_help: "readable from 22 m", review: "Review first", review_help: "nothing is shown without a yes", open: "Rules first", open_help: "doubts wait for a person", page: "The public’s page", page_help: "ready, with its QR code" },
    sample: ["The hall is up already.", "First row, cold hands, no regret", "Who is the drummer?!", "The sea is listening too", "The lanterns are lit"],
  },
  tonight: {
    well: "All is well.", heard: (n: number) => many(n, "The screen answers.", "Every screen answers."), dark: (name: string, at: string) => `${name} went dark at ${at}.`, darks: (n: number) => `${n} screens went dark.`, nearly: "Nearly.", ill: (name: string) => `${name} brings nothing.`,
    none: "Your wall is up, and empty.", none_help: "Write the first post yourself: it takes ten seconds and proves the whole path, from phone to screen.", first: "Write the first post", no_screen: "No screen is open.", no_screen_help: "Open the wall on a screen, and it says so here.", open: "Open the wall",
    nothing: "Nothing waits for you.", waits: (n: number) => many(n, "One post waits for a person.", `${n} posts wait for a person.`), covered: "The screens are covered.", go_queue: "Open the queue", see: (name: string) => `See ${name}`, now: "On the screens now", drawn: "drawn here from what is on air", sources: "Sources", silent: (n: number, ill: number) => (ill ? `${n}, ${ill} ${many(ill, "needs", "need")} a look` : `${n}, none silent`),
    where: "Where from", says: "How it is", last: "Last post", post_wait: (n: number) => many(n, "post waits for a person", "posts wait for a person"), oldest: (ago: string) => `The oldest has waited for ${ago}.`, nobody: "Nothing waits. New ones appear here by themselves.", shown: "Just shown", nothing_shown: "Nothing was shown yet.",
    to_screen: "Post to screen", half: "half of the posts of the last 10 minutes were faster", unknown: "no post in the last 10 minutes", open_queue: "Open", live: "live", ago: (span: string) => `${span} ago`, never: "none yet", no_sources: "No source yet. The phone page works at once; networks are added under Sources.",
  },
  queue: {
    waiting: "Waiting", on_wall: "On the wall", rejected: "Rejected", aside: "Set aside", copies: "Copies", order: { risk: "riskiest first", old: "oldest first", new: "newest first" },
    nothing: "Nothing waits.", nothing_help: (ago: string) => (ago ? `The last post was decided ${ago} ago. New ones appear here by themselves.` : "New ones appear here by themselves."), quiet: "While it is quiet:", read_aside: "read what was set aside",
    empty: { approved: "Nothing is on the wall.", rejected: "Nothing was rejected.", hidden: "Nothing is set aside.", duplicate: "No copies." } as Record<string, string>,
    list: "Posts that wait", yours: (left: string) => `you have it · ${left}`, theirs: (name: string) => `${name} has it`, looks: (name: string) => `${name} is looking at it`, held: (why: string) => `held: ${why}`, burst: (n: number, accounts: number) => `burst: ${n} near-copies, ${accounts} ${many(accounts, "account", "accounts")}`,
    photo: "Photo, no words", film: "Film, no words", nowords: "No words", anonymous: "Anonymous", from: { phone: "by phone, in the room", staff: "by the team", webhook: "through the webhook", feed: "from a feed" } as Record<string, string>,
    why_held: "Why it waits", why_shown: "Why it is shown", why_rejected: "Why it is not shown", why_hidden: "Why it is aside", policy: "Rule", letters: (a: number, b: number) => `letters ${a}–${b}`, weighed: "What weighed", passes: "It would pass if", calm: "No rule doubts it.", no_why: "The reason could not be read.", look_again: "Read it again",
    blurred: "Blurred until you ask", hold_a: "hold", hold_b: "to look", press: "Look", unblur: "Show", blur: "Blur again", lang: (name: string) => name, no_desc: "No description", desc: "Described by its author", pics: (n: number) => `${n} ${many(n, "picture", "pictures")}`, on_stage: "On the wall it would look like this", original: "Open the original",
    approve: "Approve", reject: "Reject", stash: "Set aside", without: "Approve, hide photo", without_no: "This post is nothing but its photo, or has none.", hide_photo: "Hide photo", show_photo: "Show photo", photo_kept: "Its photo is not shown", with: "Approve with photo", kept_same: "Its photo was kept back before. Approving leaves it so.", kept_other: "Its photo was kept back before. It now shows something else.", trust_no: "This author has no account that could be trusted: anybody may type that name.", trust: "Trust author", hide: "Take off", pin: "Pin", unpin: "Unpin", feature: "Feature", restore: "Back to the queue", ask: "Leave it", block: "Block this wording", more: "More", undo: "undo", clauses_title: "Reject because…",
    clauses: ["Insult", "Hatred or discrimination", "Violence", "Nudity or sex", "Points at a private person", "Advertising", "Off the subject", "Said already", "Other rule of the event"],
    same: (n: number) => `${n} posts say the same thing`, same_help: (accounts: number, span: string) => `${accounts} ${many(accounts, "account", "accounts")} within ${span}. They are one line in the queue, so one decision is enough.`, who: "Who", words: "Words", alike: "Alike", first: "first", apart: "Take apart", one: "Show one, drop the rest", reject_n: (n: number) => `Reject ${n}`, apart_note: "set apart: it says something else", tick: (who: string) => `With the others: ${who}`,
    select: "Choose a post in the list.", loading: "Reading what waits…", failed: "The queue could not be read.", left: "nothing left", more_wait: (n: number) => `${n} more wait`, yes: "Yes", no: "No", why: "Why", let_go: { yes: "Let go to approve", no: "Let go to reject", none: "Swipe, or use the buttons" }, no_rule: "No rule matches.", viewer: "You may read, not decide. Ask the owner for the role of moderator.",
  },
  journey: {
    label: "Journey of the post", written: (where: string) => `written on ${where}`, wrote: (how: string) => `written ${how}`, reached: "reached us", by_rule: "decided by a rule", waits: "waits for a person", approved: (by: string) => `approved by ${by}`, rejected: (by: string) => `rejected by ${by}`, aside: (by: string) => `set aside by ${by}`, on_screens: "on screens", rule: "a rule", someone: "somebody of the team", not_yet: "–", withdrawn: "withdrawn everywhere", edited: "edited by its author", other: (what: string) => what,
  },
  posts: {
    title: "All posts", search: "Words, names, links", state: "State", any: "any", network: "Network", author: "Author", lang: "Language", media: "Picture", with: "with", without: "without", from: "From", to: "To", clear: "Clear",
    states: { new: "new", pending: "waiting", approved: "on the wall", rejected: "rejected", hidden: "set aside", duplicate: "copy", withdrawn: "withdrawn" } as Record<string, string>,
    found: (n: number, more: boolean) => (more ? `The newest ${n}.` : `${n} ${many(n, "post", "posts")}.`), none: "No post is like that.", none_help: "Take away a filter, or search for less.", empty: "No post came yet.", more: "Read older ones", failed: "The posts could not be read.", open: "Journey and reasons", trace: "Everything that happened to it", words: "Words", by: "By", at: "When", state_of: "State",
  },
  write: {
    title: "Write a post", answer: "Say something to the room.", help: "It is signed by the team, needs no review and leaves like any other post.", text: "Words", left: (n: number) => `${n} letters left`, over: (n: number) => `${n} letters too many; shorten it.`, lang: "Language", photos: "Pictures or a film", add: "Add pictures or a film", photos_help: "Up to four pictures, or one film; place and device are erased from them.", alt: (n: number) => `What picture ${n} shows, for those who do not see it`, take_off: (name: string) => `Take ${name} off`, many: "Up to four pictures, or one film.", send: "Put it on the wall", sent: "It is on its way to the screens.", preview: "On the wall", empty: "Write some words, or add a picture.",
  },
  sources: {
    unread: (tags: string, n: number) => `The wall shows ${tags}, but no source reads ${n === 1 ? "it" : "them"}: add a source that does, or take ${n === 1 ? "it" : "them"} off the wall in`,
    add: "Add a source", all: (n: number) => (n === 0 ? "none yet" : `${n}`), live: "live", looks: "looks again by itself", ill: "needs a look", paused: "paused", since: (at: string) => `since ${at}`, last: "Last post", ago: (span: string) => `${span} ago`, never: "none yet", nearest: "Closest name", pause: "Pause", resume: "Resume", drop: "Remove", settings: "Settings", no_settings: "It has none.", save: "Save", saved: "Saved.", choose: "What would you like to add?", choose_help: "Each says what it can bring, and what nobody can.", basis: "Why you may show these posts",
    bases: { platform_terms: "The network’s own terms allow it", own_content: "It is our own content", consent: "The authors said yes", licence: "There is a licence", contract: "There is a contract" } as Record<string, string>,
    start: "Start following", nothing_yet: "Nothing appears on screens before it is approved.", none: "No source yet.", none_help: "The phone page works at once. Add a hashtag, a feed or a webhook, and posts start to come.", list_help: "One a line.", needed: "needed", missing: "This one is needed.", number: (min: string, max: string) => `A number${min ? ` from ${min}` : ""}${max ? ` to ${max}` : ""}.`, came: "Last posts from here", no_posts: "Nothing came from here yet.", dropped: "Removed.", conflict: "Somebody else changed it meanwhile", conflict_help: "Yours is kept here. Read theirs, then save again.", read_theirs: "Read theirs",
    how: { polls: "looks regularly", streams: "live", door: "waits for what is sent", both: "live, and looks regularly" }, health: "How it is", address: "Address", bridges: "Who is told", bridges_help: "Other systems that hear what is shown and what is taken off.", aside: (n: number) => many(n, "One change could not be told.", `${n} changes could not be told.`), declared: "It is declared in the event file.",
  },
  look: {
    theme: "Theme", themes: { conference: "Conference", fashion: "Fashion", festival: "Festival" } as Record<string, string>, faces: { "": "As the theme has it", archivo: "Archivo", instrument: "Instrument", bricolage: "Bricolage Grotesque" } as Record<string, string>, motifs: { "": "As the theme has it", streams: "Streams", letter: "Letter", paper: "Cut paper" } as Record<string, string>, layouts: { masonry: "Masonry", spotlight: "Spotlight", ticker: "Ticker" } as Record<string, string>, scheme: "Ground", light: "light", dark: "dark", fields: "Colours", field: (n: number) => `Field ${n}`, face: "Letters", joint: "Joint", radius: "Corners", logo: "Logo (address)", logo_help: "A file this server serves, such as /static/logo.svg.", draft: (n: number) => (n ? `draft, ${n} ${many(n, "change", "changes")}` : "as on air"),
    readable: "Can people read it?", all_read: "Every pair can be read from the back row.", put: "Put on air", discard: "Discard", colour: "Colour", letters: "Words", words_on: (what: string) => `Words on ${what.toLowerCase()}`, own_help: "Words you do not choose are given the ink that reads best.", unreadable: (pairs: string, n: number) => `Not saved: ${pairs} cannot be read from the back row. ${n === 1 ? "Mend it" : "Mend them"} with one click each.`, use: "Mend it", layout: "Layout", preview: "Preview of the real wall", boxes: { stage: "Stage", totem: "Totem", ticker: "Strip" }, failed: "The contrast could not be checked.", as_delivered: "As the theme has it", add_field: "Own colours", ratio: (r: string) => `${r} : 1`, below: "Below 4.5 : 1 nobody reads it from the back.", motion: "Played with what is on the wall now.", px: (w: number, h: number) => `${w} × ${h}`,
    ground: "Ground", motif: "Motif", calm: "Calm", calm_help: "Posts change without travelling.", of_screen: (n: string) => `${n} % of the short side`, theirs: "As the theme has it", own: "My own colours", conflict_help: "Your draft is kept here. Put it on air again to have yours.",
  },
  screens: {
    some: (n: number, dark: number) => (n === 0 ? "none yet" : dark ? `${n}, ${dark} dark` : `${n}, all up`), none: "No screen has opened this wall.", none_help: "Open this address on the machine behind the screen. It appears here within a second.", dark_for: (span: string) => `Dark for ${span}`, heard: (span: string) => `heard ${span} ago`, silent: "silent", covered: "covered", behind: (n: number) => `${n} behind`, upto: "up to date",
    add: "Add a screen", add_help: "Open this address on it, with a name of its own at the end.", name: "Name", address: "Address", copy: "Copy the address", open: "Open", rename: "Rename", forget: "Forget", forgot: "Forgotten. If it opens the wall again, it comes back.", forget_help: "Takes it off this list. If it opens the wall again, it comes back.", box: "Picture", layout: "Layout", waits: "Still to show", browser: "Browser", version: "Player", offline: "Without the server", offline_yes: "keeps the last wall, also after a reload", offline_no: "keeps the last wall until it is reloaded: plain http", posts: (n: number, span: string) => (n ? `${n} ${many(n, "post", "posts")}, ${span}` : "nothing"), well: "Every screen answers.", dark: (name: string, at: string) => `${name} went dark at ${at}.`, darks: (n: number) => `${n} screens are dark.`, cause: "It stopped between two reports. Most likely it lost power or network; it shows the wall again by itself.", qr: "QR code of the address", new_name: "screen-2", choose: "Choose a screen.", ok: "It answers.", drawn: "Drawn here from what is on air; not a photograph of the screen.",
  },
  numbers: {
    figures: { posts: "Posts", authors: "People who posted", interactions: "Interactions", reach: "Reach", time_to_screen: "Post to screen", time_to_screen_p95: "Post to screen, 95 of 100", shown: "Shown", topics: "Topics" } as Record<string, string>, definition: "Definition", excludes: "Left out", colon: ": ", rows: (n: string) => (n ? `See the ${n} rows` : "See its rows"), more: "More rows", csv: "CSV", csv_failed: "The file could not be made.", known: (share: string) => `known for ${share}`, unknown: "unknown", told: "Known", of: (n: string) => `of ${n}`,
    known_of: { reach: (share: string) => `followers known for ${share} of authors`, interactions: (share: string) => `known for ${share} of posts`, authors: (share: string) => `known for ${share} of posts` } as Record<string, (share: string) => string>,
    silent: { reach: "Authors with no public number", interactions: "Posts whose network tells none", authors: "Posts that name nobody" } as Record<string, string>,
    beside: { shown: (n: string) => `${n} shown`, time_to_screen_p95: (n: string) => `95 of 100 within ${n}` } as Record<string, (n: string) => string>, under: { authors: "each account once", interactions: "likes, shares, answers", time_to_screen: "from its writing to the wall" } as Record<string, string>,
    value_of: { reach: "Followers", interactions: "Interactions", time_to_screen: "Took", time_to_screen_p95: "Took" } as Record<string, string>, columns: { author: "By", text: "Words", at_ms: "Arrived", shown_ms: "Shown", tag: "Hashtag", posts: "Posts" } as Record<string, string>,
    over_time: "Posts over time", each: (span: string) => `each step ${span}`, peak: (n: string, at: string) => `${n} at ${at}`, topics: "What they spoke of", topics_all: (n: string, many_: number) => `${n} ${many(many_, "topic", "topics")}`, people: "Who carried it", followers: "followers", posts_n: (n: number) => `${n} ${many(n, "post", "posts")}`, answered: "Answered most", shown_at: (at: string) => `on the wall at ${at}`, no_words: "Without words", period: "Period", since: (at: string) => `Posts that arrived since ${at}`, since_first: "Every post that is still here", as_of: (at: string) => `As of ${at}. Read again`, night: "12 hours", week: "7 days", all: "Everything", all_time: "See everything", none: "Nothing to count yet.", none_help: "Figures appear with the first post.", none_then: "No post arrived in this time.", failed: "The figures could not be read.", chart: (n: number) => `Line of posts over time, ${n} steps; the same as a table below.`, table: "As a table", time: "Time", shown_col: "Shown", reach_no: "not public", in_room: "in the room", no_rows: "No rows.", close: "Close the rows",
  },
  settings: {
    you: "You", people: "People", people_help: "Owner: everything. Editor: walls, look, sources. Moderator: decides. Viewer: reads.", roles: { owner: "Owner", editor: "Editor", moderator: "Moderator", viewer: "Viewer" }, invite: "Invite", invite_name: "Name", invite_email: "E-mail", role: "Role", role_of: (who: string) => `Role of ${who}`, invited: (who: string) => `Give ${who} this link. It works once.`, remove: "Remove", remove_who: (who: string) => `Remove ${who}`, removed: (who: string) => `${who} was removed.`, forgot: (who: string) => `A link to another passphrase for ${who}`, reset: (who: string) => `Give ${who} this link. It works once, within 24 hours, and signs them out everywhere.`, lang: "Language", langs: { en: "English", fr: "Français" }, theme: "Light and dark", keys: "Keys", every_key: "See and change every key", hold: "Hold V to look at what is blurred", hold_help: "Off: press once to look, once more to blur.", out: "Sign out", out_all: "Sign out everywhere", server: "This server", address: "Address", version: "Version", data: "Data", disk: "Disk", engine: "Engine", free: (free: string, used: string) => `${free} free, ${used} taken`, secure_yes: "A secure address: screens keep the wall across reloads, also without network.", secure_no: "plain http: what is lost", answer_yes: "Everything is set.", answer_no: "It works, with limits.", failed: "The settings could not be read.", alone: "You are alone here.", wall: "This wall", wall_title: "Title", retention: "Days a post is kept", mode: "Who decides", save: "Save",
    conflict: (said: string) => said, key_note: "You are here with the owner’s key. Make an account to work with others.",
  },
  states: { failed: "It could not be read.", again: "Try again", no_wall: "There is no such wall.", no_wall_help: "It may have another name now.", not_yet: "This server does not answer that yet.", no_walls: "There is no wall yet.", no_walls_help: "Three questions, and one stands." },
};

export type Words = typeof en;
