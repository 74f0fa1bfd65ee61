// Loading the browser half of a layout or format that the page did not name, because it came later.

const OURS = /^(\/static\/(layouts|formats)\/[a-z0-9_-]+(\.phone)?|\/sw)\.js$/;

interface ScriptPolicy {
  createScriptURL(address: string): string;
}
interface PolicyMaker {
  createPolicy(name: string, rules: { createScriptURL(address: string): string }): ScriptPolicy;
}

function checked(address: string): string {
  if (!OURS.test(address)) throw new TypeError("not an extension's script");
  return address;
}

let policy: ScriptPolicy | undefined;

/** `address` as a script of ours that the page's policy lets through. Throws for any other. */
export function checkedScript(address: string): string {
  const maker = (self as unknown as { trustedTypes?: PolicyMaker }).trustedTypes;
  policy ??= maker ? maker.createPolicy("parvis", { createScriptURL: checked }) : { createScriptURL: checked };
  return policy.createScriptURL(address);
}

const asked: Record<string, Promise<void>> = {};

/** Puts the script at `address` (one of ours, of this server) into the page, once. Rejects when it cannot be had. */
export function loadHalf(address: string): Promise<void> {
  return (asked[address] ??= new Promise<void>((loaded, failed) => {
    const script = document.createElement("script");
    script.src = checkedScript(address);
    script.onload = () => loaded();
    script.onerror = () => {
      delete asked[address];
      script.remove();
      failed(new Error(`${address} could not be loaded`));
    };
    document.head.append(script);
  }));
}
