import {LitElement} from 'lit';

/**
 * What all our elements are made from. They render into the document itself and not into shadow trees: one style sheet
 * per view is then enough, labels and descriptions may point across elements, and the browser's find sees every row.
 */
export class TracedElement extends LitElement {
  createRenderRoot() {
    return this;
  }
}
