// The few words that the pages say themselves, in the wall's language.

const EN = {
  call: "Your turn.",
  scan: "Scan, write, send. No account, no app.",
  empty: "No post yet.",
  join: "Post with {tags}: once it is cleared, it appears here.",
  waiting: "Once a post is cleared, it appears here.",
  or: "Or take part at {address}",
  pause: "We will be right back.",
  votes: "votes",
  vote: "vote",
  closed: "Voting is closed.",
  voted: "Your vote counts. You can still change it.",
  sending: "Sending…",
  unsent: "Your vote did not arrive. Check the connection and try again.",
  result: "Result",
};

type Words = typeof EN;

const TABLE: Record<string, Words> = {
  en: EN,
  fr: {
    call: "À vous la place.",
    scan: "Scannez, écrivez, envoyez. Pas de compte, pas d’application.",
    empty: "Pas encore de message.",
    join: "Publiez avec {tags}\u00a0: une fois validé, votre message s’affiche ici.",
    waiting: "Une fois validés, les messages s’affichent ici.",
    or: "Ou participez sur {address}",
    pause: "Nous revenons dans un instant.",
    votes: "voix",
    vote: "voix",
    closed: "Le vote est clos.",
    voted: "Votre voix compte. Vous pouvez encore la changer.",
    sending: "Envoi…",
    unsent: "Votre voix n’est pas arrivée. Vérifiez la connexion et réessayez.",
    result: "Résultat",
  },
  de: {
    call: "Jetzt ihr.",
    scan: "Scannen, schreiben, senden. Kein Konto, keine App.",
    empty: "Noch kein Beitrag.",
    join: "Mit {tags} posten: Nach der Freigabe steht der Beitrag hier.",
    waiting: "Freigegebene Beiträge erscheinen hier.",
    or: "Oder mitmachen auf {address}",
    pause: "Gleich geht es weiter.",
    votes: "Stimmen",
    vote: "Stimme",
    closed: "Die Abstimmung ist beendet.",
    voted: "Ihre Stimme zählt. Sie können sie noch ändern.",
    sending: "Wird gesendet…",
    unsent: "Ihre Stimme kam nicht an. Verbindung prüfen und noch einmal versuchen.",
    result: "Ergebnis",
  },
  es: {
    call: "Te toca.",
    scan: "Escanea, escribe, envía. Sin cuenta ni aplicación.",
    empty: "Todavía no hay mensajes.",
    join: "Publica con {tags}: una vez aprobado, aparece aquí.",
    waiting: "Los mensajes aprobados aparecen aquí.",
    or: "O participa en {address}",
    pause: "Volvemos enseguida.",
    votes: "votos",
    vote: "voto",
    closed: "La votación ha terminado.",
    voted: "Tu voto cuenta. Aún puedes cambiarlo.",
    sending: "Enviando…",
    unsent: "Tu voto no llegó. Comprueba la conexión e inténtalo de nuevo.",
    result: "Resultado",
  },
  ar: {
    call: "الدور لكم.",
    scan: "امسحوا الرمز واكتبوا وأرسلوا، بلا حساب ولا تطبيق.",
    empty: "لا توجد رسائل بعد.",
    join: "انشروا مع {tags}: تظهر الرسالة هنا بعد الموافقة عليها.",
    waiting: "تظهر الرسائل هنا بعد الموافقة عليها.",
    or: "أو شاركوا على {address}",
    pause: "نعود بعد قليل.",
    votes: "صوتًا",
    vote: "صوت",
    closed: "انتهى التصويت.",
    voted: "تم احتساب صوتكم، ويمكنكم تغييره.",
    sending: "جارٍ الإرسال…",
    unsent: "لم يصل صوتكم. تحققوا من الاتصال وحاولوا مجددًا.",
    result: "النتيجة",
  },
  ja: {
    call: "次は、あなた。",
    scan: "読み取って、書いて、送る。アカウントもアプリも不要です。",
    empty: "まだ投稿がありません。",
    join: "{tags} をつけて投稿すると、確認後ここに表示されます。",
    waiting: "投稿は確認後ここに表示されます。",
    or: "参加はこちら：{address}",
    pause: "まもなく再開します。",
    votes: "票",
    vote: "票",
    closed: "投票は終了しました。",
    voted: "投票を受け付けました。変更もできます。",
    sending: "送信中…",
    unsent: "送信できませんでした。接続を確認してもう一度お試しください。",
    result: "結果",
  },
};

/** The page's own words in `lang`, in English where we have none. */
export function wordsOf(lang: string): Words {
  return TABLE[(lang.split("-")[0] ?? "").toLowerCase()] ?? EN;
}

/** `template` with each `{name}` filled in. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Which way the language is written. */
export function directionOf(lang: string): "ltr" | "rtl" {
  return /^(ar|arc|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/i.test(lang) ? "rtl" : "ltr";
}
