/*!
This script contains:

@preact/signals 2.11.4, @preact/signals-core 1.14.5:

The MIT License (MIT)

Copyright (c) 2022-present Preact Team

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.

----

d3-array 3.2.4:

Copyright 2010-2023 Mike Bostock

Permission to use, copy, modify, and/or distribute this software for any purpose
with or without fee is hereby granted, provided that the above copyright notice
and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH
REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS
OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER
TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.

----

d3-path 3.1.1:

Copyright 2015-2026 Mike Bostock

Permission to use, copy, modify, and/or distribute this software for any purpose
with or without fee is hereby granted, provided that the above copyright notice
and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH
REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS
OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER
TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.

----

d3-shape 3.2.0:

Copyright 2010-2022 Mike Bostock

Permission to use, copy, modify, and/or distribute this software for any purpose
with or without fee is hereby granted, provided that the above copyright notice
and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH
REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND
FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS
OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER
TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.

----

htm 3.1.1:

Apache License
                           Version 2.0, January 2004
                        http://www.apache.org/licenses/

   TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION

   1. Definitions.

      "License" shall mean the terms and conditions for use, reproduction,
      and distribution as defined by Sections 1 through 9 of this document.

      "Licensor" shall mean the copyright owner or entity authorized by
      the copyright owner that is granting the License.

      "Legal Entity" shall mean the union of the acting entity and all
      other entities that control, are controlled by, or are under common
      control with that entity. For the purposes of this definition,
      "control" means (i) the power, direct or indirect, to cause the
      direction or management of such entity, whether by contract or
      otherwise, or (ii) ownership of fifty percent (50%) or more of the
      outstanding shares, or (iii) beneficial ownership of such entity.

      "You" (or "Your") shall mean an individual or Legal Entity
      exercising permissions granted by this License.

      "Source" form shall mean the preferred form for making modifications,
      including but not limited to software source code, documentation
      source, and configuration files.

      "Object" form shall mean any form resulting from mechanical
      transformation or translation of a Source form, including but
      not limited to compiled object code, generated documentation,
      and conversions to other media types.

      "Work" shall mean the work of authorship, whether in Source or
      Object form, made available under the License, as indicated by a
      copyright notice that is included in or attached to the work
      (an example is provided in the Appendix below).

      "Derivative Works" shall mean any work, whether in Source or Object
      form, that is based on (or derived from) the Work and for which the
      editorial revisions, annotations, elaborations, or other modifications
      represent, as a whole, an original work of authorship. For the purposes
      of this License, Derivative Works shall not include works that remain
      separable from, or merely link (or bind by name) to the interfaces of,
      the Work and Derivative Works thereof.

      "Contribution" shall mean any work of authorship, including
      the original version of the Work and any modifications or additions
      to that Work or Derivative Works thereof, that is intentionally
      submitted to Licensor for inclusion in the Work by the copyright owner
      or by an individual or Legal Entity authorized to submit on behalf of
      the copyright owner. For the purposes of this definition, "submitted"
      means any form of electronic, verbal, or written communication sent
      to the Licensor or its representatives, including but not limited to
      communication on electronic mailing lists, source code control systems,
      and issue tracking systems that are managed by, or on behalf of, the
      Licensor for the purpose of discussing and improving the Work, but
      excluding communication that is conspicuously marked or otherwise
      designated in writing by the copyright owner as "Not a Contribution."

      "Contributor" shall mean Licensor and any individual or Legal Entity
      on behalf of whom a Contribution has been received by Licensor and
      subsequently incorporated within the Work.

   2. Grant of Copyright License. Subject to the terms and conditions of
      this License, each Contributor hereby grants to You a perpetual,
      worldwide, non-exclusive, no-charge, royalty-free, irrevocable
      copyright license to reproduce, prepare Derivative Works of,
      publicly display, publicly perform, sublicense, and distribute the
      Work and such Derivative Works in Source or Object form.

   3. Grant of Patent License. Subject to the terms and conditions of
      this License, each Contributor hereby grants to You a perpetual,
      worldwide, non-exclusive, no-charge, royalty-free, irrevocable
      (except as stated in this section) patent license to make, have made,
      use, offer to sell, sell, import, and otherwise transfer the Work,
      where such license applies only to those patent claims licensable
      by such Contributor that are necessarily infringed by their
      Contribution(s) alone or by combination of their Contribution(s)
      with the Work to which such Contribution(s) was submitted. If You
      institute patent litigation against any entity (including a
      cross-claim or counterclaim in a lawsuit) alleging that the Work
      or a Contribution incorporated within the Work constitutes direct
      or contributory patent infringement, then any patent licenses
      granted to You under this License for that Work shall terminate
      as of the date such litigation is filed.

   4. Redistribution. You may reproduce and distribute copies of the
      Work or Derivative Works thereof in any medium, with or without
      modifications, and in Source or Object form, provided that You
      meet the following conditions:

      (a) You must give any other recipients of the Work or
          Derivative Works a copy of this License; and

      (b) You must cause any modified files to carry prominent notices
          stating that You changed the files; and

      (c) You must retain, in the Source form of any Derivative Works
          that You distribute, all copyright, patent, trademark, and
          attribution notices from the Source form of the Work,
          excluding those notices that do not pertain to any part of
          the Derivative Works; and

      (d) If the Work includes a "NOTICE" text file as part of its
          distribution, then any Derivative Works that You distribute must
          include a readable copy of the attribution notices contained
          within such NOTICE file, excluding those notices that do not
          pertain to any part of the Derivative Works, in at least one
          of the following places: within a NOTICE text file distributed
          as part of the Derivative Works; within the Source form or
          documentation, if provided along with the Derivative Works; or,
          within a display generated by the Derivative Works, if and
          wherever such third-party notices normally appear. The contents
          of the NOTICE file are for informational purposes only and
          do not modify the License. You may add Your own attribution
          notices within Derivative Works that You distribute, alongside
          or as an addendum to the NOTICE text from the Work, provided
          that such additional attribution notices cannot be construed
          as modifying the License.

      You may add Your own copyright statement to Your modifications and
      may provide additional or different license terms and conditions
      for use, reproduction, or distribution of Your modifications, or
      for any such Derivative Works as a whole, provided Your use,
      reproduction, and distribution of the Work otherwise complies with
      the conditions stated in this License.

   5. Submission of Contributions. Unless You explicitly state otherwise,
      any Contribution intentionally submitted for inclusion in the Work
      by You to the Licensor shall be under the terms and conditions of
      this License, without any additional terms or conditions.
      Notwithstanding the above, nothing herein shall supersede or modify
      the terms of any separate license agreement you may have executed
      with Licensor regarding such Contributions.

   6. Trademarks. This License does not grant permission to use the trade
      names, trademarks, service marks, or product names of the Licensor,
      except as required for reasonable and customary use in describing the
      origin of the Work and reproducing the content of the NOTICE file.

   7. Disclaimer of Warranty. Unless required by applicable law or
      agreed to in writing, Licensor provides the Work (and each
      Contributor provides its Contributions) on an "AS IS" BASIS,
      WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or
      implied, including, without limitation, any warranties or conditions
      of TITLE, NON-INFRINGEMENT, MERCHANTABILITY, or FITNESS FOR A
      PARTICULAR PURPOSE. You are solely responsible for determining the
      appropriateness of using or redistributing the Work and assume any
      risks associated with Your exercise of permissions under this License.

   8. Limitation of Liability. In no event and under no legal theory,
      whether in tort (including negligence), contract, or otherwise,
      unless required by applicable law (such as deliberate and grossly
      negligent acts) or agreed to in writing, shall any Contributor be
      liable to You for damages, including any direct, indirect, special,
      incidental, or consequential damages of any character arising as a
      result of this License or out of the use or inability to use the
      Work (including but not limited to damages for loss of goodwill,
      work stoppage, computer failure or malfunction, or any and all
      other commercial damages or losses), even if such Contributor
      has been advised of the possibility of such damages.

   9. Accepting Warranty or Additional Liability. While redistributing
      the Work or Derivative Works thereof, You may choose to offer,
      and charge a fee for, acceptance of support, warranty, indemnity,
      or other liability obligations and/or rights consistent with this
      License. However, in accepting such obligations, You may act only
      on Your own behalf and on Your sole responsibility, not on behalf
      of any other Contributor, and only if You agree to indemnify,
      defend, and hold each Contributor harmless for any liability
      incurred by, or claims asserted against, such Contributor by reason
      of your accepting any such warranty or additional liability.

   END OF TERMS AND CONDITIONS

   APPENDIX: How to apply the Apache License to your work.

      To apply the Apache License to your work, attach the following
      boilerplate notice, with the fields enclosed by brackets "[]"
      replaced with your own identifying information. (Don't include
      the brackets!)  The text should be enclosed in the appropriate
      comment syntax for the file format. We also recommend that a
      file or class name and description of purpose be included on the
      same "printed page" as the copyright notice for easier
      identification within third-party archives.

   Copyright 2018 Google Inc.

   Licensed under the Apache License, Version 2.0 (the "License");
   you may not use this file except in compliance with the License.
   You may obtain a copy of the License at

       http://www.apache.org/licenses/LICENSE-2.0

   Unless required by applicable law or agreed to in writing, software
   distributed under the License is distributed on an "AS IS" BASIS,
   WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
   See the License for the specific language governing permissions and
   limitations under the License.

----

preact 11.2.0:

The MIT License (MIT)

Copyright (c) 2015-present Jason Miller

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
*/
(()=>{function ho(e,t){for(let n of e.querySelectorAll(".panels [data-s]")){let o=n.getAttribute("data-s")===t;n.classList.toggle("dim",t!==null&&!o),n.classList.toggle("lit",t!==null&&o)}}function mo(e){for(let t of e.querySelectorAll(".legend"))for(let n of t.querySelectorAll("li")){let o=n.getAttribute("data-s");n.addEventListener("mouseenter",()=>ho(t.parentNode,o)),n.addEventListener("mouseleave",()=>ho(t.parentNode,null))}}function ca(e){if(typeof Uint8Array.fromBase64=="function")return Uint8Array.fromBase64(e);let t=atob(e),n=new Uint8Array(t.length);for(let o=0;o<t.length;o++)n[o]=t.charCodeAt(o);return n}async function de(e){let t=new Blob([ca(e.trim())]).stream();return new Response(t.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()}var ua="cltool-data";async function Ct(e){return new TextDecoder().decode(await de(e.getElementById(ua).textContent))}function Xt(e,t,n){on(new Blob([e],{type:n}),t)}function on(e,t){let n=document.createElement("a");n.href=URL.createObjectURL(e),n.download=t,n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),1e3)}function go(e){let t=e.getElementById("save");t===null||typeof DecompressionStream!="function"||(t.hidden=!1,t.addEventListener("click",async()=>{Xt(await Ct(e),"report.json","application/json")}))}function _o(e,t,n){let o=e.cells[t],r=o.getAttribute("data-value");return n?r===null?o.textContent:r:r===null?null:Number(r)}function fa(e,t,n,o){let r=e.tBodies[0],s=t.getAttribute("data-sort")==="text",a=o==="ascending"?1:-1,i=[...r.rows];i.sort((l,c)=>{let u=_o(l,n,s),p=_o(c,n,s);return u===null||p===null?(u===null)-(p===null):a*(s?u.localeCompare(p):u-p)}),r.append(...i);for(let l of e.querySelectorAll("th[aria-sort]"))l.removeAttribute("aria-sort");t.setAttribute("aria-sort",o)}function pa(e,t,n){let o=document.createElement("button");o.type="button",o.append(...t.childNodes),t.append(o),o.addEventListener("click",()=>{let r=t.getAttribute("data-sort")==="descending"?"descending":"ascending",s=t.getAttribute("aria-sort");fa(e,t,n,s?s==="ascending"?"descending":"ascending":r)})}function $o(e){for(let t of e.querySelectorAll("table.sortable"))t.querySelectorAll("thead th").forEach((n,o)=>{pa(t,n,o)})}var da="http://www.w3.org/2000/svg";function vo(e){return e.querySelectorAll("li").length*18+6}function bo(e,t,n){return[...e.querySelectorAll("li")].flatMap((o,r)=>{let s=o.querySelector("svg"),a=s.cloneNode(!0);n(s,a,null);let i={x:0,y:t+r*18,width:34,height:14,viewBox:"0 0 34 14"};for(let[p,d]of Object.entries(i))a.setAttribute(p,String(d));let l=document.createElementNS(da,"text"),c=getComputedStyle(o),u={x:42,y:t+r*18+11,fill:c.color,"font-size":11};for(let[p,d]of Object.entries(u))l.setAttribute(p,String(d));return l.textContent=o.textContent.trim(),[a,l]})}var ha=["font-family","font-size","font-style","font-weight","font-variant-numeric","text-anchor","fill","fill-opacity","stroke","stroke-width","stroke-dasharray","stroke-linecap","stroke-linejoin","stroke-opacity","visibility"],ma={opacity:"1",display:"inline","dominant-baseline":"auto","unicode-bidi":"normal"},ga=["class","style","tabindex","data-s","role","aria-describedby"],Kt=8,xo="http://www.w3.org/2000/svg";function _a(e){let t=new Map;for(let n of e.styleSheets)for(let o of n.cssRules)if(o.selectorText===":root")for(let r of o.style)r.startsWith("--")&&t.set(r,o.style.getPropertyValue(r).trim());return t}function $a(e,t){let{style:n}=e.documentElement,o=n.cssText;for(let[r,s]of _a(e))n.setProperty(r,s);n.setProperty("color-scheme","light");try{return t()}finally{n.cssText=o}}function he(e,t=null){let n=e.ownerDocument,o=e.getAttribute("aria-label")??"",{x:r,y:s,width:a,height:i}=sn(e,t),l=$a(n,()=>{let p=e.cloneNode(!0);return rn(e,p,null),t!==null&&p.append(...bo(t,s+Kt,rn)),p});for(let p of l.querySelectorAll(".pointing, [data-gone]"))p.remove();for(let p of[l,...l.querySelectorAll("*")])va(p);let c=n.createElementNS(xo,"rect");Object.entries({x:r,y:s,width:a,height:i}).forEach(([p,d])=>{c.setAttribute(p,String(d))}),c.setAttribute("fill","#ffffff");let u=n.createElementNS(xo,"title");return u.textContent=o,l.prepend(u,c),l.setAttribute("width",String(a)),l.setAttribute("height",String(i)),l.setAttribute("viewBox",[r,s,a,i].join(" ")),new XMLSerializer().serializeToString(l)}function sn(e,t=null){let{width:n,height:o}=e.getBoundingClientRect(),r=e.getAttribute("viewBox")?.split(/[ ,]+/).map(Number)??[0,0,n,o],s=t===null?0:vo(t);return{x:r[0]-Kt,y:r[1]-s-Kt,width:Math.ceil(r[2])+2*Kt,height:Math.ceil(r[3])+s+2*Kt}}function rn(e,t,n){if(e.localName==="style"||e.localName==="title")return;let o=getComputedStyle(e),r={};for(let s of ha)r[s]=o.getPropertyValue(s),r[s]!==n?.[s]?t.setAttribute(s,r[s]):t.removeAttribute(s);for(let[s,a]of Object.entries(ma)){let i=o.getPropertyValue(s);i!==a?t.setAttribute(s,i):t.removeAttribute(s)}r.fill==="rgba(0, 0, 0, 0)"&&t.setAttribute("fill","none"),o.display==="none"&&t.setAttribute("data-gone","");for(let s=0;s<e.children.length;s++)rn(e.children[s],t.children[s],r)}function va(e){if(e.localName==="style")return e.remove();for(let t of ga)e.removeAttribute(t)}var yo=3;async function wo(e,t=null){let{width:n,height:o}=sn(e,t),r=new Image;r.src=`data:image/svg+xml;charset=utf-8,${encodeURIComponent(he(e,t))}`,await r.decode();let s=document.createElement("canvas");return s.width=n*yo,s.height=o*yo,s.getContext("2d").drawImage(r,0,0,s.width,s.height),new Promise(a=>s.toBlob(a,"image/png"))}var ba=/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;function xa(e){let t=String(e).replace(/^−(?=\d)/,"-"),n=/^[=+\-@\t\r]/.test(t)&&!ba.test(t)?`'${t}`:t;return/[",\n\r]/.test(n)?`"${n.replaceAll('"','""')}"`:n}function So(e){return e.map(t=>`${t.map(xa).join(",")}\r
`).join("")}var ya={"\\":"\\textbackslash{}","&":"\\&","%":"\\%",$:"\\$","#":"\\#",_:"\\_","{":"\\{","}":"\\}","~":"\\textasciitilde{}","^":"\\textasciicircum{}","\u2212":"$-$","\u2013":"--","\xB1":"$\\pm$","\u2009":"\\,","\u2248":"$\\approx$","\u2191":"$\\uparrow$","\u2193":"$\\downarrow$","<":"\\textless{}",">":"\\textgreater{}","|":"\\textbar{}","\u2192":"$\\rightarrow$","\u2265":"$\\geq$","\u2264":"$\\leq$"};function ko([e,...t]){let n=s=>an(s).replace(/./gu,a=>ya[a]??a),o=s=>`${s.map(n).join(" & ")} \\\\`;return[`\\begin{tabular}{${`l${"r".repeat(Math.max(0,e.length-1))}`}}`,"\\toprule",o(e),"\\midrule",...t.map(o),"\\bottomrule","\\end{tabular}",""].join(`
`)}function Mo([e,...t]){let n=s=>an(s).replace(/[\\`*_{}[\]<>#|~&]/g,"\\$&"),o=s=>`| ${s.map(n).join(" | ")} |`,r=`| --- |${" --: |".repeat(Math.max(0,e.length-1))}`;return[o(e),r,...t.map(o),""].join(`
`)}var an=e=>String(e).replace(/\s*[\n\r]+\s*/g," ").trim();function ln({columns:e,rows:t},n=!1){let o=r=>typeof r=="string"?r:n?r.value??r.text:r.text;return[e,...t.map(r=>r.map(o))]}function Ao(e,t=()=>!0){return[...e.rows].map(n=>[...n.cells].filter(t).flatMap(o=>[an([...To(o)].join(" ").replace(/ {2,}/g," ")),...Array.from({length:o.colSpan-1},()=>"")]))}function*To(e){for(let t of e.childNodes)t.nodeType===3?t.data.trim()!==""&&(yield t.data.trim()):(t.getAttribute?.("aria-hidden")!=="true"||t.classList?.contains("way"))&&(yield*To(t))}function Eo(e,t){let n=Object.entries(e).flatMap(([s,a])=>a.map(i=>({strategy:s,...i}))),o=n.some(({stream:s})=>s!==null);return[["strategy",...o?["stream"]:[],"seed",...t],...n.map(s=>[s.strategy,...o?[s.stream??""]:[],s.seed,...t.map(a=>s.scores[a]??"")])]}var wa=2e3;function Jt(e,t,n){let o=document.createElement("button");return o.type="button",o.textContent=e,o.title=t,o.addEventListener("click",async()=>{let r=await n();r&&(o.textContent=r,setTimeout(()=>o.textContent=e,wa))}),o}function cn(e,...t){let n=document.createElement("div");return n.className="take",n.setAttribute("role","group"),n.setAttribute("aria-label",`Take away: ${e}`),n.append(...t),n}async function Oo(e,t,n){try{return await navigator.clipboard.writeText(e),"Copied"}catch{return Xt(e,t,n),"Saved"}}function jo(e,t,n){return[Jt("CSV","Save the numbers for a spreadsheet",async()=>Xt(`\uFEFF${So(await n())}`,`${e}.csv`,"text/csv")),Jt("LaTeX","Copy the table for LaTeX (package booktabs)",()=>Oo(ko(t()),`${e}.tex`,"text/plain")),Jt("Markdown","Copy the table as Markdown",()=>Oo(Mo(t()),`${e}.md`,"text/plain"))]}function Lo(e,t,n=null){return[Jt("SVG","Save the chart as SVG",()=>{Xt(he(t(),n),`${e}.svg`,"image/svg+xml")}),Jt("PNG","Save the chart as PNG",async()=>{on(await wo(t(),n),`${e}.png`)})]}function No({svg:e,table:t,file:n,title:o,exact:r=()=>ln(t(),!0)}){let s=jo(n,()=>ln(t()),r);return cn(o,...Lo(n,e),...s)}function Co(e){return e.toLowerCase().replace(/[^\p{L}\p{N}]+/gu,"-").replace(/^-|-$/g,"").slice(0,60)||"table"}function Ro(e,t=()=>null){for(let n of e.querySelectorAll(".wide, .tall")){let o=n.querySelector("table");if(o===null||n.closest("figure.chart")!==null)continue;let r=n.getAttribute("aria-label")??"table",s=()=>Ao(o,l=>getComputedStyle(l).display!=="none"),a=async()=>await t(o)??s(),i=cn(r,...jo(Co(r),s,a));n.classList.contains("tall")?n.after(i):n.append(i)}for(let n of e.querySelectorAll("figure svg[role=img]")){let o=n.closest("figure");if(o.classList.contains("chart")||n.classList.contains("small"))continue;let r=o.querySelector("figcaption b")?.textContent??"chart",s=o.closest(".panels")?.parentElement.querySelector(".legend")??null;n.after(cn(r,...Lo(Co(r),()=>n,s)))}}function me(e,t){let n=t.closest("div.group");return n===null?null:[...e.querySelectorAll("div.group")].indexOf(n)}async function Uo(e,t){if(!t.classList.contains("scores"))return null;let n=me(e,t);if(n===null)return null;let{views:o}=JSON.parse(await Ct(e)).groups[n],r=o.front?.seeds;if(r===void 0)return null;let s=new Set(Object.values(o.scores.means).flatMap(a=>Object.keys(a)));return Eo(r,[...s])}function Sa(e){$o(e),mo(e),go(e),Ro(e,t=>Uo(e,t))}Sa(document);var S,Po,pn,lt,un,ve,Do,_e,Io,dn,fn,ka,Qt=Symbol.for("pv"),be={},xe=[],Ma=/^m(i|n|o|s|text|space)$/,hn=Array.isArray,mn=xe.slice,_t=Object.assign;function gt(e){e&&e.parentNode&&e.remove()}function ot(e,t,n){var o,r,s,a={},i=arguments.length;for(s in t)s=="key"?o=t[s]:s=="ref"&&typeof e!="function"?r=t[s]:a[s]=t[s];return i>2&&(a.children=i>3?mn.call(arguments,2):n),Zt(e,a,o,r,null)}function Zt(e,t,n,o,r){var s={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Qt,__v:r||++Po,__i:-1,__u:0};return!r&&S.vnode&&S.vnode(s),s}function $t(e){return e.children}function X(e,t){this.props=e,this.context=t,this.__g=0}function ct(e,t){if(t==null)return e.__&&ct(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:ct(e)}function Aa(e){var t,n=e.__v,o=n.__e,r=[],s=[],a=e.__P;a&&((t=_t({constructor:Qt},n)).__v=n.__v+1,S.vnode&&S.vnode(t),gn(a,t,n,e.__n,a.namespaceURI,32&n.__u?[o]:null,r,o||ct(n),32&n.__u,s),t.__v=n.__v,t.__.__k[t.__i]=t,zo(r,t,s),n.__=n.__e=null,t.__e!=o&&Ho(t))}function Ho(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),Ho(e)}function Bo(e){(8&e.__g||(e.__g|=8,lt.push(e),ve++))&&un==S.debounceRendering||((un=S.debounceRendering)||queueMicrotask)(qo)}function qo(){try{for(var e,t=1;lt.length;)lt.length>t&&lt.sort(Do),e=lt.shift(),t=lt.length,8&e.__g&&Aa(e)}finally{(ve=lt.length)&&(un||queueMicrotask)(qo)}}function Wo(e,t,n,o,r,s,a,i,l,c,u){var p,d,f,m,$,_,g=o.__k||xe,b=t.length;for(l=Ta(n,t,g,l,b),p=0;p<b;p++)(f=n.__k[p])!=null&&(d=~f.__i&&g[f.__i]||be,f.__i=p,_=gn(e,f,d,r,s,a,i,l,c,u),m=f.__e,(d.ref!=f.ref||8&d.__u)&&(d.ref&&_n(d.ref,null,f,d),f.ref&&u.push(f.ref,f.__c||m,f)),$=$||m,4&f.__u?(l=Go(f,l,e,!d.__v),d.__e&&(d.__e=null)):typeof f.type=="function"&&_!==void 0?l=_:m&&(l=m.nextSibling),f.__u&=-21);return n.__e=$,l}function Ta(e,t,n,o,r){var s,a,i,l,c,u,p,d,f,m=n.length,$=m,_=0,g=0,b=e.__k=Array(r);for(s=0;s<r;s++)(a=t[s])!=null&&typeof a!="boolean"&&typeof a!="function"?(typeof a!="object"||a.constructor===String?a=b[s]=Zt(null,a):hn(a)?a=b[s]=Zt($t,{children:a}):a.constructor===Qt&&a.__b?a=b[s]=Zt(a.type,a.props,a.key,a.ref,a.__v):b[s]=a,l=s+_,a.__=e,a.__b=e.__b+1,i=null,~(c=a.__i=Ea(a,n,l,$))&&($--,(i=n[c])&&(i.__u|=2)),i&&i.__v?(a.__u|=16,c==l-1?_--:c==l+1?_++:c!=l&&(c>l?_--:_++,g=1)):(~c||(r>m?_--:r<m&&_++),typeof a.type!="function"&&(a.__u|=4))):b[s]=null;if(g){for(u=[],p=[],s=0;s<r;s++)if((a=b[s])&&16&a.__u){for(_=0,d=u.length;_<d;)u[f=_+d>>1]<a.__i?_=f+1:d=f;u[_]=a.__i,p[s]=_+1}for(_=u.length;s--;)p[s]&&(p[s]==_?_--:b[s].__u|=4)}if($)for(s=0;s<m;s++)!(i=n[s])||2&i.__u||(i.__e==o&&(o=ct(i)),$n(i,i));return o}function Go(e,t,n,o){var r,s,a,i;if(typeof e.type=="function"){if(e.props.__P)return t;if(r=e.__k)for(s=0;s<r.length;s++)r[s]&&(r[s].__=e,t=Go(r[s],t,n,!1));return t}for(t&&!t.parentNode&&(t=ct(e))&&!t.parentNode&&(t=null),a=e.__e,i=t;i&&i.nodeType==8;)i=i.nextSibling;for(a!=i&&(!o&&n.moveBefore&&a.parentNode?n.moveBefore(a,t):n.insertBefore(a,t||null)),t=a;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function Ea(e,t,n,o){var r,s=e.key,a=e.type,i=t[n],l=i&&!(2&i.__u);if(i===null&&s==null||l&&s==i.key&&a==i.type)return n;if(o>(l?1:0)){for(r=n-1;r>=0;r--)if((i=t[r])&&!(2&i.__u)&&s==i.key&&a==i.type)return r;for(r=n+1;r<t.length;r++)if((i=t[r])&&!(2&i.__u)&&s==i.key&&a==i.type)return r}return-1}function Fo(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function ge(e,t,n,o,r){var s,a;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||Fo(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||Fo(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(a=fn[t]||(fn[t]=Oa(t)),(e.__a||(e.__a={}))[t]=dn,s=t!=(t=t.replace(Io,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,a,s):e.removeEventListener(t,a,s));else{if(r=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function Oa(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[_e]==null)t[_e]=dn++;else if(t[_e]<this.__a[e])return;return n(S.event?S.event(t):t)}}}function gn(e,t,n,o,r,s,a,i,l,c){var u,p,d,f,m,$,_,g,b,v,x,E,C,mt,tt,Ot,V,et,nt=t.type;if(t.constructor!==Qt)return null;128&n.__u&&(l=32&n.__u,u=n.__c.__z)&&(t.__u|=l,p=s=[],u.nodeType==8?i=$e(u,s):s.push(u),i=s[0]||i),(u=S.__b)&&u(t);t:if(typeof nt=="function"){d=a.length;try{if(g=t.props,b=(u=nt.prototype)&&u.render,v=(u=nt.contextType)&&o[u.__c],x=u?v?v.props.value:u.__:o,(f=n.__c)?(t.__c=f,2&f.__g&&(f.__g|=1)):(b?t.__c=f=new nt(g,x):(t.__c=f=new X(g,x),f.constructor=nt,f.render=ja),v&&v.sub(f),f.state||(f.state={}),f.__n=o,f.__g|=8,f.__h=[],f.__k=[]),b&&(f.__s||(f.__s=f.state),nt.getDerivedStateFromProps&&(f.__s==f.state&&(f.__s=_t({},f.__s)),_t(f.__s,nt.getDerivedStateFromProps(g,f.__s)))),m=f.props,$=f.state,f.__v=t,n.__c){if(g!==m&&b&&!nt.getDerivedStateFromProps&&f.componentWillReceiveProps&&f.componentWillReceiveProps(g,x),t.__v==n.__v&&!(8&f.__g)||!(4&f.__g)&&f.shouldComponentUpdate&&f.shouldComponentUpdate(g,f.__s,x)===!1){t.__v!=n.__v&&(f.props=g,f.state=f.__s,f.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(q){q&&(q.__=t)}),xe.push.apply(f.__h,f.__k),f.__k=[],f.__h.length&&a.push(f),i=ct(n);break t}f.componentWillUpdate&&f.componentWillUpdate(g,f.__s,x),b&&f.componentDidUpdate&&f.__h.push(function(){f.componentDidUpdate(m,$,_)})}else b&&!nt.getDerivedStateFromProps&&f.componentWillMount&&f.componentWillMount(),b&&f.componentDidMount&&f.__h.push(f.componentDidMount);f.context=x,f.props=g,f.__P=e,f.__g&=-5,E=S.__r,C=b?25:0;do f.__g&=-9,E&&E(t),u=f.render(f.props,f.state=f.__s,f.context);while(8&f.__g&&++C<25);b&&(xe.push.apply(f.__h,f.__k),f.__k=[]),f.state=f.__s,f.getChildContext&&(o=_t({},o,f.getChildContext())),b&&n.__c&&f.getSnapshotBeforeUpdate&&(_=f.getSnapshotBeforeUpdate(m,$)),mt=u&&u.type===$t&&u.key==null?u.props.children:u,g.__P&&(u=i,r=(e=g.__P).namespaceURI,l=s=null,n.props&&n.props.__P!=e&&(n.__k.some(function(q){q&&$n(q,q)}),n.__k=null),i=n.__k?ct(n,0):null),i=Wo(e,hn(mt)?mt:[mt],t,n,o,r,s,a,i,l,c),g.__P&&(t.__e=null,i=u),t.__u&=-161,p&&p.some(gt),f.__h.length&&a.push(f),1&f.__g&&(f.__g&=-4)}catch(q){if(a.length=d,t.__v=null,l||s)if(q&&q.then){if(t.__u|=128|l,s){for(~(V=s.indexOf(i||void 0))||(V=s.length);(et=s[V-1])&&et.nodeType==8;)V--;for(;V<s.length;V++)if(et=s[V])if(s[V]=null,tt){if(et==Ot)break}else{if(et.nodeType!=8)break;et.data.startsWith("$s")&&(Ot=$e(tt=et))}}if(!tt){for(;i&&i.nodeType==8&&i.nextSibling;)i=i.nextSibling;tt=i}(u=$e(tt=t.__c.__z||(t.__c.__z=tt)))?(t.__e=tt,i=u):t.__e=i,i=i&&i.nextSibling}else s&&s.some(gt);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),q&&q.then||Vo(t),S.__e(q,t,n)}}else i=t.__e=Ca(n.__e,t,n,o,r,s,a,l,c,e);return(u=S.diffed)&&u(t),i}function $e(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function Vo(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(Vo))}function zo(e,t,n){for(var o=0;o<n.length;)_n(n[o++],n[o++],n[o++]);S.__c&&S.__c(t,e),e.some(function(r){try{e=r.__h,r.__h=[],e.some(function(s){s.call(r)})}catch(s){S.__e(s,r.__v)}})}function Ca(e,t,n,o,r,s,a,i,l,c){var u,p,d,f,m,$,_,g,b=n.props||be,v=t.props,x=t.type;if(x=="svg"?r="http://www.w3.org/2000/svg":x=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),s){for(u=0;u<s.length;u++)if((m=s[u])&&(x?m.localName==x:m.nodeType==3)){e=m,s[u]=null;break}}if(!e){if(g=c.ownerDocument||document,!x)return g.createTextNode(v);e=g.createElementNS(r,x,v.is?v:c),i&&(S.__m&&S.__m(t,s),i=!1),s=null}if(x){if(c=x=="template"&&e.content||e,s=x=="textarea"&&v.defaultValue!=null?null:s&&mn.call(c.childNodes),!i&&s)for(b={},u=0;u<e.attributes.length;u++)b[(m=e.attributes[u]).name]=m.value;for(u in b)m=b[u],u=="dangerouslySetInnerHTML"?d=m:u=="children"||u in v||u=="value"&&"defaultValue"in v||u=="checked"&&"defaultChecked"in v||ge(e,u,null,m,r);for(u in v)m=v[u],u=="children"?f=m:u=="dangerouslySetInnerHTML"?p=m:u=="value"?$=m:u=="checked"?_=m:i&&typeof m!="function"||b[u]===m||ge(e,u,m,b[u],r);p?(i||d&&(p.__html==d.__html||p.__html==e.innerHTML)||(e.innerHTML=p.__html),t.__k=[]):(d&&(e.textContent=""),(x=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&Ma.test(x))&&(r="http://www.w3.org/1999/xhtml"),Wo(c,hn(f)?f:[f],t,n,o,r,s,a,s?s[0]:n.__k&&ct(n,0),i,l),s&&s.some(gt)),i&&x!="textarea"||(u="value",x=="progress"&&$==null?e.removeAttribute(u):$==null||$===e[u]&&(x!="progress"||$)||ge(e,u,$,b[u],r),u="checked",_!=null&&_!=e[u]&&ge(e,u,_,b[u],r))}else b===v||i&&e.data==v||(e.data=v);return e}function _n(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(r){S.__e(r,n)}}function $n(e,t,n){var o,r,s,a;if(S.unmount&&S.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||_n(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(i){S.__e(i,t)}o.__P=o.__n=null}if(o=e.__k)for(a=0;a<o.length;a++)o[a]&&$n(o[a],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(r=$e(o,s=[]))&&(o==e.__e&&s.some(gt),gt(r),gt(o)),n||gt(e.__e),e.__e=e.__c=e.__=null}function ja(e,t,n){return this.constructor(e,n)}function te(e,t){var n,o,r,s;S.__&&S.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=Zt($t,{children:[e]}),r=[],s=[],gn(t,t.__k,o||be,be,t.namespaceURI,o?null:t.firstChild?mn.call(t.childNodes):null,r,o?o.__e:t.firstChild,n,s),zo(r,t.__k,s),t.__k.props.children=null}S={__e:function(e,t,n,o){for(var r,s,a;t=t.__;)if((r=t.__c)&&!(1&r.__g)){r.__g|=4;try{if((a=(s=r.constructor)&&s.getDerivedStateFromError)&&r.setState(s.getDerivedStateFromError(e)),r.componentDidCatch&&(r.componentDidCatch(e,o||{}),a=1),a&&8&r.__g)return void(r.__g|=2)}catch(i){e=i}}throw ve=0,e}},Po=0,pn=function(e){return e!=null&&e.constructor===Qt},X.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=_t({},this.state)),typeof e=="function"&&(e=e(_t({},n),this.props)),e&&(_t(n,e),this.__v&&(t&&this.__k.push(t),Bo(this)))},X.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),Bo(this))},X.prototype.render=$t,lt=[],ve=0,Do=function(e,t){return e.__v.__b-t.__v.__b},_e=Symbol(),Io=/(PointerCapture)$|Capture$/i,dn=0,fn={},ka=0;var jt,L,vn,Yo,bn=Object.is,ye=0,or=[],xn=[],j=S,Xo=j.__b,Ko=j.__r,Jo=j.diffed,Zo=j.__c,Qo=j.unmount,tr=j.__;function we(e,t){j.__h&&j.__h(L,e,ye||t),ye=0;var n=L.__H||(L.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function z(e){return ye=1,La(sr,e)}function La(e,t,n){var o=we(jt++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):sr(void 0,t),function(s){var a=(o.__N||o.__)[0],i=o.t(a,s);bn(a,i)||(o.__N=[i,o.__[1]],o.__c.setState({}))}],o.__c=L,!L.__f)){L.__f=!0;var r=L.shouldComponentUpdate;L.shouldComponentUpdate=function(s,a,i){var l=this.__H;if(!l)return!0;var c=!1,u=this.props!=s;if(l.__.some(function(d){d.__N&&(c=!0,bn(d.__[0],d.__N[0])||(u=!0))}),r){var p=r.call(this,s,a,i);return c?p||u:p}return!c||u}}return o.__}function rt(e,t){var n=we(jt++,3);!j.__s&&wn(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,L.__H.__h.push(n))}function rr(e,t){var n=we(jt++,4);!j.__s&&wn(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,L.__h.push(n))}function ne(e){return ye=5,Se(function(){return{current:e}},[])}function Se(e,t){var n=we(jt++,7);return wn(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function Na(){var e;do{for(;e=xn.shift();)try{ee(e)}catch(n){j.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=or.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(ee),t.__h.some(yn),t.__h=[]}catch(n){t.__h=[],j.__e(n,e.__v)}}}while(xn.length)}j.__b=function(e){L=null,Xo&&Xo(e)},j.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),tr&&tr(e,t)},j.__r=function(e){Ko&&Ko(e),jt=0;var t=(L=e.__c).__H;t&&(vn==L?L.__h=[]:(t.__h.some(ee),t.__h.some(yn),jt=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),vn=L},j.diffed=function(e){Jo&&Jo(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&nr(or.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),vn=L=null},j.__c=function(e,t){t.some(function(n){try{n.__h.some(ee),n.__h=n.__h.filter(function(o){return!o.__||yn(o)})}catch(o){n.__h=[function(){throw o}]}}),Zo&&Zo(e,t)},j.unmount=function(e){Qo&&Qo(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}r.__P=n,nr(xn.push(r))}else ee(r)}catch(s){t=s}}),o.__H=void 0,t&&j.__e(t,o.__v))};var er=typeof requestAnimationFrame=="function";function Ra(e){var t,n=function(){clearTimeout(o),er&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);er&&(t=requestAnimationFrame(n))}function nr(e){e!=1&&Yo==j.requestAnimationFrame||((Yo=j.requestAnimationFrame)||Ra)(Na)}function ee(e){var t=L,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),L=t}function yn(e){var t=L;e.__c=e.__(),L=t}function wn(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!bn(n,e[o])})}function sr(e,t){return typeof t=="function"?t(e):t}var Ua=Symbol.for("preact-signals");function Te(){if(st>1)st--;else{var e,t=!1;for((function(){var r=Me;for(Me=void 0;r!==void 0;){var s=r.S;if(s.v===r.v)for(var a=s.t;a!==void 0;a=a.x)a.i===r.i&&(a.i=s.i);r=r.o}})();re!==void 0;){var n=re;for(re=void 0,ke++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&ir(n))try{n.c()}catch(r){t||(e=r,t=!0)}n=o}}if(ke=0,st--,t)throw e}}function kn(e){if(st>0)return e();Sn=++Ba,st++;try{return e()}finally{Te()}}var oe,k=void 0;function se(e){var t=k,n=oe;k=void 0,oe=void 0;try{return e()}finally{k=t,oe=n}}var re=void 0,st=0,ke=0,Ba=0,Sn=0,Me=void 0,Ae=0;function ar(e){if(k!==void 0){var t=e.n;if(t===void 0||t.t!==k)return t={i:0,S:e,p:k.s,n:void 0,t:k,e:void 0,x:void 0,r:t},k.s!==void 0&&(k.s.n=t),k.s=t,e.n=t,32&k.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=k.s,t.n=void 0,k.s.n=t,k.s=t),t}}function B(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}B.prototype.brand=Ua;B.prototype.h=function(){return!0};B.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:se(function(){var o;(o=t.W)==null||o.call(t)}))};B.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&se(function(){var r;(r=t.Z)==null||r.call(t)}))}};B.prototype.subscribe=function(e){var t=this;return H(function(){var n=t.value;se(function(){return e(n)})},{name:"sub"})};B.prototype.valueOf=function(){return this.value};B.prototype.toString=function(){return this.value+""};B.prototype.toJSON=function(){return this.value};B.prototype.peek=function(){var e=this;return se(function(){return e.value})};Object.defineProperty(B.prototype,"value",{get:function(){var e=ar(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(ke>100)throw new Error("Cycle detected");(function(n){st!==0&&ke===0&&n.l!==Sn&&(n.l=Sn,Me={S:n,v:n.v,i:n.i,o:Me})})(this),this.v=e,this.i++,Ae++,st++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{Te()}}}});function I(e,t){return new B(e,t)}function ir(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function lr(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function cr(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function vt(e,t){B.call(this,void 0,t),this.x=e,this.s=void 0,this.g=Ae-1,this.f=4}vt.prototype=new B;vt.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Ae))return!0;if(this.g=Ae,this.f|=1,this.i>0&&!ir(this))return this.f&=-2,!0;var e=k;try{lr(this),k=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return k=e,cr(this),this.f&=-2,!0};vt.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}B.prototype.S.call(this,e)};vt.prototype.U=function(e){if(this.t!==void 0&&(B.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};vt.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(vt.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=ar(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function W(e,t){return new vt(e,t)}function ur(e){var t=e.j;if(e.j=void 0,typeof t=="function"){st++;var n=k;k=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,Mn(e),o}finally{k=n,Te()}}}function Mn(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,ur(e)}function Fa(e){if(k!==this)throw new Error("Out-of-order effect");cr(this),k=e,this.f&=-2;try{8&this.f&&Mn(this)}finally{Te()}}function Lt(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,oe&&oe.push(this)}Lt.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};Lt.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,ur(this),lr(this),st++;var e=k;return k=this,Fa.bind(this,e)};Lt.prototype.N=function(){2&this.f||(this.f|=2,this.u=re,re=this)};Lt.prototype.d=function(){this.f|=8,1&this.f||Mn(this)};Lt.prototype.dispose=function(){this.d()};function H(e,t){var n=new Lt(e,t);try{n.c()}catch(r){throw n.d(),r}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var fr,Oe,Ee,Pa=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var pr=[];H(function(){fr=this.N})();function Nt(e,t){S[e]=t.bind(null,S[e]||function(){})}function ae(e){if(Ee){var t=Ee;Ee=void 0,t()}Ee=e&&e.S()}function dr(e){var t=this,n=e.data,o=Ia(n);o.name="ReactiveDom",o.value=n;var r=Se(function(){for(var i=t,l=t.__v;l=l.__;)if(l.__c){l.__c.__$f|=4;break}var c=W(function(){var f=o.value.value;return f===0?0:f===!0?"":f||""}),u=W(function(){return!Array.isArray(c.value)&&!pn(c.value)}),p=H(function(){if(this.N=hr,u.value){var f=c.value;i.__v&&i.__v.__e&&i.__v.__e.nodeType===3&&(i.__v.__e.data=f)}}),d=t.__$u.d;return t.__$u.d=function(){p(),d.call(this)},[u,c]},[]),s=r[0],a=r[1];return s.value?a.peek():a.value}dr.displayName="ReactiveTextNode";Object.defineProperties(B.prototype,{constructor:{configurable:!0,value:ot($t,null).constructor},type:{configurable:!0,value:dr},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});Nt("__b",function(e,t){if(ae(),Oe=void 0,typeof t.type=="string"){var n,o=t.props;for(var r in o)if(r!=="children"){var s=o[r];s instanceof B&&(n||(t.__np=n={}),n[r]=s,o[r]=s.peek())}}e(t)});Nt("__r",function(e,t){if(e(t),t.type!==$t){ae();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=(function(r,s){var a;return H(function(){a=this},{name:s}),a.c=r,a})((function(r){return function(){var s;Pa&&((s=this.y)==null||s.call(this)),r.__$f|=1,r.setState({})}})(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),Oe=o,ae(n)}});Nt("__e",function(e,t,n,o){ae(),Oe=void 0,e(t,n,o)});Nt("diffed",function(e,t){ae(),Oe=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,r=t.props,s=n.U;if(s)for(var a in s){var i=s[a];i===void 0||o&&a in o||(i.d(),s[a]=void 0)}if(o){s||(s={},n.U=s);for(var l in o){var c=s[l],u=o[l];c===void 0?(c=Da(n,l,u,r),s[l]=c):c.o(u,r)}}}e(t)});function Da(e,t,n,o){var r=t in e&&e.ownerSVGElement===void 0,s=I(n);return{o:function(a,i){s.value=a,o=i},d:H(function(){this.N=hr;var a=s.value.value;o[t]!==a&&(o[t]=a,r?e[t]=a:a!=null&&(a!==!1||t[4]==="-")?e.setAttribute(t,a):e.removeAttribute(t))})}}Nt("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var r in o){var s=o[r];s&&s.d()}}}var a=t.__np;if(a){var i=t.props;for(var l in a)i[l]=a[l]}t.__np=void 0}else{var c=t.__c;if(c){c.__$f|=8;var u=c.__$u;u&&(c.__$u=void 0,u.d())}}e(t)});Nt("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});X.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var r in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var s=2&this.__$f;if(!(o||s||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var a in e)if(a!=="__source"&&e[a]!==this.props[a])return!0;for(var i in this.props)if(!(i in e))return!0;return!1};function Ia(e,t){return Se(function(){return I(e,t)},[])}var Ha=function(e){queueMicrotask(function(){queueMicrotask(e)})};function qa(){kn(function(){for(var e;e=pr.shift();)fr.call(e)})}function hr(){pr.push(this)===1&&(S.requestAnimationFrame||Ha)(qa)}function bt(e,t,n=null){return e.remember(`counted ${t} ${n}`,()=>n===null?{asked:e.column(`asked.${t}`),right:e.column(`right.${t}`),stale:e.column(`stale.${t}`)}:za(e,t,n))}function ie(e){let{detail:t,all_forms:n}=e.header;return t?.wordings==="all"&&e.has("probe.key")?n??[]:[]}var Wa=1,Ga=2,Va=0;function za(e,t,n){let o=e.steps*e.facts,r={asked:new Uint8Array(o),right:new Uint8Array(o),stale:new Uint8Array(o)},s=ie(e).indexOf(n),a=e.column(`verdict.${t}`);if(s<0||a===null)return r;let i=e.column("probe.key"),l=e.column("probe.form");for(let c=0;c<i.length;c++)if(l[c]===s)for(let u=0;u<e.steps;u++){let p=a[u*i.length+c],d=u*e.facts+i[c];if(p===Wa)r.right[d]++;else if(p===Ga)r.stale[d]++;else if(p!==Va)continue;r.asked[d]++}return r}var Ya=0,Xa=1,Rt=2,Ka=3,Ja=4,Za=5,An=6,Ut=7,Ce=8,A=["none","future","right","partly","outdated","wrong","forgotten","produced","resurfaced"],O={none:0,new:1,retained:2,future:3,erased:4};function at(e,t,n,o=null){return e.remember(`counts ${t} ${n} ${o}`,()=>{let r=n*e.facts,s=a=>{let i=t.length===0?null:bt(e,t[0],o)[a];if(t.length===1)return i.subarray(r,r+e.facts);let l=new Uint16Array(e.facts);for(let c of t){let u=bt(e,c,o)[a];for(let p=0;p<l.length;p++)l[p]+=u[r+p]}return l};return{asked:s("asked"),right:s("right"),stale:s("stale")}})}function Qa(e,t,n,o,r=null){let s=n*e.facts+o,a={asked:0,right:0,stale:0};for(let i of t){let l=bt(e,i,r);a.asked+=l.asked[s],a.right+=l.right[s],a.stale+=l.stale[s]}return a}function mr(e,t,n,o){return e===O.none||t===0?Ya:e===O.future?Xa:e===O.erased?n===0?An:Ut:n>0?n===t?Rt:Ka:o>0?Ja:Za}function je(e,t,n,o=null){return e.remember(`states ${t} ${n} ${o}`,()=>{let r=new Uint8Array(e.facts),{asked:s,right:a,stale:i}=at(e,t,n,o),l=e.column("group"),c=n*e.facts;for(let u=0;u<r.length;u++){let p=mr(l[c+u],s[u],a[u],i[u]);r[u]=p===Ut?_r(e,t,n,u,o):p}return r})}function gr(e,t,n,o,r=null){let{asked:s,right:a,stale:i}=Qa(e,t,n,o,r),l=e.column("group")[n*e.facts+o],c=mr(l,s,a,i);return c===Ut?_r(e,t,n,o,r):c}function Tn(e,t,n){let o=e.column("group"),r=e.column("learned"),s=t;for(;s>0&&o[(s-1)*e.facts+n]===O.erased&&r[(s-1)*e.facts+n]===r[t*e.facts+n];)s--;return s}function _r(e,t,n,o,r){let s=Tn(e,n,o)*e.facts+o,a=n*e.facts+o;return t.some(l=>{let{right:c}=bt(e,l,r);return c[a]>0&&c[s]===0})?Ce:Ut}var xt=[{name:"broken",bad:!0},{name:"turned outdated",bad:!0},{name:"resurfaced",bad:!0},{name:"not learned",bad:!0},{name:"not forgotten",bad:!0},{name:"still wrong",bad:!0},{name:"learned",bad:!1},{name:"regained",bad:!1},{name:"forgotten",bad:!1}],K=Object.fromEntries(xt.map(({name:e},t)=>[e,1<<t]));function vr(e,t,n,o=null){return e.remember(`changes ${t} ${n} ${o}`,()=>{let r=new Uint16Array(e.facts);if(n<1||t.length===0)return r;let s=$r(e,t,n-1,o),a=$r(e,t,n,o);for(let i=0;i<r.length;i++){if(a.asked[i]===0)continue;let l=a.group[i];if(l===O.new)r[i]=ti(a,n,i);else if(l===O.retained)r[i]=ei(s,a,n,i);else if(l===O.erased){let c=Tn(e,n,i)===n;r[i]=ni(s.states[i],a.states[i],c)}}return r})}function yt(e){return K[e]??0}function $r(e,t,n,o){let r=s=>e.column(s).subarray(n*e.facts,(n+1)*e.facts);return{...at(e,t,n,o),states:je(e,t,n,o),group:r("group"),learned:r("learned")}}function ti(e,t,n){return e.learned[n]!==t?0:e.states[n]===Rt?K.learned:K["not learned"]}function ei(e,t,n,o){let r=e.group[o];if(r!==O.new&&r!==O.retained||e.asked[o]===0||e.learned[o]!==t.learned[o]||t.learned[o]>=n)return 0;let s=t.states[o]===Rt,a=t.right[o]*e.asked[o]<e.right[o]*t.asked[o],i=0;return!s&&a?i|=K.broken:!s&&e.states[o]!==Rt?i|=K["still wrong"]:s&&e.states[o]!==Rt&&(i|=K.regained),e.stale[o]===0&&t.stale[o]>0&&(i|=K["turned outdated"]),i}function ni(e,t,n){return t===Ce?e===Ce?0:K.resurfaced:n?t===An?K.forgotten:t===Ut?K["not forgotten"]:0:0}var En=["group","state","change"],oi=["relation","form","learned","seed"],Bt=[...oi,...En],ri=["g","a","b","s","k","learned","seed"],Le=Object.freeze({g:null,a:null,b:null,s:null,q:"",relation:null,group:null,learned:null,state:null,change:null,form:null,seed:null,d:!1,k:null,sort:null});function br(e){let t=new URLSearchParams(e.replace(/^#/,"")),n={...Le};for(let[o,r]of t)!Object.hasOwn(Le,o)||r===""||(ri.includes(o)?/^-?\d{1,9}$/.test(r)&&(n[o]=Number(r)):o==="d"?n.d=r==="1":En.includes(o)?n[o]=r.split(","):n[o]=r);return n}function Ne(e){let t=new URLSearchParams;for(let o of Object.keys(Le)){let r=e[o];r===Le[o]||r===null||r===""||t.set(o,r===!0?"1":String(r))}let n=t.toString();return n===""?"":`#${n}`}var Ft=Object.freeze({a:null,b:null,s:null,k:null,relation:null,learned:null,form:null,seed:null}),G=I(br(globalThis.location?.hash??""));function y(e,{replace:t=!1}={}){let n={...G.value,...e},o=Ne(n);if(o===Ne(G.value))return;G.value=n;let{pathname:r,search:s}=location;history[t?"replaceState":"pushState"](null,"",o===""?r+s:o)}function xr(e){let t=()=>{let{hash:n}=e.location;if(n!==""&&!n.includes("="))return;let o=br(n);Ne(o)!==Ne(G.value)&&(G.value=o)};e.addEventListener("popstate",t),e.addEventListener("hashchange",t)}var On=class{constructor(t,n,o,r){this.block=t,this.variant=n,this.form=r,this.name=t.variants[n]?.name??"",this.runsOf=t.labels.map((s,a)=>t.runs(n,a,o))}runs(t){return this.runsOf[t]}states(t){return je(this.block,this.runs(t),t,this.form)}state(t,n){return gr(this.block,this.runs(t),t,n,this.form)}counts(t){return at(this.block,this.runs(t),t,this.form)}changes(t){return vr(this.block,this.runs(t),t,this.form)}countsAt(t,n){let o=t*this.block.facts+n,r={asked:0,right:0,stale:0};for(let s of this.runs(t)){let a=bt(this.block,s,this.form);r.asked+=a.asked[o],r.right+=a.right[o],r.stale+=a.stale[o]}return r}answer(t,n){let o=new Map;for(let a of this.runs(t)){let i=this.block.answer(a,t,n);i!==null&&o.set(i,(o.get(i)??0)+1)}let r=null,s=0;for(let[a,i]of o)s+=i,(r===null||i>r.times)&&(r={text:a,times:i});return r===null?null:{...r,runs:s}}margin(t,n){let o=0,r=0;for(let s of this.runs(t)){let a=this.block.margin(s,t,n);a!==null&&(o+=a,r++)}return r===0?null:o/r}};function F({block:e,selection:t},n){let o=t[n];if(o<0)return null;let{seed:r,form:s}=t;return e.remember(`side ${o} ${r} ${s}`,()=>new On(e,o,r,s))}var si=["partly","outdated","wrong"],Cn={"not right":si};function yr(e){let t={a:[],b:[]};for(let n of e??[])n.startsWith("b.")?t.b.push(n.slice(2)):t.a.push(n.replace(/^a\./,""));return t}function Sr(e){let{block:t,selection:n}=e,o=[...ai(t,n),...wr(e,"a"),...wr(e,"b"),...ii(e)];if(n.d&&n.b>=0){let a=F(e,"a").states(n.s),i=F(e,"b").states(n.s);o.push(l=>a[l]!==i[l])}let r=new Uint32Array(t.facts),s=0;t:for(let a=0;a<t.facts;a++){for(let i of o)if(!i(a))continue t;r[s++]=a}return r.subarray(0,s)}function ai(e,{s:t,relation:n,group:o,learned:r}){let s=t*e.facts,a=[];if(n!==null){let i=e.column("relation"),l=e.relations.indexOf(n);a.push(c=>i[c]===l)}if(o!==null){let i=e.column("group"),l=new Set(o.map(c=>O[c]));a.push(c=>l.has(i[s+c]))}if(r!==null){let i=e.column("learned");a.push(l=>i[s+l]===r)}return a}function wr(e,t){let{selection:n}=e,o=F(e,t),r=yr(n.state)[t],s=yr(n.change)[t],a=[];if(o===null)return a;if(r.length>0){let i=o.states(n.s),l=A.map(c=>r.includes(c));a.push(c=>l[i[c]])}if(s.length>0){let i=o.changes(n.s),l=s.reduce((c,u)=>c|yt(u),0);a.push(c=>(i[c]&l)!==0)}return a}function ii(e){return e.selection.q.toLowerCase().split(/\s+/).filter(Boolean).map(n=>li(e,n))}function li(e,t){let{block:n}=e,{holding:o,relations:r}=n.remember(`holding ${t}`,()=>({holding:n.texts.holding(t),relations:n.relations.map(l=>l.toLowerCase().includes(t))})),[s,a]=["subject","relation"].map(l=>n.column(l)),i=ci(e);return l=>{if(o[s[l]]===1||r[a[l]])return!0;for(let c=0;c<i.length;c++)if(o[i[c][l]]===1)return!0;return!1}}function ci(e){let{block:t,selection:n}=e,{s:o}=n,r=(a,i)=>a.subarray(i,i+t.facts),s=["object","outdated"].map(a=>r(t.column(a),o*t.facts));for(let a of["a","b"])for(let i of F(e,a)?.runs(o)??[]){let l=t.column(`answer.${i}`),c=t.place(l,i,o,0,t.facts);c>=0&&s.push(r(l,c))}return s}var Mr=function(e,t,n,o){var r;t[0]=0;for(var s=1;s<t.length;s++){var a=t[s++],i=t[s]?(t[0]|=a?1:2,n[t[s++]]):t[++s];a===3?o[0]=i:a===4?o[1]=Object.assign(o[1]||{},i):a===5?(o[1]=o[1]||{})[t[++s]]=i:a===6?o[1][t[++s]]+=i+"":a?(r=e.apply(i,Mr(e,i,n,["",null])),o.push(r),i[0]?t[0]|=2:(t[s-2]=0,t[s]=r)):o.push(i)}return o},kr=new Map;function Ar(e){var t=kr.get(this);return t||(t=new Map,kr.set(this,t)),(t=Mr(this,t.get(e)||(t.set(e,t=(function(n){for(var o,r,s=1,a="",i="",l=[0],c=function(d){s===1&&(d||(a=a.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?l.push(0,d,a):s===3&&(d||a)?(l.push(3,d,a),s=2):s===2&&a==="..."&&d?l.push(4,d,0):s===2&&a&&!d?l.push(5,0,!0,a):s>=5&&((a||!d&&s===5)&&(l.push(s,0,a,r),s=6),d&&(l.push(s,d,0,r),s=6)),a=""},u=0;u<n.length;u++){u&&(s===1&&c(),c(u));for(var p=0;p<n[u].length;p++)o=n[u][p],s===1?o==="<"?(c(),l=[l],s=3):a+=o:s===4?a==="--"&&o===">"?(s=1,a=""):a=o+a[0]:i?o===i?i="":a+=o:o==='"'||o==="'"?i=o:o===">"?(c(),s=1):s&&(o==="="?(s=5,r=a,a=""):o==="/"&&(s<5||n[u][p+1]===">")?(c(),s===3&&(l=l[0]),s=l,(l=l[0]).push(2,0,s),s=0):o===" "||o==="	"||o===`
`||o==="\r"?(c(),s=2):a+=o),s===3&&a==="!--"&&(s=4,l=l[0])}return c(),l})(e)),t),arguments,[])).length>1?t:t[0]}var h=Ar.bind(ot);var ui=Object.freeze({q:"",d:!1,...Object.fromEntries(Bt.map(e=>[e,null]))});function Er(e){return Bt.filter(t=>e[t]!==null).length}function wt({label:e,name:t,value:n,options:o,disabled:r=!1,title:s=null}){let a=l=>{let c=o.flatMap(u=>u.options??[u]).find(u=>String(u.value)===l.currentTarget.value);y({[t]:c===void 0?null:c.value})},i=l=>h`<option value=${String(l.value)}>${l.text}</option>`;return h`<label class="pick" title=${s}
    ><span>${e}</span>
    <select
      aria-label=${e}
      value=${n===null?"":String(n)}
      onChange=${a}
      disabled=${r}
    >
      <option value="">all</option>
      ${o.map(l=>l.options?h`<optgroup label=${l.label}>${l.options.map(i)}</optgroup>`:i(l))}
    </select></label
  >`}function Tr({block:e,selection:t},n){return["a","b"].filter(o=>t[o]>=0).map(o=>({label:`${o.toUpperCase()}: ${e.variants[t[o]].name}`,options:n.map(([r,s])=>({text:r,value:s.map(a=>o==="a"?a:`b.${a}`)}))}))}function Or({now:e}){let{block:t,selection:n}=e,o=ie(t),r=[...new Set(t.variants.flatMap(({runs:c})=>c.map(u=>u.seed)))],s=[...Object.entries(Cn),...A.slice(1).map(c=>[c,[c]])],a=xt.map(({name:c})=>[c,[c]]),i=c=>c.map(u=>({value:u,text:String(u)})),l=c=>c.map(u=>({value:[u],text:u}));return h`
    <${wt} label="Relation" name="relation" value=${n.relation} options=${i(t.relations)} />
    <${wt} label="Group" name="group" value=${n.group} options=${l(t.groups.slice(1))} />
    <${wt}
      label="Taught at"
      name="learned"
      value=${n.learned}
      options=${t.labels.map((c,u)=>({value:u,text:c}))}
    />
    <${wt} label="State" name="state" value=${n.state} options=${Tr(e,s)} />
    <${wt} label="Change" name="change" value=${n.change} options=${Tr(e,a)} />
    <${wt}
      label="Form"
      name="form"
      value=${n.form}
      options=${i(o)}
      disabled=${o.length===0}
      title=${o.length===0?"The page does not carry the answers to each wording at every step":"Judge the facts by their answers to this form of wording only"}
    />
    <${wt}
      label="Seed"
      name="seed"
      value=${n.seed}
      options=${i(r.sort((c,u)=>c-u))}
      disabled=${r.length<2}
      title="Count the runs with this seed only"
    />
  `}function Cr({now:e}){let{block:t,selection:n}=e,o=[];n.q!==""&&o.push(["search",n.q,{q:""}]),n.d&&n.b>=0&&o.push(["only","where A and B differ",{d:!1}]);for(let r of Bt){let s=n[r];if(s===null)continue;let a=r==="learned"?t.labels[s]??s:fi(s,r);o.push([r==="learned"?"taught at":r,a,{[r]:null}])}return o.length===0?null:h`<div class="chips">
    ${o.map(([r,s,a])=>h`<button
        type="button"
        class="chip"
        aria-label=${`Remove the filter ${r}: ${s}`}
        onClick=${()=>y(a)}
      >
        <small>${r}</small> <bdi>${s}</bdi> <span aria-hidden="true">×</span>
      </button>`)}
    <button type="button" class="plain-button" onClick=${()=>y(ui)}>
      Remove all
    </button>
  </div>`}function fi(e,t){if(!Array.isArray(e))return String(e);if(t==="group")return e.join(" or ");let n=Object.entries(Cn);return["a","b"].map(o=>{let r=e.filter(a=>a.startsWith("b.")===(o==="b")).map(a=>a.replace(/^[ab]\./,"")),s=n.find(([,a])=>a.join()===r.join());return r.length>0?`${s?.[0]??r.join(" or ")} (${o.toUpperCase()})`:""}).filter(Boolean).join(", ")}var Y=I(null),Pt=I(new Map),ut=W(()=>{let{g:e}=G.value;return Y.value?.groups[e]===void 0?0:e});function jr(e){let t=e===ut.value?{}:Ft;return{...G.value,...t,g:e}}function Lr(e,t){let n=(i,l,c)=>i===null||i<0||i>c?l:i,o=Math.max(0,...t.done.map(i=>i-1)),r=t.variants.length-1,s=n(e.a,e.b===0&&r>0?1:0,r),a=r<1?-1:s===1?0:1;return{...e,a:s,b:e.b===-1?-1:n(e.b,a,r),s:n(e.s,o,t.steps-1),k:n(e.k,null,t.facts-1)}}function jn(e=null){let t=e??ut.value,n=Pt.value.get(t);if(n===void 0||Y.value===null)return null;let o=Y.value.groups[t];return{block:n,data:o,selection:Lr(jr(t),n)}}function Nr(e=null){let t=e??ut.value,n=Y.value.groups[t],o={done:n.strategies.map(r=>r.done),variants:n.strategies,steps:n.labels.length,facts:0};return{block:null,data:n,selection:Lr(jr(t),o)}}var P=W(()=>jn());function Ur(){let[e,t]=z(!1);if(P.value===null)return null;let n=P.value,{block:o,selection:r}=n,s=Er(r);return h`<div class=${`bar${e?" opened":""}`} role="region" aria-label="What is shown">
    <div class="bar-line">
      ${Y.value.groups.length>1&&h`<${pi} selection=${r} />`}
      <${Rr} now=${n} side="a" />
      ${r.b>=0&&h`<button
        type="button"
        class="icon"
        title="Swap A and B"
        aria-label="Swap A and B"
        onClick=${()=>y({a:r.b,b:r.a})}
      >
        ⇄
      </button>`}
      ${o.variants.length>1&&h`<${Rr} now=${n} side="b" />`}
      <${di} now=${n} />
      <${hi} value=${r.q} />
      ${r.b>=0&&h`<label class="check"
        ><input
          type="checkbox"
          checked=${r.d}
          onChange=${a=>y({d:a.currentTarget.checked})}
        />
        only where A and B differ</label
      >`}
      <button
        type="button"
        aria-expanded=${e}
        aria-controls="bar-filters"
        onClick=${()=>t(!e)}
      >
        Filters${s>0?` (${s})`:""}
      </button>
      <${mi} />
    </div>
    <div class="bar-line filters" id="bar-filters" hidden=${!e}>
      ${e&&h`<${Or} now=${n} />`}
    </div>
  </div>`}function pi({selection:e}){return h`<label class="pick whole"
    ><span>Runs</span>
    <select
      value=${e.g}
      onChange=${t=>y({...Ft,g:Number(t.currentTarget.value)})}
    >
      ${Y.value.groups.map((t,n)=>h`<option value=${n}>${t.scenario} on ${t.model}, ${t.match}</option>`)}
    </select></label
  >`}function Rr({now:e,side:t}){let{block:n,selection:o}=e;return h`<label class="pick"
    ><span class=${`side side-${t}`}>${t.toUpperCase()}</span>
    <select
      aria-label=${`Run ${t.toUpperCase()}`}
      value=${o[t]}
      onChange=${r=>y({[t]:Number(r.currentTarget.value)})}
    >
      ${t==="b"&&h`<option value="-1">none</option>`}
      ${n.variants.map(({name:r},s)=>h`<option value=${s}>${r}</option>`)}
    </select></label
  >`}function Br(){let[e]=z({on:!1});return{change(t){y(t,{replace:e.on}),e.on=!0},end(){e.on=!1}}}function di({now:e}){let{block:t,selection:n}=e,o=Br(),r=n.s,s=t.steps-1,a=r===0?"base":`update ${r}`,i=l=>y({s:Math.max(0,Math.min(s,l))});return h`<div class="stepper">
    <button type="button" class="icon" aria-label="Step before" disabled=${r===0} onClick=${()=>i(r-1)}>
      ‹
    </button>
    <input
      type="range"
      aria-label="Step"
      aria-valuetext=${`${a}, ${t.labels[r]}`}
      min="0"
      max=${s}
      value=${r}
      onInput=${l=>o.change({s:Number(l.currentTarget.value)})}
      onChange=${o.end}
    />
    <button type="button" class="icon" aria-label="Next step" disabled=${r===s} onClick=${()=>i(r+1)}>
      ›
    </button>
    <output><b>${a}</b> <bdi>${t.labels[r]}</bdi></output>
  </div>`}function hi({value:e}){let t=Br();return h`<input
    type="search"
    class="search"
    aria-label="Search facts"
    placeholder="Search"
    value=${e}
    onInput=${n=>t.change({q:n.currentTarget.value})}
    onBlur=${t.end}
  />`}function mi(){let[e,t]=z("");return h`<button type="button" class="copy" onClick=${async()=>{let o=await gi(location.href);t(o?"Copied":"Copy the address of the page"),setTimeout(()=>t(""),2e3)}}>
    <span aria-live="polite">${e||"Copy link"}</span>
  </button>`}async function gi(e){try{return await navigator.clipboard.writeText(e),!0}catch{return!1}}var Re=class{constructor(t,n){this.bytes=t,this.byteEnds=n,this.length=n.length,this.decoder=new TextDecoder("utf-8",{ignoreBOM:!0}),this.folded=null}at(t){let n=t===0?0:this.byteEnds[t-1];return this.decoder.decode(this.bytes.subarray(n,this.byteEnds[t]))}searchable(){if(this.folded===null){let t=this.decoder.decode(this.bytes),n=t.toLowerCase();this.folded=n.length===t.length?{text:n,ends:$i(this.bytes,this.byteEnds)}:vi(this)}return this.folded}holding(t){let n=new Uint8Array(this.length),{text:o,ends:r}=this.searchable(),s=0,a=o.indexOf(t);for(;a>=0;)s=_i(r,s,a),a+t.length<=r[s]?(n[s]=1,a=o.indexOf(t,Math.max(r[s],a+1))):a=o.indexOf(t,a+1);return n}};function _i(e,t,n){let o=t,r=e.length-1;for(;o<r;){let s=o+r>>1;e[s]>n?r=s:o=s+1}return o}function $i(e,t){let n=new Uint32Array(t.length),o=0,r=0;for(let s=0;s<t.length;s++){for(let a=t[s];r<a;r++){let i=e[r];(i&192)!==128&&(o+=i>=240?2:1)}n[s]=o}return n}function vi(e){let t=new Uint32Array(e.length),n=[],o=0;for(let r=0;r<e.length;r++){let s=e.at(r).toLowerCase();n.push(s),o+=s.length,t[r]=o}return{text:n.join(""),ends:t}}var bi={u8:Uint8Array,u16:Uint16Array,u32:Uint32Array,i8:Int8Array},Ue=4294967295,Nn=4294967295,xi=4294967294,Rn=65535,Un=-128,yi=200;function wi(e,t){for(let n=t;n<e.length;n++)e[n]+=e[n-t];return e}var Ln=class{constructor(t){let n=new DataView(t).getUint32(0,!0);if(this.header=JSON.parse(new TextDecoder().decode(new Uint8Array(t,4,n))),this.header.format!==1)throw new Error(`facts of format ${this.header.format}`);this.buffer=t,this.start=4+n,this.labels=this.header.labels,this.steps=this.labels.length,this.facts=this.header.facts,this.relations=this.header.relations,this.groups=this.header.groups,this.variants=this.header.variants,this.done=[];for(let{runs:o}of this.variants)for(let{run:r,done:s}of o)this.done[r]=s;this.made=new Map,this.kept=new Map,this.texts=new Re(this.column("strings.bytes"),this.column("strings.ends"))}has(t){return Object.hasOwn(this.header.columns,t)}column(t){if(this.made.has(t))return this.made.get(t);let n=this.has(t)?this.header.columns[t]:null,o=null;return n!==null&&(o=new bi[n.type](this.buffer,this.start+n.offset,n.length),n.delta&&(o=wi(o,n.length/this.steps))),this.made.set(t,o),o}remember(t,n){let o=this.kept.get(t);return o===void 0?o=n():this.kept.delete(t),this.kept.set(t,o),this.kept.size>yi&&this.kept.delete(this.kept.keys().next().value),o}text(t){return this.texts.at(t)}subject(t){return this.text(this.column("subject")[t])}relation(t){return this.relations[this.column("relation")[t]]}object(t,n){let o=this.column("object")[t*this.facts+n];return o===Ue?null:this.text(o)}group(t,n){return this.groups[this.column("group")[t*this.facts+n]]}runs(t,n,o=null){return t<0||t>=this.variants.length?[]:this.variants[t].runs.filter(r=>!r.diverged&&r.done>n&&(o===null||r.seed===o)).map(r=>r.run)}place(t,n,o,r,s){return t===null?-1:t.length!==s||this.steps===1?o*s+r:o===this.done[n]-1?r:-1}answer(t,n,o){let r=this.column(`answer.${t}`),s=this.place(r,t,n,o,this.facts);return s<0?null:this.said(r[s],n,o)}said(t,n,o){return t===xi?null:t===Nn?this.object(n,o):this.text(t)}margin(t,n,o){let r=this.column(`margin.${t}`),s=this.place(r,t,n,o,this.facts);return s<0||r[s]===Un?null:r[s]/4}};async function Fr(e){return new Ln(await de(e))}function Ir(e,t,n,o=null){let r=qr(e,t,n,o);for(;!Wr(r););return{updates:Dr(r.updates),base:Dr(r.base)}}function Hr(e,t,n,o,r){let s=qr(e,t,n,o),a=performance.now()+r;for(;!Wr(s);)if(performance.now()>a)return!1;return!0}function qr(e,t,n,o){return e.remember(`ages ${t} ${n} ${o}`,()=>({block:e,runs:t,form:o,steps:t.length===0?0:n,next:0,updates:Pr(n),base:Pr(n),sound:new Uint16Array(e.facts).fill(Rn)}))}function Wr(e){return e.next<e.steps&&Si(e,e.next++),e.next>=e.steps}var Pr=e=>({right:new Float64Array(e),facts:new Uint32Array(e)});function Si({block:e,runs:t,form:n,updates:o,base:r,sound:s},a){let{asked:i,right:l}=at(e,t,a,n),c=a*e.facts,u=e.column("group").subarray(c,c+e.facts),p=e.column("learned").subarray(c,c+e.facts);for(let d=0;d<e.facts;d++){if(u[d]!==O.new&&u[d]!==O.retained||i[d]===0)continue;let f=p[d];if(f===a&&(s[d]=l[d]===i[d]?a:Rn),s[d]!==f)continue;let m=f===0?r:o;m.right[a-f]+=l[d]/i[d],m.facts[a-f]++}}function Dr({right:e,facts:t}){let n=[];return t.forEach((o,r)=>{o>0&&n.push({age:r,share:e[r]/o,facts:o})}),n}function Bn(e,{s:t}){return e>t?null:{q:"",relation:null,state:null,change:null,group:e===0?["new"]:["retained"],learned:t-e,k:null}}var ki=Math.sqrt(50),Mi=Math.sqrt(10),Ai=Math.sqrt(2);function Fn(e,t,n){let o=(t-e)/Math.max(0,n),r=Math.floor(Math.log10(o)),s=o/Math.pow(10,r),a=s>=ki?10:s>=Mi?5:s>=Ai?2:1,i,l,c;return r<0?(c=Math.pow(10,-r)/a,i=Math.round(e*c),l=Math.round(t*c),i/c<e&&++i,l/c>t&&--l,c=-c):(c=Math.pow(10,r)*a,i=Math.round(e/c),l=Math.round(t/c),i*c<e&&++i,l*c>t&&--l),l<i&&.5<=n&&n<2?Fn(e,t,n*2):[i,l,c]}function Be(e,t,n){if(t=+t,e=+e,n=+n,!(n>0))return[];if(e===t)return[e];let o=t<e,[r,s,a]=o?Fn(t,e,n):Fn(e,t,n);if(!(s>=r))return[];let i=s-r+1,l=new Array(i);if(o)if(a<0)for(let c=0;c<i;++c)l[c]=(s-c)/-a;else for(let c=0;c<i;++c)l[c]=(s-c)*a;else if(a<0)for(let c=0;c<i;++c)l[c]=(r+c)/-a;else for(let c=0;c<i;++c)l[c]=(r+c)*a;return l}function N(e){return function(){return e}}var le=Math.PI,Pn=2*le,St=1e-6,Ti=Pn-St;function Gr(e){this._+=e[0];for(let t=1,n=e.length;t<n;++t)this._+=arguments[t]+e[t]}function Ei(e){let t=Math.floor(e);if(!(t>=0))throw new Error(`invalid digits: ${e}`);if(t>15)return Gr;let n=10**t;return function(o){this._+=o[0];for(let r=1,s=o.length;r<s;++r)this._+=Math.round(arguments[r]*n)/n+o[r]}}function Vr(e,t,n,o){return e===n&&t===o}function Oi(e){let t=Math.floor(e);if(!(t<=15))return Vr;let n=10**t,o=function(r){return Math.round(r*n)};return function(r,s,a,i){return o(r)===o(a)&&o(s)===o(i)}}var Dt=class{constructor(t){this._x0=this._y0=this._x1=this._y1=null,this._="",this._append=t==null?Gr:Ei(t),this._equal=t==null?Vr:Oi(t)}moveTo(t,n){this._append`M${this._x0=this._x1=+t},${this._y0=this._y1=+n}`}closePath(){this._x1!==null&&(this._x1=this._x0,this._y1=this._y0,this._append`Z`)}lineTo(t,n){this._append`L${this._x1=+t},${this._y1=+n}`}quadraticCurveTo(t,n,o,r){this._append`Q${+t},${+n},${this._x1=+o},${this._y1=+r}`}bezierCurveTo(t,n,o,r,s,a){this._append`C${+t},${+n},${+o},${+r},${this._x1=+s},${this._y1=+a}`}arcTo(t,n,o,r,s){if(t=+t,n=+n,o=+o,r=+r,s=+s,s<0)throw new Error(`negative radius: ${s}`);let a=this._x1,i=this._y1,l=o-t,c=r-n,u=a-t,p=i-n,d=u*u+p*p;if(this._x1===null)this._append`M${this._x1=t},${this._y1=n}`;else if(d>St)if(!(Math.abs(p*l-c*u)>St)||!s)this._append`L${this._x1=t},${this._y1=n}`;else{let f=o-a,m=r-i,$=l*l+c*c,_=f*f+m*m,g=Math.sqrt($),b=Math.sqrt(d),v=s*Math.tan((le-Math.acos(($+d-_)/(2*g*b)))/2),x=v/b,E=v/g;Math.abs(x-1)>St&&this._append`L${t+x*u},${n+x*p}`,this._append`A${s},${s},0,0,${+(p*f>u*m)},${this._x1=t+E*l},${this._y1=n+E*c}`}}arc(t,n,o,r,s,a){if(t=+t,n=+n,o=+o,a=!!a,o<0)throw new Error(`negative radius: ${o}`);let i=o*Math.cos(r),l=o*Math.sin(r),c=t+i,u=n+l,p=1^a,d=a?r-s:s-r;if(this._x1===null?this._append`M${c},${u}`:(Math.abs(this._x1-c)>St||Math.abs(this._y1-u)>St)&&this._append`L${c},${u}`,!!o){if(d<0&&(d=d%Pn+Pn),d>Ti)this._append`A${o},${o},0,1,${p},${t-i},${n-l}A${o},${o},0,1,${p},${this._x1=c},${this._y1=u}`;else if(d>St){let f=t+o*Math.cos(s),m=n+o*Math.sin(s);if(d>=le&&this._equal(c,u,f,m)){d/=2;let $=r+d;this._append`A${o},${o},0,${+(d>=le)},${p},${t+o*Math.cos($)},${n+o*Math.sin($)}`}this._append`A${o},${o},0,${+(d>=le)},${p},${this._x1=f},${this._y1=m}`}}}rect(t,n,o,r){this._append`M${this._x0=this._x1=+t},${this._y0=this._y1=+n}h${o=+o}v${+r}h${-o}Z`}toString(){return this._}};function Ci(){return new Dt}Ci.prototype=Dt.prototype;function Fe(e){let t=3;return e.digits=function(n){if(!arguments.length)return t;if(n==null)t=null;else{let o=Math.floor(n);if(!(o>=0))throw new RangeError(`invalid digits: ${n}`);t=o}return e},()=>new Dt(t)}var cf=Array.prototype.slice;function Pe(e){return typeof e=="object"&&"length"in e?e:Array.from(e)}function zr(e){this._context=e}zr.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._point=0},lineEnd:function(){(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;default:this._context.lineTo(e,t);break}}};function De(e){return new zr(e)}function Ie(e){return e[0]}function He(e){return e[1]}function ce(e,t){var n=N(!0),o=null,r=De,s=null,a=Fe(i);e=typeof e=="function"?e:e===void 0?Ie:N(e),t=typeof t=="function"?t:t===void 0?He:N(t);function i(l){var c,u=(l=Pe(l)).length,p,d=!1,f;for(o==null&&(s=r(f=a())),c=0;c<=u;++c)!(c<u&&n(p=l[c],c,l))===d&&((d=!d)?s.lineStart():s.lineEnd()),d&&s.point(+e(p,c,l),+t(p,c,l));if(f)return s=null,f+""||null}return i.x=function(l){return arguments.length?(e=typeof l=="function"?l:N(+l),i):e},i.y=function(l){return arguments.length?(t=typeof l=="function"?l:N(+l),i):t},i.defined=function(l){return arguments.length?(n=typeof l=="function"?l:N(!!l),i):n},i.curve=function(l){return arguments.length?(r=l,o!=null&&(s=r(o)),i):r},i.context=function(l){return arguments.length?(l==null?o=s=null:s=r(o=l),i):o},i}function Dn(e,t,n){var o=null,r=N(!0),s=null,a=De,i=null,l=Fe(c);e=typeof e=="function"?e:e===void 0?Ie:N(+e),t=typeof t=="function"?t:t===void 0?N(0):N(+t),n=typeof n=="function"?n:n===void 0?He:N(+n);function c(p){var d,f,m,$=(p=Pe(p)).length,_,g=!1,b,v=new Array($),x=new Array($);for(s==null&&(i=a(b=l())),d=0;d<=$;++d){if(!(d<$&&r(_=p[d],d,p))===g)if(g=!g)f=d,i.areaStart(),i.lineStart();else{for(i.lineEnd(),i.lineStart(),m=d-1;m>=f;--m)i.point(v[m],x[m]);i.lineEnd(),i.areaEnd()}g&&(v[d]=+e(_,d,p),x[d]=+t(_,d,p),i.point(o?+o(_,d,p):v[d],n?+n(_,d,p):x[d]))}if(b)return i=null,b+""||null}function u(){return ce().defined(r).curve(a).context(s)}return c.x=function(p){return arguments.length?(e=typeof p=="function"?p:N(+p),o=null,c):e},c.x0=function(p){return arguments.length?(e=typeof p=="function"?p:N(+p),c):e},c.x1=function(p){return arguments.length?(o=p==null?null:typeof p=="function"?p:N(+p),c):o},c.y=function(p){return arguments.length?(t=typeof p=="function"?p:N(+p),n=null,c):t},c.y0=function(p){return arguments.length?(t=typeof p=="function"?p:N(+p),c):t},c.y1=function(p){return arguments.length?(n=p==null?null:typeof p=="function"?p:N(+p),c):n},c.lineX0=c.lineY0=function(){return u().x(e).y(t)},c.lineY1=function(){return u().x(e).y(n)},c.lineX1=function(){return u().x(o).y(t)},c.defined=function(p){return arguments.length?(r=typeof p=="function"?p:N(!!p),c):r},c.curve=function(p){return arguments.length?(a=p,s!=null&&(i=a(s)),c):a},c.context=function(p){return arguments.length?(p==null?s=i=null:i=a(s=p),c):s},c}function Yr(e,t){this._context=e,this._t=t}Yr.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x=this._y=NaN,this._point=0},lineEnd:function(){0<this._t&&this._t<1&&this._point===2&&this._context.lineTo(this._x,this._y),(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line>=0&&(this._t=1-this._t,this._line=1-this._line)},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;default:{if(this._t<=0)this._context.lineTo(this._x,t),this._context.lineTo(e,t);else{var n=this._x*(1-this._t)+e*this._t;this._context.lineTo(n,this._y),this._context.lineTo(n,t)}break}}this._x=e,this._y=t}};function In(e){return new Yr(e,0)}var ji="http://www.w3.org/2000/svg";function w(e,t={},...n){let o=document.createElementNS(ji,e);for(let[r,s]of Object.entries(t))s!=null&&o.setAttribute(r,s);return o.append(...n.filter(r=>r!==null)),o}function M(e,t){return w("text",{"unicode-bidi":"isolate",fill:"var(--ink)",...t},e)}function J(e,t,n,...o){return w("svg",{viewBox:`0 0 ${e} ${t}`,width:e,height:t,role:"img","aria-label":n,"font-size":11},...o)}var kt=e=>e.length*6.1;function Z(e,t){return e.length<=t?e:`${e.slice(0,t-1)}\u2026`}var Li={circle:"M-3.3 0a3.3 3.3 0 1 0 6.6 0a3.3 3.3 0 1 0-6.6 0z",square:"M-3-3h6v6h-6z",triangle:"M0-4L3.8 2.9H-3.8z",diamond:"M0-4.2L4.2 0 0 4.2-4.2 0z",star:"M0-4.6L1.3-1.4 4.6-1.4 2 .7 3 4 0 2-3 4-2 .7-4.6-1.4-1.3-1.4z",times:"M-3-3L3 3M3-3L-3 3",plus:"M0-4V4M-4 0H4",wye:"M0 0V4.2M0 0L-3.7-2.4M0 0L3.7-2.4"};function it({colour:e,symbol:t,filled:n},o,r,s=1){return w("path",{d:Li[t],transform:`translate(${o.toFixed(1)} ${r.toFixed(1)})${s===1?"":` scale(${s.toFixed(2)})`}`,fill:n?e:"var(--paper)",stroke:e,"stroke-width":(1.5/s).toFixed(2)})}function It(e,t){let n=w("g",{}),o=0,r=8;for(let{text:s,look:a}of e){let i=Z(s,30),l=34+kt(i)+20;o>0&&o+l>t&&(o=0,r+=18);let c=a.dash??null;n.append(w("path",{d:`M${o} ${r}h28`,stroke:a.colour,"stroke-width":a.symbol?1.8:1,"stroke-dasharray":c})),a.symbol&&n.append(it(a,o+14,r)),n.append(M(i,{x:o+34,y:r+4})),o+=l}return{node:n,height:r+14}}var qe={fill:"var(--muted)"};function Ht({width:e,height:t,margin:n,x:o,y:r,gridX:s=!1}){let a={x:Xr(o.domain,[n.left,e-n.right]),y:Xr(r.domain,[t-n.bottom,n.top])},i=w("g",{"stroke-linecap":"butt"}),[l,c]=[n.left,e-n.right],[u,p]=[t-n.bottom,n.top];for(let d of Kr(r)){let f=Hn(a.y(d));i.append(w("path",{d:`M${l} ${f}H${c}`,stroke:"var(--rule)"}),M(r.text(d),{...qe,x:l-7,y:Hn(a.y(d)+4),"text-anchor":"end"}))}for(let d of Kr(o)){let f=Hn(a.x(d));s&&i.append(w("path",{d:`M${f} ${p}V${u}`,stroke:"var(--rule)"})),i.append(w("path",{d:`M${f} ${u}v4`,stroke:"var(--muted)"}),M(o.text(d),{...qe,x:f,y:u+17,"text-anchor":"middle"}))}return o.name&&i.append(M(o.name,{...qe,x:c,y:t-4,"text-anchor":"end"})),r.name&&i.append(M(r.name,{...qe,x:0,y:10})),{node:i,...a}}function Xr([e,t],[n,o]){return r=>n+(r-e)/(t-e)*(o-n)}function Kr({domain:e,ticks:t}){let n=o=>o>=0&&o<=1;return Array.isArray(t)?t:Be(...e,t).filter(n)}var Hn=e=>Math.round(e*10)/10;function We(e,t){let n=Math.max(1,Math.ceil(e*26/t));return Array.from({length:Math.floor(e/n)+1},(o,r)=>r*n)}function Mt(e,t,n,o,{step:r=!1}={}){let s=ce().x(t).y(n).digits(1);return r&&s.curve(In),w("path",{fill:"none","stroke-linejoin":"round",d:s(e),...o})}function Jr(e,t,n,o,r){return w("path",{d:Dn().x(t).y0(n).y1(o).digits(1)(e),...r})}function R(e,t={},...n){let o=document.createElement(e);for(let[r,s]of Object.entries(t))o.setAttribute(r,s);return o.append(...n),o}function Q({title:e,reading:t,draw:n,table:o,file:r,exact:s,select:a,titled:i=!0}){let l=R("div",{class:"chart-drawing"}),c=R("figcaption",{},R("span",{},t));i&&c.prepend(R("b",{},e));let u=R("figure",{class:"chart"},c,l),p=0;return new ResizeObserver(([d])=>{let f=Math.floor(d.contentRect.width);f===p||f<1||(p=f,l.replaceChildren(n(f)))}).observe(l),u.append(No({svg:()=>l.querySelector("svg"),table:o,file:r,exact:s,title:e})),u.append(Ni(o,`${e}: ${t}`,a)),u}function Ni(e,t,n){let o=R("details",{},R("summary",{},"Table"));return o.addEventListener("toggle",()=>{if(!o.open||o.querySelector("table")!==null)return;let r=R("div",{class:"wide",tabindex:"0",role:"group","aria-label":t},Ri(e(),t,n));o.append(r)}),o}function Ri({columns:e,rows:t},n,o){let r=R("tr",{},...e.map(a=>R("th",{scope:"col"},a))),s=t.map(a=>R("tr",{},...a.map((i,l)=>R(l===0?"th":"td",l===0?{scope:"row"}:{},Ui(i,o)))));return R("table",{class:"numbers"},R("caption",{},n),R("thead",{},r),R("tbody",{},...s))}function Ui(e,t){let n=typeof e=="string"?e:e.text;if(typeof e=="string"||!e.patch)return R("bdi",{},n);let o=R("button",{type:"button",class:"number-button"},n);return o.addEventListener("click",()=>t(e.patch)),o}function Zr(...e){return R("div",{class:"charts"},...e)}function Ge(e){return R("p",{class:"note"},e)}var Bi=26;function ft(e,t,n,{ring:o=!0}={}){let r=w("g",{class:"pointing","pointer-events":"none"});e.append(r);let s=null,a=c=>{let u=e.getScreenCTM();return u===null?{x:0,y:0}:new DOMPoint(c.clientX,c.clientY).matrixTransform(u.inverse())},i=c=>{let u=a(c),p=null,d=Bi;for(let f of t){let m=Math.hypot(f.x-u.x,f.y-u.y);m<d&&([p,d]=[f,m])}return p},l=c=>{c!==s&&(s=c,e.style.cursor=c?.patch?"pointer":"default",r.replaceChildren(...c===null?[]:qn(e,c,o)))};e.addEventListener("pointermove",c=>l(i(c))),e.addEventListener("pointerleave",()=>l(null)),e.addEventListener("click",c=>{let u=i(c);u?.patch&&n(u.patch)})}function qn(e,{x:t,y:n,title:o},r){let[,,s]=e.getAttribute("viewBox").split(" ").map(Number),a=Z(o,Math.floor((s-20)/6.1)),i=kt(a)+14,l=Math.max(2,Math.min(s-i-2,t-i/2)),c=n>36?n-34:n+12,u=[w("rect",{x:l,y:c,width:i,height:20,rx:4,fill:"var(--paper)",stroke:"var(--muted)"}),M(a,{x:l+7,y:c+14})];return r&&u.unshift(w("circle",{cx:t,cy:n,r:7,fill:"none",stroke:"var(--ink)"})),u}var Fi={"":["","k","M","G","T"],B:["B","kB","MB","GB","TB"]};function T(e){if(e==null||Number.isNaN(e))return"\u2013";let t=e.toFixed(2);return t==="-0.00"?"0.00":t.replace("-","\u2212")}function Qr(e){let t=T(e);return t==="\u2013"||t==="0.00"||t.startsWith("\u2212")?t:`+${t}`}function qt(e,t){return t==null||e===null?T(e):`${T(e)} \xB1\u2009${T(t)}`}function ue(e,t=""){if(e==null)return"\u2013";let n=0,o=Math.abs(e);for(;o>=999.5&&n<4;)o/=1e3,n++;let r=n>0&&o<9.95?1:0;return`${o.toFixed(r)}\u2009${Fi[t][n]}`.trimEnd()}function Wt(e,t){return`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`}var Pi=[null,"7 3","2 2.5","9 3 2 3","12 3","4 2 1 2","1 3","14 3 2 3 2 3"],Di=["circle","square","triangle","diamond","star","times","plus","wye"],Gt="var(--grey-line)";function ts(e,t,n){return e.views.scores?.means[t]?.[n]?.mean??null}function Ve(e,{a:t,b:n}){let o=e.strategies.map(i=>i.name),r=[...new Set([t,n])].filter(i=>i>=0&&i<o.length),s=i=>(ts(e,o[i],"new")??0)+(ts(e,o[i],"retained")??0),a=o.map((i,l)=>l).filter(i=>!r.includes(i));return a.sort((i,l)=>s(l)-s(i)||i-l),[...r,...a].slice(0,6).sort((i,l)=>i-l)}function pt(e){let t=new Map,n=new Set;for(let o of e){let r=o%8;for(;n.has(r);)r=(r+1)%8;n.add(r),t.set(o,{colour:`var(--c${r})`,dash:Pi[r],symbol:Di[r],filled:r%2===0})}return t}function D(e,t,{a:n,b:o}){return(t===n?"A: ":t===o?"B: ":"")+e.strategies[t].name}function Wn(e,{a:t,b:n}){return e===t?{}:e===n?{a:n,b:t}:{a:e}}var Ii=12;function es(e){let t=document.createElement("div"),n=dt(e.selection).map(({place:r})=>Hi(e,r)),o=()=>{n.every(r=>Hr(...r,Ii))?t.replaceChildren(qi(e,n)):setTimeout(o,0)};return o(),t}function Hi({block:e,selection:t},n){let o=Math.max(0,...e.variants[n].runs.map(r=>r.diverged?0:r.done));return[e,e.runs(n,o-1,t.seed),o,t.form]}function qi({data:e,selection:t,select:n},o){let r=dt(t).flatMap(({place:s},a)=>{let{updates:i,base:l}=Ir(...o[a]);return[{place:s,what:"facts of updates",points:i},{place:s,what:"base facts",points:l}].filter(({points:c})=>c.length>0)});return Q({title:"Forgetting by age",reading:"Of the facts that were right when they were taught and are still valid, the share that is right so many updates later. A click lists those of this age at the step shown.",draw:s=>Wi({data:e,selection:t,select:n,lines:r,width:s}),table:()=>({columns:["strategy","facts","updates since","still right","facts, each step counted"],rows:r.flatMap(({place:s,what:a,points:i})=>i.map(({age:l,share:c,facts:u})=>[D(e,s,t),a,String(l),{text:T(c),value:c,patch:Bn(l,t)},{text:u.toLocaleString("en"),value:u}]))}),file:"forgetting-by-age",select:n})}function dt({a:e,b:t}){return[{side:"a",place:e},{side:"b",place:t}].filter(({place:n})=>n>=0)}function Wi({data:e,selection:t,select:n,lines:o,width:r}){let s=pt(dt(t).map(({place:_})=>_)),a=o.map(({place:_,what:g})=>({text:`${D(e,_,t)}, ${g}`,look:Gn(s.get(_),g)})),i=It(a,r),l=Math.round(Math.min(280,Math.max(200,r*.5))),c=Math.max(1,...o.flatMap(({points:_})=>_.map(({age:g})=>g))),{node:u,x:p,y:d}=Ht({width:r,height:l,margin:{left:36,right:12,top:20,bottom:38},x:{domain:[0,c],ticks:We(c,r-48),name:"updates since the fact was taught \u2192",text:String},y:{domain:[0,1],ticks:[0,.25,.5,.75,1],name:"\u2191 still right",text:T}});u.setAttribute("transform",`translate(0 ${i.height})`);let m=J(r,i.height+l,"Lines: the share of facts still right by age; the table has the numbers",i.node,u);for(let{place:_,what:g,points:b}of o){let{colour:v,dash:x}=Gn(s.get(_),g),E={stroke:v,"stroke-dasharray":x,"stroke-width":1.8};u.append(Mt(b,({age:C})=>p(C),C=>d(C.share),E))}let $=[];for(let{place:_,what:g,points:b}of o)for(let{age:v,share:x,facts:E}of b){let C={x:p(v),y:d(x)+i.height};b.length<=40&&m.append(it(Gn(s.get(_),g),C.x,C.y,.9)),$.push({...C,title:`${D(e,_,t)}, ${g}, ${v} later: ${T(x)} of ${Wt(E,"answer")}`,patch:Bn(v,t)})}return ft(m,$,n),m}function Gn(e,t){return t==="base facts"?{...e,dash:"1 4",filled:!1}:{...e,filled:!0}}var os=["tokens","seconds","stored_bytes"];function Vn(e,t="tokens"){let n=[];return e.strategies.forEach(({name:o},r)=>{let s=e.views.scores.means[o]??{},a=(i,l="mean")=>s[i]?.[l]??null;a("retained")===null||a("new")===null||n.push({place:r,name:o,retained:a("retained"),new:a("new"),retainedHalf:a("retained","half"),newHalf:a("new","half"),cost:a(t)})}),n}function zn(e){let t=(n,o)=>n.retained>=o.retained&&n.new>=o.new&&(n.retained>o.retained||n.new>o.new);return e.filter(n=>!e.some(o=>t(o,n))).sort((n,o)=>n.retained-o.retained||n.new-o.new)}var Gi=.2;function Yn(e){let t=Math.min(...e),n=Math.max(...e),o=Math.max(Gi,1.14*(n-t))/2,r=(t+n)/2,s=Math.max(0,-.03-(r-o))-Math.max(0,r+o-1.03);return[Math.max(-.03,r-o+s),Math.min(1.03,r+o+s)]}function rs(e,t,n=9,o=2.5){return e===null||!(t>0)?4:Math.max(o,n*Math.sqrt(Math.max(0,e)/t))}var ns=(e,t)=>t===null?null:[Math.max(0,e-t),Math.min(1,e+t)];function Xn(e){return{retained:ns(e.retained,e.retainedHalf),new:ns(e.new,e.newHalf)}}var Vi=[[1,0],[1,-1],[1,1],[-1,0],[-1,-1],[-1,1],[0,-1],[0,1]],zi=[0,6,12,20,30],Yi=2,ss=(e,t)=>e.left<t.right&&t.left<e.right&&e.top<t.bottom&&t.top<e.bottom;function as(e,t){let n=Math.max(t.left-e.x,0,e.x-t.right),o=Math.max(t.top-e.y,0,e.y-t.bottom);return Math.hypot(n,o)-e.r}function*Xi(e){for(let t of zi){let n=e.r+Yi+t;for(let[o,r]of Vi){let s=n*(o&&r?.75:1),a=e.x+o*(s+e.width/2),i=e.y+r*((o?.75:1)*s+e.height/2);yield{left:a-e.width/2,right:a+e.width/2,top:i-e.height/2,bottom:i+e.height/2}}}}function is(e,t,n=[],o=0){let r=e.map(({x:s,y:a,r:i})=>({left:s-i,right:s+i,top:a-i,bottom:a+i}));return e.map((s,a)=>{let i=null;for(let l of Xi(s))if(!(!(l.left>=t.left&&l.right<=t.right&&l.top>=t.top&&l.bottom<=t.bottom)||r.some(u=>ss(l,u)))&&(i??=l,!n.some(u=>ss(l,u))&&!e.some(u=>as(u,l)<as(s,l))))return r.push(l),l;return a>=o||i===null?null:(r.push(i),i)})}var Ki={tokens:"tokens",seconds:"seconds",stored_bytes:"bytes stored"};function ls({data:e,selection:t,select:n}){let o=os.find(i=>Vn(e,i).some(l=>l.cost>0))??"tokens",r=Vn(e,o),s=r.map(i=>i.cost).filter(i=>i!==null),a=s.length===0?"":`area: ${Ki[o]}, ${ue(Math.min(...s))} to ${ue(Math.max(...s))}`;return Q({title:"New against retained",titled:!1,reading:"Up and to the right is better; the line is the Pareto front. A click makes a strategy A.",draw:i=>Zi({data:e,selection:t,select:n,all:r,size:a,width:i}),table:()=>Ji(r,o,t),file:"front",select:n})}function Ji(e,t,n){let o=new Set(zn(e).map(r=>r.place));return{columns:["strategy","retained","retained \xB1","new","new \xB1",t,"Pareto front"],rows:e.map(r=>[{text:r.name,patch:Wn(r.place,n)},{text:T(r.retained),value:r.retained},{text:T(r.retainedHalf),value:r.retainedHalf??""},{text:T(r.new),value:r.new},{text:T(r.newHalf),value:r.newHalf??""},{text:ue(r.cost),value:r.cost??""},o.has(r.place)?"yes":"no"])}}function Zi({data:e,selection:t,select:n,all:o,size:r,width:s}){let a=Math.round(Math.min(460,Math.max(280,s*.52))),i=zn(o),{node:l,x:c,y:u}=Ht({width:s,height:a,margin:{left:36,right:12,top:18,bottom:40},x:{domain:Yn(o.map(b=>b.retained)),ticks:Math.max(3,Math.round(s/110)),name:"retained: earlier facts still right \u2192",text:T},y:{domain:Yn(o.map(b=>b.new)),ticks:8,name:"\u2191 new: taught facts right",text:T},gridX:!0}),p=J(s,a,`New against retained of ${o.length} strategies`,l),d=[b=>c(b.retained),b=>u(b.new)];p.append(Mt(i,...d,{stroke:"var(--muted)"},{step:!0}),M(r,{x:s-12,y:10,"text-anchor":"end",fill:"var(--muted)"}));let f=pt(Ve(e,t)),m=Math.max(...o.map(b=>b.cost??0)),$=o.map(b=>({...b,at:[c(b.retained),u(b.new)],r:rs(b.cost,m),look:f.get(b.place)??null})),_=$.toSorted((b,v)=>(b.look!==null)-(v.look!==null));for(let b of _)p.append(...Qi(b,c,u),tl(b));p.append(...el($,i,{data:e,selection:t,x:c,y:u,width:s,height:a}));let g=$.map(({at:b,...v})=>({x:b[0],y:b[1],title:`${D(e,v.place,t)}: retained ${qt(v.retained,v.retainedHalf)}, new ${qt(v.new,v.newHalf)}, ${ue(v.cost)}`,patch:Wn(v.place,t)}));return ft(p,g,n),p}function Qi(e,t,n){let o=Xn(e),r=e.look?.colour??Gt,s=[],[a,i]=e.at.map(l=>l.toFixed(1));return o.retained&&s.push(`M${t(o.retained[0]).toFixed(1)} ${i}H${t(o.retained[1]).toFixed(1)}`),o.new&&s.push(`M${a} ${n(o.new[0]).toFixed(1)}V${n(o.new[1]).toFixed(1)}`),s.map(l=>w("path",{d:l,stroke:r,"stroke-width":.9}))}function tl({look:e,at:[t,n],r:o}){return e!==null?it(e,t,n,o/3.6):w("circle",{cx:t.toFixed(1),cy:n.toFixed(1),r:o.toFixed(1),fill:Gt})}function el(e,t,{data:n,selection:o,x:r,y:s,width:a,height:i}){let l=new Set(t.map(f=>f.place)),c=({look:f,place:m})=>(m===o.a||m===o.b?4:0)+(f?2:0)+(l.has(m)?1:0),u=e.toSorted((f,m)=>c(m)-c(f)),p=u.map(({place:f})=>Z(D(n,f,o),28)),d=is(u.map(({at:f,r:m},$)=>({x:f[0],y:f[1],r:m,width:kt(p[$]),height:13})),{left:38,right:a,top:13,bottom:i-40},nl(e,t,r,s),u.filter(({look:f})=>f!==null).length);return u.flatMap(({look:f,place:m},$)=>{let _=d[$];if(_===null)return[];let g=m===o.a||m===o.b?600:400,b={x:_.left.toFixed(1),y:(_.bottom-2.5).toFixed(1)};return[M(p[$],{...b,fill:f?"var(--ink)":"var(--muted)","font-weight":g})]})}function nl(e,t,n,o){let r=(a,i,l,c)=>({left:Math.min(a,l)-.7,right:Math.max(a,l)+.7,top:Math.min(i,c)-.7,bottom:Math.max(i,c)+.7}),s=[];for(let a of e){let{retained:i,new:l}=Xn(a),[c,u]=a.at;i&&s.push(r(n(i[0]),u,n(i[1]),u)),l&&s.push(r(c,o(l[0]),c,o(l[1])))}return t.slice(1).forEach((a,i)=>{let l=t[i];s.push(r(n(l.retained),o(l.new),n(l.retained),o(a.new))),s.push(r(n(l.retained),o(a.new),n(a.retained),o(a.new)))}),s}function cs(e,t,n,o=null){let r=t.map(a=>rl(e,a,n,o)),s=e.relations.map((a,i)=>({name:a,facts:Math.max(...r.map(({facts:l})=>l[i])),...fs(r.map(({right:l,facts:c})=>c[i]?l[i]/c[i]:null))}));return ol(s.filter(({facts:a})=>a>0))}function us(e,t,n){return ie(e).map(r=>{let s=t.map(a=>sl(e,a,n,r));return{name:r,facts:Math.max(...s.map(({facts:a})=>a)),...fs(s.map(({right:a,facts:i})=>i?a/i:null))}}).filter(({facts:r})=>r>0)}var fs=([e,t=null])=>({a:e,b:t});function ol(e){let t=({a:n,b:o})=>n===null||o===null?null:Math.abs(n-o);return e.sort((n,o)=>(t(o)??0)-(t(n)??0)||(n.a??2)-(o.a??2)||o.facts-n.facts)}function rl(e,t,n,o){return e.remember(`by relation ${t} ${n} ${o}`,()=>{let r=e.relations.length,s={right:new Float64Array(r),facts:new Uint32Array(r)},a=e.column("relation");return ps(e,t,n,o,(i,l)=>{s.right[a[i]]+=l,s.facts[a[i]]++}),s})}function sl(e,t,n,o){return e.remember(`mean share ${t} ${n} ${o}`,()=>{let r={right:0,facts:0};return ps(e,t,n,o,(s,a)=>{r.right+=a,r.facts++}),r})}function ps(e,t,n,o,r){if(t.length===0)return;let{asked:s,right:a}=at(e,t,n,o),i=e.column("group"),l=n*e.facts;for(let c=0;c<e.facts;c++){let u=i[l+c];s[c]===0||u!==O.new&&u!==O.retained||r(c,a[c]/s[c])}}function ze(e,t){return{...{q:"",state:null,change:null,learned:null,k:null},group:["new","retained"],[e]:t}}var al=16,Kn=22,hs={relation:"By relation",form:"By wording"};function ms(e){let{block:t,selection:n}=e,o=dt(n).map(({place:s})=>t.runs(s,n.s,n.seed)),r=us(t,o,n.s);return Zr(ds(e,"relation",cs(t,o,n.s,n.form)),r.length>0?ds(e,"form",r):Ge("By wording: this page does not carry the answers to each wording at every step."))}function ds({block:e,data:t,selection:n,select:o},r,s){let a=s.slice(0,al),i=s.length-a.length,l=r==="form"?"":n.b>=0?", the largest difference first":", the lowest first",c=i>0?` ${Wt(i,"more relation")} in the table.`:"";return Q({title:hs[r],reading:`The valid facts after ${e.labels[n.s]}: the share of right answers${l}.${c} A click lists the facts.`,draw:u=>il({data:t,selection:n,select:o,kind:r,shown:a,width:u}),table:()=>({columns:[r,"facts",...dt(n).map(({place:u})=>D(t,u,n))],rows:s.map(u=>[{text:u.name,patch:ze(r,u.name)},{text:u.facts.toLocaleString("en"),value:u.facts},...dt(n).map(({side:p})=>({text:T(u[p]),value:u[p]??""}))])}),file:`by-${r}`,select:o})}function il({data:e,selection:t,select:n,kind:o,shown:r,width:s}){let a=dt(t),i=pt(a.map(({place:g})=>g)),l=It(a.map(({place:g})=>({text:D(e,g,t),look:{...i.get(g),dash:null}})),s),c=Math.max(...r.map(({name:g})=>kt(Z(g,26))),40),u=Math.min(c+18,s*.42),p=46,d=l.height+18,f=g=>u+(s-u-p)*g,m=d+r.length*Kn+8,$=J(s,m,`Dots: the share of right answers ${hs[o].toLowerCase()}; the table has the numbers`,l.node);for(let g of[0,.25,.5,.75,1])$.append(w("path",{d:`M${f(g)} ${d-4}V${m-8}`,stroke:"var(--rule)"}),M(T(g),{x:f(g),y:d-8,"text-anchor":"middle",fill:"var(--muted)"}));$.append(M("facts",{x:s-2,y:d-8,"text-anchor":"end",fill:"var(--muted)"}));let _=[];return r.forEach((g,b)=>{let v=d+b*Kn+Kn/2,x=Math.floor((u-10)/6.1);$.append(M(Z(g.name,x),{x:u-10,y:v+4,"text-anchor":"end"}),M(g.facts.toLocaleString("en"),{x:s-2,y:v+4,"text-anchor":"end",fill:"var(--muted)"})),g.a!==null&&g.b!==null&&$.append(w("path",{d:`M${f(g.a)} ${v}H${f(g.b)}`,stroke:"var(--muted)","stroke-width":1.5}));for(let{side:E,place:C}of a.toReversed())g[E]!==null&&($.append(it(i.get(C),f(g[E]),v,1.2)),_.push({x:f(g[E]),y:v,title:`${g.name}: ${D(e,C,t)} ${T(g[E])} of ${Wt(g.facts,"fact")}`,patch:ze(o,g.name)}));_.push({x:u-20,y:v,title:`${g.name}: ${Wt(g.facts,"fact")}`,patch:ze(o,g.name)})}),ft($,_,n,{ring:!1}),$}function gs(e){let t=Math.round(Math.min(1,Math.max(0,e))*20);return{level:t,fill:`var(--h${t})`,text:`var(--h${t}-text)`}}function _s(e){let t=Math.round((Math.min(1,Math.max(-1,e))+1)/2*20);return{level:t,fill:`var(--d${t})`,text:`var(--d${t}-text)`}}function $s(e,{a:t,b:n}){let o=a=>{let i=e.views.accuracy_matrix?.[e.strategies[a]?.name];return i===void 0||i.length===0?null:i},r=[],s={A:t,B:n};for(let[a,i]of Object.entries(s)){let l=o(i);if(l===null)continue;let c=`${a}: ${e.strategies[i].name}`;r.push({title:c,side:a,place:i,values:l,form:T,colours:gs})}if(r.length===2){let[a,i]=r.map(({values:l})=>l);r.push({title:"A \u2212 B",side:"A \u2212 B",place:t,values:ll(a,i),form:Qr,colours:_s})}return r}function ll(e,t){let n=Math.min(e.length,t.length);return e.slice(0,n).map((o,r)=>o.slice(0,n).map((s,a)=>{let i=t[r][a];return s===null||i===null||i===void 0?null:s-i}))}function vs({values:e,colours:t}){let n=new Map;return e.forEach((o,r)=>o.forEach((s,a)=>{if(s===null)return;let{level:i,fill:l}=t(s);n.has(i)||n.set(i,{fill:l,cells:[]}),n.get(i).cells.push([r,a])})),n}function bs(e){let t=Math.abs(e).toFixed(2);return t==="0.00"?"0":(e<0?"\u2212":"")+(t.endsWith(".00")?t.slice(0,-3):t.slice(1))}function Jn(e,t,n,{b:o}){return{...e.side==="B"||e.place===o?{}:{a:e.place},q:"",relation:null,state:null,change:null,group:null,s:t,learned:n,k:null}}var cl=34,xs=23,ul=13,Vt=26,Zn=40,Qn=22;function ys({block:e,data:t,selection:n,select:o}){let r=$s(t,n);return r.length===0?Ge("No step is finished yet."):Q({title:"Accuracy matrix R[i, j]",titled:!1,reading:`Row i: after update i; column j: the facts of update j that are still valid at the end. The outlined diagonal is what was just taught; below it is what was retained, above it what the model knew before.${e===null?"":" A click on a cell lists its facts."}`,draw:s=>pl({data:t,selection:n,select:o,all:r,width:s}),table:()=>fl(r,t,n),file:"accuracy-matrix",select:o})}function fl(e,t,n){let o=Math.max(...e.map(({values:r})=>r.length));return{columns:["strategy","after",...t.labels.slice(0,o).map(r=>`facts of ${r}`)],rows:e.flatMap(r=>r.values.map((s,a)=>[r.title,t.labels[a],...s.map((i,l)=>({text:r.form(i),value:i??"",patch:i===null?null:Jn(r,a,l,n)}))]))}}function pl({data:e,selection:t,select:n,all:o,width:r}){let s=Math.max(...o.map(({values:f})=>f.length)),a=o.length;for(;a>1&&(r-Qn*(a-1))/a-Vt<Math.min(s*9,190);)a--;let i=Math.min(cl,((r-Qn*(a-1))/a-Vt)/s),l=i*s,c=Math.ceil(o.length/a),u=`Heat maps: ${o.map(({title:f})=>f).join(", ")}; the table has the numbers`,p=J(r,Math.ceil(c*(Zn+l+16)),u),d=o.map((f,m)=>{let $=m%a*(Vt+l+Qn)+Vt,_=Math.floor(m/a)*(Zn+l+16)+Zn;return p.append(dl(f,{data:e,size:i,left:$,top:_,room:Vt+l})),{map:f,left:$,top:_}});return ml(p,d,{data:e,selection:t,select:n,size:i}),p}function dl(e,{size:t,left:n,top:o,room:r}){let s=e.values.length,a=t>xs?t-1:t,i=w("g",{transform:`translate(${n} ${o})`});i.append(M(Z(e.title,Math.floor(r/7)),{x:-Vt,y:-24,"font-weight":600,"font-size":13}));let l=Math.max(1,Math.ceil(17/t));for(let u=0;u<s;u+=l){let p=u*t+t/2,d={fill:"var(--muted)"};i.append(M(String(u),{...d,x:-6,y:p+4,"text-anchor":"end"})),i.append(M(String(u),{...d,x:p,y:-6,"text-anchor":"middle"}))}for(let{fill:u,cells:p}of vs(e).values()){let d=a.toFixed(2),f=p.map(([m,$])=>`M${($*t).toFixed(2)} ${(m*t).toFixed(2)}h${d}v${d}h-${d}z`);i.append(w("path",{d:f.join(""),fill:u}))}let c=Array.from({length:s},(u,p)=>`M${(p*t).toFixed(2)} ${(p*t).toFixed(2)}h${a.toFixed(2)}v${a.toFixed(2)}h-${a.toFixed(2)}z`);return i.append(w("path",{d:c.join(""),fill:"none",stroke:"var(--ink)","stroke-width":1.1})),t>=xs&&s<=ul&&i.append(...hl(e,t)),i}function hl({values:e,colours:t},n){return e.flatMap((o,r)=>o.flatMap((s,a)=>{if(s===null)return[];let i={x:(a*n+n/2-.5).toFixed(1),y:(r*n+n/2+3.5).toFixed(1)};return[M(bs(s),{...i,fill:t(s).text,"text-anchor":"middle","font-size":10.5})]}))}function ml(e,t,{data:n,selection:o,select:r,size:s}){let a=w("g",{class:"pointing","pointer-events":"none"});e.append(a);let i=l=>{let c=e.getScreenCTM();if(c===null)return null;let u=new DOMPoint(l.clientX,l.clientY).matrixTransform(c.inverse());for(let{map:p,left:d,top:f}of t){let[m,$]=[Math.floor((u.y-f)/s),Math.floor((u.x-d)/s)],_=p.values[m]?.[$]??null;if(_!==null)return{map:p,i:m,j:$,value:_,left:d,top:f}}return null};e.addEventListener("pointermove",l=>{let c=i(l);if(e.style.cursor=c===null?"default":"pointer",c===null)return a.replaceChildren();let{map:u,i:p,j:d,value:f,left:m,top:$}=c,[_,g]=[m+d*s,$+p*s],b=`after ${n.labels[p]}, facts of ${n.labels[d]}: ${u.form(f)}`;return a.replaceChildren(w("rect",{x:_,y:g,width:s,height:s,fill:"none",stroke:"var(--ink)","stroke-width":2}),...qn(e,{x:_+s/2,y:g,title:b},!1))}),e.addEventListener("pointerleave",()=>a.replaceChildren()),e.addEventListener("click",l=>{let c=i(l);c!==null&&r(Jn(c.map,c.i,c.j,o))})}var gl={new:["New facts","right just after they were taught; higher is better"],retained:["Retained facts","taught earlier and still valid; higher is better"],stale:["Outdated answers","superseded facts that are still given; lower is better"],erased:["Erased facts","to be forgotten, but still given; lower is better"],unlisted:["Unlisted questions","answered before the stream, never trained; higher is better"],protected:["Protected questions","answered before the stream; higher is better"],found:["Found facts","put before the prompts that ask for them; higher is better"],read:["Read facts","answered right, of those that were found; higher is better"]},_l={new:{group:["new"]},retained:{group:["retained"]},stale:{state:["outdated"]},erased:{group:["erased"]}},$l={q:"",relation:null,group:null,learned:null,state:null,change:null};function ws(e){let t=[];for(let[n,[o,r]]of Object.entries(gl)){let s=e.views.over_updates?.[n];if(s===void 0)continue;let a=e.strategies.map(({name:i},l)=>({place:l,name:i,points:vl(s[i]??{mean:[],half:[]})}));a.some(({points:i})=>i.length>0)&&t.push({score:n,title:o,reading:r,series:a})}return t}function vl({mean:e,half:t}){let n=[];return e.forEach((o,r)=>{if(o===null)return;let s=t[r]??null;n.push({step:r,mean:o,half:s,low:s===null?o:Math.max(0,o-s),high:s===null?o:Math.min(1,o+s)})}),n}function Ss(e){let t=e.views.front?.seeds??{},n=[];for(let[o,r]of Object.entries(e.views.over_updates??{}))for(let[s,{mean:a,seeds:i=[a]}]of Object.entries(r))i.forEach((l,c)=>{let{seed:u="",stream:p=null}=t[s]?.[c]??{};l.forEach((d,f)=>{d!==null&&n.push([o,s,u,p??"",f,e.labels[f],d])})});return[["score","strategy","seed","stream","step","label","value"],...n]}function Ye(e){let t=[];return e.forEach((n,o)=>{o>0&&e[o-1].step===n.step-1?t.at(-1).push(n):t.push([n])}),t}function to(e,t,n,{a:o,b:r}){let s=t===r?{}:t===o?{}:{a:t},{state:a,...i}=_l[e]??{},l=a?.map(c=>t===r?`b.${c}`:c)??null;return{...$l,...s,...i,state:l,s:n,k:null}}var bl=300,Xe=36,Ke=26;function ks({block:e,data:t,selection:n,select:o}){let r=ws(t),s=pt(Ve(t,n)),a=t.strategies.length-s.size,i=a>0?` ${a} others in grey.`:"";return Q({title:"Scores after each update",titled:!1,reading:`A share of answers. Bands are 95 % intervals.${i}${e===null?"":" A click on a point lists its facts."}`,draw:l=>yl({data:t,selection:n,select:o,all:r,chosen:s,width:l}),table:()=>xl(r,t,n),file:"scores-after-each-update",exact:()=>Ss(t),select:o})}function xl(e,t,n){let o=e.flatMap(({score:r,series:s})=>s.map(({place:a,name:i,points:l})=>{let c=t.labels.map(()=>"\u2013");for(let{step:u,mean:p,half:d}of l){let f=to(r,a,u,n);c[u]={text:qt(p,d),value:p,patch:f}}return[r,i,...c]}));return{columns:["score","strategy",...t.labels],rows:o}}function yl({data:e,selection:t,select:n,all:o,chosen:r,width:s}){let a=Math.max(1,Math.min(o.length,3,Math.floor((s+Ke)/(bl+Ke)))),i=Math.floor((s-Ke*(a-1))/a),l=Math.round(Math.min(250,i*.62)),c=[...r].map(([_,g])=>({text:D(e,_,t),look:g}));e.strategies.length>r.size&&c.push({text:"others",look:{colour:Gt}});let u=It(c,s),p=Math.ceil(o.length/a),d=u.height+p*(Xe+l+10),f=`Scores after each of ${e.labels.length} steps; the table has the numbers`,m=J(s,d,f,u.node),$=[];return o.forEach((_,g)=>{let b=g%a*(i+Ke),v=u.height+Math.floor(g/a)*(Xe+l+10);m.append(w("g",{transform:`translate(${b} ${v})`},M(_.title,{y:12,"font-weight":600,"font-size":13}),M(_.reading,{y:27,fill:"var(--muted)"})));let{node:x,x:E,y:C}=wl(_,{data:e,selection:t,chosen:r,wide:i,high:l});x.setAttribute("transform",`translate(${b} ${v+Xe})`),m.append(x);for(let{place:mt,points:tt}of _.series)for(let{step:Ot,mean:V,half:et}of tt)$.push({x:b+E(Ot),y:v+Xe+C(Math.min(1,Math.max(0,V))),title:`${D(e,mt,t)}, ${e.labels[Ot]}: ${qt(V,et)}`,patch:to(_.score,mt,Ot,t)})}),$.reverse(),ft(m,$,n),m}function wl(e,{data:t,selection:n,chosen:o,wide:r,high:s}){let a=Math.max(1,t.labels.length-1),i={left:36,right:12,top:8,bottom:26},{node:l,x:c,y:u}=Ht({width:r,height:s,margin:i,x:{domain:[0,a],ticks:We(a,r-48),text:String},y:{domain:[0,1],ticks:[0,.25,.5,.75,1],text:T}}),p={d:`M${c(n.s)} ${i.top}V${s-i.bottom}`};l.append(w("path",{...p,stroke:"var(--muted)","stroke-dasharray":"2 3"}));let d=[({step:$})=>c($),({mean:$})=>u(Math.min(1,Math.max(0,$)))];for(let{place:$,points:_}of e.series)if(!o.has($))for(let g of Ye(_))l.append(Mt(g,...d,{stroke:Gt}));let f=e.series.filter(({place:$})=>o.has($));for(let{place:$,points:_}of f){let g={fill:o.get($).colour,"fill-opacity":.1};for(let b of Ye(_.filter(({half:v})=>v!==null)))l.append(Jr(b,d[0],({low:v})=>u(v),({high:v})=>u(v),g))}let m=Math.max(1,Math.ceil(t.labels.length/12));return f.forEach(({place:$,points:_},g)=>{let{colour:b,dash:v}=o.get($),x=$===n.a||$===n.b,E={stroke:b,"stroke-dasharray":v,"stroke-width":x?2.4:1.5};for(let C of Ye(_))l.append(Mt(C,...d,E));for(let C of _)(C.step+g)%m||l.append(it(o.get($),d[0](C),d[1](C)))}),{node:l,x:c,y:u}}var Ms={front:{draw:ls,uses:["g","a","b"]},steps:{draw:ks,uses:["g","a","b","s"]},matrix:{draw:ys,uses:["g","a","b"]},ages:{draw:es,uses:["g","a","b","s","seed","form"],facts:!0},kinds:{draw:ms,uses:["g","a","b","s","seed","form"],facts:!0}};function As(){let e=matchMedia("(prefers-reduced-motion: reduce)").matches;document.querySelector(".facts")?.scrollIntoView({block:"start",behavior:e?"auto":"smooth"})}function Ts(e){y(e),Bt.some(t=>e[t])&&setTimeout(As,0)}function Es(e){e.addEventListener("click",t=>{t.target.closest?.("a[href^='#']")?.getAttribute("href").includes("=")&&setTimeout(As,0)})}function Sl(e){return t=>{Ts(e===ut.value?t:{...Ft,...t,g:e})}}function eo(e,t){let n=new Set,o=!1,r=()=>{o=!1;for(let c of n)c.seen&&a(c)},s=()=>{o||setTimeout(r,0),o=!0},a=c=>{let u=t(c.group);if(u===null||(n.delete(c),c.chart.facts&&u.block===null))return;let p=JSON.stringify(c.chart.uses.map(d=>u.selection[d]));c.key===p&&c.block===u.block||(Object.assign(c,{key:p,block:u.block}),c.element.replaceChildren(c.chart.draw({...u,select:Sl(u.selection.g)})))},i=new IntersectionObserver(c=>{for(let{target:u,isIntersecting:p}of c)l.get(u).seen=p;s()},{rootMargin:"300px"}),l=new Map;for(let c of e.querySelectorAll("[data-chart]")){let u=Ms[c.dataset.chart];if(u===void 0)continue;let p=me(e,c),d={element:c,chart:u,group:p,seen:!1,key:null,block:null};l.set(c,d),n.add(d),i.observe(c)}H(()=>{G.value,Pt.value;for(let c of l.values())n.add(c);s()})}var Os=400;function fe(e,t=Os){return e.length>t?`${e.slice(0,t)}\u2026`:e}function U({of:e,class:t=null,most:n=Os}){return h`<bdi class=${t}>${fe(e,n)}</bdi>`}var kl=["wrong","right","outdated","not judged",null];function Ml(e,t){let n=0,o=e.length;for(;n<o;){let r=n+o>>1;e[r]<t?n=r+1:o=r}return n}function Cs(e,t,n,o){let r=e.column("probe.key");if(r===null)return null;let[s,a]=["form","prompt"].map(c=>e.column(`probe.${c}`)),i=[],l=!1;for(let c=Ml(r,o);r[c]===o;c++){let u=[];for(let p of t)for(let d of p.runs(n)){let f=e.column(`said.${d}`),m=e.place(f,d,n,c,r.length);if(m<0)continue;l=!0;let $=e.said(f[m],n,o),_=kl[e.column(`verdict.${d}`)[m]];$!==null&&u.push({side:p,run:d,text:$,verdict:_})}if(u.length>0){let p=Al(e,a[c],n,o);i.push({form:e.header.all_forms[s[c]],prompt:p,answers:u})}}return l?i:null}function Al(e,t,n,o){return e.text(t).replaceAll("",()=>e.subject(o)).replaceAll("",()=>e.object(n,o)??"\u2026")}var js=160;function Tl(e,t){for(let{runs:n}of e.variants){let o=n.find(r=>r.run===t);if(o)return o.stream===null?`seed ${o.seed}`:`stream ${o.stream}, seed ${o.seed}`}return""}function Ls({now:e,sides:t}){let{block:n,selection:o}=e,r=Cs(n,t,o.s,o.k);return r===null?h`<h3>Answers by wording</h3>
      <p class="note">The page does not carry the answers to each wording at this step.</p>`:h`<h3>Answers by wording, after <bdi>${n.labels[o.s]}</bdi></h3>
    ${r.length===0&&h`<p class="note">It is not asked at this step.</p>`}
    <dl class="wordings">
      ${r.map(({form:s,prompt:a,answers:i})=>h`<div>
          <dt><small>${s}</small> <${U} of=${a} most=${js} /></dt>
          ${i.map(({side:l,run:c,text:u,verdict:p})=>h`<dd>
              <span class="who"
                ><span class=${`side side-${"ab"[t.indexOf(l)]}`}
                  >${"AB"[t.indexOf(l)]}</span
                >${" "}
                ${Tl(n,c)}</span
              >${" "}
              <span class=${`said-${p}`}
                ><${U} of=${u===""?"(nothing)":u} most=${js}
              /></span>
              ${p!=="right"&&h`<small>${p}</small>`}
            </dd>`)}
        </div>`)}
    </dl>`}var Je=15,no=4,El=11,Ol=190;function oo(e){return Math.min(El,Ol/e)}function ro(e){return Math.ceil(e*oo(e))}function Ns(e,t,n,o){let r=Je,s=(i,l)=>`M${t} ${i}h${o}v${l}h${-o}z`,a=i=>`M${t+o/2-i} ${n+r/2}a${i} ${i} 0 1 0 ${2*i} 0a${i} ${i} 0 1 0 ${-2*i} 0z`;switch(A[e]){case"right":return s(n,r);case"partly":return s(n+r/2,r/2);case"outdated":return`M${t} ${n}L${t+o} ${n+r}H${t}z`;case"wrong":{let i=Math.min(2,o/3);return`${s(n,r)}M${t+i} ${n+i}v${r-2*i}h${o-2*i}v${2*i-r}z`}case"future":return a(Math.min(1.4,o/2));case"forgotten":return`${a(Math.min(4,o/2))}${a(Math.min(2.4,o/3.4)).replaceAll(" 0 1 0 "," 0 1 1 ")}`;case"produced":return a(Math.min(4,o/2));case"resurfaced":return`${a(Math.min(4,o/2))}${s(n+r-2,2)}`;default:return""}}function Cl(e,t){let n=oo(e.length),o=n>4?n-1:n,r=new Map;return e.forEach((s,a)=>{let i=Ns(s,Ze(a*n),t,Ze(o));i!==""&&r.set(s,(r.get(s)??"")+i)}),[...r]}function Ze(e){return Math.round(e*100)/100}function Rs({rows:e,step:t}){let n=oo(e[0].length),o=ro(e[0].length),r=e.length*(Je+no);return h`<svg class="strip" width=${o} height=${r} aria-hidden="true">
    <rect class="now" x=${Ze(t*n)-.5} width=${Ze(n>4?n:n+1)} height=${r} />
    ${e.map((s,a)=>Cl(s,a*(Je+no)+no/2).map(([i,l])=>h`<path class=${`is-${A[i]}`} d=${l} fill-rule="evenodd" />`))}
  </svg>`}function Us(e,t){let n=[];return e.forEach((o,r)=>{(r===0||o!==e[r-1])&&n.push(`${A[o]==="none"?"not asked":A[o]} from ${t[r]}`)}),n.join(", ")}function pe({state:e}){let t=A.indexOf(e);return h`<svg class="sign-of-state" width="11" height=${Je} aria-hidden="true">
    <path class=${`is-${e}`} d=${Ns(t,.5,0,10)} fill-rule="evenodd" />
  </svg>`}var so="\u2013",zt=[{name:"fact",title:()=>"Fact",sort:"fact"},{name:"learned",title:()=>"Taught",sort:"learned"},{name:"states",title:()=>"States",sort:"a"},{name:"answer",title:()=>"Answer",sort:"answer"},{name:"margin",title:()=>"Margin",sort:"margin"}];function ao(e){return e===null?so:`${e<0?"\u2212":"+"}${Math.abs(e).toFixed(1)}`}var Qe=class extends X{shouldComponentUpdate(t){return Object.keys(t).some(n=>t[n]!==this.props[n])}render({now:t,fact:n,place:o,height:r,column:s,open:a}){return h`<div
      role="row"
      class=${`fact-row${a?" open":""}`}
      data-place=${o}
      aria-rowindex=${o+2}
      aria-selected=${a}
      style=${{height:`${r}px`,transform:`translateY(${o*r}px)`}}
    >
      ${jl(t,n).map((i,l)=>h`<div
          role="gridcell"
          id=${`cell-${o}-${l}`}
          class=${`cell-${zt[l].name}${s===l?" cursor":""}`}
        >
          ${i}
        </div>`)}
    </div>`}};function jl(e,t){let{block:n,selection:o}=e,r=o.s,s=["a","b"].map(a=>F(e,a)).filter(a=>a!==null);return[h`<${Ll} block=${n} fact=${t} step=${r} />`,h`<${Nl} block=${n} fact=${t} step=${r} />`,h`<${Rl} sides=${s} fact=${t} step=${r} />`,s.map((a,i)=>h`<${Ul} key=${i} side=${a} fact=${t} step=${r} />`),s.map((a,i)=>h`<${Bl} key=${i} side=${a} fact=${t} step=${r} />`)]}function Ll({block:e,fact:t,step:n}){let o=e.object(n,t);return h`<span class="line">
      <${U} of=${e.subject(t)} class="subject" />${" "}
      <${U} of=${e.relation(t)} class="relation" />
    </span>
    <span class="line object">
      ${o===null?h`<i>not asked at this step</i>`:h`<${U} of=${o} />`}
    </span>`}function Nl({block:e,fact:t,step:n}){let o=n*e.facts+t,r=e.column("learned")[o],s=e.labels[r]??so,a=e.group(n,t);return h`<span class="line"><bdi>${s}</bdi></span>
    ${(a==="future"||a==="erased")&&h`<small class="line">${a}</small>`}`}function Rl({sides:e,fact:t,step:n}){let{labels:o}=e[0].block,r=e.map(s=>o.map((a,i)=>s.state(i,t)));return h`<${Rs} rows=${r} step=${n} /><span class="unseen"
      >${r.map((s,a)=>`${"AB"[a]}: ${Us(s,o)}`).join(". ")}</span
    >`}function Ul({side:e,fact:t,step:n}){let o=A[e.state(n,t)],r=e.answer(n,t),{right:s,asked:a}=e.countsAt(n,t);return h`<span class=${`line answer said-${o}`}>
    ${r===null?h`<span class="nothing">${so}</span>`:h`<${U} of=${r.text===""?"(nothing)":r.text} />`}
    ${a>0&&h`<small>${s}/${a}</small>`}
  </span>`}function Bl({side:e,fact:t,step:n}){return h`<span class="line">${ao(e.margin(n,t))}</span>`}var Fl=yt("broken"),Pl=8;function Dl(e,t){let n=0;for(let o of e.changes(t))o&Fl&&n++;return n}function Il(e){let t=e[0].block.steps,[n,o]=z(null);return rt(()=>{let r=e.map(()=>new Array(t).fill(0)),s=1,a=0,i=()=>{let l=performance.now()+Pl;for(;s<t&&performance.now()<l;s++)e.forEach((c,u)=>{r[u][s]=Dl(c,s)});s<t?a=setTimeout(i,0):o({sides:e,counts:r})};return a=setTimeout(i,0),()=>clearTimeout(a)},e),n}function Bs({sides:e,selection:t}){let n=Il(e),{labels:o}=e[0].block;if(o.length<3)return null;let r=n?.counts??e.map(()=>o.map(()=>0)),s=Math.max(1,...r.flat());return h`<figure class="harm-by-update" aria-label="Facts that each update broke">
    <figcaption>Broken by each update, at most ${s}</figcaption>
    <div class=${`harm-bars${o.length>40?" dense":""}`}>
      ${o.map((a,i)=>{if(i===0)return null;let l=e.map((c,u)=>`${"AB"[u]} ${r[u][i]??0}`).join(", ");return h`<button
          type="button"
          key=${i}
          aria-label=${`Update ${i}, ${a}: ${l} broken`}
          aria-pressed=${t.s===i}
          title=${`Update ${i} (${a}): ${l}`}
          onClick=${()=>y({s:i})}
        >
          ${e.map((c,u)=>h`<i
              class=${`bar-${"ab"[u]}`}
              style=${{height:`${100*(r[u][i]??0)/s}%`}}
            />`)}
          ${o.length<=24&&h`<span>${i}</span>`}
        </button>`})}
    </div>
  </figure>`}var Hl={broken:"valid facts of earlier steps: right less often than before","turned outdated":"valid facts of earlier steps: newly a superseded object",resurfaced:"erased and gone earlier: produced again","not learned":"taught by this update: not right after it","not forgotten":"erased by this update: still produced","still wrong":"valid facts of earlier steps: not right before and after",learned:"taught by this update: right after it",regained:"valid facts of earlier steps: not right before, right after",forgotten:"erased by this update: not produced any more"},ql={q:"",relation:null,group:null,learned:null,state:null,d:!1};function Wl(e,t){let n=new Uint32Array(xt.length);for(let o of e.changes(t))if(o!==0)for(let r=0;r<xt.length;r++)n[r]+=o>>r&1;return n}function Fs(){let e=P.value,{block:t,selection:n}=e,o=["a","b"].map(c=>F(e,c)).filter(c=>c!==null),r=n.s,s=t.labels[r];if(r===0)return h`<section class="update" aria-labelledby="update-title">
      <h2 id="update-title">What update 1 did</h2>
      <p class="note">
        Step 0 is what the model knew before the updates.${" "}
        ${t.steps>1&&h`<button type="button" class="plain-button" onClick=${()=>y({s:1})}>
          Go to update 1
        </button>`}
      </p>
    </section>`;let a=o.map(c=>Wl(c,r)),i=Math.max(1,...a.flatMap(c=>[...c])),l=xt.map((c,u)=>({...c,place:u})).filter(({name:c,place:u})=>Gl.has(c)||a.some(p=>p[u]>0));return h`<section class="update" aria-labelledby="update-title">
    <h2 id="update-title">What update ${r} did <small>${s}</small></h2>
    <p class="note">${zl(e)} A number lists its facts.</p>
    <div class="update-parts">
    <table class="changes">
      <thead>
        <tr>
          <th scope="col">facts</th>
          ${o.map((c,u)=>h`<th scope="col"><${ht} side=${c} at=${u} /></th>`)}
          <th scope="col" class="meaning">meaning</th>
        </tr>
      </thead>
      <tbody>
        ${l.map(({name:c,bad:u,place:p})=>h`<tr class=${u?"harm":"good"}>
            <th scope="row">${c}</th>
            ${a.map((d,f)=>h`<td>
                <${Vl} now=${e} name=${c} side=${"ab"[f]} count=${d[p]} most=${i} />
              </td>`)}
            <td class="meaning">${Hl[c]}</td>
          </tr>`)}
      </tbody>
    </table>
    <${Bs} sides=${o} selection=${n} />
    </div>
  </section>`}var Gl=new Set(["broken","turned outdated","not learned","learned","regained"]);function ht({side:e,at:t}){return h`<span class=${`side side-${"ab"[t]}`}>${"AB"[t]}</span>${" "}
    <bdi class="side-name" title=${e.name}>${fe(e.name,100)}</bdi>`}function Vl({now:e,name:t,side:n,count:o,most:r}){let s=n==="a"?t:`b.${t}`,a=e.selection.change?.includes(s)??!1;return h`<button
    type="button"
    class="count"
    aria-pressed=${a}
    aria-label=${`${o} ${t}, ${n.toUpperCase()}`}
    disabled=${o===0&&!a}
    style=${{"--share":o/r}}
    onClick=${()=>y(a?{change:null}:{...ql,change:[s],k:null})}
  >
    ${o}
  </button>`}function zl({data:e,selection:t}){let n=e?.views?.settings?.updates?.[t.s];if(typeof n?.learn!="number")return"";let o=n.forget>0?` and was to erase ${At(n.forget,"fact")}`:"";return`It taught ${At(n.learn,"fact")}${o}.`}function At(e,t){return`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`}var Ps=60;function Ds({now:e,sides:t}){let{block:n,selection:o}=e,{k:r,s}=o;return h`<h3>Its life</h3>
    <div class="drawer-wide" tabindex="0" role="region" aria-label="Life of the fact">
      <table class="life">
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">object</th>
            ${t.map((a,i)=>h`<th scope="col"><${ht} side=${a} at=${i} /></th>`)}
          </tr>
        </thead>
        <tbody>
          ${n.labels.map((a,i)=>{let l=n.object(i,r);return h`<tr class=${i===s?"current":null}>
              <th scope="row">
                <button
                  type="button"
                  class="plain-button"
                  aria-current=${i===s?"step":null}
                  onClick=${()=>y({s:i})}
                >
                  <bdi>${a}</bdi>
                </button>
              </th>
              <td>
                ${l===null?"\u2013":h`<${U} of=${l} most=${Ps} />`}${" "}
                <small>${n.group(i,r)}</small>
              </td>
              ${t.map(c=>h`<td><${Yl} side=${c} step=${i} fact=${r} /></td>`)}
            </tr>`})}
        </tbody>
      </table>
    </div>`}function Yl({side:e,step:t,fact:n}){let o=A[e.state(t,n)];if(o==="none")return"\u2013";let{right:r,asked:s}=e.countsAt(t,n),a=e.answer(t,n),i=e.margin(t,n);return h`<span class="moment">
    <${pe} state=${o} />
    <span>
      <span class=${`said-${o}`}
        >${a===null?o:h`<${U} of=${a.text===""?"(nothing)":a.text} most=${Ps} />`}</span
      >${" "}
      <small>${r}/${s}${i===null?"":`, ${ao(i)}`}</small>
    </span>
  </span>`}var Xl=8;function Is(e,t,n){let o=e.column("object"),r=e.column("group"),s=new Set;for(let a=0;a<=t;a++){let i=a*e.facts+n;(r[i]===O.new||r[i]===O.retained)&&s.add(o[i]);let l=e.column("outdated")[i];l!==Ue&&s.add(l)}return s.delete(o[t*e.facts+n]),s.delete(Ue),[...s].map(a=>e.text(a))}var Kl=yt("broken")|yt("resurfaced");function Hs(e,t,n){for(let o=t;o>0;o--)if(e.changes(o)[n]&Kl)return{step:o,before:e.state(o-1,n),after:e.state(o,n)};return null}function qs(e,t,n,o){let{facts:r}=e,s=t*r,[a,i]=["subject","relation"].map(f=>e.column(f)),[l,c,u]=["object","group","learned"].map(f=>e.column(f)),p=new Set(o.filter(f=>f!==null)),d=[];for(let f=0;f<r;f++){let m=s+f;if(c[m]!==O.new||u[m]!==t||f===n)continue;let $=[],_=0,g=(b,v)=>{_+=b,$.push(v)};p.size>0&&p.has(e.text(l[m]))&&g(8,"its object is the answer given"),a[f]===a[n]&&g(4,"same subject"),l[m]===l[s+n]&&g(2,"same object"),i[f]===i[n]&&g(1,"same relation"),_>0&&d.push({key:f,near:_,shared:$})}return d.sort((f,m)=>m.near-f.near||f.key-m.key),{all:d.length,listed:d.slice(0,Xl)}}function Ws(e,t,n){let{block:o}=e,r=e.runs(t).filter(i=>o.has(`rehearsed.${i}`));if(r.length===0)return null;let s=t*o.facts+n;return{times:r.filter(i=>o.column(`rehearsed.${i}`)[s]===1).length,runs:r.length}}function io(e,t){let{text:n,ends:o}=e.searchable(),r=new Uint8Array(e.length);for(let u of t)u<r.length&&(r[u]=1);let s=new Uint32Array(r.reduce((u,p)=>u+p,0)),a=0;for(let u=0;u<r.length;u++)r[u]&&(s[a++]=u);let i=(u,p)=>{let d=(u===0?0:o[u-1])+p;return d<o[u]?n.charCodeAt(d):-1},l=[[0,s.length,0]];for(;l.length>0;){let[u,p,d]=l.pop();if(p-u<2)continue;let f=i(s[u+p>>1],d),m=u,$=p,_=u;for(;_<$;){let g=i(s[_],d);g<f?Gs(s,m++,_++):g>f?Gs(s,_,--$):_++}l.push([u,m,d],[$,p,d]),f>=0&&l.push([m,$,d+1])}let c=new Uint32Array(e.length);return s.forEach((u,p)=>{c[u]=p}),c}function Gs(e,t,n){let o=e[t];e[t]=e[n],e[n]=o}var Vs=[{name:"fact",title:"fact"},{name:"learned",title:"taught at"},{name:"a",title:"state of A"},{name:"b",title:"state of B"},{name:"answer",title:"answer of A"},{name:"margin",title:"margin of A"},{name:"banswer",title:"answer of B"},{name:"bmargin",title:"margin of B"}],Jl=[8,7,5,4,3,2,6,1,0];function zs(e,t){let{sort:n}=e.selection;if(n===null)return t;let o=n.startsWith("-"),r=Ql(e,o?n.slice(1):n);if(r===null)return t;let s=t.length+1,a=new Float64Array(t.length);for(let i=0;i<t.length;i++){let l=r(t[i]),c=l===lo?Zl:o?-l:l;a[i]=(c+Ys)*s+i}return a.sort(),Uint32Array.from(a,i=>t[i%s])}var lo=1/0,Ys=2**24,Zl=Ys-1;function Ql(e,t){let{block:n,selection:o}=e,r=o.s*n.facts;if(t==="fact")return tc(n);if(t==="learned"){let a=n.column("learned");return i=>a[r+i]}let s=F(e,t.startsWith("b")?"b":"a");if(s===null)return null;if(t==="a"||t==="b"){let a=s.states(o.s);return i=>Jl.indexOf(a[i])}return t.endsWith("answer")?ec(n,s,o.s):t.endsWith("margin")?nc(n,s,o.s):null}function tc(e){let t=e.column("subject"),n=e.remember("subject ranks",()=>io(e.texts,t));return o=>n[t[o]]}function ec(e,t,n){let[o]=t.runs(n),r=e.column(`answer.${o}`),s=e.place(r,o,n,0,e.facts);if(s<0)return null;let a=e.column("object").subarray(n*e.facts,(n+1)*e.facts),l=r.subarray(s,s+e.facts).map((u,p)=>u===Nn?a[p]:u),c=e.remember(`answer ranks ${o} ${n}`,()=>io(e.texts,l));return u=>l[u]<c.length?c[l[u]]:lo}function nc(e,t,n){let o=[];for(let r of t.runs(n)){let s=e.column(`margin.${r}`),a=e.place(s,r,n,0,e.facts);a>=0&&o.push(s.subarray(a,a+e.facts))}return r=>{let s=0,a=0;for(let i of o)i[r]!==Un&&(s+=i[r],a++);return a===0?lo:Math.round(16*s/a)}}var oc=W(()=>P.value===null?null:JSON.stringify({...P.value.selection,k:null})),tn=W(()=>oc.value===null?null:P.peek()),Tt=W(()=>{let e=tn.value;return e===null?new Uint32Array(0):zs(e,Sr(e))}),Xs=W(()=>{let e=Tt.value,t=tn.value,n=o=>{let r=t===null?null:F(t,o);if(r===null)return null;let s=r.states(t.selection.s),a=new Uint32Array(A.length);for(let i of e)a[s[i]]++;return Object.fromEntries(A.map((i,l)=>[i,a[l]]))};return{a:n("a"),b:n("b")}});function rc({before:e,after:t}){return e===t?"left fewer of its wordings right: still":`turned it from ${A[e]} to`}function Ks({now:e,sides:t}){return h`<div class="flips">
    ${t.map((n,o)=>h`<${sc} now=${e} side=${n} at=${o} />`)}
  </div>`}function sc({now:e,side:t,at:n}){let{block:o,selection:r}=e,{s,k:a}=r,i=Hs(t,s,a);if(i===null)return h`<p><${ht} side=${t} at=${n} />: no update up to here made it worse.</p>`;let l=t.runs(i.step).map(d=>o.answer(d,i.step,a)),c=qs(o,i.step,a,l),u=Ws(t,i.step,a),p=o.labels[i.step];return h`<div class="flip">
    <p>
      <${ht} side=${t} at=${n} />: ${" "}
      <button type="button" class="plain-button" onClick=${()=>y({s:i.step})}>
        update ${i.step}
      </button>
      ${" "}<bdi>${p}</bdi> ${rc(i)}
      ${" "}<b class=${`said-${A[i.after]}`}>${A[i.after]}</b>.
      ${u!==null&&` The update rehearsed it in ${u.times} of ${At(u.runs,"run")}.`}
    </p>
    ${c.all>0?h`<p class="term">Suspects, not proof: the nearest facts that update ${i.step} taught
          ${c.all>c.listed.length?` (${c.listed.length} of ${c.all})`:""}</p>
          <ul class="suspects">
            ${c.listed.map(({key:d,shared:f})=>h`<li>
                <button type="button" class="plain-button" onClick=${()=>y({k:d})}>
                  <${U} of=${o.subject(d)} most=${80} />${" "}
                  <${U} of=${o.relation(d)} class="relation" />${" "}
                  <${U} of=${o.object(i.step,d)??""} most=${80} />
                </button>
                <small>${f.join(", ")}</small>
              </li>`)}
          </ul>`:h`<p class="note">No fact that the update taught shares its subject, relation or object.</p>`}
  </div>`}var co=300;function ac(e){rt(()=>{let t=n=>{n.key==="Escape"&&n.target.type!=="search"&&y({k:null})};return e.current.focus({preventScroll:!0}),document.addEventListener("keydown",t),()=>{document.removeEventListener("keydown",t),document.getElementById("facts-grid")?.focus({preventScroll:!0})}},[])}function Js({now:e}){let{block:t,selection:n}=e,{k:o,s:r}=n,s=ne(null),a=["a","b"].map(u=>F(e,u)).filter(u=>u!==null);ac(s),rt(()=>{s.current.scrollTop=0},[o]);let i=t.subject(o),l=t.object(r,o),c=Is(t,r,o);return h`<div
    class="drawer"
    role="dialog"
    aria-labelledby="drawer-title"
    tabindex="-1"
    ref=${s}
  >
    <header>
      <h2 id="drawer-title">
        <${U} of=${i} most=${co} />${" "}
        <${U} of=${t.relation(o)} class="relation" />${" "}
        ${l!==null&&h`<${U} of=${l} class="object" most=${co} />`}
      </h2>
      <${ic} fact=${o} />
    </header>
    ${i.length>co&&h`<p class="note">The subject has ${i.length.toLocaleString("en")} characters.</p>`}
    ${c.length>0&&h`<p class="older">
      <span class="term">Superseded:</span>${" "}
      ${c.map(u=>h`<${U} of=${fe(u,80)} />`)}
    </p>`}
    <${Ks} now=${e} sides=${a} />
    <${Ds} now=${e} sides=${a} />
    <${Ls} now=${e} sides=${a} />
  </div>`}function ic({fact:e}){let t=Tt.value,n=t.indexOf(e),o=r=>y({k:t[r]});return h`<div class="drawer-moves">
    <button type="button" class="icon" aria-label="Fact before" disabled=${n<=0} onClick=${()=>o(n-1)}>
      ↑
    </button>
    <button
      type="button"
      class="icon"
      aria-label="Next fact"
      disabled=${n<0||n===t.length-1}
      onClick=${()=>o(n+1)}
    >
      ↓
    </button>
    <button type="button" class="icon" aria-label="Close" onClick=${()=>y({k:null})}>×</button>
  </div>`}function Zs(e,t,{rows:n,columns:o,page:r}){let{row:s,column:a}=e,i=n-1,l=(p,d,f)=>Math.max(d,Math.min(f,p)),c=(p,d)=>({row:l(p,-1,i),column:l(d,0,o-1)}),u=t.ctrlKey||t.metaKey;switch(t.key){case"ArrowDown":return c(s+1,a);case"ArrowUp":return c(s-1,a);case"ArrowRight":return c(s,a+1);case"ArrowLeft":return c(s,a-1);case"PageDown":return c(Math.max(s,0)+r,a);case"PageUp":return c(s<0?s:Math.max(0,s-r),a);case"Home":return c(u?i<0?-1:0:s,0);case"End":return c(u?i:s,o-1);default:return null}}function Qs(e,t,{rowHeight:n,height:o}){if(e<0)return t;let r=e*n;return r<t?r:r+n>t+o?r+n-o:t}var uo=5,ta=34,fo={one:34,two:52,narrow:76},po=globalThis.matchMedia?.("(max-width: 46rem)");function lc(e){return po?.matches?fo.narrow:e.b>=0?fo.two:fo.one}function cc(e){let[t,n]=z(600),[,o]=z(0);return rt(()=>{let r=new ResizeObserver(()=>n(e.current?.clientHeight??600));r.observe(e.current);let s=()=>o(a=>a+1);return po?.addEventListener("change",s),()=>{r.disconnect(),po?.removeEventListener("change",s)}},[]),t}function ea(){let e=tn.value,t=Tt.value,{selection:n}=e,o=P.value.selection.k,r=ne(null),[s,a]=z(0),[i,l]=z({row:0,column:0}),c=cc(r),u=lc(n),p=Math.max(u,c-ta);rr(()=>{s>0&&(r.current.scrollTop=0),a(0);let v=Math.min(0,t.length-1,i.row);v!==i.row&&l({...i,row:v})},[t]);let d=v=>{l(v);let x=Qs(v.row,r.current.scrollTop,{rowHeight:u,height:p});x!==r.current.scrollTop&&(r.current.scrollTop=x),a(x)};rt(()=>{let v=o===null?-1:t.indexOf(o);v>=0&&v!==i.row&&d({...i,row:v})},[o,t]);let f=v=>{if(v.key==="Enter"||v.key===" ")i.row<0?na(zt[i.column].sort,n):i.row<t.length&&y({k:t[i.row]});else{let x=Math.max(1,Math.floor(p/u)-1),E=Zs(i,v,{rows:t.length,columns:zt.length,page:x});if(E===null)return;d(E)}v.preventDefault()},m=v=>{let x=Number(v.target.closest("[data-place]")?.dataset.place??-1);x<0||(l({row:x,column:0}),y({k:t[x]}))},$=Math.max(0,Math.floor(s/u)-uo),_=Math.min(t.length,Math.ceil((s+p)/u)+uo),g=[];for(let v=$;v<_;v++)g.push(v);let b=Math.ceil(p/u)+2*uo+1;return h`<div
    class=${`facts-grid${n.b>=0?" two":""}`}
    id="facts-grid"
    role="grid"
    aria-label="Facts"
    aria-rowcount=${t.length+1}
    aria-colcount=${zt.length}
    aria-activedescendant=${`cell-${i.row}-${i.column}`}
    tabindex="0"
    style=${{"--strip":`max(4.5rem, ${ro(e.block.steps)}px)`,height:`min(72vh, 46rem, ${ta+2+Math.max(1.2,t.length)*u}px)`}}
    ref=${r}
    onKeyDown=${f}
    onScroll=${v=>a(v.currentTarget.scrollTop)}
  >
    <div role="rowgroup" class="facts-head">
      <${uc} selection=${n} cursor=${i} />
    </div>
    <div
      role="rowgroup"
      class="facts-body"
      onClick=${m}
      style=${{height:`${t.length*u}px`}}
    >
      ${g.map(v=>h`<${Qe}
          key=${v%b}
          now=${e}
          fact=${t[v]}
          place=${v}
          height=${u}
          column=${i.row===v?i.column:null}
          open=${o===t[v]}
        />`)}
      ${t.length===0&&h`<p class="nothing-listed">No fact passes the filters.</p>`}
    </div>
  </div>`}function uc({selection:e,cursor:t}){return h`<div role="row" aria-rowindex="1" class="fact-row">
    ${zt.map(({name:n,title:o,sort:r},s)=>{let a=t.row===-1&&t.column===s;return h`<div
        role="columnheader"
        id=${`cell--1-${s}`}
        class=${`cell-${n}${a?" cursor":""}`}
        aria-sort=${fc(r,e)}
        onClick=${()=>na(r,e)}
      >
        ${o(e)}<span class="arrow" aria-hidden="true"></span>
      </div>`})}
  </div>`}function fc(e,t){return t.sort===e?"ascending":t.sort===`-${e}`?"descending":"none"}function na(e,t){t.sort===e?y({sort:`-${e}`}):y({sort:t.sort===`-${e}`?null:e})}var Yt=class extends X{componentDidCatch(t){console.error(t),this.setState({failed:this.props.of,why:t.message})}render({of:t,children:n}){let{failed:o,why:r}=this.state;return o===void 0||o!==t?n:h`<p class="note" role="alert">This part could not be drawn: ${r}.</p>`}};function oa(){if(P.value===null)return h`<p class="note" role="status">Reading the facts…</p>`;let e=P.value;if(e.block.facts===0)return null;let t=JSON.stringify(e.selection);return h`
    <${Yt} of=${t}><${Fs} /><//>
    <section class="facts" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <${pc} block=${e.block} />
      <${Yt} of=${t}>
        <${dc} now=${e} />
        <${ea} />
      <//>
      <${_c} />
    </section>
    <${Yt} of=${t}>
      ${e.selection.k!==null&&h`<${Js} now=${e} />`}
    <//>
  `}function pc({block:e}){let{sampled:t,notes:n}=e.header,o=[...n??[]];return t&&o.push(`${At(t.of,"fact")} in the runs. ${t.how}`),o.map(r=>h`<p class="note">${r}</p>`)}function dc({now:e}){let{block:t,selection:n}=e,o=Tt.value.length,r=o===t.facts;return h`<div class="facts-summary">
      <p class="facts-count" role="status">
        <b>${At(o,"fact")}</b>${r?"":` of ${t.facts.toLocaleString("en")}`}, at
        ${" "}<b>${n.s===0?"the base":`update ${n.s}`}</b>
        ${" "}<bdi>${t.labels[n.s]}</bdi>
      </p>
      <${mc} selection=${n} />
    </div>
    <${Cr} now=${e} />
    <div class="tallies">
      ${["a","b"].map((s,a)=>{let i=F(e,s);return i&&h`<${hc} side=${i} at=${a} counts=${Xs.value[s]} now=${e} />`})}
    </div>`}function hc({side:e,at:t,counts:n,now:o}){let r=t===0?"":"b.",s=A.filter(i=>i!=="none"&&n[i]>0),a=o.selection.state;return h`<div class="tally-line" role="group" aria-label=${`States of ${e.name}`}>
    <span class="tally-name"><${ht} side=${e} at=${t} /></span>
    ${s.map(i=>{let l=r+i,c=a?.length===1&&a[0]===l;return h`<button
        type="button"
        class="tally-count"
        aria-pressed=${c}
        onClick=${()=>y({state:c?null:[l],k:null})}
      >
        <${pe} state=${i} /> ${n[i].toLocaleString("en")} ${i}
      </button>`})}
  </div>`}function mc({selection:e}){let n=Vs.filter(({name:o})=>e.b>=0||!o.startsWith("b")).flatMap(({name:o,title:r})=>[{value:o,text:`${r}, ${o.length===1?"worst first":"ascending"}`},{value:`-${o}`,text:`${r}, ${o.length===1?"best first":"descending"}`}]);return h`<label class="pick"
    ><span>Sort by</span>
    <select
      value=${e.sort??""}
      onChange=${o=>y({sort:o.currentTarget.value||null})}
    >
      <option value="">order of the stream</option>
      ${n.map(({value:o,text:r})=>h`<option value=${o}>${r}</option>`)}
    </select></label
  >`}var gc={right:"all wordings right",partly:"some wordings right",outdated:"a superseded object",wrong:"wrong",future:"not taught yet",forgotten:"erased, not produced",produced:"erased, still produced",resurfaced:"erased, produced again"};function _c(){return h`<ul class="state-legend">
    ${Object.entries(gc).map(([e,t])=>h`<li><${pe} state=${e} /> ${t}</li>`)}
    <li>
      Strip: one mark a step, A above B; the band is the step shown. Margin: mean log-probability of
      the object over that of the outdated one, in nats; without an outdated object, its
      log-probability.
    </li>
  </ul>`}var $c=2e3,vc=8e3,ra="cltool-live-version",Et=I(null),en=I(!0),nn=I(!1);function bc(e){let t=Math.round(e/60);if(t<1)return"less than a minute";if(t<60)return`${t} min`;let n=Math.floor(t/60);return t%60===0?`${n} h`:`${n} h ${t%60} min`}function xc(e){let t=`step ${e.step} of ${e.steps-1} (${e.label})`;if(!e.goes_on)return`${t}: stopped, its process is gone`;let n=e.share===null?"":` ${Math.floor(100*e.share)}%`,o=[`${t}: ${e.phase}${n}`];return e.tokens_per_second!==null&&o.push(`${Math.round(e.tokens_per_second).toLocaleString("en")} tokens/s`),e.seconds_left!==null&&o.push(`about ${bc(e.seconds_left)} left`),o.join(", ")}function yc(e,t){return t?e===null?"":e.error!==null?`The report cannot be made anew: ${e.error}`:e.building?"A step has finished: the report is being made anew.":e.runs.some(n=>n.goes_on)?"":"No run is in progress.":"The server has ended: this page shows what it had."}function wc(){let e=yc(Et.value,en.value),t=Et.value!==null&&en.value?Et.value.runs:[];return h`<section class="live" aria-label="Runs in progress">
    ${(e!==""||nn.value)&&h`<p>
      ${e}
      ${nn.value&&h` <button type="button" onClick=${()=>location.reload()}>Show the new results</button>`}
    </p>`}
    ${t.length>0&&h`<ul>
      ${t.map(n=>h`<li key=${n.folder}>
            <bdi class="live-name" title=${n.folder}>${n.strategy}, seed ${n.seed}</bdi>
            <progress
              max="1"
              value=${n.done}
              aria-label=${`${n.strategy}, seed ${n.seed}`}
            ></progress>
            <span>${xc(n)}</span>
          </li>`)}
    </ul>`}
  </section>`}function Sc(e){return sessionStorage.getItem(ra)===e?!1:(sessionStorage.setItem(ra,e),!0)}function sa(e,t){let{live:n,version:o}=e.documentElement.dataset;if(n===void 0)return;let r=0,s=()=>{r=Date.now()};for(let l of["keydown","pointerdown","pointermove","wheel","touchmove"])t.addEventListener(l,s,{passive:!0});let a=e.createElement("div");e.querySelector("main").prepend(a),te(ot(wc),a);async function i(){try{let l=await t.fetch(n,{cache:"no-store"});if(!l.ok)throw new Error(l.statusText);Et.value=await l.json(),en.value=!0,nn.value=Et.value.version!==null&&Et.value.version!==o;let c=e.hidden||Date.now()-r>vc;nn.value&&c&&Sc(Et.value.version)&&t.location.reload()}catch{en.value=!1}t.setTimeout(i,$c)}i()}function aa(e){let t=H(()=>{P.value!==null&&(requestAnimationFrame(()=>{setTimeout(()=>{e.dataset.ready=String(Math.round(performance.now()))},0)}),queueMicrotask(()=>t()))})}var ia=new Set;async function la(e){if(ia.has(e))return;ia.add(e);let t=document.getElementById(`cltool-facts-${e}`);if(t===null)return;let n=await Fr(t.textContent);t.remove(),Pt.value=new Map(Pt.value).set(e,n),setTimeout(()=>n.texts.searchable(),1e3)}async function kc(){if(typeof DecompressionStream!="function")return;if(xr(window),document.querySelector("[id^=cltool-facts-]")===null){Y.value=JSON.parse(await Ct(document)),eo(document,Nr);return}Es(document),H(()=>{la(Y.value===null?G.value.g??0:ut.value)}),Y.value=JSON.parse(await Ct(document)),te(ot(Ur),document.getElementById("cltool-bar"));let e=document.getElementById("cltool-view");te(ot(oa),e);for(let t of document.querySelectorAll(".fact-place"))e.before(t);eo(document,t=>(la(t??ut.value),jn(t))),aa(document.documentElement)}sa(document,window);kc();})();
