import {noChange} from 'lit';
import {Directive, PartType, directive} from 'lit/directive.js';

/**
 * Styles of one element that are only known as it is shown, such as where a bar begins: `<i ${styled({left: '12%'})}></i>`. They are set
 * by CSSOM, which the content security policy allows; Lit's styleMap first writes an attribute, which it refuses.
 */
class Styled extends Directive {
  #known = {};

  constructor(part) {
    super(part);
    if (part.type !== PartType.ELEMENT) {
      throw new Error('styled() is for an element itself');
    }
  }

  update(part, [styles]) {
    for (const [name, value] of Object.entries(styles)) {
      if (this.#known[name] !== value) {
        part.element.style.setProperty(name, value);
      }
    }
    this.#known = styles;
    return noChange;
  }

  render() {
    return noChange;
  }
}

/** @param {Record<string, string>} styles CSS properties or variables by their names; the same names each time */
export const styled = directive(Styled);
