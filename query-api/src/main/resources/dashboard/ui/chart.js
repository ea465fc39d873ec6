import {html, nothing} from 'lit';
import {TracedElement} from './element.js';
import {colour, isCalm} from './colours.js';

/**
 * A chart by ECharts, which is loaded with the first one, in the colours of the page, with its numbers as a table for whoever cannot see it.
 *
 *     <traced-chart label="Requests a second" .option=${() => ({series: [...]})} .table=${{columns: ['Time', 'Rate'], rows: [...]}}></traced-chart>
 *
 * `option` is called when the chart is drawn and again when the theme changes, so that it can ask for colours; a new function draws
 * anew. `handlers` are ECharts' events by name, called with (event, chart). Event `chart-ready` has the chart in its detail. Give
 * the element its height by CSS.
 */
class Chart extends TracedElement {
  static properties = {
    label: {},
    option: {attribute: false},
    table: {attribute: false},
    handlers: {attribute: false},
    failure: {state: true},
  };

  #chart;
  #drawn;
  #sizes = new ResizeObserver(() => this.#chart?.resize());
  #themeChanged = () => this.#draw();

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('themechange', this.#themeChanged);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('themechange', this.#themeChanged);
    this.#sizes.disconnect();
    this.#chart?.dispose();
    this.#chart = undefined;
    this.#drawn = undefined;
  }

  render() {
    return html`
      <div class="canvas" role="img" aria-label=${this.label}></div>
      ${this.failure ? html`<p class="notice">The chart could not be drawn: ${this.failure}</p>` : nothing}
      ${this.table ? html`<div class="only-read-aloud"><table>
        <caption>${this.label}</caption>
        <thead><tr>${this.table.columns.map(name => html`<th scope="col">${name}</th>`)}</tr></thead>
        <tbody>${this.table.rows.map(row => html`<tr>${row.map(cell => html`<td>${cell}</td>`)}</tr>`)}</tbody>
      </table></div>` : nothing}`;
  }

  updated() {
    if (this.option && this.option !== this.#drawn) {
      this.#drawn = this.option;
      this.#draw();
    }
  }

  async #draw() {
    if (!this.option) {
      return;
    }
    try {
      const echarts = await import('echarts');
      if (!this.isConnected) {
        return;
      }
      if (!this.#chart) {
        this.#chart = echarts.init(this.querySelector('.canvas'), null, {renderer: 'canvas'});
        for (const name of Object.keys(this.handlers ?? {})) {
          this.#chart.on(name, event => this.handlers[name](event, this.#chart));
        }
        this.#sizes.observe(this);
        this.dispatchEvent(new CustomEvent('chart-ready', {detail: this.#chart}));
      }
      this.#chart.setOption({...defaults(), ...this.option()}, {notMerge: true});
      this.failure = undefined;
    } catch (error) {
      this.failure = error.message;
    }
  }
}

/** What all charts have in common. Tooltips are drawn on the canvas: as HTML they would need styles inside of it. */
function defaults() {
  return {
    animation: !isCalm(),
    animationDuration: 150,
    animationDurationUpdate: 150,
    textStyle: {fontFamily: 'Inter, system-ui, sans-serif', fontSize: 11, color: colour('--text-soft')},
    tooltip: tooltip(),
  };
}

export function tooltip(more = {}) {
  return {
    renderMode: 'richText',
    confine: true,
    backgroundColor: colour('--raised'),
    borderColor: colour('--line'),
    borderWidth: 1,
    padding: [6, 10],
    textStyle: {color: colour('--text'), fontSize: 12, fontFamily: 'Inter, system-ui, sans-serif'},
    ...more,
  };
}

/** The looks of an axis. */
export function axis(more = {}) {
  return {
    axisLine: {show: false},
    axisTick: {show: false},
    axisLabel: {color: colour('--text-faint'), fontSize: 10, hideOverlap: true},
    splitLine: {lineStyle: {color: colour('--line')}},
    ...more,
  };
}

customElements.define('traced-chart', Chart);
