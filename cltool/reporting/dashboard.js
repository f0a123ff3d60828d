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
(()=>{function $o(e,t){for(let n of e.querySelectorAll(".panels [data-s]")){let o=n.getAttribute("data-s")===t;n.classList.toggle("dim",t!==null&&!o),n.classList.toggle("lit",t!==null&&o)}}function vo(e){for(let t of e.querySelectorAll(".legend"))for(let n of t.querySelectorAll("li")){let o=n.getAttribute("data-s");n.addEventListener("mouseenter",()=>$o(t.parentNode,o)),n.addEventListener("mouseleave",()=>$o(t.parentNode,null))}}function ma(e){if(typeof Uint8Array.fromBase64=="function")return Uint8Array.fromBase64(e);let t=atob(e),n=new Uint8Array(t.length);for(let o=0;o<t.length;o++)n[o]=t.charCodeAt(o);return n}async function he(e){let t=new Blob([ma(e.trim())]).stream();return new Response(t.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()}var ga="cltool-data";async function Ct(e){return new TextDecoder().decode(await he(e.getElementById(ga).textContent))}function Xt(e,t,n){ln(new Blob([e],{type:n}),t)}function ln(e,t){let n=document.createElement("a");n.href=URL.createObjectURL(e),n.download=t,n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),1e3)}function bo(e){let t=e.getElementById("save");t===null||typeof DecompressionStream!="function"||(t.hidden=!1,t.addEventListener("click",async()=>{Xt(await Ct(e),"report.json","application/json")}))}function xo(e,t,n){let o=e.cells[t],r=o.getAttribute("data-value");return n?r===null?o.textContent:r:r===null?null:Number(r)}function _a(e,t,n,o){let r=e.tBodies[0],s=t.getAttribute("data-sort")==="text",i=o==="ascending"?1:-1,a=[...r.rows];a.sort((l,c)=>{let u=xo(l,n,s),p=xo(c,n,s);return u===null||p===null?(u===null)-(p===null):i*(s?u.localeCompare(p):u-p)}),r.append(...a);for(let l of e.querySelectorAll("th[aria-sort]"))l.removeAttribute("aria-sort");t.setAttribute("aria-sort",o)}function $a(e,t,n){let o=document.createElement("button");o.type="button",o.append(...t.childNodes),t.append(o),o.addEventListener("click",()=>{let r=t.getAttribute("data-sort")==="descending"?"descending":"ascending",s=t.getAttribute("aria-sort");_a(e,t,n,s?s==="ascending"?"descending":"ascending":r)})}function yo(e){for(let t of e.querySelectorAll("table.sortable"))t.querySelectorAll("thead th").forEach((n,o)=>{$a(t,n,o)})}var va="http://www.w3.org/2000/svg";function wo(e){return e.querySelectorAll("li").length*18+6}function So(e,t,n){return[...e.querySelectorAll("li")].flatMap((o,r)=>{let s=o.querySelector("svg"),i=s.cloneNode(!0);n(s,i,null);let a={x:0,y:t+r*18,width:34,height:14,viewBox:"0 0 34 14"};for(let[p,d]of Object.entries(a))i.setAttribute(p,String(d));let l=document.createElementNS(va,"text"),c=getComputedStyle(o),u={x:42,y:t+r*18+11,fill:c.color,"font-size":11};for(let[p,d]of Object.entries(u))l.setAttribute(p,String(d));return l.textContent=o.textContent.trim(),[i,l]})}var ba=["font-family","font-size","font-style","font-weight","font-variant-numeric","text-anchor","fill","fill-opacity","stroke","stroke-width","stroke-dasharray","stroke-linecap","stroke-linejoin","stroke-opacity","visibility"],xa={opacity:"1",display:"inline","dominant-baseline":"auto","unicode-bidi":"normal"},ya=["class","style","tabindex","data-s","role","aria-describedby"],Kt=8,Mo="http://www.w3.org/2000/svg";function wa(e){let t=new Map;for(let n of e.styleSheets)for(let o of n.cssRules)if(o.selectorText===":root")for(let r of o.style)r.startsWith("--")&&t.set(r,o.style.getPropertyValue(r).trim());return t}function Sa(e,t){let{style:n}=e.documentElement,o=n.cssText;for(let[r,s]of wa(e))n.setProperty(r,s);n.setProperty("color-scheme","light");try{return t()}finally{n.cssText=o}}function me(e,t=null){let n=e.ownerDocument,o=e.getAttribute("aria-label")??"",{x:r,y:s,width:i,height:a}=un(e,t),l=Sa(n,()=>{let p=e.cloneNode(!0);return cn(e,p,null),t!==null&&p.append(...So(t,s+Kt,cn)),p});for(let p of l.querySelectorAll(".pointing, [data-gone]"))p.remove();for(let p of[l,...l.querySelectorAll("*")])Ma(p);let c=n.createElementNS(Mo,"rect");Object.entries({x:r,y:s,width:i,height:a}).forEach(([p,d])=>{c.setAttribute(p,String(d))}),c.setAttribute("fill","#ffffff");let u=n.createElementNS(Mo,"title");return u.textContent=o,l.prepend(u,c),l.setAttribute("width",String(i)),l.setAttribute("height",String(a)),l.setAttribute("viewBox",[r,s,i,a].join(" ")),new XMLSerializer().serializeToString(l)}function un(e,t=null){let{width:n,height:o}=e.getBoundingClientRect(),r=e.getAttribute("viewBox")?.split(/[ ,]+/).map(Number)??[0,0,n,o],s=t===null?0:wo(t);return{x:r[0]-Kt,y:r[1]-s-Kt,width:Math.ceil(r[2])+2*Kt,height:Math.ceil(r[3])+s+2*Kt}}function cn(e,t,n){if(e.localName==="style"||e.localName==="title")return;let o=getComputedStyle(e),r={};for(let s of ba)r[s]=o.getPropertyValue(s),r[s]!==n?.[s]?t.setAttribute(s,r[s]):t.removeAttribute(s);for(let[s,i]of Object.entries(xa)){let a=o.getPropertyValue(s);a!==i?t.setAttribute(s,a):t.removeAttribute(s)}r.fill==="rgba(0, 0, 0, 0)"&&t.setAttribute("fill","none"),o.display==="none"&&t.setAttribute("data-gone","");for(let s=0;s<e.children.length;s++)cn(e.children[s],t.children[s],r)}function Ma(e){if(e.localName==="style")return e.remove();for(let t of ya)e.removeAttribute(t)}var ko=3;async function Ao(e,t=null){let{width:n,height:o}=un(e,t),r=new Image;r.src=`data:image/svg+xml;charset=utf-8,${encodeURIComponent(me(e,t))}`,await r.decode();let s=document.createElement("canvas");return s.width=n*ko,s.height=o*ko,s.getContext("2d").drawImage(r,0,0,s.width,s.height),new Promise(i=>s.toBlob(i,"image/png"))}var ka=/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;function Aa(e){let t=String(e).replace(/^−(?=\d)/,"-"),n=/^[=+\-@\t\r]/.test(t)&&!ka.test(t)?`'${t}`:t;return/[",\n\r]/.test(n)?`"${n.replaceAll('"','""')}"`:n}function To(e){return e.map(t=>`${t.map(Aa).join(",")}\r
`).join("")}var Ta={"\\":"\\textbackslash{}","&":"\\&","%":"\\%",$:"\\$","#":"\\#",_:"\\_","{":"\\{","}":"\\}","~":"\\textasciitilde{}","^":"\\textasciicircum{}","\u2212":"$-$","\u2013":"--","\xB1":"$\\pm$","\u2009":"\\,","\u2248":"$\\approx$","\u2191":"$\\uparrow$","\u2193":"$\\downarrow$","<":"\\textless{}",">":"\\textgreater{}","|":"\\textbar{}","\u2192":"$\\rightarrow$","\u2265":"$\\geq$","\u2264":"$\\leq$"};function Eo([e,...t]){let n=s=>fn(s).replace(/./gu,i=>Ta[i]??i),o=s=>`${s.map(n).join(" & ")} \\\\`;return[`\\begin{tabular}{${`l${"r".repeat(Math.max(0,e.length-1))}`}}`,"\\toprule",o(e),"\\midrule",...t.map(o),"\\bottomrule","\\end{tabular}",""].join(`
`)}function Oo([e,...t]){let n=s=>fn(s).replace(/[\\`*_{}[\]<>#|~&]/g,"\\$&"),o=s=>`| ${s.map(n).join(" | ")} |`,r=`| --- |${" --: |".repeat(Math.max(0,e.length-1))}`;return[o(e),r,...t.map(o),""].join(`
`)}var fn=e=>String(e).replace(/\s*[\n\r]+\s*/g," ").trim();function pn({columns:e,rows:t},n=!1){let o=r=>typeof r=="string"?r:n?r.value??r.text:r.text;return[e,...t.map(r=>r.map(o))]}function Co(e,t=()=>!0){return[...e.rows].map(n=>[...n.cells].filter(t).flatMap(o=>[fn([...No(o)].join(" ").replace(/ {2,}/g," ")),...Array.from({length:o.colSpan-1},()=>"")]))}function*No(e){for(let t of e.childNodes)t.nodeType===3?t.data.trim()!==""&&(yield t.data.trim()):(t.getAttribute?.("aria-hidden")!=="true"||t.classList?.contains("way"))&&(yield*No(t))}function Ro(e,t){let n=Object.entries(e).flatMap(([s,i])=>i.map(a=>({strategy:s,...a}))),o=n.some(({stream:s})=>s!==null);return[["strategy",...o?["stream"]:[],"seed",...t],...n.map(s=>[s.strategy,...o?[s.stream??""]:[],s.seed,...t.map(i=>s.scores[i]??"")])]}var Ea=2e3;function Jt(e,t,n){let o=document.createElement("button");return o.type="button",o.textContent=e,o.title=t,o.addEventListener("click",async()=>{let r=await n();r&&(o.textContent=r,setTimeout(()=>o.textContent=e,Ea))}),o}function dn(e,...t){let n=document.createElement("div");return n.className="take",n.setAttribute("role","group"),n.setAttribute("aria-label",`Take away: ${e}`),n.append(...t),n}async function jo(e,t,n){try{return await navigator.clipboard.writeText(e),"Copied"}catch{return Xt(e,t,n),"Saved"}}function Uo(e,t,n){return[Jt("CSV","Save the numbers for a spreadsheet",async()=>Xt(`\uFEFF${To(await n())}`,`${e}.csv`,"text/csv")),Jt("LaTeX","Copy the table for LaTeX (package booktabs)",()=>jo(Eo(t()),`${e}.tex`,"text/plain")),Jt("Markdown","Copy the table as Markdown",()=>jo(Oo(t()),`${e}.md`,"text/plain"))]}function Bo(e,t,n=null){return[Jt("SVG","Save the chart as SVG",()=>{Xt(me(t(),n),`${e}.svg`,"image/svg+xml")}),Jt("PNG","Save the chart as PNG",async()=>{ln(await Ao(t(),n),`${e}.png`)})]}function Fo({svg:e,table:t,file:n,title:o,exact:r=()=>pn(t(),!0)}){let s=Uo(n,()=>pn(t()),r);return dn(o,...Bo(n,e),...s)}function Lo(e){return e.toLowerCase().replace(/[^\p{L}\p{N}]+/gu,"-").replace(/^-|-$/g,"").slice(0,60)||"table"}function Po(e,t=()=>null){for(let n of e.querySelectorAll(".wide, .tall")){let o=n.querySelector("table");if(o===null||n.closest("figure.chart")!==null)continue;let r=n.getAttribute("aria-label")??"table",s=()=>Co(o,l=>getComputedStyle(l).display!=="none"),i=async()=>await t(o)??s(),a=dn(r,...Uo(Lo(r),s,i));n.classList.contains("tall")?n.after(a):n.append(a)}for(let n of e.querySelectorAll("figure svg[role=img]")){let o=n.closest("figure");if(o.classList.contains("chart")||n.classList.contains("small"))continue;let r=o.querySelector("figcaption b")?.textContent??"chart",s=o.closest(".panels")?.parentElement.querySelector(".legend")??null;n.after(dn(r,...Bo(Lo(r),()=>n,s)))}}function ge(e,t){let n=t.closest("div.group");return n===null?null:[...e.querySelectorAll("div.group")].indexOf(n)}async function Io(e,t){if(!t.classList.contains("scores"))return null;let n=ge(e,t);if(n===null)return null;let{views:o}=JSON.parse(await Ct(e)).groups[n],r=o.front?.seeds;if(r===void 0)return null;let s=new Set(Object.values(o.scores.means).flatMap(i=>Object.keys(i)));return Ro(r,[...s])}function Oa(e){yo(e),vo(e),bo(e),Po(e,t=>Io(e,t))}Oa(document);var S,qo,gn,lt,hn,be,Go,$e,Wo,_n,mn,Ca,Qt=Symbol.for("pv"),xe={},ye=[],Na=/^m(i|n|o|s|text|space)$/,$n=Array.isArray,vn=ye.slice,_t=Object.assign;function gt(e){e&&e.parentNode&&e.remove()}function ot(e,t,n){var o,r,s,i={},a=arguments.length;for(s in t)s=="key"?o=t[s]:s=="ref"&&typeof e!="function"?r=t[s]:i[s]=t[s];return a>2&&(i.children=a>3?vn.call(arguments,2):n),Zt(e,i,o,r,null)}function Zt(e,t,n,o,r){var s={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Qt,__v:r||++qo,__i:-1,__u:0};return!r&&S.vnode&&S.vnode(s),s}function $t(e){return e.children}function X(e,t){this.props=e,this.context=t,this.__g=0}function ct(e,t){if(t==null)return e.__&&ct(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:ct(e)}function Ra(e){var t,n=e.__v,o=n.__e,r=[],s=[],i=e.__P;i&&((t=_t({constructor:Qt},n)).__v=n.__v+1,S.vnode&&S.vnode(t),bn(i,t,n,e.__n,i.namespaceURI,32&n.__u?[o]:null,r,o||ct(n),32&n.__u,s),t.__v=n.__v,t.__.__k[t.__i]=t,Jo(r,t,s),n.__=n.__e=null,t.__e!=o&&Vo(t))}function Vo(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),Vo(e)}function Do(e){(8&e.__g||(e.__g|=8,lt.push(e),be++))&&hn==S.debounceRendering||((hn=S.debounceRendering)||queueMicrotask)(zo)}function zo(){try{for(var e,t=1;lt.length;)lt.length>t&&lt.sort(Go),e=lt.shift(),t=lt.length,8&e.__g&&Ra(e)}finally{(be=lt.length)&&(hn||queueMicrotask)(zo)}}function Yo(e,t,n,o,r,s,i,a,l,c,u){var p,d,f,m,$,_,g=o.__k||ye,b=t.length;for(l=ja(n,t,g,l,b),p=0;p<b;p++)(f=n.__k[p])!=null&&(d=~f.__i&&g[f.__i]||xe,f.__i=p,_=bn(e,f,d,r,s,i,a,l,c,u),m=f.__e,(d.ref!=f.ref||8&d.__u)&&(d.ref&&xn(d.ref,null,f,d),f.ref&&u.push(f.ref,f.__c||m,f)),$=$||m,4&f.__u?(l=Xo(f,l,e,!d.__v),d.__e&&(d.__e=null)):typeof f.type=="function"&&_!==void 0?l=_:m&&(l=m.nextSibling),f.__u&=-21);return n.__e=$,l}function ja(e,t,n,o,r){var s,i,a,l,c,u,p,d,f,m=n.length,$=m,_=0,g=0,b=e.__k=Array(r);for(s=0;s<r;s++)(i=t[s])!=null&&typeof i!="boolean"&&typeof i!="function"?(typeof i!="object"||i.constructor===String?i=b[s]=Zt(null,i):$n(i)?i=b[s]=Zt($t,{children:i}):i.constructor===Qt&&i.__b?i=b[s]=Zt(i.type,i.props,i.key,i.ref,i.__v):b[s]=i,l=s+_,i.__=e,i.__b=e.__b+1,a=null,~(c=i.__i=La(i,n,l,$))&&($--,(a=n[c])&&(a.__u|=2)),a&&a.__v?(i.__u|=16,c==l-1?_--:c==l+1?_++:c!=l&&(c>l?_--:_++,g=1)):(~c||(r>m?_--:r<m&&_++),typeof i.type!="function"&&(i.__u|=4))):b[s]=null;if(g){for(u=[],p=[],s=0;s<r;s++)if((i=b[s])&&16&i.__u){for(_=0,d=u.length;_<d;)u[f=_+d>>1]<i.__i?_=f+1:d=f;u[_]=i.__i,p[s]=_+1}for(_=u.length;s--;)p[s]&&(p[s]==_?_--:b[s].__u|=4)}if($)for(s=0;s<m;s++)!(a=n[s])||2&a.__u||(a.__e==o&&(o=ct(a)),yn(a,a));return o}function Xo(e,t,n,o){var r,s,i,a;if(typeof e.type=="function"){if(e.props.__P)return t;if(r=e.__k)for(s=0;s<r.length;s++)r[s]&&(r[s].__=e,t=Xo(r[s],t,n,!1));return t}for(t&&!t.parentNode&&(t=ct(e))&&!t.parentNode&&(t=null),i=e.__e,a=t;a&&a.nodeType==8;)a=a.nextSibling;for(i!=a&&(!o&&n.moveBefore&&i.parentNode?n.moveBefore(i,t):n.insertBefore(i,t||null)),t=i;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function La(e,t,n,o){var r,s=e.key,i=e.type,a=t[n],l=a&&!(2&a.__u);if(a===null&&s==null||l&&s==a.key&&i==a.type)return n;if(o>(l?1:0)){for(r=n-1;r>=0;r--)if((a=t[r])&&!(2&a.__u)&&s==a.key&&i==a.type)return r;for(r=n+1;r<t.length;r++)if((a=t[r])&&!(2&a.__u)&&s==a.key&&i==a.type)return r}return-1}function Ho(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function _e(e,t,n,o,r){var s,i;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||Ho(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||Ho(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(i=mn[t]||(mn[t]=Ua(t)),(e.__a||(e.__a={}))[t]=_n,s=t!=(t=t.replace(Wo,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,i,s):e.removeEventListener(t,i,s));else{if(r=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function Ua(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[$e]==null)t[$e]=_n++;else if(t[$e]<this.__a[e])return;return n(S.event?S.event(t):t)}}}function bn(e,t,n,o,r,s,i,a,l,c){var u,p,d,f,m,$,_,g,b,v,x,E,C,mt,tt,Ot,V,et,nt=t.type;if(t.constructor!==Qt)return null;128&n.__u&&(l=32&n.__u,u=n.__c.__z)&&(t.__u|=l,p=s=[],u.nodeType==8?a=ve(u,s):s.push(u),a=s[0]||a),(u=S.__b)&&u(t);t:if(typeof nt=="function"){d=i.length;try{if(g=t.props,b=(u=nt.prototype)&&u.render,v=(u=nt.contextType)&&o[u.__c],x=u?v?v.props.value:u.__:o,(f=n.__c)?(t.__c=f,2&f.__g&&(f.__g|=1)):(b?t.__c=f=new nt(g,x):(t.__c=f=new X(g,x),f.constructor=nt,f.render=Fa),v&&v.sub(f),f.state||(f.state={}),f.__n=o,f.__g|=8,f.__h=[],f.__k=[]),b&&(f.__s||(f.__s=f.state),nt.getDerivedStateFromProps&&(f.__s==f.state&&(f.__s=_t({},f.__s)),_t(f.__s,nt.getDerivedStateFromProps(g,f.__s)))),m=f.props,$=f.state,f.__v=t,n.__c){if(g!==m&&b&&!nt.getDerivedStateFromProps&&f.componentWillReceiveProps&&f.componentWillReceiveProps(g,x),t.__v==n.__v&&!(8&f.__g)||!(4&f.__g)&&f.shouldComponentUpdate&&f.shouldComponentUpdate(g,f.__s,x)===!1){t.__v!=n.__v&&(f.props=g,f.state=f.__s,f.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(q){q&&(q.__=t)}),ye.push.apply(f.__h,f.__k),f.__k=[],f.__h.length&&i.push(f),a=ct(n);break t}f.componentWillUpdate&&f.componentWillUpdate(g,f.__s,x),b&&f.componentDidUpdate&&f.__h.push(function(){f.componentDidUpdate(m,$,_)})}else b&&!nt.getDerivedStateFromProps&&f.componentWillMount&&f.componentWillMount(),b&&f.componentDidMount&&f.__h.push(f.componentDidMount);f.context=x,f.props=g,f.__P=e,f.__g&=-5,E=S.__r,C=b?25:0;do f.__g&=-9,E&&E(t),u=f.render(f.props,f.state=f.__s,f.context);while(8&f.__g&&++C<25);b&&(ye.push.apply(f.__h,f.__k),f.__k=[]),f.state=f.__s,f.getChildContext&&(o=_t({},o,f.getChildContext())),b&&n.__c&&f.getSnapshotBeforeUpdate&&(_=f.getSnapshotBeforeUpdate(m,$)),mt=u&&u.type===$t&&u.key==null?u.props.children:u,g.__P&&(u=a,r=(e=g.__P).namespaceURI,l=s=null,n.props&&n.props.__P!=e&&(n.__k.some(function(q){q&&yn(q,q)}),n.__k=null),a=n.__k?ct(n,0):null),a=Yo(e,$n(mt)?mt:[mt],t,n,o,r,s,i,a,l,c),g.__P&&(t.__e=null,a=u),t.__u&=-161,p&&p.some(gt),f.__h.length&&i.push(f),1&f.__g&&(f.__g&=-4)}catch(q){if(i.length=d,t.__v=null,l||s)if(q&&q.then){if(t.__u|=128|l,s){for(~(V=s.indexOf(a||void 0))||(V=s.length);(et=s[V-1])&&et.nodeType==8;)V--;for(;V<s.length;V++)if(et=s[V])if(s[V]=null,tt){if(et==Ot)break}else{if(et.nodeType!=8)break;et.data.startsWith("$s")&&(Ot=ve(tt=et))}}if(!tt){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;tt=a}(u=ve(tt=t.__c.__z||(t.__c.__z=tt)))?(t.__e=tt,a=u):t.__e=a,a=a&&a.nextSibling}else s&&s.some(gt);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),q&&q.then||Ko(t),S.__e(q,t,n)}}else a=t.__e=Ba(n.__e,t,n,o,r,s,i,l,c,e);return(u=S.diffed)&&u(t),a}function ve(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function Ko(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(Ko))}function Jo(e,t,n){for(var o=0;o<n.length;)xn(n[o++],n[o++],n[o++]);S.__c&&S.__c(t,e),e.some(function(r){try{e=r.__h,r.__h=[],e.some(function(s){s.call(r)})}catch(s){S.__e(s,r.__v)}})}function Ba(e,t,n,o,r,s,i,a,l,c){var u,p,d,f,m,$,_,g,b=n.props||xe,v=t.props,x=t.type;if(x=="svg"?r="http://www.w3.org/2000/svg":x=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),s){for(u=0;u<s.length;u++)if((m=s[u])&&(x?m.localName==x:m.nodeType==3)){e=m,s[u]=null;break}}if(!e){if(g=c.ownerDocument||document,!x)return g.createTextNode(v);e=g.createElementNS(r,x,v.is?v:c),a&&(S.__m&&S.__m(t,s),a=!1),s=null}if(x){if(c=x=="template"&&e.content||e,s=x=="textarea"&&v.defaultValue!=null?null:s&&vn.call(c.childNodes),!a&&s)for(b={},u=0;u<e.attributes.length;u++)b[(m=e.attributes[u]).name]=m.value;for(u in b)m=b[u],u=="dangerouslySetInnerHTML"?d=m:u=="children"||u in v||u=="value"&&"defaultValue"in v||u=="checked"&&"defaultChecked"in v||_e(e,u,null,m,r);for(u in v)m=v[u],u=="children"?f=m:u=="dangerouslySetInnerHTML"?p=m:u=="value"?$=m:u=="checked"?_=m:a&&typeof m!="function"||b[u]===m||_e(e,u,m,b[u],r);p?(a||d&&(p.__html==d.__html||p.__html==e.innerHTML)||(e.innerHTML=p.__html),t.__k=[]):(d&&(e.textContent=""),(x=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&Na.test(x))&&(r="http://www.w3.org/1999/xhtml"),Yo(c,$n(f)?f:[f],t,n,o,r,s,i,s?s[0]:n.__k&&ct(n,0),a,l),s&&s.some(gt)),a&&x!="textarea"||(u="value",x=="progress"&&$==null?e.removeAttribute(u):$==null||$===e[u]&&(x!="progress"||$)||_e(e,u,$,b[u],r),u="checked",_!=null&&_!=e[u]&&_e(e,u,_,b[u],r))}else b===v||a&&e.data==v||(e.data=v);return e}function xn(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(r){S.__e(r,n)}}function yn(e,t,n){var o,r,s,i;if(S.unmount&&S.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||xn(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(a){S.__e(a,t)}o.__P=o.__n=null}if(o=e.__k)for(i=0;i<o.length;i++)o[i]&&yn(o[i],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(r=ve(o,s=[]))&&(o==e.__e&&s.some(gt),gt(r),gt(o)),n||gt(e.__e),e.__e=e.__c=e.__=null}function Fa(e,t,n){return this.constructor(e,n)}function te(e,t){var n,o,r,s;S.__&&S.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=Zt($t,{children:[e]}),r=[],s=[],bn(t,t.__k,o||xe,xe,t.namespaceURI,o?null:t.firstChild?vn.call(t.childNodes):null,r,o?o.__e:t.firstChild,n,s),Jo(r,t.__k,s),t.__k.props.children=null}S={__e:function(e,t,n,o){for(var r,s,i;t=t.__;)if((r=t.__c)&&!(1&r.__g)){r.__g|=4;try{if((i=(s=r.constructor)&&s.getDerivedStateFromError)&&r.setState(s.getDerivedStateFromError(e)),r.componentDidCatch&&(r.componentDidCatch(e,o||{}),i=1),i&&8&r.__g)return void(r.__g|=2)}catch(a){e=a}}throw be=0,e}},qo=0,gn=function(e){return e!=null&&e.constructor===Qt},X.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=_t({},this.state)),typeof e=="function"&&(e=e(_t({},n),this.props)),e&&(_t(n,e),this.__v&&(t&&this.__k.push(t),Do(this)))},X.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),Do(this))},X.prototype.render=$t,lt=[],be=0,Go=function(e,t){return e.__v.__b-t.__v.__b},$e=Symbol(),Wo=/(PointerCapture)$|Capture$/i,_n=0,mn={},Ca=0;var Nt,R,wn,Zo,Sn=Object.is,we=0,ir=[],Mn=[],N=S,Qo=N.__b,tr=N.__r,er=N.diffed,nr=N.__c,or=N.unmount,rr=N.__;function Se(e,t){N.__h&&N.__h(R,e,we||t),we=0;var n=R.__H||(R.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function z(e){return we=1,Pa(cr,e)}function Pa(e,t,n){var o=Se(Nt++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):cr(void 0,t),function(s){var i=(o.__N||o.__)[0],a=o.t(i,s);Sn(i,a)||(o.__N=[a,o.__[1]],o.__c.setState({}))}],o.__c=R,!R.__f)){R.__f=!0;var r=R.shouldComponentUpdate;R.shouldComponentUpdate=function(s,i,a){var l=this.__H;if(!l)return!0;var c=!1,u=this.props!=s;if(l.__.some(function(d){d.__N&&(c=!0,Sn(d.__[0],d.__N[0])||(u=!0))}),r){var p=r.call(this,s,i,a);return c?p||u:p}return!c||u}}return o.__}function rt(e,t){var n=Se(Nt++,3);!N.__s&&An(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,R.__H.__h.push(n))}function lr(e,t){var n=Se(Nt++,4);!N.__s&&An(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,R.__h.push(n))}function ne(e){return we=5,Me(function(){return{current:e}},[])}function Me(e,t){var n=Se(Nt++,7);return An(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function Ia(){var e;do{for(;e=Mn.shift();)try{ee(e)}catch(n){N.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=ir.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(ee),t.__h.some(kn),t.__h=[]}catch(n){t.__h=[],N.__e(n,e.__v)}}}while(Mn.length)}N.__b=function(e){R=null,Qo&&Qo(e)},N.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),rr&&rr(e,t)},N.__r=function(e){tr&&tr(e),Nt=0;var t=(R=e.__c).__H;t&&(wn==R?R.__h=[]:(t.__h.some(ee),t.__h.some(kn),Nt=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),wn=R},N.diffed=function(e){er&&er(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&ar(ir.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),wn=R=null},N.__c=function(e,t){t.some(function(n){try{n.__h.some(ee),n.__h=n.__h.filter(function(o){return!o.__||kn(o)})}catch(o){n.__h=[function(){throw o}]}}),nr&&nr(e,t)},N.unmount=function(e){or&&or(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}r.__P=n,ar(Mn.push(r))}else ee(r)}catch(s){t=s}}),o.__H=void 0,t&&N.__e(t,o.__v))};var sr=typeof requestAnimationFrame=="function";function Da(e){var t,n=function(){clearTimeout(o),sr&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);sr&&(t=requestAnimationFrame(n))}function ar(e){e!=1&&Zo==N.requestAnimationFrame||((Zo=N.requestAnimationFrame)||Da)(Ia)}function ee(e){var t=R,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),R=t}function kn(e){var t=R;e.__c=e.__(),R=t}function An(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!Sn(n,e[o])})}function cr(e,t){return typeof t=="function"?t(e):t}var Ha=Symbol.for("preact-signals");function Ee(){if(st>1)st--;else{var e,t=!1;for((function(){var r=Ae;for(Ae=void 0;r!==void 0;){var s=r.S;if(s.v===r.v)for(var i=s.t;i!==void 0;i=i.x)i.i===r.i&&(i.i=s.i);r=r.o}})();re!==void 0;){var n=re;for(re=void 0,ke++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&fr(n))try{n.c()}catch(r){t||(e=r,t=!0)}n=o}}if(ke=0,st--,t)throw e}}function En(e){if(st>0)return e();Tn=++qa,st++;try{return e()}finally{Ee()}}var oe,M=void 0;function se(e){var t=M,n=oe;M=void 0,oe=void 0;try{return e()}finally{M=t,oe=n}}var re=void 0,st=0,ke=0,qa=0,Tn=0,Ae=void 0,Te=0;function ur(e){if(M!==void 0){var t=e.n;if(t===void 0||t.t!==M)return t={i:0,S:e,p:M.s,n:void 0,t:M,e:void 0,x:void 0,r:t},M.s!==void 0&&(M.s.n=t),M.s=t,e.n=t,32&M.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=M.s,t.n=void 0,M.s.n=t,M.s=t),t}}function B(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}B.prototype.brand=Ha;B.prototype.h=function(){return!0};B.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:se(function(){var o;(o=t.W)==null||o.call(t)}))};B.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&se(function(){var r;(r=t.Z)==null||r.call(t)}))}};B.prototype.subscribe=function(e){var t=this;return H(function(){var n=t.value;se(function(){return e(n)})},{name:"sub"})};B.prototype.valueOf=function(){return this.value};B.prototype.toString=function(){return this.value+""};B.prototype.toJSON=function(){return this.value};B.prototype.peek=function(){var e=this;return se(function(){return e.value})};Object.defineProperty(B.prototype,"value",{get:function(){var e=ur(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(ke>100)throw new Error("Cycle detected");(function(n){st!==0&&ke===0&&n.l!==Tn&&(n.l=Tn,Ae={S:n,v:n.v,i:n.i,o:Ae})})(this),this.v=e,this.i++,Te++,st++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{Ee()}}}});function D(e,t){return new B(e,t)}function fr(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function pr(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function dr(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function vt(e,t){B.call(this,void 0,t),this.x=e,this.s=void 0,this.g=Te-1,this.f=4}vt.prototype=new B;vt.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Te))return!0;if(this.g=Te,this.f|=1,this.i>0&&!fr(this))return this.f&=-2,!0;var e=M;try{pr(this),M=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return M=e,dr(this),this.f&=-2,!0};vt.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}B.prototype.S.call(this,e)};vt.prototype.U=function(e){if(this.t!==void 0&&(B.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};vt.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(vt.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=ur(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function G(e,t){return new vt(e,t)}function hr(e){var t=e.j;if(e.j=void 0,typeof t=="function"){st++;var n=M;M=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,On(e),o}finally{M=n,Ee()}}}function On(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,hr(e)}function Ga(e){if(M!==this)throw new Error("Out-of-order effect");dr(this),M=e,this.f&=-2;try{8&this.f&&On(this)}finally{Ee()}}function Rt(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,oe&&oe.push(this)}Rt.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};Rt.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,hr(this),pr(this),st++;var e=M;return M=this,Ga.bind(this,e)};Rt.prototype.N=function(){2&this.f||(this.f|=2,this.u=re,re=this)};Rt.prototype.d=function(){this.f|=8,1&this.f||On(this)};Rt.prototype.dispose=function(){this.d()};function H(e,t){var n=new Rt(e,t);try{n.c()}catch(r){throw n.d(),r}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var mr,Ce,Oe,Wa=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var gr=[];H(function(){mr=this.N})();function jt(e,t){S[e]=t.bind(null,S[e]||function(){})}function ae(e){if(Oe){var t=Oe;Oe=void 0,t()}Oe=e&&e.S()}function _r(e){var t=this,n=e.data,o=za(n);o.name="ReactiveDom",o.value=n;var r=Me(function(){for(var a=t,l=t.__v;l=l.__;)if(l.__c){l.__c.__$f|=4;break}var c=G(function(){var f=o.value.value;return f===0?0:f===!0?"":f||""}),u=G(function(){return!Array.isArray(c.value)&&!gn(c.value)}),p=H(function(){if(this.N=$r,u.value){var f=c.value;a.__v&&a.__v.__e&&a.__v.__e.nodeType===3&&(a.__v.__e.data=f)}}),d=t.__$u.d;return t.__$u.d=function(){p(),d.call(this)},[u,c]},[]),s=r[0],i=r[1];return s.value?i.peek():i.value}_r.displayName="ReactiveTextNode";Object.defineProperties(B.prototype,{constructor:{configurable:!0,value:ot($t,null).constructor},type:{configurable:!0,value:_r},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});jt("__b",function(e,t){if(ae(),Ce=void 0,typeof t.type=="string"){var n,o=t.props;for(var r in o)if(r!=="children"){var s=o[r];s instanceof B&&(n||(t.__np=n={}),n[r]=s,o[r]=s.peek())}}e(t)});jt("__r",function(e,t){if(e(t),t.type!==$t){ae();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=(function(r,s){var i;return H(function(){i=this},{name:s}),i.c=r,i})((function(r){return function(){var s;Wa&&((s=this.y)==null||s.call(this)),r.__$f|=1,r.setState({})}})(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),Ce=o,ae(n)}});jt("__e",function(e,t,n,o){ae(),Ce=void 0,e(t,n,o)});jt("diffed",function(e,t){ae(),Ce=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,r=t.props,s=n.U;if(s)for(var i in s){var a=s[i];a===void 0||o&&i in o||(a.d(),s[i]=void 0)}if(o){s||(s={},n.U=s);for(var l in o){var c=s[l],u=o[l];c===void 0?(c=Va(n,l,u,r),s[l]=c):c.o(u,r)}}}e(t)});function Va(e,t,n,o){var r=t in e&&e.ownerSVGElement===void 0,s=D(n);return{o:function(i,a){s.value=i,o=a},d:H(function(){this.N=$r;var i=s.value.value;o[t]!==i&&(o[t]=i,r?e[t]=i:i!=null&&(i!==!1||t[4]==="-")?e.setAttribute(t,i):e.removeAttribute(t))})}}jt("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var r in o){var s=o[r];s&&s.d()}}}var i=t.__np;if(i){var a=t.props;for(var l in i)a[l]=i[l]}t.__np=void 0}else{var c=t.__c;if(c){c.__$f|=8;var u=c.__$u;u&&(c.__$u=void 0,u.d())}}e(t)});jt("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});X.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var r in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var s=2&this.__$f;if(!(o||s||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var i in e)if(i!=="__source"&&e[i]!==this.props[i])return!0;for(var a in this.props)if(!(a in e))return!0;return!1};function za(e,t){return Me(function(){return D(e,t)},[])}var Ya=function(e){queueMicrotask(function(){queueMicrotask(e)})};function Xa(){En(function(){for(var e;e=gr.shift();)mr.call(e)})}function $r(){gr.push(this)===1&&(S.requestAnimationFrame||Ya)(Xa)}function ie(e,t,n=null){return e.remember(`counted ${t} ${n}`,()=>n===null?{asked:e.column(`asked.${t}`),right:e.column(`right.${t}`),stale:e.column(`stale.${t}`)}:Qa(e,t,n))}function le(e){let{detail:t,all_forms:n}=e.header;return t?.wordings==="all"&&e.has("probe.key")?n??[]:[]}var Ka=1,Ja=2,Za=0;function Qa(e,t,n){let o=e.steps*e.facts,r={asked:new Uint8Array(o),right:new Uint8Array(o),stale:new Uint8Array(o)},s=le(e).indexOf(n),i=e.column(`verdict.${t}`);if(s<0||i===null)return r;let a=e.column("probe.key"),l=e.column("probe.form");for(let c=0;c<a.length;c++)if(l[c]===s)for(let u=0;u<e.steps;u++){let p=i[u*a.length+c],d=u*e.facts+a[c];if(p===Ka)r.right[d]++;else if(p===Ja)r.stale[d]++;else if(p!==Za)continue;r.asked[d]++}return r}var ti=0,ei=1,Lt=2,ni=3,oi=4,ri=5,Cn=6,Ut=7,Ne=8,A=["none","future","right","partly","outdated","wrong","forgotten","produced","resurfaced"],O={none:0,new:1,retained:2,future:3,erased:4};function at(e,t,n,o=null){return e.remember(`counts ${t} ${n} ${o}`,()=>{let r=n*e.facts,s=i=>{let a=t.length===0?null:ie(e,t[0],o)[i];if(t.length===1)return a.subarray(r,r+e.facts);let l=new Uint16Array(e.facts);for(let c of t){let u=ie(e,c,o)[i];for(let p=0;p<l.length;p++)l[p]+=u[r+p]}return l};return{asked:s("asked"),right:s("right"),stale:s("stale")}})}function Nn(e,t,n,o,r=null){let s=n*e.facts+o,i={asked:0,right:0,stale:0};for(let a of t){let l=ie(e,a,r);i.asked+=l.asked[s],i.right+=l.right[s],i.stale+=l.stale[s]}return i}function vr(e,t,n,o){return e===O.none||t===0?ti:e===O.future?ei:e===O.erased?n===0?Cn:Ut:n>0?n===t?Lt:ni:o>0?oi:ri}function Re(e,t,n,o=null){return e.remember(`states ${t} ${n} ${o}`,()=>{let r=new Uint8Array(e.facts),{asked:s,right:i,stale:a}=at(e,t,n,o),l=e.column("group"),c=n*e.facts;for(let u=0;u<r.length;u++){let p=vr(l[c+u],s[u],i[u],a[u]);r[u]=p===Ut?xr(e,t,n,u,o):p}return r})}function br(e,t,n,o,r=null){let{asked:s,right:i,stale:a}=Nn(e,t,n,o,r),l=e.column("group")[n*e.facts+o],c=vr(l,s,i,a);return c===Ut?xr(e,t,n,o,r):c}function Rn(e,t,n){let o=e.column("group"),r=e.column("learned"),s=t;for(;s>0&&o[(s-1)*e.facts+n]===O.erased&&r[(s-1)*e.facts+n]===r[t*e.facts+n];)s--;return s}function xr(e,t,n,o,r){let s=Rn(e,n,o)*e.facts+o,i=n*e.facts+o;return t.some(l=>{let{right:c}=ie(e,l,r);return c[i]>0&&c[s]===0})?Ne:Ut}var bt=[{name:"broken",bad:!0},{name:"turned outdated",bad:!0},{name:"resurfaced",bad:!0},{name:"not learned",bad:!0},{name:"not forgotten",bad:!0},{name:"still wrong",bad:!0},{name:"learned",bad:!1},{name:"regained",bad:!1},{name:"forgotten",bad:!1}],K=Object.fromEntries(bt.map(({name:e},t)=>[e,1<<t]));function wr(e,t,n,o=null){return e.remember(`changes ${t} ${n} ${o}`,()=>{let r=new Uint16Array(e.facts);if(n<1||t.length===0)return r;let s=yr(e,t,n-1,o),i=yr(e,t,n,o);for(let a=0;a<r.length;a++){if(i.asked[a]===0)continue;let l=i.group[a];if(l===O.new)r[a]=si(i,n,a);else if(l===O.retained)r[a]=ai(s,i,n,a);else if(l===O.erased){let c=Rn(e,n,a)===n;r[a]=ii(s.states[a],i.states[a],c)}}return r})}function xt(e){return K[e]??0}function yr(e,t,n,o){let r=s=>e.column(s).subarray(n*e.facts,(n+1)*e.facts);return{...at(e,t,n,o),states:Re(e,t,n,o),group:r("group"),learned:r("learned")}}function si(e,t,n){return e.learned[n]!==t?0:e.states[n]===Lt?K.learned:K["not learned"]}function ai(e,t,n,o){let r=e.group[o];if(r!==O.new&&r!==O.retained||e.asked[o]===0||e.learned[o]!==t.learned[o]||t.learned[o]>=n)return 0;let s=t.states[o]===Lt,i=t.right[o]*e.asked[o]<e.right[o]*t.asked[o],a=0;return!s&&i?a|=K.broken:!s&&e.states[o]!==Lt?a|=K["still wrong"]:s&&e.states[o]!==Lt&&(a|=K.regained),e.stale[o]===0&&t.stale[o]>0&&(a|=K["turned outdated"]),a}function ii(e,t,n){return t===Ne?e===Ne?0:K.resurfaced:n?t===Cn?K.forgotten:t===Ut?K["not forgotten"]:0:0}var jn=["group","state","change"],li=["relation","form","learned","seed"],Bt=[...li,...jn],ci=["g","a","b","s","k","learned","seed"],je=Object.freeze({g:null,a:null,b:null,s:null,q:"",relation:null,group:null,learned:null,state:null,change:null,form:null,seed:null,d:!1,k:null,sort:null});function Sr(e){let t=new URLSearchParams(e.replace(/^#/,"")),n={...je};for(let[o,r]of t)!Object.hasOwn(je,o)||r===""||(ci.includes(o)?/^-?\d{1,9}$/.test(r)&&(n[o]=Number(r)):o==="d"?n.d=r==="1":jn.includes(o)?n[o]=r.split(","):n[o]=r);return n}function Le(e){let t=new URLSearchParams;for(let o of Object.keys(je)){let r=e[o];r===je[o]||r===null||r===""||t.set(o,r===!0?"1":String(r))}let n=t.toString();return n===""?"":`#${n}`}var Ft=Object.freeze({a:null,b:null,s:null,k:null,relation:null,learned:null,form:null,seed:null}),W=D(Sr(globalThis.location?.hash??""));function y(e,{replace:t=!1}={}){let n={...W.value,...e},o=Le(n);if(o===Le(W.value))return;W.value=n;let{pathname:r,search:s}=location;history[t?"replaceState":"pushState"](null,"",o===""?r+s:o)}function Mr(e){let t=()=>{let{hash:n}=e.location;if(n!==""&&!n.includes("="))return;let o=Sr(n);Le(o)!==Le(W.value)&&(W.value=o)};e.addEventListener("popstate",t),e.addEventListener("hashchange",t)}var Ue=class{constructor(t,n){this.bytes=t,this.byteEnds=n,this.length=n.length,this.decoder=new TextDecoder("utf-8",{ignoreBOM:!0}),this.folded=null}at(t){let n=t===0?0:this.byteEnds[t-1];return this.decoder.decode(this.bytes.subarray(n,this.byteEnds[t]))}searchable(){if(this.folded===null){let t=this.decoder.decode(this.bytes),n=t.toLowerCase();this.folded=n.length===t.length?{text:n,ends:fi(this.bytes,this.byteEnds)}:pi(this)}return this.folded}holding(t){let n=new Uint8Array(this.length),{text:o,ends:r}=this.searchable(),s=0,i=o.indexOf(t);for(;i>=0;)s=ui(r,s,i),i+t.length<=r[s]?(n[s]=1,i=o.indexOf(t,Math.max(r[s],i+1))):i=o.indexOf(t,i+1);return n}};function ui(e,t,n){let o=t,r=e.length-1;for(;o<r;){let s=o+r>>1;e[s]>n?r=s:o=s+1}return o}function fi(e,t){let n=new Uint32Array(t.length),o=0,r=0;for(let s=0;s<t.length;s++){for(let i=t[s];r<i;r++){let a=e[r];(a&192)!==128&&(o+=a>=240?2:1)}n[s]=o}return n}function pi(e){let t=new Uint32Array(e.length),n=[],o=0;for(let r=0;r<e.length;r++){let s=e.at(r).toLowerCase();n.push(s),o+=s.length,t[r]=o}return{text:n.join(""),ends:t}}var di={u8:Uint8Array,u16:Uint16Array,u32:Uint32Array,i8:Int8Array},Be=4294967295,Un=4294967295,hi=4294967294,ce=65535,Fe=-128,Bn=127,mi=200;function gi(e,t){for(let n=t;n<e.length;n++)e[n]+=e[n-t];return e}var Ln=class{constructor(t){let n=new DataView(t).getUint32(0,!0);if(this.header=JSON.parse(new TextDecoder().decode(new Uint8Array(t,4,n))),this.header.format!==1)throw new Error(`facts of format ${this.header.format}`);this.buffer=t,this.start=4+n,this.labels=this.header.labels,this.steps=this.labels.length,this.facts=this.header.facts,this.relations=this.header.relations,this.groups=this.header.groups,this.variants=this.header.variants,this.done=[];for(let{runs:o}of this.variants)for(let{run:r,done:s}of o)this.done[r]=s;this.made=new Map,this.kept=new Map,this.texts=new Ue(this.column("strings.bytes"),this.column("strings.ends"))}has(t){return Object.hasOwn(this.header.columns,t)}column(t){if(this.made.has(t))return this.made.get(t);let n=this.has(t)?this.header.columns[t]:null,o=null;return n!==null&&(o=new di[n.type](this.buffer,this.start+n.offset,n.length),n.delta&&(o=gi(o,n.length/this.steps))),this.made.set(t,o),o}remember(t,n){let o=this.kept.get(t);return o===void 0?o=n():this.kept.delete(t),this.kept.set(t,o),this.kept.size>mi&&this.kept.delete(this.kept.keys().next().value),o}text(t){return this.texts.at(t)}subject(t){return this.text(this.column("subject")[t])}relation(t){return this.relations[this.column("relation")[t]]}object(t,n){let o=this.column("object")[t*this.facts+n];return o===Be?null:this.text(o)}group(t,n){return this.groups[this.column("group")[t*this.facts+n]]}runs(t,n,o=null){return this.counting(t,o).filter(r=>r.done>n).map(r=>r.run)}stepsOf(t,n=null){return Math.max(0,...this.counting(t,n).map(o=>o.done))}counting(t,n){return(this.variants[t]?.runs??[]).filter(r=>!r.diverged&&(n===null||r.seed===n))}place(t,n,o,r,s){return t===null?-1:t.length!==s||this.steps===1?o*s+r:o===this.done[n]-1?r:-1}answer(t,n,o){let r=this.column(`answer.${t}`),s=this.place(r,t,n,o,this.facts);return s<0?null:this.said(r[s],n,o)}said(t,n,o){return t===hi?null:t===Un?this.object(n,o):this.text(t)}margin(t,n,o){let r=this.column(`margin.${t}`),s=this.place(r,t,n,o,this.facts);return s<0?null:r[s]}};async function kr(e){return new Ln(await he(e))}var Pn=1/4;function Ar(e){let t=e.filter(n=>n!==null&&n!==Fe);return t.length===0?null:{mean:Pn*t.reduce((n,o)=>n+o,0)/t.length,more:t.some(n=>n===Bn),less:t.some(n=>n===-Bn)}}function Pe(e){if(e===null||e.more&&e.less)return"\u2013";let{mean:t,more:n,less:o}=e;return n?`> ${Fn(Math.floor(t-Pn/2),0)}`:o?`< ${Fn(Math.ceil(t+Pn/2),0)}`:Fn(t,1)}function Fn(e,t){let n=Math.abs(e).toFixed(t);return Number(n)===0?n:(e<0?"\u2212":"+")+n}var In=class{constructor(t,n,o,r){this.block=t,this.id=`${n} ${o} ${r}`,this.variant=n,this.form=r,this.name=t.variants[n]?.name??"",this.runsOf=t.labels.map((s,i)=>t.runs(n,i,o))}runs(t){return this.runsOf[t]}states(t){return Re(this.block,this.runs(t),t,this.form)}state(t,n){return br(this.block,this.runs(t),t,n,this.form)}counts(t){return at(this.block,this.runs(t),t,this.form)}changes(t){return wr(this.block,this.runs(t),t,this.form)}countsAt(t,n){return Nn(this.block,this.runs(t),t,n,this.form)}answer(t,n){let o=new Map;for(let i of this.runs(t)){let a=this.block.answer(i,t,n);a!==null&&o.set(a,(o.get(a)??0)+1)}let r=null,s=0;for(let[i,a]of o)s+=a,(r===null||a>r.times)&&(r={text:i,times:a});return r===null?null:{...r,runs:s}}margin(t,n){return Ar(this.runs(t).map(o=>this.block.margin(o,t,n)))}};function F({block:e,selection:t},n){let o=t[n];if(o<0)return null;let{seed:r,form:s}=t;return e.remember(`side ${o} ${r} ${s}`,()=>new In(e,o,r,s))}var _i=["partly","outdated","wrong"],Dn={"not right":_i};function Tr(e){let t={a:[],b:[]};for(let n of e??[])n.startsWith("b.")?t.b.push(n.slice(2)):t.a.push(n.replace(/^a\./,""));return t}function Or(e){let{block:t,selection:n}=e,o=[...$i(t,n),...Er(e,"a"),...Er(e,"b"),...vi(e)];if(n.d&&n.b>=0){let i=F(e,"a").states(n.s),a=F(e,"b").states(n.s);o.push(l=>i[l]!==a[l])}let r=new Uint32Array(t.facts),s=0;t:for(let i=0;i<t.facts;i++){for(let a of o)if(!a(i))continue t;r[s++]=i}return r.subarray(0,s)}function $i(e,{s:t,relation:n,group:o,learned:r}){let s=t*e.facts,i=[];if(n!==null){let a=e.column("relation"),l=e.relations.indexOf(n);i.push(c=>a[c]===l)}if(o!==null){let a=e.column("group"),l=new Set(o.map(c=>O[c]));i.push(c=>l.has(a[s+c]))}if(r!==null){let a=e.column("learned");i.push(l=>a[s+l]===r)}return i}function Er(e,t){let{selection:n}=e,o=F(e,t),r=Tr(n.state)[t],s=Tr(n.change)[t],i=[];if(o===null)return i;if(r.length>0){let a=o.states(n.s),l=A.map(c=>r.includes(c));i.push(c=>l[a[c]])}if(s.length>0){let a=o.changes(n.s),l=s.reduce((c,u)=>c|xt(u),0);i.push(c=>(a[c]&l)!==0)}return i}function vi(e){return e.selection.q.toLowerCase().split(/\s+/).filter(Boolean).map(n=>bi(e,n))}function bi(e,t){let{block:n}=e,{holding:o,relations:r}=n.remember(`holding ${t}`,()=>({holding:n.texts.holding(t),relations:n.relations.map(l=>l.toLowerCase().includes(t))})),[s,i]=["subject","relation"].map(l=>n.column(l)),a=xi(e);return l=>{if(o[s[l]]===1||r[i[l]])return!0;for(let c=0;c<a.length;c++)if(o[a[c][l]]===1)return!0;return!1}}function xi(e){let{block:t,selection:n}=e,{s:o}=n,r=(i,a)=>i.subarray(a,a+t.facts),s=["object","outdated"].map(i=>r(t.column(i),o*t.facts));for(let i of["a","b"])for(let a of F(e,i)?.runs(o)??[]){let l=t.column(`answer.${a}`),c=t.place(l,a,o,0,t.facts);c>=0&&s.push(r(l,c))}return s}var Nr=function(e,t,n,o){var r;t[0]=0;for(var s=1;s<t.length;s++){var i=t[s++],a=t[s]?(t[0]|=i?1:2,n[t[s++]]):t[++s];i===3?o[0]=a:i===4?o[1]=Object.assign(o[1]||{},a):i===5?(o[1]=o[1]||{})[t[++s]]=a:i===6?o[1][t[++s]]+=a+"":i?(r=e.apply(a,Nr(e,a,n,["",null])),o.push(r),a[0]?t[0]|=2:(t[s-2]=0,t[s]=r)):o.push(a)}return o},Cr=new Map;function Rr(e){var t=Cr.get(this);return t||(t=new Map,Cr.set(this,t)),(t=Nr(this,t.get(e)||(t.set(e,t=(function(n){for(var o,r,s=1,i="",a="",l=[0],c=function(d){s===1&&(d||(i=i.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?l.push(0,d,i):s===3&&(d||i)?(l.push(3,d,i),s=2):s===2&&i==="..."&&d?l.push(4,d,0):s===2&&i&&!d?l.push(5,0,!0,i):s>=5&&((i||!d&&s===5)&&(l.push(s,0,i,r),s=6),d&&(l.push(s,d,0,r),s=6)),i=""},u=0;u<n.length;u++){u&&(s===1&&c(),c(u));for(var p=0;p<n[u].length;p++)o=n[u][p],s===1?o==="<"?(c(),l=[l],s=3):i+=o:s===4?i==="--"&&o===">"?(s=1,i=""):i=o+i[0]:a?o===a?a="":i+=o:o==='"'||o==="'"?a=o:o===">"?(c(),s=1):s&&(o==="="?(s=5,r=i,i=""):o==="/"&&(s<5||n[u][p+1]===">")?(c(),s===3&&(l=l[0]),s=l,(l=l[0]).push(2,0,s),s=0):o===" "||o==="	"||o===`
`||o==="\r"?(c(),s=2):i+=o),s===3&&i==="!--"&&(s=4,l=l[0])}return c(),l})(e)),t),arguments,[])).length>1?t:t[0]}var h=Rr.bind(ot);var yi=Object.freeze({q:"",d:!1,...Object.fromEntries(Bt.map(e=>[e,null]))});function Lr(e){return Bt.filter(t=>e[t]!==null).length}function yt({label:e,name:t,value:n,options:o,disabled:r=!1,title:s=null}){let i=l=>{let c=o.flatMap(u=>u.options??[u]).find(u=>String(u.value)===l.currentTarget.value);y({[t]:c===void 0?null:c.value})},a=l=>h`<option value=${String(l.value)}>${l.text}</option>`;return h`<label class="pick" title=${s}
    ><span>${e}</span>
    <select
      aria-label=${e}
      value=${n===null?"":String(n)}
      onChange=${i}
      disabled=${r}
    >
      <option value="">all</option>
      ${o.map(l=>l.options?h`<optgroup label=${l.label}>${l.options.map(a)}</optgroup>`:a(l))}
    </select></label
  >`}function jr({block:e,selection:t},n){return["a","b"].filter(o=>t[o]>=0).map(o=>({label:`${o.toUpperCase()}: ${e.variants[t[o]].name}`,options:n.map(([r,s])=>({text:r,value:s.map(i=>o==="a"?i:`b.${i}`)}))}))}function Ur({now:e}){let{block:t,selection:n}=e,o=le(t),r=[...new Set(t.variants.flatMap(({runs:c})=>c.map(u=>u.seed)))],s=[...Object.entries(Dn),...A.slice(1).map(c=>[c,[c]])],i=bt.map(({name:c})=>[c,[c]]),a=c=>c.map(u=>({value:u,text:String(u)})),l=c=>c.map(u=>({value:[u],text:u}));return h`
    <${yt} label="Relation" name="relation" value=${n.relation} options=${a(t.relations)} />
    <${yt} label="Group" name="group" value=${n.group} options=${l(t.groups.slice(1))} />
    <${yt}
      label="Taught at"
      name="learned"
      value=${n.learned}
      options=${t.labels.map((c,u)=>({value:u,text:c}))}
    />
    <${yt} label="State" name="state" value=${n.state} options=${jr(e,s)} />
    <${yt} label="Change" name="change" value=${n.change} options=${jr(e,i)} />
    <${yt}
      label="Form"
      name="form"
      value=${n.form}
      options=${a(o)}
      disabled=${o.length===0}
      title=${o.length===0?"The page does not carry the answers to each wording at every step":"Judge the facts by their answers to this form of wording only"}
    />
    <${yt}
      label="Seed"
      name="seed"
      value=${n.seed}
      options=${a(r.sort((c,u)=>c-u))}
      disabled=${r.length<2}
      title="Count the runs with this seed only"
    />
  `}function Br({now:e}){let{block:t,selection:n}=e,o=[];n.q!==""&&o.push(["search",n.q,{q:""}]),n.d&&n.b>=0&&o.push(["only","where A and B differ",{d:!1}]);for(let r of Bt){let s=n[r];if(s===null)continue;let i=r==="learned"?t.labels[s]??s:wi(s,r);o.push([r==="learned"?"taught at":r,i,{[r]:null}])}return o.length===0?null:h`<div class="chips">
    ${o.map(([r,s,i])=>h`<button
        type="button"
        class="chip"
        aria-label=${`Remove the filter ${r}: ${s}`}
        onClick=${()=>y(i)}
      >
        <small>${r}</small> <bdi>${s}</bdi> <span aria-hidden="true">×</span>
      </button>`)}
    <button type="button" class="plain-button" onClick=${()=>y(yi)}>
      Remove all
    </button>
  </div>`}function wi(e,t){if(!Array.isArray(e))return String(e);if(t==="group")return e.join(" or ");let n=Object.entries(Dn);return["a","b"].map(o=>{let r=e.filter(i=>i.startsWith("b.")===(o==="b")).map(i=>i.replace(/^[ab]\./,"")),s=n.find(([,i])=>i.join()===r.join());return r.length>0?`${s?.[0]??r.join(" or ")} (${o.toUpperCase()})`:""}).filter(Boolean).join(", ")}var Y=D(null),Pt=D(new Map),ut=G(()=>{let{g:e}=W.value;return Y.value?.groups[e]===void 0?0:e});function Fr(e){let t=e===ut.value?{}:Ft;return{...W.value,...t,g:e}}function Pr(e,t){let n=(a,l,c)=>a===null||a<0||a>c?l:a,o=Math.max(0,...t.done.map(a=>a-1)),r=t.variants.length-1,s=n(e.a,e.b===0&&r>0?1:0,r),i=r<1?-1:s===1?0:1;return{...e,a:s,b:e.b===-1?-1:n(e.b,i,r),s:n(e.s,o,t.steps-1),k:n(e.k,null,t.facts-1)}}function Hn(e=null){let t=e??ut.value,n=Pt.value.get(t);if(n===void 0||Y.value===null)return null;let o=Y.value.groups[t];return{block:n,data:o,selection:Pr(Fr(t),n)}}function Ir(e=null){let t=e??ut.value,n=Y.value.groups[t],o={done:n.strategies.map(r=>r.done),variants:n.strategies,steps:n.labels.length,facts:0};return{block:null,data:n,selection:Pr(Fr(t),o)}}var P=G(()=>Hn());function Hr(){let[e,t]=z(!1);if(P.value===null)return null;let n=P.value,{block:o,selection:r}=n,s=Lr(r);return h`<div class=${`bar${e?" opened":""}`} role="region" aria-label="What is shown">
    <div class="bar-line">
      ${Y.value.groups.length>1&&h`<${Si} selection=${r} />`}
      <${Dr} now=${n} side="a" />
      ${r.b>=0&&h`<button
        type="button"
        class="icon"
        title="Swap A and B"
        aria-label="Swap A and B"
        onClick=${()=>y({a:r.b,b:r.a})}
      >
        ⇄
      </button>`}
      ${o.variants.length>1&&h`<${Dr} now=${n} side="b" />`}
      <${Mi} now=${n} />
      <${ki} value=${r.q} />
      ${r.b>=0&&h`<label class="check"
        ><input
          type="checkbox"
          checked=${r.d}
          onChange=${i=>y({d:i.currentTarget.checked})}
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
      <${Ai} />
    </div>
    <div class="bar-line filters" id="bar-filters" hidden=${!e}>
      ${e&&h`<${Ur} now=${n} />`}
    </div>
  </div>`}function Si({selection:e}){return h`<label class="pick whole"
    ><span>Runs</span>
    <select
      value=${e.g}
      onChange=${t=>y({...Ft,g:Number(t.currentTarget.value)})}
    >
      ${Y.value.groups.map((t,n)=>h`<option value=${n}>${t.scenario} on ${t.model}, ${t.match}</option>`)}
    </select></label
  >`}function Dr({now:e,side:t}){let{block:n,selection:o}=e;return h`<label class="pick"
    ><span class=${`side side-${t}`}>${t.toUpperCase()}</span>
    <select
      aria-label=${`Run ${t.toUpperCase()}`}
      value=${o[t]}
      onChange=${r=>y({[t]:Number(r.currentTarget.value)})}
    >
      ${t==="b"&&h`<option value="-1">none</option>`}
      ${n.variants.map(({name:r},s)=>h`<option value=${s}>${r}</option>`)}
    </select></label
  >`}function qr(){let[e]=z({on:!1});return{change(t){y(t,{replace:e.on}),e.on=!0},end(){e.on=!1}}}function Mi({now:e}){let{block:t,selection:n}=e,o=qr(),r=n.s,s=t.steps-1,i=r===0?"base":`update ${r}`,a=l=>y({s:Math.max(0,Math.min(s,l))});return h`<div class="stepper">
    <button type="button" class="icon" aria-label="Step before" disabled=${r===0} onClick=${()=>a(r-1)}>
      ‹
    </button>
    <input
      type="range"
      aria-label="Step"
      aria-valuetext=${`${i}, ${t.labels[r]}`}
      min="0"
      max=${s}
      value=${r}
      onInput=${l=>o.change({s:Number(l.currentTarget.value)})}
      onChange=${o.end}
    />
    <button type="button" class="icon" aria-label="Next step" disabled=${r===s} onClick=${()=>a(r+1)}>
      ›
    </button>
    <output><b>${i}</b> <bdi>${t.labels[r]}</bdi></output>
  </div>`}function ki({value:e}){let t=qr();return h`<input
    type="search"
    class="search"
    aria-label="Search facts"
    placeholder="Search"
    value=${e}
    onInput=${n=>t.change({q:n.currentTarget.value})}
    onBlur=${t.end}
  />`}function Ai(){let[e,t]=z("");return h`<button type="button" class="copy" onClick=${async()=>{let o=await Ti(location.href);t(o?"Copied":"Copy the address of the page"),setTimeout(()=>t(""),2e3)}}>
    <span aria-live="polite">${e||"Copy link"}</span>
  </button>`}async function Ti(e){try{return await navigator.clipboard.writeText(e),!0}catch{return!1}}function Vr(e,t,n,o=null){let r=Yr(e,t,n,o);for(;!Xr(r););return{updates:Wr(r.updates),base:Wr(r.base)}}function zr(e,t,n,o,r){let s=Yr(e,t,n,o),i=performance.now()+r;for(;!Xr(s);)if(performance.now()>i)return!1;return!0}function Yr(e,t,n,o){return e.remember(`ages ${t} ${n} ${o}`,()=>({block:e,runs:t,form:o,steps:t.length===0?0:n,next:0,updates:Gr(n),base:Gr(n),sound:new Uint16Array(e.facts).fill(ce)}))}function Xr(e){return e.next<e.steps&&Ei(e,e.next++),e.next>=e.steps}var Gr=e=>({right:new Float64Array(e),facts:new Uint32Array(e)});function Ei({block:e,runs:t,form:n,updates:o,base:r,sound:s},i){let{asked:a,right:l}=at(e,t,i,n),c=i*e.facts,u=e.column("group").subarray(c,c+e.facts),p=e.column("learned").subarray(c,c+e.facts);for(let d=0;d<e.facts;d++){if(u[d]!==O.new&&u[d]!==O.retained||a[d]===0)continue;let f=p[d];if(f===i&&(s[d]=l[d]===a[d]?i:ce),s[d]!==f)continue;let m=f===0?r:o;m.right[i-f]+=l[d]/a[d],m.facts[i-f]++}}function Wr({right:e,facts:t}){let n=[];return t.forEach((o,r)=>{o>0&&n.push({age:r,share:e[r]/o,facts:o})}),n}function qn(e,t,{s:n}){return e>n||t!==(e===n)?null:{q:"",relation:null,state:null,change:null,group:e===0?["new"]:["retained"],learned:n-e,k:null}}var Oi=Math.sqrt(50),Ci=Math.sqrt(10),Ni=Math.sqrt(2);function Gn(e,t,n){let o=(t-e)/Math.max(0,n),r=Math.floor(Math.log10(o)),s=o/Math.pow(10,r),i=s>=Oi?10:s>=Ci?5:s>=Ni?2:1,a,l,c;return r<0?(c=Math.pow(10,-r)/i,a=Math.round(e*c),l=Math.round(t*c),a/c<e&&++a,l/c>t&&--l,c=-c):(c=Math.pow(10,r)*i,a=Math.round(e/c),l=Math.round(t/c),a*c<e&&++a,l*c>t&&--l),l<a&&.5<=n&&n<2?Gn(e,t,n*2):[a,l,c]}function Ie(e,t,n){if(t=+t,e=+e,n=+n,!(n>0))return[];if(e===t)return[e];let o=t<e,[r,s,i]=o?Gn(t,e,n):Gn(e,t,n);if(!(s>=r))return[];let a=s-r+1,l=new Array(a);if(o)if(i<0)for(let c=0;c<a;++c)l[c]=(s-c)/-i;else for(let c=0;c<a;++c)l[c]=(s-c)*i;else if(i<0)for(let c=0;c<a;++c)l[c]=(r+c)/-i;else for(let c=0;c<a;++c)l[c]=(r+c)*i;return l}function j(e){return function(){return e}}var ue=Math.PI,Wn=2*ue,wt=1e-6,Ri=Wn-wt;function Kr(e){this._+=e[0];for(let t=1,n=e.length;t<n;++t)this._+=arguments[t]+e[t]}function ji(e){let t=Math.floor(e);if(!(t>=0))throw new Error(`invalid digits: ${e}`);if(t>15)return Kr;let n=10**t;return function(o){this._+=o[0];for(let r=1,s=o.length;r<s;++r)this._+=Math.round(arguments[r]*n)/n+o[r]}}function Jr(e,t,n,o){return e===n&&t===o}function Li(e){let t=Math.floor(e);if(!(t<=15))return Jr;let n=10**t,o=function(r){return Math.round(r*n)};return function(r,s,i,a){return o(r)===o(i)&&o(s)===o(a)}}var It=class{constructor(t){this._x0=this._y0=this._x1=this._y1=null,this._="",this._append=t==null?Kr:ji(t),this._equal=t==null?Jr:Li(t)}moveTo(t,n){this._append`M${this._x0=this._x1=+t},${this._y0=this._y1=+n}`}closePath(){this._x1!==null&&(this._x1=this._x0,this._y1=this._y0,this._append`Z`)}lineTo(t,n){this._append`L${this._x1=+t},${this._y1=+n}`}quadraticCurveTo(t,n,o,r){this._append`Q${+t},${+n},${this._x1=+o},${this._y1=+r}`}bezierCurveTo(t,n,o,r,s,i){this._append`C${+t},${+n},${+o},${+r},${this._x1=+s},${this._y1=+i}`}arcTo(t,n,o,r,s){if(t=+t,n=+n,o=+o,r=+r,s=+s,s<0)throw new Error(`negative radius: ${s}`);let i=this._x1,a=this._y1,l=o-t,c=r-n,u=i-t,p=a-n,d=u*u+p*p;if(this._x1===null)this._append`M${this._x1=t},${this._y1=n}`;else if(d>wt)if(!(Math.abs(p*l-c*u)>wt)||!s)this._append`L${this._x1=t},${this._y1=n}`;else{let f=o-i,m=r-a,$=l*l+c*c,_=f*f+m*m,g=Math.sqrt($),b=Math.sqrt(d),v=s*Math.tan((ue-Math.acos(($+d-_)/(2*g*b)))/2),x=v/b,E=v/g;Math.abs(x-1)>wt&&this._append`L${t+x*u},${n+x*p}`,this._append`A${s},${s},0,0,${+(p*f>u*m)},${this._x1=t+E*l},${this._y1=n+E*c}`}}arc(t,n,o,r,s,i){if(t=+t,n=+n,o=+o,i=!!i,o<0)throw new Error(`negative radius: ${o}`);let a=o*Math.cos(r),l=o*Math.sin(r),c=t+a,u=n+l,p=1^i,d=i?r-s:s-r;if(this._x1===null?this._append`M${c},${u}`:(Math.abs(this._x1-c)>wt||Math.abs(this._y1-u)>wt)&&this._append`L${c},${u}`,!!o){if(d<0&&(d=d%Wn+Wn),d>Ri)this._append`A${o},${o},0,1,${p},${t-a},${n-l}A${o},${o},0,1,${p},${this._x1=c},${this._y1=u}`;else if(d>wt){let f=t+o*Math.cos(s),m=n+o*Math.sin(s);if(d>=ue&&this._equal(c,u,f,m)){d/=2;let $=r+d;this._append`A${o},${o},0,${+(d>=ue)},${p},${t+o*Math.cos($)},${n+o*Math.sin($)}`}this._append`A${o},${o},0,${+(d>=ue)},${p},${this._x1=f},${this._y1=m}`}}}rect(t,n,o,r){this._append`M${this._x0=this._x1=+t},${this._y0=this._y1=+n}h${o=+o}v${+r}h${-o}Z`}toString(){return this._}};function Ui(){return new It}Ui.prototype=It.prototype;function De(e){let t=3;return e.digits=function(n){if(!arguments.length)return t;if(n==null)t=null;else{let o=Math.floor(n);if(!(o>=0))throw new RangeError(`invalid digits: ${n}`);t=o}return e},()=>new It(t)}var gf=Array.prototype.slice;function He(e){return typeof e=="object"&&"length"in e?e:Array.from(e)}function Zr(e){this._context=e}Zr.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._point=0},lineEnd:function(){(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;default:this._context.lineTo(e,t);break}}};function qe(e){return new Zr(e)}function Ge(e){return e[0]}function We(e){return e[1]}function fe(e,t){var n=j(!0),o=null,r=qe,s=null,i=De(a);e=typeof e=="function"?e:e===void 0?Ge:j(e),t=typeof t=="function"?t:t===void 0?We:j(t);function a(l){var c,u=(l=He(l)).length,p,d=!1,f;for(o==null&&(s=r(f=i())),c=0;c<=u;++c)!(c<u&&n(p=l[c],c,l))===d&&((d=!d)?s.lineStart():s.lineEnd()),d&&s.point(+e(p,c,l),+t(p,c,l));if(f)return s=null,f+""||null}return a.x=function(l){return arguments.length?(e=typeof l=="function"?l:j(+l),a):e},a.y=function(l){return arguments.length?(t=typeof l=="function"?l:j(+l),a):t},a.defined=function(l){return arguments.length?(n=typeof l=="function"?l:j(!!l),a):n},a.curve=function(l){return arguments.length?(r=l,o!=null&&(s=r(o)),a):r},a.context=function(l){return arguments.length?(l==null?o=s=null:s=r(o=l),a):o},a}function Vn(e,t,n){var o=null,r=j(!0),s=null,i=qe,a=null,l=De(c);e=typeof e=="function"?e:e===void 0?Ge:j(+e),t=typeof t=="function"?t:t===void 0?j(0):j(+t),n=typeof n=="function"?n:n===void 0?We:j(+n);function c(p){var d,f,m,$=(p=He(p)).length,_,g=!1,b,v=new Array($),x=new Array($);for(s==null&&(a=i(b=l())),d=0;d<=$;++d){if(!(d<$&&r(_=p[d],d,p))===g)if(g=!g)f=d,a.areaStart(),a.lineStart();else{for(a.lineEnd(),a.lineStart(),m=d-1;m>=f;--m)a.point(v[m],x[m]);a.lineEnd(),a.areaEnd()}g&&(v[d]=+e(_,d,p),x[d]=+t(_,d,p),a.point(o?+o(_,d,p):v[d],n?+n(_,d,p):x[d]))}if(b)return a=null,b+""||null}function u(){return fe().defined(r).curve(i).context(s)}return c.x=function(p){return arguments.length?(e=typeof p=="function"?p:j(+p),o=null,c):e},c.x0=function(p){return arguments.length?(e=typeof p=="function"?p:j(+p),c):e},c.x1=function(p){return arguments.length?(o=p==null?null:typeof p=="function"?p:j(+p),c):o},c.y=function(p){return arguments.length?(t=typeof p=="function"?p:j(+p),n=null,c):t},c.y0=function(p){return arguments.length?(t=typeof p=="function"?p:j(+p),c):t},c.y1=function(p){return arguments.length?(n=p==null?null:typeof p=="function"?p:j(+p),c):n},c.lineX0=c.lineY0=function(){return u().x(e).y(t)},c.lineY1=function(){return u().x(e).y(n)},c.lineX1=function(){return u().x(o).y(t)},c.defined=function(p){return arguments.length?(r=typeof p=="function"?p:j(!!p),c):r},c.curve=function(p){return arguments.length?(i=p,s!=null&&(a=i(s)),c):i},c.context=function(p){return arguments.length?(p==null?s=a=null:a=i(s=p),c):s},c}function Qr(e,t){this._context=e,this._t=t}Qr.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x=this._y=NaN,this._point=0},lineEnd:function(){0<this._t&&this._t<1&&this._point===2&&this._context.lineTo(this._x,this._y),(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line>=0&&(this._t=1-this._t,this._line=1-this._line)},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;default:{if(this._t<=0)this._context.lineTo(this._x,t),this._context.lineTo(e,t);else{var n=this._x*(1-this._t)+e*this._t;this._context.lineTo(n,this._y),this._context.lineTo(n,t)}break}}this._x=e,this._y=t}};function zn(e){return new Qr(e,0)}var ts=400;function St(e,t=ts){if(e.length<=t)return e;let n=/[\ud800-\udbff]/.test(e[t-1]??"")?t-1:t;return`${e.slice(0,n)}\u2026`}function L({of:e,class:t=null,most:n=ts}){return h`<bdi class=${t}>${St(e,n)}</bdi>`}var Bi="http://www.w3.org/2000/svg";function w(e,t={},...n){let o=document.createElementNS(Bi,e);for(let[r,s]of Object.entries(t))s!=null&&o.setAttribute(r,s);return o.append(...n.filter(r=>r!==null)),o}function k(e,t){return w("text",{"unicode-bidi":"isolate",fill:"var(--ink)",...t},e)}function J(e,t,n,...o){return w("svg",{viewBox:`0 0 ${e} ${t}`,width:e,height:t,role:"img","aria-label":n,"font-size":11},...o)}var Mt=e=>e.length*6.1;function Z(e,t){return e.length<=t?e:St(e,Math.max(0,t-1))}var Fi={circle:"M-3.3 0a3.3 3.3 0 1 0 6.6 0a3.3 3.3 0 1 0-6.6 0z",square:"M-3-3h6v6h-6z",triangle:"M0-4L3.8 2.9H-3.8z",diamond:"M0-4.2L4.2 0 0 4.2-4.2 0z",star:"M0-4.6L1.3-1.4 4.6-1.4 2 .7 3 4 0 2-3 4-2 .7-4.6-1.4-1.3-1.4z",times:"M-3-3L3 3M3-3L-3 3",plus:"M0-4V4M-4 0H4",wye:"M0 0V4.2M0 0L-3.7-2.4M0 0L3.7-2.4"};function it({colour:e,symbol:t,filled:n},o,r,s=1){return w("path",{d:Fi[t],transform:`translate(${o.toFixed(1)} ${r.toFixed(1)})${s===1?"":` scale(${s.toFixed(2)})`}`,fill:n?e:"var(--paper)",stroke:e,"stroke-width":(1.5/s).toFixed(2)})}function Dt(e,t){let n=w("g",{}),o=0,r=8;for(let{text:s,look:i}of e){let a=Z(s,30),l=34+Mt(a)+20;o>0&&o+l>t&&(o=0,r+=18);let c=i.dash??null;n.append(w("path",{d:`M${o} ${r}h28`,stroke:i.colour,"stroke-width":i.symbol?1.8:1,"stroke-dasharray":c})),i.symbol&&n.append(it(i,o+14,r)),n.append(k(a,{x:o+34,y:r+4})),o+=l}return{node:n,height:r+14}}var Ve={fill:"var(--muted)"};function Ht({width:e,height:t,margin:n,x:o,y:r,gridX:s=!1}){let i={x:es(o.domain,[n.left,e-n.right]),y:es(r.domain,[t-n.bottom,n.top])},a=w("g",{"stroke-linecap":"butt"}),[l,c]=[n.left,e-n.right],[u,p]=[t-n.bottom,n.top];for(let d of ns(r)){let f=Yn(i.y(d));a.append(w("path",{d:`M${l} ${f}H${c}`,stroke:"var(--rule)"}),k(r.text(d),{...Ve,x:l-7,y:Yn(i.y(d)+4),"text-anchor":"end"}))}for(let d of ns(o)){let f=Yn(i.x(d));s&&a.append(w("path",{d:`M${f} ${p}V${u}`,stroke:"var(--rule)"})),a.append(w("path",{d:`M${f} ${u}v4`,stroke:"var(--muted)"}),k(o.text(d),{...Ve,x:f,y:u+17,"text-anchor":"middle"}))}return o.name&&a.append(k(o.name,{...Ve,x:c,y:t-4,"text-anchor":"end"})),r.name&&a.append(k(r.name,{...Ve,x:0,y:10})),{node:a,...i}}function es([e,t],[n,o]){return r=>n+(r-e)/(t-e)*(o-n)}function ns({domain:e,ticks:t}){let n=o=>o>=0&&o<=1;return Array.isArray(t)?t:Ie(...e,t).filter(n)}var Yn=e=>Math.round(e*10)/10;function ze(e,t){let n=Math.max(1,Math.ceil(e*26/t));return Array.from({length:Math.floor(e/n)+1},(o,r)=>r*n)}function kt(e,t,n,o,{step:r=!1}={}){let s=fe().x(t).y(n).digits(1);return r&&s.curve(zn),w("path",{fill:"none","stroke-linejoin":"round",d:s(e),...o})}function os(e,t,n,o,r){return w("path",{d:Vn().x(t).y0(n).y1(o).digits(1)(e),...r})}function U(e,t={},...n){let o=document.createElement(e);for(let[r,s]of Object.entries(t))o.setAttribute(r,s);return o.append(...n),o}function Q({title:e,reading:t,draw:n,table:o,file:r,exact:s,select:i,titled:a=!0}){let l=U("div",{class:"chart-drawing"}),c=U("figcaption",{},U("span",{},t));a&&c.prepend(U("b",{},e));let u=U("figure",{class:"chart"},c,l),p=0;return new ResizeObserver(([d])=>{let f=Math.floor(d.contentRect.width);f===p||f<1||(p=f,l.replaceChildren(n(f)))}).observe(l),u.append(Fo({svg:()=>l.querySelector("svg"),table:o,file:r,exact:s,title:e})),u.append(Pi(o,`${e}: ${t}`,i)),u}function Pi(e,t,n){let o=U("details",{},U("summary",{},"Table"));return o.addEventListener("toggle",()=>{if(!o.open||o.querySelector("table")!==null)return;let r=U("div",{class:"wide",tabindex:"0",role:"group","aria-label":t},Ii(e(),t,n));o.append(r)}),o}function Ii({columns:e,rows:t},n,o){let r=U("tr",{},...e.map(i=>U("th",{scope:"col"},i))),s=t.map(i=>U("tr",{},...i.map((a,l)=>U(l===0?"th":"td",l===0?{scope:"row"}:{},Di(a,o)))));return U("table",{class:"numbers"},U("caption",{},n),U("thead",{},r),U("tbody",{},...s))}function Di(e,t){let n=typeof e=="string"?e:e.text;if(typeof e=="string"||!e.patch)return U("bdi",{},n);let o=U("button",{type:"button",class:"number-button"},n);return o.addEventListener("click",()=>t(e.patch)),o}function rs(...e){return U("div",{class:"charts"},...e)}function Ye(e){return U("p",{class:"note"},e)}var Hi=26;function ft(e,t,n,{ring:o=!0}={}){let r=w("g",{class:"pointing","pointer-events":"none"});e.append(r);let s=null,i=c=>{let u=e.getScreenCTM();return u===null?{x:0,y:0}:new DOMPoint(c.clientX,c.clientY).matrixTransform(u.inverse())},a=c=>{let u=i(c),p=null,d=Hi;for(let f of t){let m=Math.hypot(f.x-u.x,f.y-u.y);m<d&&([p,d]=[f,m])}return p},l=c=>{c!==s&&(s=c,e.style.cursor=c?.patch?"pointer":"default",r.replaceChildren(...c===null?[]:Xn(e,c,o)))};e.addEventListener("pointermove",c=>l(a(c))),e.addEventListener("pointerleave",()=>l(null)),e.addEventListener("click",c=>{let u=a(c);u?.patch&&n(u.patch)})}function Xn(e,{x:t,y:n,title:o},r){let[,,s]=e.getAttribute("viewBox").split(" ").map(Number),i=Z(o,Math.floor((s-20)/6.1)),a=Mt(i)+14,l=Math.max(2,Math.min(s-a-2,t-a/2)),c=n>36?n-34:n+12,u=[w("rect",{x:l,y:c,width:a,height:20,rx:4,fill:"var(--paper)",stroke:"var(--muted)"}),k(i,{x:l+7,y:c+14})];return r&&u.unshift(w("circle",{cx:t,cy:n,r:7,fill:"none",stroke:"var(--ink)"})),u}var qi={"":["","k","M","G","T"],B:["B","kB","MB","GB","TB"]};function T(e){if(e==null||Number.isNaN(e))return"\u2013";let t=e.toFixed(2);return t==="-0.00"?"0.00":t.replace("-","\u2212")}function ss(e){let t=T(e);return t==="\u2013"||t==="0.00"||t.startsWith("\u2212")?t:`+${t}`}function qt(e,t){return t==null||e===null?T(e):`${T(e)} \xB1\u2009${T(t)}`}function pe(e,t=""){if(e==null)return"\u2013";let n=0,o=Math.abs(e);for(;o>=999.5&&n<4;)o/=1e3,n++;let r=n>0&&o<9.95?1:0;return`${o.toFixed(r)}\u2009${qi[t][n]}`.trimEnd()}function Gt(e,t){return`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`}var Gi=[null,"7 3","2 2.5","9 3 2 3","12 3","4 2 1 2","1 3","14 3 2 3 2 3"],Wi=["circle","square","triangle","diamond","star","times","plus","wye"],Wt="var(--grey-line)";function as(e,t,n){return e.views.scores?.means[t]?.[n]?.mean??null}function Xe(e,{a:t,b:n}){let o=e.strategies.map(a=>a.name),r=[...new Set([t,n])].filter(a=>a>=0&&a<o.length),s=a=>(as(e,o[a],"new")??0)+(as(e,o[a],"retained")??0),i=o.map((a,l)=>l).filter(a=>!r.includes(a));return i.sort((a,l)=>s(l)-s(a)||a-l),[...r,...i].slice(0,6).sort((a,l)=>a-l)}function pt(e){let t=new Map,n=new Set;for(let o of e){let r=o%8;for(;n.has(r);)r=(r+1)%8;n.add(r),t.set(o,{colour:`var(--c${r})`,dash:Gi[r],symbol:Wi[r],filled:r%2===0})}return t}function I(e,t,{a:n,b:o}){return(t===n?"A: ":t===o?"B: ":"")+e.strategies[t].name}function Kn(e,{a:t,b:n}){return e===t?{}:e===n?{a:n,b:t}:{a:e}}var Vi=12;function is(e){let t=document.createElement("div"),n=dt(e.selection).map(({place:r})=>zi(e,r)),o=()=>{n.every(r=>zr(...r,Vi))?t.replaceChildren(Yi(e,n)):setTimeout(o,0)};return o(),t}function zi({block:e,selection:t},n){let o=e.stepsOf(n,t.seed);return[e,e.runs(n,o-1,t.seed),o,t.form]}function Yi({data:e,selection:t,select:n},o){let r=dt(t).flatMap(({place:s},i)=>{let{updates:a,base:l}=Vr(...o[i]);return[{place:s,base:!1,points:a},{place:s,base:!0,points:l}].filter(({points:c})=>c.length>0)});return Q({title:"Forgetting by age",reading:"Of the facts that were right when they were taught and are still valid, the share that is right so many updates later. A click lists those of this age at the step shown.",draw:s=>Xi({data:e,selection:t,select:n,lines:r,width:s}),table:()=>({columns:["strategy","facts","updates since","still right","facts, each step counted"],rows:r.flatMap(({place:s,base:i,points:a})=>a.map(({age:l,share:c,facts:u})=>[I(e,s,t),Zn(i),String(l),{text:T(c),value:c,patch:qn(l,i,t)},{text:u.toLocaleString("en"),value:u}]))}),file:"forgetting-by-age",select:n})}function dt({a:e,b:t}){return[{side:"a",place:e},{side:"b",place:t}].filter(({place:n})=>n>=0)}function Xi({data:e,selection:t,select:n,lines:o,width:r}){let s=pt(dt(t).map(({place:_})=>_)),i=o.map(({place:_,base:g})=>({text:`${I(e,_,t)}, ${Zn(g)}`,look:Jn(s.get(_),g)})),a=Dt(i,r),l=Math.round(Math.min(280,Math.max(200,r*.5))),c=Math.max(1,...o.flatMap(({points:_})=>_.map(({age:g})=>g))),{node:u,x:p,y:d}=Ht({width:r,height:l,margin:{left:36,right:12,top:20,bottom:38},x:{domain:[0,c],ticks:ze(c,r-48),name:"updates since the fact was taught \u2192",text:String},y:{domain:[0,1],ticks:[0,.25,.5,.75,1],name:"\u2191 still right",text:T}});u.setAttribute("transform",`translate(0 ${a.height})`);let m=J(r,a.height+l,"Lines: the share of facts still right by age; the table has the numbers",a.node,u);for(let{place:_,base:g,points:b}of o){let{colour:v,dash:x}=Jn(s.get(_),g),E={stroke:v,"stroke-dasharray":x,"stroke-width":1.8};u.append(kt(b,({age:C})=>p(C),C=>d(C.share),E))}let $=[];for(let{place:_,base:g,points:b}of o)for(let{age:v,share:x,facts:E}of b){let C={x:p(v),y:d(x)+a.height};b.length<=40&&m.append(it(Jn(s.get(_),g),C.x,C.y,.9)),$.push({...C,title:`${I(e,_,t)}, ${Zn(g)}, ${v} later: ${T(x)} of ${Gt(E,"answer")}`,patch:qn(v,g,t)})}return ft(m,$,n),m}var Zn=e=>e?"base facts":"facts of updates";function Jn(e,t){return t?{...e,dash:"1 4",filled:!1}:{...e,filled:!0}}var cs=["tokens","seconds","stored_bytes"];function Qn(e,t="tokens"){let n=[];return e.strategies.forEach(({name:o},r)=>{let s=e.views.scores.means[o]??{},i=(a,l="mean")=>s[a]?.[l]??null;i("retained")===null||i("new")===null||n.push({place:r,name:o,retained:i("retained"),new:i("new"),retainedHalf:i("retained","half"),newHalf:i("new","half"),cost:i(t)})}),n}function to(e){let t=(n,o)=>n.retained>=o.retained&&n.new>=o.new&&(n.retained>o.retained||n.new>o.new);return e.filter(n=>!e.some(o=>t(o,n))).sort((n,o)=>n.retained-o.retained||n.new-o.new)}var Ki=.2;function eo(e){let t=Math.min(...e),n=Math.max(...e),o=Math.max(Ki,1.14*(n-t))/2,r=(t+n)/2,s=Math.max(0,-.03-(r-o))-Math.max(0,r+o-1.03);return[Math.max(-.03,r-o+s),Math.min(1.03,r+o+s)]}function us(e,t,n=9,o=2.5){return e===null||!(t>0)?4:Math.max(o,n*Math.sqrt(Math.max(0,e)/t))}var ls=(e,t)=>t===null?null:[Math.max(0,e-t),Math.min(1,e+t)];function no(e){return{retained:ls(e.retained,e.retainedHalf),new:ls(e.new,e.newHalf)}}var Ji=[[1,0],[1,-1],[1,1],[-1,0],[-1,-1],[-1,1],[0,-1],[0,1]],Zi=[0,6,12,20,30],Qi=2,fs=(e,t)=>e.left<t.right&&t.left<e.right&&e.top<t.bottom&&t.top<e.bottom;function ps(e,t){let n=Math.max(t.left-e.x,0,e.x-t.right),o=Math.max(t.top-e.y,0,e.y-t.bottom);return Math.hypot(n,o)-e.r}function*tl(e){for(let t of Zi){let n=e.r+Qi+t;for(let[o,r]of Ji){let s=n*(o&&r?.75:1),i=e.x+o*(s+e.width/2),a=e.y+r*((o?.75:1)*s+e.height/2);yield{left:i-e.width/2,right:i+e.width/2,top:a-e.height/2,bottom:a+e.height/2}}}}function ds(e,t,n=[],o=0){let r=e.map(({x:s,y:i,r:a})=>({left:s-a,right:s+a,top:i-a,bottom:i+a}));return e.map((s,i)=>{let a=null;for(let l of tl(s))if(!(!(l.left>=t.left&&l.right<=t.right&&l.top>=t.top&&l.bottom<=t.bottom)||r.some(u=>fs(l,u)))&&(a??=l,!n.some(u=>fs(l,u))&&!e.some(u=>ps(u,l)<ps(s,l))))return r.push(l),l;return i>=o||a===null?null:(r.push(a),a)})}var el={tokens:"tokens",seconds:"seconds",stored_bytes:"bytes stored"};function hs({data:e,selection:t,select:n}){let o=cs.find(a=>Qn(e,a).some(l=>l.cost>0))??"tokens",r=Qn(e,o),s=r.map(a=>a.cost).filter(a=>a!==null),i=s.length===0?"":`area: ${el[o]}, ${pe(Math.min(...s))} to ${pe(Math.max(...s))}`;return Q({title:"New against retained",titled:!1,reading:"Up and to the right is better; the line is the Pareto front. A click makes a strategy A.",draw:a=>ol({data:e,selection:t,select:n,all:r,size:i,width:a}),table:()=>nl(r,o,t),file:"front",select:n})}function nl(e,t,n){let o=new Set(to(e).map(r=>r.place));return{columns:["strategy","retained","retained \xB1","new","new \xB1",t,"Pareto front"],rows:e.map(r=>[{text:r.name,patch:Kn(r.place,n)},{text:T(r.retained),value:r.retained},{text:T(r.retainedHalf),value:r.retainedHalf??""},{text:T(r.new),value:r.new},{text:T(r.newHalf),value:r.newHalf??""},{text:pe(r.cost),value:r.cost??""},o.has(r.place)?"yes":"no"])}}function ol({data:e,selection:t,select:n,all:o,size:r,width:s}){let i=Math.round(Math.min(460,Math.max(280,s*.52))),a=to(o),{node:l,x:c,y:u}=Ht({width:s,height:i,margin:{left:36,right:12,top:18,bottom:40},x:{domain:eo(o.map(b=>b.retained)),ticks:Math.max(3,Math.round(s/110)),name:"retained: earlier facts still right \u2192",text:T},y:{domain:eo(o.map(b=>b.new)),ticks:8,name:"\u2191 new: taught facts right",text:T},gridX:!0}),p=J(s,i,`New against retained of ${o.length} strategies`,l),d=[b=>c(b.retained),b=>u(b.new)];p.append(kt(a,...d,{stroke:"var(--muted)"},{step:!0}),k(r,{x:s-12,y:10,"text-anchor":"end",fill:"var(--muted)"}));let f=pt(Xe(e,t)),m=Math.max(...o.map(b=>b.cost??0)),$=o.map(b=>({...b,at:[c(b.retained),u(b.new)],r:us(b.cost,m),look:f.get(b.place)??null})),_=$.toSorted((b,v)=>(b.look!==null)-(v.look!==null));for(let b of _)p.append(...rl(b,c,u),sl(b));p.append(...al($,a,{data:e,selection:t,x:c,y:u,width:s,height:i}));let g=$.map(({at:b,...v})=>({x:b[0],y:b[1],title:`${I(e,v.place,t)}: retained ${qt(v.retained,v.retainedHalf)}, new ${qt(v.new,v.newHalf)}, ${pe(v.cost)}`,patch:Kn(v.place,t)}));return ft(p,g,n),p}function rl(e,t,n){let o=no(e),r=e.look?.colour??Wt,s=[],[i,a]=e.at.map(l=>l.toFixed(1));return o.retained&&s.push(`M${t(o.retained[0]).toFixed(1)} ${a}H${t(o.retained[1]).toFixed(1)}`),o.new&&s.push(`M${i} ${n(o.new[0]).toFixed(1)}V${n(o.new[1]).toFixed(1)}`),s.map(l=>w("path",{d:l,stroke:r,"stroke-width":.9}))}function sl({look:e,at:[t,n],r:o}){return e!==null?it(e,t,n,o/3.6):w("circle",{cx:t.toFixed(1),cy:n.toFixed(1),r:o.toFixed(1),fill:Wt})}function al(e,t,{data:n,selection:o,x:r,y:s,width:i,height:a}){let l=new Set(t.map(f=>f.place)),c=({look:f,place:m})=>(m===o.a||m===o.b?4:0)+(f?2:0)+(l.has(m)?1:0),u=e.toSorted((f,m)=>c(m)-c(f)),p=u.map(({place:f})=>Z(I(n,f,o),28)),d=ds(u.map(({at:f,r:m},$)=>({x:f[0],y:f[1],r:m,width:Mt(p[$]),height:13})),{left:38,right:i,top:13,bottom:a-40},il(e,t,r,s),u.filter(({look:f})=>f!==null).length);return u.flatMap(({look:f,place:m},$)=>{let _=d[$];if(_===null)return[];let g=m===o.a||m===o.b?600:400,b={x:_.left.toFixed(1),y:(_.bottom-2.5).toFixed(1)};return[k(p[$],{...b,fill:f?"var(--ink)":"var(--muted)","font-weight":g})]})}function il(e,t,n,o){let r=(i,a,l,c)=>({left:Math.min(i,l)-.7,right:Math.max(i,l)+.7,top:Math.min(a,c)-.7,bottom:Math.max(a,c)+.7}),s=[];for(let i of e){let{retained:a,new:l}=no(i),[c,u]=i.at;a&&s.push(r(n(a[0]),u,n(a[1]),u)),l&&s.push(r(c,o(l[0]),c,o(l[1])))}return t.slice(1).forEach((i,a)=>{let l=t[a];s.push(r(n(l.retained),o(l.new),n(l.retained),o(i.new))),s.push(r(n(l.retained),o(i.new),n(i.retained),o(i.new)))}),s}function ms(e,t,n,o=null){let r=t.map(i=>cl(e,i,n,o)),s=e.relations.map((i,a)=>({name:i,facts:Math.max(...r.map(({facts:l})=>l[a])),..._s(r.map(({right:l,facts:c})=>c[a]?l[a]/c[a]:null))}));return ll(s.filter(({facts:i})=>i>0))}function gs(e,t,n){return le(e).map(r=>{let s=t.map(i=>ul(e,i,n,r));return{name:r,facts:Math.max(...s.map(({facts:i})=>i)),..._s(s.map(({right:i,facts:a})=>a?i/a:null))}}).filter(({facts:r})=>r>0)}var _s=([e,t=null])=>({a:e,b:t});function ll(e){let t=({a:n,b:o})=>n===null||o===null?null:Math.abs(n-o);return e.sort((n,o)=>(t(o)??0)-(t(n)??0)||(n.a??2)-(o.a??2)||o.facts-n.facts)}function cl(e,t,n,o){return e.remember(`by relation ${t} ${n} ${o}`,()=>{let r=e.relations.length,s={right:new Float64Array(r),facts:new Uint32Array(r)},i=e.column("relation");return $s(e,t,n,o,(a,l)=>{s.right[i[a]]+=l,s.facts[i[a]]++}),s})}function ul(e,t,n,o){return e.remember(`mean share ${t} ${n} ${o}`,()=>{let r={right:0,facts:0};return $s(e,t,n,o,(s,i)=>{r.right+=i,r.facts++}),r})}function $s(e,t,n,o,r){if(t.length===0)return;let{asked:s,right:i}=at(e,t,n,o),a=e.column("group"),l=n*e.facts;for(let c=0;c<e.facts;c++){let u=a[l+c];s[c]===0||u!==O.new&&u!==O.retained||r(c,i[c]/s[c])}}function Ke(e,t){return{...{q:"",state:null,change:null,learned:null,k:null},group:["new","retained"],[e]:t}}var fl=16,oo=22,bs={relation:"By relation",form:"By wording"};function xs(e){let{block:t,selection:n}=e,o=dt(n).map(({place:s})=>t.runs(s,n.s,n.seed)),r=gs(t,o,n.s);return rs(vs(e,"relation",ms(t,o,n.s,n.form)),r.length>0?vs(e,"form",r):Ye("By wording: this page does not carry the answers to each wording at every step."))}function vs({block:e,data:t,selection:n,select:o},r,s){let i=s.slice(0,fl),a=s.length-i.length,l=r==="form"?"":n.b>=0?", the largest difference first":", the lowest first",c=a>0?` ${Gt(a,"more relation")} in the table.`:"";return Q({title:bs[r],reading:`The valid facts after ${e.labels[n.s]}: the share of right answers${l}.${c} A click lists the facts.`,draw:u=>pl({data:t,selection:n,select:o,kind:r,shown:i,width:u}),table:()=>({columns:[r,"facts",...dt(n).map(({place:u})=>I(t,u,n))],rows:s.map(u=>[{text:u.name,patch:Ke(r,u.name)},{text:u.facts.toLocaleString("en"),value:u.facts},...dt(n).map(({side:p})=>({text:T(u[p]),value:u[p]??""}))])}),file:`by-${r}`,select:o})}function pl({data:e,selection:t,select:n,kind:o,shown:r,width:s}){let i=dt(t),a=pt(i.map(({place:g})=>g)),l=Dt(i.map(({place:g})=>({text:I(e,g,t),look:{...a.get(g),dash:null}})),s),c=Math.max(...r.map(({name:g})=>Mt(Z(g,26))),40),u=Math.min(c+18,s*.42),p=46,d=l.height+18,f=g=>u+(s-u-p)*g,m=d+r.length*oo+8,$=J(s,m,`Dots: the share of right answers ${bs[o].toLowerCase()}; the table has the numbers`,l.node);for(let g of[0,.25,.5,.75,1])$.append(w("path",{d:`M${f(g)} ${d-4}V${m-8}`,stroke:"var(--rule)"}),k(T(g),{x:f(g),y:d-8,"text-anchor":"middle",fill:"var(--muted)"}));$.append(k("facts",{x:s-2,y:d-8,"text-anchor":"end",fill:"var(--muted)"}));let _=[];return r.forEach((g,b)=>{let v=d+b*oo+oo/2,x=Math.floor((u-10)/6.1);$.append(k(Z(g.name,x),{x:u-10,y:v+4,"text-anchor":"end"}),k(g.facts.toLocaleString("en"),{x:s-2,y:v+4,"text-anchor":"end",fill:"var(--muted)"})),g.a!==null&&g.b!==null&&$.append(w("path",{d:`M${f(g.a)} ${v}H${f(g.b)}`,stroke:"var(--muted)","stroke-width":1.5}));for(let{side:E,place:C}of i.toReversed())g[E]!==null&&($.append(it(a.get(C),f(g[E]),v,1.2)),_.push({x:f(g[E]),y:v,title:`${g.name}: ${I(e,C,t)} ${T(g[E])} of ${Gt(g.facts,"fact")}`,patch:Ke(o,g.name)}));_.push({x:u-20,y:v,title:`${g.name}: ${Gt(g.facts,"fact")}`,patch:Ke(o,g.name)})}),ft($,_,n,{ring:!1}),$}function ys(e){let t=Math.round(Math.min(1,Math.max(0,e))*20);return{level:t,fill:`var(--h${t})`,text:`var(--h${t}-text)`}}function ws(e){let t=Math.round((Math.min(1,Math.max(-1,e))+1)/2*20);return{level:t,fill:`var(--d${t})`,text:`var(--d${t}-text)`}}function Ss(e,{a:t,b:n}){let o=i=>{let a=e.views.accuracy_matrix?.[e.strategies[i]?.name];return a===void 0||a.length===0?null:a},r=[],s={A:t,B:n};for(let[i,a]of Object.entries(s)){let l=o(a);if(l===null)continue;let c=`${i}: ${e.strategies[a].name}`;r.push({title:c,side:i,place:a,values:l,form:T,colours:ys})}if(r.length===2){let[i,a]=r.map(({values:l})=>l);r.push({title:"A \u2212 B",side:"A \u2212 B",place:t,values:dl(i,a),form:ss,colours:ws})}return r}function dl(e,t){let n=Math.min(e.length,t.length);return e.slice(0,n).map((o,r)=>o.slice(0,n).map((s,i)=>{let a=t[r][i];return s===null||a===null||a===void 0?null:s-a}))}function Ms({values:e,colours:t}){let n=new Map;return e.forEach((o,r)=>o.forEach((s,i)=>{if(s===null)return;let{level:a,fill:l}=t(s);n.has(a)||n.set(a,{fill:l,cells:[]}),n.get(a).cells.push([r,i])})),n}function ks(e){let t=Math.abs(e).toFixed(2);return t==="0.00"?"0":(e<0?"\u2212":"")+(t.endsWith(".00")?t.slice(0,-3):t.slice(1))}function ro(e,t,n,{b:o}){return{...e.side==="B"||e.place===o?{}:{a:e.place},q:"",relation:null,state:null,change:null,group:null,s:t,learned:n,k:null}}var hl=34,As=23,ml=13,Vt=26,so=40,ao=22;function Ts({block:e,data:t,selection:n,select:o}){let r=Ss(t,n);return r.length===0?Ye("No step is finished yet."):Q({title:"Accuracy matrix R[i, j]",titled:!1,reading:`Row i: after update i; column j: the facts of update j that are still valid at the end. The outlined diagonal is what was just taught; below it is what was retained, above it what the model knew before.${e===null?"":" A click on a cell lists its facts."}`,draw:s=>_l({data:t,selection:n,select:o,all:r,width:s}),table:()=>gl(r,t,n),file:"accuracy-matrix",select:o})}function gl(e,t,n){let o=Math.max(...e.map(({values:r})=>r.length));return{columns:["strategy","after",...t.labels.slice(0,o).map(r=>`facts of ${r}`)],rows:e.flatMap(r=>r.values.map((s,i)=>[r.title,t.labels[i],...s.map((a,l)=>({text:r.form(a),value:a??"",patch:a===null?null:ro(r,i,l,n)}))]))}}function _l({data:e,selection:t,select:n,all:o,width:r}){let s=Math.max(...o.map(({values:f})=>f.length)),i=o.length;for(;i>1&&(r-ao*(i-1))/i-Vt<Math.min(s*9,190);)i--;let a=Math.min(hl,((r-ao*(i-1))/i-Vt)/s),l=a*s,c=Math.ceil(o.length/i),u=`Heat maps: ${o.map(({title:f})=>f).join(", ")}; the table has the numbers`,p=J(r,Math.ceil(c*(so+l+16)),u),d=o.map((f,m)=>{let $=m%i*(Vt+l+ao)+Vt,_=Math.floor(m/i)*(so+l+16)+so;return p.append($l(f,{data:e,size:a,left:$,top:_,room:Vt+l})),{map:f,left:$,top:_}});return bl(p,d,{data:e,selection:t,select:n,size:a}),p}function $l(e,{size:t,left:n,top:o,room:r}){let s=e.values.length,i=t>As?t-1:t,a=w("g",{transform:`translate(${n} ${o})`});a.append(k(Z(e.title,Math.floor(r/7)),{x:-Vt,y:-24,"font-weight":600,"font-size":13}));let l=Math.max(1,Math.ceil(17/t));for(let u=0;u<s;u+=l){let p=u*t+t/2,d={fill:"var(--muted)"};a.append(k(String(u),{...d,x:-6,y:p+4,"text-anchor":"end"})),a.append(k(String(u),{...d,x:p,y:-6,"text-anchor":"middle"}))}for(let{fill:u,cells:p}of Ms(e).values()){let d=i.toFixed(2),f=p.map(([m,$])=>`M${($*t).toFixed(2)} ${(m*t).toFixed(2)}h${d}v${d}h-${d}z`);a.append(w("path",{d:f.join(""),fill:u}))}let c=Array.from({length:s},(u,p)=>`M${(p*t).toFixed(2)} ${(p*t).toFixed(2)}h${i.toFixed(2)}v${i.toFixed(2)}h-${i.toFixed(2)}z`);return a.append(w("path",{d:c.join(""),fill:"none",stroke:"var(--ink)","stroke-width":1.1})),t>=As&&s<=ml&&a.append(...vl(e,t)),a}function vl({values:e,colours:t},n){return e.flatMap((o,r)=>o.flatMap((s,i)=>{if(s===null)return[];let a={x:(i*n+n/2-.5).toFixed(1),y:(r*n+n/2+3.5).toFixed(1)};return[k(ks(s),{...a,fill:t(s).text,"text-anchor":"middle","font-size":10.5})]}))}function bl(e,t,{data:n,selection:o,select:r,size:s}){let i=w("g",{class:"pointing","pointer-events":"none"});e.append(i);let a=l=>{let c=e.getScreenCTM();if(c===null)return null;let u=new DOMPoint(l.clientX,l.clientY).matrixTransform(c.inverse());for(let{map:p,left:d,top:f}of t){let[m,$]=[Math.floor((u.y-f)/s),Math.floor((u.x-d)/s)],_=p.values[m]?.[$]??null;if(_!==null)return{map:p,i:m,j:$,value:_,left:d,top:f}}return null};e.addEventListener("pointermove",l=>{let c=a(l);if(e.style.cursor=c===null?"default":"pointer",c===null)return i.replaceChildren();let{map:u,i:p,j:d,value:f,left:m,top:$}=c,[_,g]=[m+d*s,$+p*s],b=`after ${n.labels[p]}, facts of ${n.labels[d]}: ${u.form(f)}`;return i.replaceChildren(w("rect",{x:_,y:g,width:s,height:s,fill:"none",stroke:"var(--ink)","stroke-width":2}),...Xn(e,{x:_+s/2,y:g,title:b},!1))}),e.addEventListener("pointerleave",()=>i.replaceChildren()),e.addEventListener("click",l=>{let c=a(l);c!==null&&r(ro(c.map,c.i,c.j,o))})}var xl={new:["New facts","right just after they were taught; higher is better"],retained:["Retained facts","taught earlier and still valid; higher is better"],stale:["Outdated answers","superseded facts that are still given; lower is better"],erased:["Erased facts","to be forgotten, but still given; lower is better"],unlisted:["Unlisted questions","answered before the stream, never trained; higher is better"],protected:["Protected questions","answered before the stream; higher is better"],found:["Found facts","put before the prompts that ask for them; higher is better"],read:["Read facts","answered right, of those that were found; higher is better"]},yl={new:{group:["new"]},retained:{group:["retained"]},stale:{state:["outdated"]},erased:{group:["erased"]}},wl={q:"",relation:null,group:null,learned:null,state:null,change:null};function Es(e){let t=[];for(let[n,[o,r]]of Object.entries(xl)){let s=e.views.over_updates?.[n];if(s===void 0)continue;let i=e.strategies.map(({name:a},l)=>({place:l,name:a,points:Sl(s[a]??{mean:[],half:[]})}));i.some(({points:a})=>a.length>0)&&t.push({score:n,title:o,reading:r,series:i})}return t}function Sl({mean:e,half:t}){let n=[];return e.forEach((o,r)=>{if(o===null)return;let s=t[r]??null;n.push({step:r,mean:o,half:s,low:s===null?o:Math.max(0,o-s),high:s===null?o:Math.min(1,o+s)})}),n}function Os(e){let t=e.views.front?.seeds??{},n=[];for(let[o,r]of Object.entries(e.views.over_updates??{}))for(let[s,{mean:i,seeds:a=[i]}]of Object.entries(r))a.forEach((l,c)=>{let{seed:u="",stream:p=null}=t[s]?.[c]??{};l.forEach((d,f)=>{d!==null&&n.push([o,s,u,p??"",f,e.labels[f],d])})});return[["score","strategy","seed","stream","step","label","value"],...n]}function Je(e){let t=[];return e.forEach((n,o)=>{o>0&&e[o-1].step===n.step-1?t.at(-1).push(n):t.push([n])}),t}function io(e,t,n,{a:o,b:r}){let s=t===r?{}:t===o?{}:{a:t},{state:i,...a}=yl[e]??{},l=i?.map(c=>t===r?`b.${c}`:c)??null;return{...wl,...s,...a,state:l,s:n,k:null}}var Ml=300,Ze=36,Qe=26;function Cs({block:e,data:t,selection:n,select:o}){let r=Es(t),s=pt(Xe(t,n)),i=t.strategies.length-s.size,a=i>0?` ${i} others in grey.`:"";return Q({title:"Scores after each update",titled:!1,reading:`A share of answers. Bands are 95 % intervals.${a}${e===null?"":" A click on a point lists its facts."}`,draw:l=>Al({data:t,selection:n,select:o,all:r,chosen:s,width:l}),table:()=>kl(r,t,n),file:"scores-after-each-update",exact:()=>Os(t),select:o})}function kl(e,t,n){let o=e.flatMap(({score:r,series:s})=>s.map(({place:i,name:a,points:l})=>{let c=t.labels.map(()=>"\u2013");for(let{step:u,mean:p,half:d}of l){let f=io(r,i,u,n);c[u]={text:qt(p,d),value:p,patch:f}}return[r,a,...c]}));return{columns:["score","strategy",...t.labels],rows:o}}function Al({data:e,selection:t,select:n,all:o,chosen:r,width:s}){let i=Math.max(1,Math.min(o.length,3,Math.floor((s+Qe)/(Ml+Qe)))),a=Math.floor((s-Qe*(i-1))/i),l=Math.round(Math.min(250,a*.62)),c=[...r].map(([_,g])=>({text:I(e,_,t),look:g}));e.strategies.length>r.size&&c.push({text:"others",look:{colour:Wt}});let u=Dt(c,s),p=Math.ceil(o.length/i),d=u.height+p*(Ze+l+10),f=`Scores after each of ${e.labels.length} steps; the table has the numbers`,m=J(s,d,f,u.node),$=[];return o.forEach((_,g)=>{let b=g%i*(a+Qe),v=u.height+Math.floor(g/i)*(Ze+l+10);m.append(w("g",{transform:`translate(${b} ${v})`},k(_.title,{y:12,"font-weight":600,"font-size":13}),k(_.reading,{y:27,fill:"var(--muted)"})));let{node:x,x:E,y:C}=Tl(_,{data:e,selection:t,chosen:r,wide:a,high:l});x.setAttribute("transform",`translate(${b} ${v+Ze})`),m.append(x);for(let{place:mt,points:tt}of _.series)for(let{step:Ot,mean:V,half:et}of tt)$.push({x:b+E(Ot),y:v+Ze+C(Math.min(1,Math.max(0,V))),title:`${I(e,mt,t)}, ${e.labels[Ot]}: ${qt(V,et)}`,patch:io(_.score,mt,Ot,t)})}),$.reverse(),ft(m,$,n),m}function Tl(e,{data:t,selection:n,chosen:o,wide:r,high:s}){let i=Math.max(1,t.labels.length-1),a={left:36,right:12,top:8,bottom:26},{node:l,x:c,y:u}=Ht({width:r,height:s,margin:a,x:{domain:[0,i],ticks:ze(i,r-48),text:String},y:{domain:[0,1],ticks:[0,.25,.5,.75,1],text:T}}),p={d:`M${c(n.s)} ${a.top}V${s-a.bottom}`};l.append(w("path",{...p,stroke:"var(--muted)","stroke-dasharray":"2 3"}));let d=[({step:$})=>c($),({mean:$})=>u(Math.min(1,Math.max(0,$)))];for(let{place:$,points:_}of e.series)if(!o.has($))for(let g of Je(_))l.append(kt(g,...d,{stroke:Wt}));let f=e.series.filter(({place:$})=>o.has($));for(let{place:$,points:_}of f){let g={fill:o.get($).colour,"fill-opacity":.1};for(let b of Je(_.filter(({half:v})=>v!==null)))l.append(os(b,d[0],({low:v})=>u(v),({high:v})=>u(v),g))}let m=Math.max(1,Math.ceil(t.labels.length/12));return f.forEach(({place:$,points:_},g)=>{let{colour:b,dash:v}=o.get($),x=$===n.a||$===n.b,E={stroke:b,"stroke-dasharray":v,"stroke-width":x?2.4:1.5};for(let C of Je(_))l.append(kt(C,...d,E));for(let C of _)(C.step+g)%m||l.append(it(o.get($),d[0](C),d[1](C)))}),{node:l,x:c,y:u}}var Ns={front:{draw:hs,uses:["g","a","b"]},steps:{draw:Cs,uses:["g","a","b","s"]},matrix:{draw:Ts,uses:["g","a","b"]},ages:{draw:is,uses:["g","a","b","s","seed","form"],facts:!0},kinds:{draw:xs,uses:["g","a","b","s","seed","form"],facts:!0}};function Rs(){let e=matchMedia("(prefers-reduced-motion: reduce)").matches;document.querySelector(".facts")?.scrollIntoView({block:"start",behavior:e?"auto":"smooth"})}function js(e){y(e),Bt.some(t=>e[t])&&setTimeout(Rs,0)}function Ls(e){e.addEventListener("click",t=>{t.target.closest?.("a[href^='#']")?.getAttribute("href").includes("=")&&setTimeout(Rs,0)})}function El(e){return t=>{js(e===ut.value?t:{...Ft,...t,g:e})}}function lo(e,t){let n=new Set,o=!1,r=()=>{o=!1;for(let c of n)c.seen&&i(c)},s=()=>{o||setTimeout(r,0),o=!0},i=c=>{let u=t(c.group);if(u===null||(n.delete(c),c.chart.facts&&u.block===null))return;let p=JSON.stringify(c.chart.uses.map(d=>u.selection[d]));c.key===p&&c.block===u.block||(Object.assign(c,{key:p,block:u.block}),c.element.replaceChildren(c.chart.draw({...u,select:El(u.selection.g)})))},a=new IntersectionObserver(c=>{for(let{target:u,isIntersecting:p}of c)l.get(u).seen=p;s()},{rootMargin:"300px"}),l=new Map;for(let c of e.querySelectorAll("[data-chart]")){let u=Ns[c.dataset.chart];if(u===void 0)continue;let p=ge(e,c),d={element:c,chart:u,group:p,seen:!1,key:null,block:null};l.set(c,d),n.add(d),a.observe(c)}H(()=>{W.value,Pt.value;for(let c of l.values())n.add(c);s()})}var Ol=["wrong","right","outdated","not judged",null];function Cl(e,t){let n=0,o=e.length;for(;n<o;){let r=n+o>>1;e[r]<t?n=r+1:o=r}return n}function Us(e,t,n,o){let r=e.column("probe.key");if(r===null)return null;let[s,i]=["form","prompt"].map(c=>e.column(`probe.${c}`)),a=[],l=!1;for(let c=Cl(r,o);r[c]===o;c++){let u=[];for(let[p,d]of t.entries())for(let f of d.runs(n)){let m=e.column(`said.${f}`),$=e.place(m,f,n,c,r.length);if($<0)continue;l=!0;let _=e.said(m[$],n,o),g=Ol[e.column(`verdict.${f}`)[$]];_!==null&&u.push({place:p,run:f,text:_,verdict:g})}if(u.length>0){let p=Nl(e,i[c],n,o);a.push({form:e.header.all_forms[s[c]],prompt:p,answers:u})}}return l?a:null}function Nl(e,t,n,o){return e.text(t).replace(/[\u0001\u0002]/g,r=>r===""?e.subject(o):e.object(n,o)??"\u2026")}var Bs=160;function Rl(e,t){for(let{runs:n}of e.variants){let o=n.find(r=>r.run===t);if(o)return o.stream===null?`seed ${o.seed}`:`stream ${o.stream}, seed ${o.seed}`}return""}function Fs({now:e,sides:t}){let{block:n,selection:o}=e,r=Us(n,t,o.s,o.k);return r===null?h`<h3>Answers by wording</h3>
      <p class="note">The page does not carry the answers to each wording at this step.</p>`:h`<h3>Answers by wording, after <bdi>${n.labels[o.s]}</bdi></h3>
    ${r.length===0&&h`<p class="note">It is not asked at this step.</p>`}
    <dl class="wordings">
      ${r.map(({form:s,prompt:i,answers:a})=>h`<div>
          <dt><small>${s}</small> <${L} of=${i} most=${Bs} /></dt>
          ${a.map(({place:l,run:c,text:u,verdict:p})=>h`<dd>
              <span class="who"
                ><span class=${`side side-${"ab"[l]}`}>${"AB"[l]}</span>${" "}
                ${Rl(n,c)}</span
              >${" "}
              <span class=${`said-${p}`}
                ><${L} of=${u===""?"(nothing)":u} most=${Bs}
              /></span>
              ${p!=="right"&&h`<small>${p}</small>`}
            </dd>`)}
        </div>`)}
    </dl>`}var tn=15,co=4,jl=11,Ll=190;function uo(e){return Math.min(jl,Ll/e)}function fo(e){return Math.ceil(e*uo(e))}function Ps(e,t,n,o){let r=tn,s=(a,l)=>`M${t} ${a}h${o}v${l}h${-o}z`,i=a=>`M${t+o/2-a} ${n+r/2}a${a} ${a} 0 1 0 ${2*a} 0a${a} ${a} 0 1 0 ${-2*a} 0z`;switch(A[e]){case"right":return s(n,r);case"partly":return s(n+r/2,r/2);case"outdated":return`M${t} ${n}L${t+o} ${n+r}H${t}z`;case"wrong":{let a=Math.min(2,o/3);return`${s(n,r)}M${t+a} ${n+a}v${r-2*a}h${o-2*a}v${2*a-r}z`}case"future":return i(Math.min(1.4,o/2));case"forgotten":return`${i(Math.min(4,o/2))}${i(Math.min(2.4,o/3.4)).replaceAll(" 0 1 0 "," 0 1 1 ")}`;case"produced":return i(Math.min(4,o/2));case"resurfaced":return`${i(Math.min(4,o/2))}${s(n+r-2,2)}`;default:return""}}function Ul(e,t){let n=uo(e.length),o=n>4?n-1:n,r=new Map;return e.forEach((s,i)=>{let a=Ps(s,en(i*n),t,en(o));a!==""&&r.set(s,(r.get(s)??"")+a)}),[...r]}function en(e){return Math.round(e*100)/100}function Is({rows:e,step:t}){let n=uo(e[0].length),o=fo(e[0].length),r=e.length*(tn+co);return h`<svg class="strip" width=${o} height=${r} aria-hidden="true">
    <rect class="now" x=${en(t*n)-.5} width=${en(n>4?n:n+1)} height=${r} />
    ${e.map((s,i)=>Ul(s,i*(tn+co)+co/2).map(([a,l])=>h`<path class=${`is-${A[a]}`} d=${l} fill-rule="evenodd" />`))}
  </svg>`}function Ds(e,t){let n=[];return e.forEach((o,r)=>{(r===0||o!==e[r-1])&&n.push(`${A[o]==="none"?"not asked":A[o]} from ${t[r]}`)}),n.join(", ")}function de({state:e}){let t=A.indexOf(e);return h`<svg class="sign-of-state" width="11" height=${tn} aria-hidden="true">
    <path class=${`is-${e}`} d=${Ps(t,.5,0,10)} fill-rule="evenodd" />
  </svg>`}var Bl=xt("broken"),Fl=8;function Pl(e,t){let n=0;for(let o of e.changes(t))o&Bl&&n++;return n}function Il(e){let{block:t}=e[0],{steps:n}=t,o=e.map(({id:i})=>i).join(),[r,s]=z(null);return rt(()=>{let i=e.map(()=>new Array(n).fill(0)),a=1,l=0,c=()=>{let u=performance.now()+Fl;for(;a<n&&performance.now()<u;a++)e.forEach((p,d)=>{i[d][a]=Pl(p,a)});a<n?l=setTimeout(c,0):s({block:t,of:o,counts:i})};return l=setTimeout(c,0),()=>clearTimeout(l)},[t,o]),r?.block===t&&r.of===o?r.counts:null}function Hs({sides:e,selection:t}){let n=Il(e),{labels:o}=e[0].block;if(o.length<3)return null;let r=n??e.map(()=>o.map(()=>0)),s=Math.max(1,...r.flat());return h`<figure class="harm-by-update" aria-label="Facts that each update broke">
    <figcaption>Broken by each update, at most ${s}</figcaption>
    <div class=${`harm-bars${o.length>40?" dense":""}`}>
      ${o.map((i,a)=>{if(a===0)return null;let l=e.map((c,u)=>`${"AB"[u]} ${r[u][a]}`).join(", ");return h`<button
          type="button"
          key=${a}
          aria-label=${`Update ${a}, ${i}: ${l} broken`}
          aria-pressed=${t.s===a}
          title=${`Update ${a} (${i}): ${l}`}
          onClick=${()=>y({s:a})}
        >
          ${e.map((c,u)=>h`<i
              class=${`bar-${"ab"[u]}`}
              style=${{height:`${100*r[u][a]/s}%`}}
            />`)}
          ${o.length<=24&&h`<span>${a}</span>`}
        </button>`})}
    </div>
  </figure>`}var Dl={broken:"valid facts of earlier steps: right less often than before","turned outdated":"valid facts of earlier steps: newly a superseded object",resurfaced:"erased and gone earlier: produced again","not learned":"taught by this update: not right after it","not forgotten":"erased by this update: still produced","still wrong":"valid facts of earlier steps: not right before and after",learned:"taught by this update: right after it",regained:"valid facts of earlier steps: not right before, right after",forgotten:"erased by this update: not produced any more"},Hl={q:"",relation:null,group:null,learned:null,state:null,d:!1};function ql(e,t){let n=new Uint32Array(bt.length);for(let o of e.changes(t))if(o!==0)for(let r=0;r<bt.length;r++)n[r]+=o>>r&1;return n}function qs(){let e=P.value,{block:t,selection:n}=e,o=["a","b"].map(c=>F(e,c)).filter(c=>c!==null),r=n.s,s=t.labels[r];if(r===0)return h`<section class="update" aria-labelledby="update-title">
      <h2 id="update-title">What update 1 did</h2>
      <p class="note">
        Step 0 is what the model knew before the updates.${" "}
        ${t.steps>1&&h`<button type="button" class="plain-button" onClick=${()=>y({s:1})}>
          Go to update 1
        </button>`}
      </p>
    </section>`;let i=o.map(c=>ql(c,r)),a=Math.max(1,...i.flatMap(c=>[...c])),l=bt.map((c,u)=>({...c,place:u})).filter(({name:c,place:u})=>Gl.has(c)||i.some(p=>p[u]>0));return h`<section class="update" aria-labelledby="update-title">
    <h2 id="update-title">What update ${r} did <small>${s}</small></h2>
    <p class="note">${Vl(e)} A number lists its facts.</p>
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
            ${i.map((d,f)=>h`<td>
                <${Wl} now=${e} name=${c} side=${"ab"[f]} count=${d[p]} most=${a} />
              </td>`)}
            <td class="meaning">${Dl[c]}</td>
          </tr>`)}
      </tbody>
    </table>
    <${Hs} sides=${o} selection=${n} />
    </div>
  </section>`}var Gl=new Set(["broken","turned outdated","not learned","learned","regained"]);function ht({side:e,at:t}){return h`<span class=${`side side-${"ab"[t]}`}>${"AB"[t]}</span>${" "}
    <bdi class="side-name" title=${e.name}>${St(e.name,100)}</bdi>`}function Wl({now:e,name:t,side:n,count:o,most:r}){let s=n==="a"?t:`b.${t}`,i=e.selection.change?.includes(s)??!1;return h`<button
    type="button"
    class="count"
    aria-pressed=${i}
    aria-label=${`${o} ${t}, ${n.toUpperCase()}`}
    disabled=${o===0&&!i}
    style=${{"--share":o/r}}
    onClick=${()=>y(i?{change:null}:{...Hl,change:[s],k:null})}
  >
    ${o}
  </button>`}function Vl({data:e,selection:t}){let n=e?.views?.settings?.updates?.[t.s];if(typeof n?.learn!="number")return"";let o=n.forget>0?` and was to erase ${At(n.forget,"fact")}`:"";return`It taught ${At(n.learn,"fact")}${o}.`}function At(e,t){return`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`}var Gs=60;function Ws({now:e,sides:t}){let{block:n,selection:o}=e,{k:r,s}=o;return h`<h3>Its life</h3>
    <div class="drawer-wide" tabindex="0" role="region" aria-label="Life of the fact">
      <table class="life">
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">object</th>
            ${t.map((i,a)=>h`<th scope="col"><${ht} side=${i} at=${a} /></th>`)}
          </tr>
        </thead>
        <tbody>
          ${n.labels.map((i,a)=>{let l=n.object(a,r);return h`<tr class=${a===s?"current":null}>
              <th scope="row">
                <button
                  type="button"
                  class="plain-button"
                  aria-current=${a===s?"step":null}
                  onClick=${()=>y({s:a})}
                >
                  <bdi>${i}</bdi>
                </button>
              </th>
              <td>
                ${l===null?"\u2013":h`<${L} of=${l} most=${Gs} />`}${" "}
                <small>${n.group(a,r)}</small>
              </td>
              ${t.map(c=>h`<td><${zl} side=${c} step=${a} fact=${r} /></td>`)}
            </tr>`})}
        </tbody>
      </table>
    </div>`}function zl({side:e,step:t,fact:n}){let o=A[e.state(t,n)];if(o==="none")return"\u2013";let{right:r,asked:s}=e.countsAt(t,n),i=e.answer(t,n),a=e.margin(t,n);return h`<span class="moment">
    <${de} state=${o} />
    <span>
      <span class=${`said-${o}`}
        >${i===null?o:h`<${L} of=${i.text===""?"(nothing)":i.text} most=${Gs} />`}</span
      >${" "}
      <small>${r}/${s}${a===null?"":`, ${Pe(a)}`}</small>
    </span>
  </span>`}var Yl=8;function Vs(e,t,n){let o=e.column("object"),r=e.column("group"),s=new Set;for(let i=0;i<=t;i++){let a=i*e.facts+n;(r[a]===O.new||r[a]===O.retained)&&s.add(o[a]);let l=e.column("outdated")[a];l!==Be&&s.add(l)}return s.delete(o[t*e.facts+n]),s.delete(Be),[...s].map(i=>e.text(i))}var Xl=xt("broken")|xt("resurfaced");function zs(e,t,n){for(let o=t;o>0;o--)if(e.changes(o)[n]&Xl)return{step:o,before:e.state(o-1,n),after:e.state(o,n)};return null}function Ys(e,t,n,o){let{facts:r}=e,s=t*r,[i,a]=["subject","relation"].map(f=>e.column(f)),[l,c,u]=["object","group","learned"].map(f=>e.column(f)),p=new Set(o.filter(f=>f!==null)),d=[];for(let f=0;f<r;f++){let m=s+f;if(c[m]!==O.new||u[m]!==t||f===n)continue;let $=[],_=0,g=(b,v)=>{_+=b,$.push(v)};p.size>0&&p.has(e.text(l[m]))&&g(8,"its object is the answer given"),i[f]===i[n]&&g(4,"same subject"),l[m]===l[s+n]&&g(2,"same object"),a[f]===a[n]&&g(1,"same relation"),_>0&&d.push({key:f,near:_,shared:$})}return d.sort((f,m)=>m.near-f.near||f.key-m.key),{all:d.length,listed:d.slice(0,Yl)}}function Xs(e,t,n){let{block:o}=e,r=e.runs(t).filter(a=>o.has(`rehearsed.${a}`));if(r.length===0)return null;let s=t*o.facts+n;return{times:r.filter(a=>o.column(`rehearsed.${a}`)[s]===1).length,runs:r.length}}function po(e,t){let{text:n,ends:o}=e.searchable(),r=new Uint8Array(e.length);for(let u of t)u<r.length&&(r[u]=1);let s=new Uint32Array(r.reduce((u,p)=>u+p,0)),i=0;for(let u=0;u<r.length;u++)r[u]&&(s[i++]=u);let a=(u,p)=>{let d=(u===0?0:o[u-1])+p;return d<o[u]?n.charCodeAt(d):-1},l=[[0,s.length,0]];for(;l.length>0;){let[u,p,d]=l.pop();if(p-u<2)continue;let f=a(s[u+p>>1],d),m=u,$=p,_=u;for(;_<$;){let g=a(s[_],d);g<f?Ks(s,m++,_++):g>f?Ks(s,_,--$):_++}l.push([u,m,d],[$,p,d]),f>=0&&l.push([m,$,d+1])}let c=new Uint32Array(e.length);return s.forEach((u,p)=>{c[u]=p}),c}function Ks(e,t,n){let o=e[t];e[t]=e[n],e[n]=o}var Js=[{name:"fact",title:"fact"},{name:"learned",title:"taught at"},{name:"a",title:"state of A"},{name:"b",title:"state of B"},{name:"answer",title:"answer of A"},{name:"margin",title:"margin of A"},{name:"banswer",title:"answer of B"},{name:"bmargin",title:"margin of B"}],Kl=[8,7,5,4,3,2,6,1,0];function Zs(e,t){let{sort:n}=e.selection;if(n===null)return t;let o=n.startsWith("-"),r=Zl(e,o?n.slice(1):n);if(r===null)return t;let s=t.length+1,i=new Float64Array(t.length);for(let a=0;a<t.length;a++){let l=r(t[a]),c=l===nn?Jl:o?-l:l;i[a]=(c+Qs)*s+a}return i.sort(),Uint32Array.from(i,a=>t[a%s])}var nn=1/0,Qs=2**24,Jl=Qs-1;function Zl(e,t){let{block:n,selection:o}=e,r=o.s*n.facts;if(t==="fact")return Ql(n);if(t==="learned"){let i=n.column("learned");return a=>i[r+a]===ce?nn:i[r+a]}let s=F(e,t.startsWith("b")?"b":"a");if(s===null)return null;if(t==="a"||t==="b"){let i=s.states(o.s);return a=>Kl.indexOf(i[a])}return t.endsWith("answer")?tc(n,s,o.s):t.endsWith("margin")?ec(n,s,o.s):null}function Ql(e){let t=e.column("subject"),n=e.remember("subject ranks",()=>po(e.texts,t));return o=>n[t[o]]}function tc(e,t,n){let[o]=t.runs(n),r=e.column(`answer.${o}`),s=e.place(r,o,n,0,e.facts);if(s<0)return null;let i=e.column("object").subarray(n*e.facts,(n+1)*e.facts),l=r.subarray(s,s+e.facts).map((u,p)=>u===Un?i[p]:u),c=e.remember(`answer ranks ${o} ${n}`,()=>po(e.texts,l));return u=>l[u]<c.length?c[l[u]]:nn}function ec(e,t,n){let o=[];for(let r of t.runs(n)){let s=e.column(`margin.${r}`),i=e.place(s,r,n,0,e.facts);i>=0&&o.push(s.subarray(i,i+e.facts))}return r=>{let s=0,i=0;for(let a of o)a[r]!==Fe&&(s+=a[r],i++);return i===0?nn:Math.round(16*s/i)}}var nc=G(()=>P.value===null?null:JSON.stringify({...P.value.selection,k:null})),on=G(()=>nc.value===null?null:P.peek()),Tt=G(()=>{let e=on.value;return e===null?new Uint32Array(0):Zs(e,Or(e))}),ta=G(()=>{let e=Tt.value,t=on.value,n=o=>{let r=t===null?null:F(t,o);if(r===null)return null;let s=r.states(t.selection.s),i=new Uint32Array(A.length);for(let a of e)i[s[a]]++;return Object.fromEntries(A.map((a,l)=>[a,i[l]]))};return{a:n("a"),b:n("b")}});function oc({before:e,after:t}){return e===t?"left fewer of its wordings right: still":`turned it from ${A[e]} to`}function ea({now:e,sides:t}){return h`<div class="flips">
    ${t.map((n,o)=>h`<${rc} now=${e} side=${n} at=${o} />`)}
  </div>`}function rc({now:e,side:t,at:n}){let{block:o,selection:r}=e,{s,k:i}=r,a=zs(t,s,i);if(a===null)return h`<p><${ht} side=${t} at=${n} />: no update up to here made it worse.</p>`;let l=t.runs(a.step).map(d=>o.answer(d,a.step,i)),c=Ys(o,a.step,i,l),u=Xs(t,a.step,i),p=o.labels[a.step];return h`<div class="flip">
    <p>
      <${ht} side=${t} at=${n} />: ${" "}
      <button type="button" class="plain-button" onClick=${()=>y({s:a.step})}>
        update ${a.step}
      </button>
      ${" "}<bdi>${p}</bdi> ${oc(a)}
      ${" "}<b class=${`said-${A[a.after]}`}>${A[a.after]}</b>.
      ${u!==null&&` The update rehearsed it in ${u.times} of ${At(u.runs,"run")}.`}
    </p>
    ${c.all>0?h`<p class="term">Suspects, not proof: the nearest facts that update ${a.step} taught
          ${c.all>c.listed.length?` (${c.listed.length} of ${c.all})`:""}</p>
          <ul class="suspects">
            ${c.listed.map(({key:d,shared:f})=>h`<li>
                <button type="button" class="plain-button" onClick=${()=>y({k:d})}>
                  <${L} of=${o.subject(d)} most=${80} />${" "}
                  <${L} of=${o.relation(d)} class="relation" />${" "}
                  <${L} of=${o.object(a.step,d)??""} most=${80} />
                </button>
                <small>${f.join(", ")}</small>
              </li>`)}
          </ul>`:h`<p class="note">No fact that the update taught shares its subject, relation or object.</p>`}
  </div>`}var ho=300;function sc(e){rt(()=>{let t=n=>{n.key==="Escape"&&n.target.type!=="search"&&y({k:null})};return e.current.focus({preventScroll:!0}),document.addEventListener("keydown",t),()=>{document.removeEventListener("keydown",t),document.getElementById("facts-grid")?.focus({preventScroll:!0})}},[])}function na({now:e}){let{block:t,selection:n}=e,{k:o,s:r}=n,s=ne(null),i=["a","b"].map(u=>F(e,u)).filter(u=>u!==null);sc(s),rt(()=>{s.current.scrollTop=0},[o]);let a=t.subject(o),l=t.object(r,o),c=Vs(t,r,o);return h`<div
    class="drawer"
    role="dialog"
    aria-labelledby="drawer-title"
    tabindex="-1"
    ref=${s}
  >
    <header>
      <h2 id="drawer-title">
        <${L} of=${a} most=${ho} />${" "}
        <${L} of=${t.relation(o)} class="relation" />${" "}
        ${l!==null&&h`<${L} of=${l} class="object" most=${ho} />`}
      </h2>
      <${ac} fact=${o} />
    </header>
    ${a.length>ho&&h`<p class="note">The subject has ${a.length.toLocaleString("en")} characters.</p>`}
    ${c.length>0&&h`<p class="older">
      <span class="term">Superseded:</span>${" "}
      ${c.map(u=>h`<${L} of=${St(u,80)} />`)}
    </p>`}
    <${ea} now=${e} sides=${i} />
    <${Ws} now=${e} sides=${i} />
    <${Fs} now=${e} sides=${i} />
  </div>`}function ac({fact:e}){let t=Tt.value,n=t.indexOf(e),o=r=>y({k:t[r]});return h`<div class="drawer-moves">
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
  </div>`}var oa="\u2013",zt=[{name:"fact",title:()=>"Fact",sort:"fact"},{name:"learned",title:()=>"Taught",sort:"learned"},{name:"states",title:()=>"States",sort:"a"},{name:"answer",title:()=>"Answer",sort:"answer"},{name:"margin",title:()=>"Margin",sort:"margin"}],rn=class extends X{shouldComponentUpdate(t){return Object.keys(t).some(n=>t[n]!==this.props[n])}render({now:t,fact:n,place:o,height:r,column:s,open:i}){return h`<div
      role="row"
      class=${`fact-row${i?" open":""}`}
      data-place=${o}
      aria-rowindex=${o+2}
      aria-selected=${i}
      style=${{height:`${r}px`,transform:`translateY(${o*r}px)`}}
    >
      ${ic(t,n).map((a,l)=>h`<div
          role="gridcell"
          id=${`cell-${o}-${l}`}
          class=${`cell-${zt[l].name}${s===l?" cursor":""}`}
        >
          ${a}
        </div>`)}
    </div>`}};function ic(e,t){let{block:n,selection:o}=e,r=o.s,s=["a","b"].map(i=>F(e,i)).filter(i=>i!==null);return[h`<${lc} block=${n} fact=${t} step=${r} />`,h`<${cc} block=${n} fact=${t} step=${r} />`,h`<${uc} sides=${s} fact=${t} step=${r} />`,s.map((i,a)=>h`<${fc} key=${a} side=${i} fact=${t} step=${r} />`),s.map((i,a)=>h`<${pc} key=${a} side=${i} fact=${t} step=${r} />`)]}function lc({block:e,fact:t,step:n}){let o=e.object(n,t);return h`<span class="line">
      <${L} of=${e.subject(t)} class="subject" />${" "}
      <${L} of=${e.relation(t)} class="relation" />
    </span>
    <span class="line object">
      ${o===null?h`<i>not asked at this step</i>`:h`<${L} of=${o} />`}
    </span>`}function cc({block:e,fact:t,step:n}){let o=n*e.facts+t,r=e.column("learned")[o],s=e.labels[r]??oa,i=e.group(n,t);return h`<span class="line"><bdi>${s}</bdi></span>
    ${(i==="future"||i==="erased")&&h`<small class="line">${i}</small>`}`}function uc({sides:e,fact:t,step:n}){let{labels:o}=e[0].block,r=e.map(s=>o.map((i,a)=>s.state(a,t)));return h`<${Is} rows=${r} step=${n} /><span class="unseen"
      >${r.map((s,i)=>`${"AB"[i]}: ${Ds(s,o)}`).join(". ")}</span
    >`}function fc({side:e,fact:t,step:n}){let o=A[e.state(n,t)],r=e.answer(n,t),{right:s,asked:i}=e.countsAt(n,t);return h`<span class=${`line answer said-${o}`}>
    ${r===null?h`<span class="nothing">${oa}</span>`:h`<${L} of=${r.text===""?"(nothing)":r.text} />`}
    ${i>0&&h`<small>${s}/${i}</small>`}
  </span>`}function pc({side:e,fact:t,step:n}){return h`<span class="line">${Pe(e.margin(n,t))}</span>`}function ra(e,t,{rows:n,columns:o,page:r}){let{row:s,column:i}=e,a=n-1,l=(p,d,f)=>Math.max(d,Math.min(f,p)),c=(p,d)=>({row:l(p,-1,a),column:l(d,0,o-1)}),u=t.ctrlKey||t.metaKey;switch(t.key){case"ArrowDown":return c(s+1,i);case"ArrowUp":return c(s-1,i);case"ArrowRight":return c(s,i+1);case"ArrowLeft":return c(s,i-1);case"PageDown":return c(Math.max(s,0)+r,i);case"PageUp":return c(s<0?s:Math.max(0,s-r),i);case"Home":return c(u?a<0?-1:0:s,0);case"End":return c(u?a:s,o-1);default:return null}}function sa(e,t,{rowHeight:n,height:o}){if(e<0)return t;let r=e*n;return r<t?r:r+n>t+o?r+n-o:t}var mo=5,aa=34,go={one:34,two:52,narrow:76},_o=globalThis.matchMedia?.("(max-width: 46rem)");function dc(e){return _o?.matches?go.narrow:e.b>=0?go.two:go.one}function hc(e){let[t,n]=z(600),[,o]=z(0);return rt(()=>{let r=new ResizeObserver(()=>n(e.current?.clientHeight??600));r.observe(e.current);let s=()=>o(i=>i+1);return _o?.addEventListener("change",s),()=>{r.disconnect(),_o?.removeEventListener("change",s)}},[]),t}function ia(){let e=on.value,t=Tt.value,{selection:n}=e,o=P.value.selection.k,r=ne(null),[s,i]=z(0),[a,l]=z({row:0,column:0}),c=hc(r),u=dc(n),p=Math.max(u,c-aa);lr(()=>{s>0&&(r.current.scrollTop=0),i(0);let v=Math.min(0,t.length-1,a.row);v!==a.row&&l({...a,row:v})},[t]);let d=v=>{l(v);let x=sa(v.row,r.current.scrollTop,{rowHeight:u,height:p});x!==r.current.scrollTop&&(r.current.scrollTop=x),i(x)};rt(()=>{let v=o===null?-1:t.indexOf(o);v>=0&&v!==a.row&&d({...a,row:v})},[o,t]);let f=v=>{if(v.key==="Enter"||v.key===" ")a.row<0?la(zt[a.column].sort,n):a.row<t.length&&y({k:t[a.row]});else{let x=Math.max(1,Math.floor(p/u)-1),E=ra(a,v,{rows:t.length,columns:zt.length,page:x});if(E===null)return;d(E)}v.preventDefault()},m=v=>{let x=Number(v.target.closest("[data-place]")?.dataset.place??-1);x<0||(l({row:x,column:0}),y({k:t[x]}))},$=Math.max(0,Math.floor(s/u)-mo),_=Math.min(t.length,Math.ceil((s+p)/u)+mo),g=[];for(let v=$;v<_;v++)g.push(v);let b=Math.ceil(p/u)+2*mo+1;return h`<div
    class=${`facts-grid${n.b>=0?" two":""}`}
    id="facts-grid"
    role="grid"
    aria-label="Facts"
    aria-rowcount=${t.length+1}
    aria-colcount=${zt.length}
    aria-activedescendant=${`cell-${a.row}-${a.column}`}
    tabindex="0"
    style=${{"--strip":`max(4.5rem, ${fo(e.block.steps)}px)`,height:`min(72vh, 46rem, ${aa+2+Math.max(1.2,t.length)*u}px)`}}
    ref=${r}
    onKeyDown=${f}
    onScroll=${v=>i(v.currentTarget.scrollTop)}
  >
    <div role="rowgroup" class="facts-head">
      <${mc} selection=${n} cursor=${a} />
    </div>
    <div
      role="rowgroup"
      class="facts-body"
      onClick=${m}
      style=${{height:`${t.length*u}px`}}
    >
      ${g.map(v=>h`<${rn}
          key=${v%b}
          now=${e}
          fact=${t[v]}
          place=${v}
          height=${u}
          column=${a.row===v?a.column:null}
          open=${o===t[v]}
        />`)}
      ${t.length===0&&h`<p class="nothing-listed">No fact passes the filters.</p>`}
    </div>
  </div>`}function mc({selection:e,cursor:t}){return h`<div role="row" aria-rowindex="1" class="fact-row">
    ${zt.map(({name:n,title:o,sort:r},s)=>{let i=t.row===-1&&t.column===s;return h`<div
        role="columnheader"
        id=${`cell--1-${s}`}
        class=${`cell-${n}${i?" cursor":""}`}
        aria-sort=${gc(r,e)}
        onClick=${()=>la(r,e)}
      >
        ${o(e)}<span class="arrow" aria-hidden="true"></span>
      </div>`})}
  </div>`}function gc(e,t){return t.sort===e?"ascending":t.sort===`-${e}`?"descending":"none"}function la(e,t){t.sort===e?y({sort:`-${e}`}):y({sort:t.sort===`-${e}`?null:e})}var Yt=class extends X{componentDidCatch(t){console.error(t),this.setState({failed:this.props.of,why:t.message})}render({of:t,children:n}){let{failed:o,why:r}=this.state;return o===void 0||o!==t?n:h`<p class="note" role="alert">This part could not be drawn: ${r}.</p>`}};function ca(){if(P.value===null)return h`<p class="note" role="status">Reading the facts…</p>`;let e=P.value;if(e.block.facts===0)return null;let t=JSON.stringify(e.selection);return h`
    <${Yt} of=${t}><${qs} /><//>
    <section class="facts" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <${_c} block=${e.block} />
      <${Yt} of=${t}>
        <${$c} now=${e} />
        <${ia} />
      <//>
      <${yc} />
    </section>
    <${Yt} of=${t}>
      ${e.selection.k!==null&&h`<${na} now=${e} />`}
    <//>
  `}function _c({block:e}){let{sampled:t,notes:n}=e.header,o=[...n??[]];return t&&o.push(`${At(t.of,"fact")} in the runs. ${t.how}`),o.map(r=>h`<p class="note">${r}</p>`)}function $c({now:e}){let{block:t,selection:n}=e,o=Tt.value.length,r=o===t.facts;return h`<div class="facts-summary">
      <p class="facts-count" role="status">
        <b>${At(o,"fact")}</b>${r?"":` of ${t.facts.toLocaleString("en")}`}, at
        ${" "}<b>${n.s===0?"the base":`update ${n.s}`}</b>
        ${" "}<bdi>${t.labels[n.s]}</bdi>
      </p>
      <${bc} selection=${n} />
    </div>
    <${Br} now=${e} />
    <div class="tallies">
      ${["a","b"].map((s,i)=>{let a=F(e,s);return a&&h`<${vc} side=${a} at=${i} counts=${ta.value[s]} now=${e} />`})}
    </div>`}function vc({side:e,at:t,counts:n,now:o}){let r=t===0?"":"b.",s=A.filter(a=>a!=="none"&&n[a]>0),i=o.selection.state;return h`<div class="tally-line" role="group" aria-label=${`States of ${e.name}`}>
    <span class="tally-name"><${ht} side=${e} at=${t} /></span>
    ${s.map(a=>{let l=r+a,c=i?.length===1&&i[0]===l;return h`<button
        type="button"
        class="tally-count"
        aria-pressed=${c}
        onClick=${()=>y({state:c?null:[l],k:null})}
      >
        <${de} state=${a} /> ${n[a].toLocaleString("en")} ${a}
      </button>`})}
  </div>`}function bc({selection:e}){let n=Js.filter(({name:o})=>e.b>=0||!o.startsWith("b")).flatMap(({name:o,title:r})=>[{value:o,text:`${r}, ${o.length===1?"worst first":"ascending"}`},{value:`-${o}`,text:`${r}, ${o.length===1?"best first":"descending"}`}]);return h`<label class="pick"
    ><span>Sort by</span>
    <select
      value=${e.sort??""}
      onChange=${o=>y({sort:o.currentTarget.value||null})}
    >
      <option value="">order of the stream</option>
      ${n.map(({value:o,text:r})=>h`<option value=${o}>${r}</option>`)}
    </select></label
  >`}var xc={right:"all wordings right",partly:"some wordings right",outdated:"a superseded object",wrong:"wrong",future:"not taught yet",forgotten:"erased, not produced",produced:"erased, still produced",resurfaced:"erased, produced again"};function yc(){return h`<ul class="state-legend">
    ${Object.entries(xc).map(([e,t])=>h`<li><${de} state=${e} /> ${t}</li>`)}
    <li>
      Strip: one mark a step, A above B; the band is the step shown. Margin: the mean
      log-probability of the object minus that of the outdated one, in nats; where nothing is
      outdated, the log-probability of the object alone. The page keeps margins up to ±31 nats.
    </li>
  </ul>`}var wc=2e3,Sc=8e3,ua="cltool-live-version",Et=D(null),sn=D(!0),an=D(!1);function Mc(e){let t=Math.round(e/60);if(t<1)return"less than a minute";if(t<60)return`${t} min`;let n=Math.floor(t/60);return t%60===0?`${n} h`:`${n} h ${t%60} min`}function kc(e){let t=`step ${e.step} of ${e.steps-1} (${e.label})`;if(!e.goes_on)return`${t}: stopped, its process is gone`;let n=e.share===null?"":` ${Math.floor(100*e.share)}%`,o=[`${t}: ${e.phase}${n}`];return e.tokens_per_second!==null&&o.push(`${Math.round(e.tokens_per_second).toLocaleString("en")} tokens/s`),e.seconds_left!==null&&o.push(`about ${Mc(e.seconds_left)} left`),o.join(", ")}function Ac(e,t){return t?e===null?"":e.error!==null?`The report cannot be made anew: ${e.error}`:e.building?"A step has finished: the report is being made anew.":e.runs.some(n=>n.goes_on)?"":"No run is in progress.":"The server has ended: this page shows what it had."}function Tc(){let e=Ac(Et.value,sn.value),t=Et.value!==null&&sn.value?Et.value.runs:[];return h`<section class="live" aria-label="Runs in progress">
    ${(e!==""||an.value)&&h`<p>
      ${e}
      ${an.value&&h` <button type="button" onClick=${()=>location.reload()}>Show the new results</button>`}
    </p>`}
    ${t.length>0&&h`<ul>
      ${t.map(n=>h`<li key=${n.folder}>
            <bdi class="live-name" title=${n.folder}>${n.strategy}, seed ${n.seed}</bdi>
            <progress
              max="1"
              value=${n.done}
              aria-label=${`${n.strategy}, seed ${n.seed}`}
            ></progress>
            <span>${kc(n)}</span>
          </li>`)}
    </ul>`}
  </section>`}function Ec(e){return sessionStorage.getItem(ua)===e?!1:(sessionStorage.setItem(ua,e),!0)}function fa(e,t){let{live:n,version:o}=e.documentElement.dataset;if(n===void 0)return;let r=0,s=()=>{r=Date.now()};for(let l of["keydown","pointerdown","pointermove","wheel","touchmove"])t.addEventListener(l,s,{passive:!0});let i=e.createElement("div");e.querySelector("main").prepend(i),te(ot(Tc),i);async function a(){try{let l=await t.fetch(n,{cache:"no-store"});if(!l.ok)throw new Error(l.statusText);Et.value=await l.json(),sn.value=!0,an.value=Et.value.version!==null&&Et.value.version!==o;let c=e.hidden||Date.now()-r>Sc;an.value&&c&&Ec(Et.value.version)&&t.location.reload()}catch{sn.value=!1}t.setTimeout(a,wc)}a()}function pa(e){let t=H(()=>{P.value!==null&&(requestAnimationFrame(()=>{setTimeout(()=>{e.dataset.ready=String(Math.round(performance.now()))},0)}),queueMicrotask(()=>t()))})}var da=new Set;async function ha(e){if(da.has(e))return;da.add(e);let t=document.getElementById(`cltool-facts-${e}`);if(t===null)return;let n=await kr(t.textContent);t.remove(),Pt.value=new Map(Pt.value).set(e,n),setTimeout(()=>n.texts.searchable(),1e3)}async function Oc(){if(typeof DecompressionStream!="function")return;if(Mr(window),document.querySelector("[id^=cltool-facts-]")===null){Y.value=JSON.parse(await Ct(document)),lo(document,Ir);return}Ls(document),H(()=>{ha(Y.value===null?W.value.g??0:ut.value)}),Y.value=JSON.parse(await Ct(document)),te(ot(Hr),document.getElementById("cltool-bar"));let e=document.getElementById("cltool-view");te(ot(ca),e);for(let t of document.querySelectorAll(".fact-place"))e.before(t);lo(document,t=>(ha(t??ut.value),Hn(t))),pa(document.documentElement)}fa(document,window);Oc();})();
