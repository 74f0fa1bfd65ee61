// Another page of ours, read into this one.

const PATIENCE_MS = 15_000;

/** Read as a document by the browser itself: the page's policy lets no script make HTML of text. Fails without an answer. */
export function readPage(url: string): Promise<Document> {
  return new Promise((done, failed) => {
    const ask = new XMLHttpRequest();
    ask.open("GET", url);
    ask.responseType = "document";
    ask.timeout = PATIENCE_MS;
    ask.onload = () => (ask.status === 200 && ask.responseXML ? done(ask.responseXML) : failed(new Error(String(ask.status))));
    ask.onerror = ask.ontimeout = () => failed(new Error("no answer"));
    ask.send();
  });
}
