/* Markup in templates: html`<p>${text}</p>`. Values become text nodes, never markup. */

import htm from "htm";
import { h } from "preact";

export const html = htm.bind(h);
