import { noChange } from "lit";
import { Directive, directive, type ElementPart, PartType, type PartInfo } from "lit/directive.js";

type Rules = Readonly<Record<string, string>>;

/**
 * `<i ${css({ width: "40%" })}>`: set rule by rule through the object model. Lit's own styleMap writes a style attribute
 * first, which our content security policy forbids.
 */
class Css extends Directive {
  private last: Rules = {};

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error("css() stands alone in a tag");
  }

  override render(_rules: Rules): unknown {
    return noChange;
  }

  override update(part: ElementPart, [rules]: [Rules]): unknown {
    const { style } = part.element as HTMLElement;
    for (const name of Object.keys(this.last)) if (!(name in rules)) style.removeProperty(name);
    for (const [name, value] of Object.entries(rules)) if (this.last[name] !== value) style.setProperty(name, value);
    this.last = rules;
    return noChange;
  }
}

export const css = directive(Css);
