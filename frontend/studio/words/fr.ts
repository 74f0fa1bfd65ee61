// Le français : écrit, pas traduit. Espaces fines et insécables de la typographie française.
import type { Words } from "./en";

const plusieurs = (n: number, un: string, beaucoup: string): string => (n < 2 ? un : beaucoup);

export const fr: Words = {
  app: { name: "parvis", studio: "parvis, le studio", skip: "Aller à la page", loading: "Lecture…", slow: "C’est plus long que d’habitude. La lecture continue." },
  nav: {
    label: "Pages", search: "Chercher ou agir", tonight: "Ce soir", queue: "À relire", posts: "Tous les messages", write: "Écrire un message", screens: "Écrans", look: "Allure",
    sources: "Sources", after: "Après et autour", numbers: "Chiffres", settings: "Réglages", wall: "Mur", new_wall: "Nouveau mur…", menu: "Menu", close: "Fermer",
    waiting: (n) => `${n} en attente`, filter: "Filtre", inspector: "Raisons",
  },
  air: {
    on: "À l’antenne", covered: "Couvert", off: "Aucun écran", cut: "Liaison coupée",
    screens: (up, all) => `${up} ${plusieurs(up, "écran", "écrans")} sur ${all}`, no_screens: "pas encore d’écran", to_screen: "du message à l’écran", cause: "Aller à la cause",
  },
  panic: {
    button: "Panique", label: "Couvrir tous les écrans tout de suite", back: "Retour à l’antenne", on: (n, of) => `Image neutre sur ${n} ${plusieurs(n, "écran", "écrans")} sur ${of}`,
    asked: "On couvre tous les écrans…", none: "C’est couvert. Aucun écran n’est ouvert ; le prochain s’ouvrira couvert.", all: "Chaque écran a répondu. Les messages arrivent toujours ; aucun n’est montré.",
    missing: (names) => `Pas encore de réponse de ${names}. Les messages arrivent toujours ; aucun n’est montré.`, since: (at, by) => (by ? `Depuis ${at}, par ${by}.` : `Depuis ${at}.`),
    failed: (why) => `Les écrans n’ont pas été couverts. ${why}`, keys: "Échap trois fois",
  },
  link: {
    nobody: "Le serveur ne répond pas.", answered: (status) => `Le serveur a répondu ${status}. Réessayez, ou lisez son journal.`,
    lost: (ago) => `Ce poste a perdu le serveur il y a ${ago}`, again: (wait) => `nouvel essai dans ${wait}`, now: "Essayer tout de suite",
    stands: "Les écrans tournent toujours : ils parlent au serveur, pas à ce poste. Ce que vous voyez ici date d’avant.",
    kept: (n) => plusieurs(n, "Votre dernière action est gardée ici et partira.", `Vos ${n} dernières actions sont gardées ici et partiront.`),
    kinds: { approved: "valider", rejected: "refuser", hidden: "mettre de côté", pending: "rendre", pin: "épingler", feature: "mettre en avant", undo: "annuler", redo: "rétablir", other: "autre" },
    stale: "parvis a été mis à jour pendant que cette page était ouverte. Elle marche encore ; rechargez-la pour avoir la nouvelle.", reload: "Recharger",
  },
  toast: {
    undo: "Annuler", close: "Fermer", undone: "Annulé.", redone: "Rétabli.", taken_back: "Repris. Rien n’était parti.", nothing_to_undo: "Il n’y a rien à annuler.",
    approved: "Validé", rejected: "Refusé", hidden: "Mis de côté", off: "Retiré du mur", pending: "De retour à relire", pinned: "Épinglé", unpinned: "N’est plus épinglé", featured: "Sur tous les écrans pendant 20 s",
    trusted: (who) => `${who} a votre confiance : ses prochains messages s’affichent tout de suite.`, blocked: (what) => `« ${what} » est désormais bloqué.`, asked: "Laissé à quelqu’un d’autre.", saved: "Enregistré.", copied: "Copié.",
    many_rejected: (n) => `${n} messages refusés`, conflict: (said) => said,
  },
  keys: {
    title: "Toutes les touches", letters: "Les lettres agissent tout de suite", letters_help: "Sans cela, les lettres ne font rien ; les touches ⌘ et Ctrl, Échap et Entrée marchent encore.",
    groups: { anywhere: "Partout", go: "Aller à", queue: "À relire", sources: "Sources" }, change: "Changer", press: "Appuyez sur une touche…", off: "aucune", reset: "Comme à l’origine",
    taken: (what) => `« ${what} » avait cette touche et n’en a plus.`, note: "Les lettres suivent ce qui est imprimé sur la touche. Elles se taisent quand vous écrivez.", panic: "Couvrir tous les écrans",
    acts: {
      palette: "Chercher ou agir", help: "Toutes les touches", undo: "Annuler", redo: "Rétablir", back_on_air: "Retour à l’antenne", main: "Le bouton principal", inspector: "Raisons, ouvrir ou fermer", new: "Nouveau", search: "Filtrer",
      go_tonight: "Ce soir", go_queue: "À relire", go_stash: "De côté", go_posts: "Tous les messages", go_screens: "Écrans", go_look: "Allure", go_sources: "Sources", go_numbers: "Chiffres", go_settings: "Réglages",
      next: "Suivant", previous: "Précédent", approve: "Valider", reject: "Refuser", stash: "Mettre de côté", without_media: "Valider sans la photo", trust: "Faire confiance à l’auteur", look: "Regarder, tant qu’elle est tenue",
      block_wording: "Bloquer la formule", show_one: "Montrer un message de la rafale", tick: "Cocher, ou mettre à part", ask: "Laisser à quelqu’un d’autre", hide: "Retirer du mur", pin: "Épingler", feature: "Mettre en avant 20 s", pause: "Suspendre la source",
      clause_1: "Refuser : article 1", clause_2: "Refuser : article 2", clause_3: "Refuser : article 3", clause_4: "Refuser : article 4", clause_5: "Refuser : article 5",
      clause_6: "Refuser : article 6", clause_7: "Refuser : article 7", clause_8: "Refuser : article 8", clause_9: "Refuser : article 9",
    },
  },
  palette: {
    title: "Chercher ou agir", field: "Que voulez-vous faire ?", do: "Agir", go: "Aller à", posts: "Messages", choose: "choisir", does: "le faire", undoable: "Tout ici s’annule avec Z", nothing: (q) => `Rien ne s’appelle « ${q} ».`,
    theme: { light: "Clair", dark: "Sombre", auto: "Clair ou sombre, comme cette machine" }, sign_out: "Se déconnecter", lang: "In English",
  },
  door: {
    square: "Un parvis, c’est la place devant l’entrée. Les gens s’y retrouvent et se parlent.", here: "Installé ici, sur votre machine. Aucune donnée n’en sort.",
    sign_in: "Bonsoir.", sign_in_help: "Connectez-vous pour retrouver vos murs.", email: "Adresse mail", password: "Phrase de passe", enter: "Se connecter", show: "Montrer la phrase de passe", hide: "Cacher la phrase de passe",
    wrong: "L’adresse ou la phrase de passe n’est pas la bonne.", first: "Qui tient la maison ?", first_help: "Vous serez propriétaire. Vous pourrez inviter l’équipe ensuite.", name: "Votre nom", email_help: "Seulement pour retrouver votre accès. Rien ne part ailleurs.",
    password_help: "Assez longue. Aucun chiffre ni signe n’est exigé.", short: "La phrase de passe a moins de 10 lettres ; quatre mots suffisent.", go_on: "Continuer", link: "Le lien de première ouverture", link_help: "Il s’est affiché au démarrage de parvis : tout ce qui suit #first=.",
    invite: "On vous attend.", invite_help: "Choisissez une phrase de passe ; ici, votre nom est l’adresse qui a reçu l’invitation.", gone: "Le serveur ne répond pas.", gone_help: "Cette page est là, parvis n’y est pas. On réessaie quand vous le demandez.", again: "Réessayer", key: "Avec la clé du propriétaire", key_field: "Clé du propriétaire",
    key_help: "Elle reste dans cet onglet et ne part dans aucune adresse.", back: "Avec adresse et phrase de passe",
  },
  wall: {
    of: (n) => `Question ${n} sur 3`, back: "Retour", go_on: "Continuer", make: "Ouvrir le mur", prepares: "Ce que cette réponse prépare",
    name: "Comment s’appelle ce mur ?", name_help: "On le lit à l’écran. Tout se change plus tard.", title: "Titre", lang: "Langue du mur",
    where: "Où verra-t-on ce mur ?", where_help: "La réponse choisit la mise en page, la relecture et la taille des lettres. Tout se change plus tard.",
    kinds: { event: ["Sur une scène ou dans une salle", "Grand écran, le public écrit depuis son téléphone"], shop: ["Dans un lieu ouvert au public", "Boutique, accueil, vitrine, toute l’année"], office: ["Dans nos bureaux", "Équipe seulement"], site: ["Sur un site", "Bloc à coller dans une page"] },
    from: "D’où viennent les messages ?", tags: "Mots-dièse", tags_help: "Avec ou sans #, séparés par des espaces.", phone: "La page du public", phone_help: "Chacun écrit dans la salle avec le code QR, sans compte.", mastodon: "Serveur Mastodon", mastodon_like: "mastodon.social", mastodon_help: "Laissez vide pour ajouter des réseaux plus tard.",
    who: "Qui décide de ce qui s’affiche ?", modes: { approve_first: ["Une personne, avant", "Rien ne s’affiche sans un oui"], show_first: ["Les règles, puis une personne", "Affiché tout de suite, sauf si une règle doute"], trusted_only: ["Les auteurs de confiance seulement", "Tous les autres attendent"] },
    gets: { stage: "Grosses lettres", stage_help: "lisibles à 22 m", review: "Relecture d’abord", review_help: "rien ne s’affiche sans un oui", open: "Les règles d’abord", open_help: "les doutes attendent quelqu’un", page: "Page du public", page_help: "prête, avec son code QR" },
    sample: ["La halle est déjà debout.", "Premier rang, mains gelées, aucun regret", "C’est qui, à la batterie ?!", "La mer écoute aussi", "Les lampions sont allumés"],
  },
  tonight: {
    well: "Tout va bien.", heard: (n) => plusieurs(n, "L’écran répond.", "Chaque écran répond."), dark: (name, at) => `${name} s’est éteint à ${at}.`, darks: (n) => `${n} écrans se sont éteints.`, nearly: "Presque.", ill: (name) => `${name} n’apporte rien.`,
    none: "Votre mur est prêt, et vide.", none_help: "Écrivez le premier message : dix secondes, et tout le chemin est vérifié, du téléphone à l’écran.", first: "Écrire le premier message", no_screen: "Aucun écran n’est ouvert.", no_screen_help: "Ouvrez le mur sur un écran, et il se présente ici.", open: "Ouvrir le mur",
    nothing: "Rien ne vous attend.", waits: (n) => plusieurs(n, "Un message attend quelqu’un.", `${n} messages attendent quelqu’un.`), covered: "Les écrans sont couverts.", go_queue: "Aller relire", see: (name) => `Voir ${name}`, now: "Sur les écrans en ce moment", drawn: "dessiné ici d’après l’antenne", sources: "Sources", silent: (n, ill) => (ill ? `${n}, dont ${ill} à regarder` : `${n}, aucune muette`),
    where: "D’où", says: "Comment ça va", last: "Dernier message", post_wait: (n) => plusieurs(n, "message attend quelqu’un", "messages attendent quelqu’un"), oldest: (ago) => `Le plus ancien attend depuis ${ago}.`, nobody: "Rien n’attend. Les prochains arrivent ici d’eux-mêmes.", shown: "À l’instant", nothing_shown: "Rien ne s’est encore affiché.",
    to_screen: "Du message à l’écran", half: "la moitié des messages des 10 dernières minutes ont fait mieux", unknown: "aucun message ces 10 dernières minutes", open_queue: "Ouvrir", live: "en direct", ago: (span) => `il y a ${span}`, never: "pas encore", no_sources: "Pas encore de source. La page du public marche tout de suite ; les réseaux s’ajoutent dans Sources.",
  },
  queue: {
    waiting: "En attente", on_wall: "Sur le mur", rejected: "Refusés", aside: "De côté", copies: "Copies", order: { risk: "les plus risqués d’abord", old: "les plus anciens d’abord", new: "les plus récents d’abord" },
    nothing: "Rien n’attend.", nothing_help: (ago) => (ago ? `Le dernier message a été relu il y a ${ago}. Les prochains arrivent ici d’eux-mêmes.` : "Les prochains arrivent ici d’eux-mêmes."), quiet: "Pendant que c’est calme :", read_aside: "relire ce qui est de côté",
    empty: { approved: "Rien n’est sur le mur.", rejected: "Rien n’a été refusé.", hidden: "Rien n’est de côté.", duplicate: "Aucune copie." },
    list: "Messages en attente", yours: (left) => `à vous · ${left}`, theirs: (name) => `pris par ${name}`, looks: (name) => `${name} le relit`, held: (why) => `retenu : ${why}`, burst: (n, accounts) => `rafale : ${n} presque copies, ${accounts} ${plusieurs(accounts, "compte", "comptes")}`,
    photo: "Photo, sans texte", film: "Film, sans texte", nowords: "Sans texte", anonymous: "Anonyme", from: { phone: "par téléphone, dans la salle", staff: "de l’équipe", webhook: "par le webhook", feed: "d’un flux" },
    why_held: "Pourquoi il attend", why_shown: "Pourquoi il est montré", why_rejected: "Pourquoi il n’est pas montré", why_hidden: "Pourquoi il est de côté", policy: "Règle", letters: (a, b) => `lettres ${a} à ${b}`, weighed: "Ce qui a pesé", passes: "Il passerait si", calm: "Aucune règle n’en doute.", no_why: "La raison n’a pas pu être lue.", look_again: "Relire la raison",
    blurred: "Flouté jusqu’à votre geste", hold_a: "tenez", hold_b: "pour regarder", press: "Regarder", unblur: "Montrer", blur: "Flouter à nouveau", lang: (name) => name, no_desc: "Pas de description", desc: "Décrit par son auteur", pics: (n) => `${n} ${plusieurs(n, "image", "images")}`, on_stage: "Sur le mur, il serait ainsi", original: "Ouvrir l’original",
    approve: "Valider", reject: "Refuser", stash: "Mettre de côté", without: "Valider sans photo", without_no: "Ce serveur ne sait pas encore montrer un message sans sa photo ; refusez-le, ou validez-le entier.", trust: "Faire confiance", hide: "Retirer", pin: "Épingler", unpin: "Désépingler", feature: "Mettre en avant", restore: "Remettre à relire", ask: "Laisser", block: "Bloquer la formule", more: "Plus", undo: "annuler", clauses_title: "Refuser parce que…",
    clauses: ["Insulte", "Haine ou discrimination", "Violence", "Nudité ou sexe", "Désigne un particulier", "Publicité", "Hors sujet", "Déjà dit", "Autre règle de l’événement"],
    same: (n) => `${n} messages disent la même chose`, same_help: (accounts, span) => `${accounts} ${plusieurs(accounts, "compte", "comptes")} en ${span}. Ils ne font qu’une ligne à relire : une décision suffit.`, who: "Qui", words: "Texte", alike: "Pareil", first: "premier", apart: "Mettre à part", one: "En montrer un, refuser le reste", reject_n: (n) => `En refuser ${n}`, apart_note: "mis à part : il dit autre chose", tick: (who) => `Avec les autres : ${who}`,
    select: "Choisissez un message dans la liste.", loading: "Lecture de ce qui attend…", failed: "La file n’a pas pu être lue.", left: "plus rien", more_wait: (n) => `${n} de plus en attente`, yes: "Oui", no: "Non", why: "Pourquoi", let_go: { yes: "Lâchez pour valider", no: "Lâchez pour refuser", none: "Glissez, ou utilisez les boutons" }, no_rule: "Aucune règle ne s’applique.", viewer: "Vous pouvez lire, pas décider. Demandez au propriétaire le rôle de modérateur.",
  },
  journey: {
    label: "Parcours du message", written: (where) => `écrit sur ${where}`, wrote: (how) => `écrit ${how}`, reached: "arrivé chez nous", by_rule: "décidé par une règle", waits: "attend quelqu’un", approved: (by) => `validé par ${by}`, rejected: (by) => `refusé par ${by}`, aside: (by) => `mis de côté par ${by}`, on_screens: "sur les écrans", rule: "une règle", someone: "quelqu’un de l’équipe", not_yet: "–", withdrawn: "retiré partout", edited: "modifié par son auteur", other: (what) => what,
  },
  posts: {
    title: "Tous les messages", search: "Mots, noms, liens", state: "État", any: "tous", network: "Réseau", author: "Auteur", lang: "Langue", media: "Image", with: "avec", without: "sans", from: "Du", to: "Au", clear: "Effacer",
    states: { new: "nouveau", pending: "en attente", approved: "sur le mur", rejected: "refusé", hidden: "de côté", duplicate: "copie", withdrawn: "retiré" },
    found: (n, more) => (more ? `Les ${n} plus récents.` : `${n} ${plusieurs(n, "message", "messages")}.`), none: "Aucun message ne correspond.", none_help: "Retirez un filtre, ou cherchez moins précis.", empty: "Aucun message n’est encore arrivé.", more: "Lire les plus anciens", failed: "Les messages n’ont pas pu être lus.", open: "Parcours et raisons", trace: "Tout ce qui lui est arrivé", words: "Texte", by: "De", at: "Quand", state_of: "État",
  },
  write: {
    title: "Écrire un message", answer: "Dites quelque chose à la salle.", help: "Il est signé de l’équipe, n’a pas besoin de relecture, et se retire comme les autres.", text: "Texte", left: (n) => `encore ${n} lettres`, over: (n) => `${n} lettres de trop ; raccourcissez.`, lang: "Langue", photo: "Adresse d’une image (s’il y en a une)", photo_help: "Une image que ce serveur a déjà, par exemple celle d’un message du mur.", send: "Mettre sur le mur", sent: "Il est en route vers les écrans.", preview: "Sur le mur", empty: "Écrivez d’abord quelques mots.",
  },
  sources: {
    add: "Ajouter une source", all: (n) => (n === 0 ? "pas encore" : `${n}`), live: "en direct", looks: "regarde à nouveau d’elle-même", ill: "à regarder", paused: "suspendue", since: (at) => `depuis ${at}`, last: "Dernier message", ago: (span) => `il y a ${span}`, never: "pas encore", nearest: "Nom le plus proche", pause: "Suspendre", resume: "Reprendre", drop: "Retirer", settings: "Réglages", no_settings: "Elle n’en a pas.", save: "Enregistrer", saved: "Enregistré.", choose: "Que voulez-vous ajouter ?", choose_help: "Chacune dit ce qu’elle apporte, et ce que personne ne peut donner.", basis: "Pourquoi pouvez-vous montrer ces messages ?",
    bases: { platform_terms: "Les conditions du réseau le permettent", own_content: "C’est notre propre contenu", consent: "Les auteurs ont dit oui", licence: "Il y a une licence", contract: "Il y a un contrat" },
    start: "Commencer à suivre", nothing_yet: "Rien ne s’affiche avant d’être validé.", none: "Pas encore de source.", none_help: "La page du public marche tout de suite. Ajoutez un mot-dièse, un flux ou un webhook, et les messages arrivent.", list_help: "Un par ligne.", needed: "nécessaire", missing: "Celui-ci est nécessaire.", number: (min, max) => `Un nombre${min ? ` à partir de ${min}` : ""}${max ? ` jusqu’à ${max}` : ""}.`, came: "Derniers messages venus d’ici", no_posts: "Rien n’est encore venu d’ici.", dropped: "Retirée.", conflict: "Quelqu’un d’autre l’a changé entre-temps", conflict_help: "Votre version est gardée ici. Lisez la sienne, puis enregistrez à nouveau.", read_theirs: "Lire la sienne",
    how: { polls: "regarde régulièrement", streams: "en direct", door: "attend ce qu’on lui envoie", both: "en direct, et regarde régulièrement" }, health: "Comment ça va", address: "Adresse",
  },
  look: {
    theme: "Thème", themes: { conference: "Conférence", fashion: "Mode", festival: "Festival" }, faces: { "": "Comme le thème", archivo: "Archivo", instrument: "Instrument", bricolage: "Bricolage Grotesque" }, motifs: { "": "Comme le thème", streams: "Courants", letter: "Lettre", paper: "Papier découpé" }, layouts: { masonry: "Pavage", spotlight: "Plein feu", ticker: "Bandeau" }, scheme: "Fond", light: "clair", dark: "sombre", fields: "Couleurs", field: (n) => `Aplat ${n}`, face: "Lettres", joint: "Joint", radius: "Coins", logo: "Logo (adresse)", logo_help: "Un fichier que ce serveur sert, par exemple /static/logo.svg.", draft: (n) => (n ? `brouillon, ${n} ${plusieurs(n, "changement", "changements")}` : "comme à l’antenne"),
    readable: "Peut-on le lire ?", all_read: "Tout se lit depuis le dernier rang.", put: "Mettre à l’antenne", discard: "Abandonner", colour: "Couleur", letters: "Texte", words_on: (what) => `Texte sur : ${what.toLowerCase()}`, own_help: "Un texte que vous ne choisissez pas prend l’encre la plus lisible.", unreadable: (pairs, n) => `Rien n’est enregistré : ${pairs}, ${n === 1 ? "illisible" : "illisibles"} du dernier rang. Un clic suffit pour corriger.`, use: "Corriger", layout: "Mise en page", preview: "Aperçu du vrai mur", boxes: { stage: "Scène", totem: "Totem", ticker: "Bandeau" }, failed: "Le contraste n’a pas pu être vérifié.", as_delivered: "Comme le thème", add_field: "Couleurs à vous", ratio: (r) => `${r} : 1`, below: "Sous 4,5 : 1, personne ne lit du fond de la salle.", motion: "Joué avec ce qui est sur le mur.", px: (w, h) => `${w} × ${h}`,
    ground: "Fond", motif: "Motif", calm: "Calme", calm_help: "Les messages changent sans voyager.", of_screen: (n) => `${n} % du petit côté`, theirs: "Celles du thème", own: "Mes couleurs", conflict_help: "Votre brouillon est gardé ici. Remettez-le à l’antenne pour avoir le vôtre.",
  },
  screens: {
    some: (n, dark) => (n === 0 ? "pas encore" : dark ? `${n}, dont ${dark} ${plusieurs(dark, "éteint", "éteints")}` : `${n}, tous allumés`), none: "Aucun écran n’a ouvert ce mur.", none_help: "Ouvrez cette adresse sur la machine derrière l’écran. Il apparaît ici dans la seconde.", dark_for: (span) => `Éteint depuis ${span}`, heard: (span) => `entendu il y a ${span}`, silent: "muet", covered: "couvert", behind: (n) => `${n} de retard`, upto: "à jour",
    add: "Ajouter un écran", add_help: "Ouvrez-y cette adresse, avec un nom à lui au bout.", name: "Nom", address: "Adresse", copy: "Copier l’adresse", open: "Ouvrir", rename: "Renommer", forget: "Oublier", forgot: "Oublié. S’il rouvre le mur, il revient.", forget_help: "L’enlève de cette liste. S’il rouvre le mur, il revient.", box: "Image", layout: "Mise en page", waits: "Encore à montrer", browser: "Navigateur", version: "Lecteur", offline: "Sans le serveur", offline_yes: "garde le dernier mur, même rechargé", offline_no: "garde le dernier mur jusqu’au rechargement : http simple", posts: (n, span) => (n ? `${n} ${plusieurs(n, "message", "messages")}, ${span}` : "rien"), well: "Chaque écran répond.", dark: (name, at) => `${name} s’est éteint à ${at}.`, darks: (n) => `${n} écrans sont éteints.`, cause: "Il s’est arrêté entre deux nouvelles. Sans doute le courant ou le réseau ; il remontrera le mur de lui-même.", qr: "Code QR de l’adresse", new_name: "ecran-2", choose: "Choisissez un écran.", ok: "Il répond.", drawn: "Dessiné ici d’après l’antenne ; ce n’est pas une photo de l’écran.",
  },
  numbers: {
    figures: { posts: "Messages", authors: "Personnes", interactions: "Interactions", reach: "Portée", time_to_screen: "Du message à l’écran", time_to_screen_p95: "Du message à l’écran, 95 sur 100", shown: "Montrés", topics: "Sujets" }, definition: "Définition", excludes: "Laissé de côté", colon: " : ", rows: (n) => (n ? `Voir les ${n} lignes` : "Voir les lignes"), more: "Plus de lignes", csv: "CSV", csv_failed: "Le fichier n’a pas pu être fait.", known: (share) => `connu pour ${share}`, unknown: "inconnu", told: "Connu", of: (n) => `sur ${n}`,
    known_of: { reach: (share) => `abonnés connus pour ${share} des auteurs`, interactions: (share) => `connues pour ${share} des messages`, authors: (share) => `connues pour ${share} des messages` },
    silent: { reach: "Auteurs sans nombre public", interactions: "Messages dont le réseau ne dit rien", authors: "Messages qui ne nomment personne" },
    beside: { shown: (n) => `dont ${n} montrés`, time_to_screen_p95: (n) => `95 sur 100 en moins de ${n}` }, under: { authors: "chaque compte une fois", interactions: "mentions J’aime, partages, réponses", time_to_screen: "de l’écriture au mur" },
    value_of: { reach: "Abonnés", interactions: "Interactions", time_to_screen: "Durée", time_to_screen_p95: "Durée" }, columns: { author: "De", text: "Texte", at_ms: "Arrivé", shown_ms: "Montré", tag: "Mot-dièse", posts: "Messages" },
    over_time: "Messages au fil du temps", each: (span) => `par pas de ${span}`, peak: (n, at) => `${n} à ${at}`, topics: "De quoi ils ont parlé", topics_all: (n, many_) => `${n} ${plusieurs(many_, "sujet", "sujets")}`, people: "Qui l’a porté", followers: "abonnés", posts_n: (n) => `${n} ${plusieurs(n, "message", "messages")}`, answered: "Les plus commentés", shown_at: (at) => `au mur à ${at}`, no_words: "Sans texte", period: "Période", since: (at) => `Messages arrivés depuis ${at}`, since_first: "Tous les messages encore là", as_of: (at) => `À ${at}. Relire`, night: "12 heures", week: "7 jours", all: "Tout", all_time: "Tout voir", none: "Rien à compter pour l’instant.", none_help: "Les chiffres viennent avec le premier message.", none_then: "Aucun message n’est arrivé dans ce temps.", failed: "Les chiffres n’ont pas pu être lus.", chart: (n) => `Courbe des messages au fil du temps, ${n} pas ; la même en tableau dessous.`, table: "En tableau", time: "Heure", shown_col: "Montrés", reach_no: "non publiée", in_room: "dans la salle", no_rows: "Aucune ligne.", close: "Fermer les lignes",
  },
  settings: {
    you: "Vous", people: "L’équipe", people_help: "Propriétaire : tout. Éditeur : murs, allure, sources. Modérateur : décide. Lecteur : lit.", roles: { owner: "Propriétaire", editor: "Éditeur", moderator: "Modérateur", viewer: "Lecteur" }, invite: "Inviter", invite_name: "Nom", invite_email: "Adresse mail", role: "Rôle", role_of: (who) => `Rôle de ${who}`, invited: (who) => `Donnez ce lien à ${who}. Il sert une seule fois.`, remove: "Retirer", remove_who: (who) => `Retirer ${who}`, removed: (who) => `${who} n’est plus de l’équipe.`, lang: "Langue", langs: { en: "English", fr: "Français" }, theme: "Clair et sombre", keys: "Touches", every_key: "Voir et changer chaque touche", hold: "Tenir V pour regarder ce qui est flouté", hold_help: "Sans cela : une pression pour regarder, une autre pour flouter.", out: "Se déconnecter", out_all: "Se déconnecter partout", server: "Ce serveur", address: "Adresse", version: "Version", data: "Données", disk: "Disque", engine: "Moteur", free: (free, used) => `${free} libres, ${used} pris par parvis`, secure_yes: "Adresse sûre : les écrans gardent le mur d’un rechargement à l’autre, même sans réseau.", secure_no: "http simple : ce qui est perdu", answer_yes: "Tout est en place.", answer_no: "Cela marche, avec des limites.", failed: "Les réglages n’ont pas pu être lus.", alone: "Vous êtes seul ici.", wall: "Ce mur", wall_title: "Titre", retention: "Jours de conservation d’un message", mode: "Qui décide", save: "Enregistrer",
    conflict: (said) => said, key_note: "Vous êtes ici avec la clé du propriétaire. Créez un compte pour travailler à plusieurs.",
  },
  states: { failed: "La lecture a échoué.", again: "Réessayer", no_wall: "Ce mur n’existe pas.", no_wall_help: "Il a peut-être changé de nom.", not_yet: "Ce serveur ne sait pas encore répondre à cela.", no_walls: "Il n’y a pas encore de mur.", no_walls_help: "Trois questions, et il y en a un." },
};
