/* Keeps an error in one part of the page from taking the other parts with it. */

import { Component } from "preact";

import { html } from "./html.js";

/* `of`: what the part shows; after an error, the part is tried again when it changes. */
export class Guard extends Component {
  componentDidCatch(error) {
    console.error(error);
    this.setState({ failed: this.props.of, why: error.message });
  }

  render({ of, children }) {
    const { failed, why } = this.state;
    if (failed === undefined || failed !== of) return children;
    return html`<p class="note" role="alert">This part could not be drawn: ${why}.</p>`;
  }
}
