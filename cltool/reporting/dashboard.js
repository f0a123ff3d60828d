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

d3-array 3.2.5, d3-shape 3.2.1:

Copyright 2010-2026 Mike Bostock

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
(()=>{function yo(e,t){for(let n of e.querySelectorAll(".panels [data-s]")){let o=n.getAttribute("data-s")===t;n.classList.toggle("dim",t!==null&&!o),n.classList.toggle("lit",t!==null&&o)}}function bo(e){for(let t of e.querySelectorAll(".legend"))for(let n of t.querySelectorAll("li")){let o=n.getAttribute("data-s");n.addEventListener("mouseenter",()=>yo(t.parentNode,o)),n.addEventListener("mouseleave",()=>yo(t.parentNode,null))}}function Rs(e){if(typeof Uint8Array.fromBase64=="function")return Uint8Array.fromBase64(e);let t=atob(e),n=new Uint8Array(t.length);for(let o=0;o<t.length;o++)n[o]=t.charCodeAt(o);return n}async function fe(e){let t=new Blob([Rs(e.trim())]).stream();return new Response(t.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()}var Ls="cltool-data";async function Ot(e){return new TextDecoder().decode(await fe(e.getElementById(Ls).textContent))}function Xt(e,t,n){Ze(new Blob([e],{type:n}),t)}function Ze(e,t){let n=document.createElement("a");n.href=URL.createObjectURL(e),n.download=t,n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),1e3)}function vo(e){let t=e.getElementById("save");t===null||typeof DecompressionStream!="function"||(t.hidden=!1,t.addEventListener("click",async()=>{Xt(await Ot(e),"report.json","application/json")}))}function $o(e,t,n){let o=e.cells[t],r=o.getAttribute("data-value");return n?r===null?o.textContent:r:r===null?null:Number(r)}function js(e,t,n,o){let r=e.tBodies[0],i=t.getAttribute("data-sort")==="text",s=o==="ascending"?1:-1,a=[...r.rows];a.sort((c,l)=>{let u=$o(c,n,i),f=$o(l,n,i);return u===null||f===null?(u===null)-(f===null):s*(i?u.localeCompare(f):u-f)}),r.append(...a);for(let c of e.querySelectorAll("th[aria-sort]"))c.removeAttribute("aria-sort");t.setAttribute("aria-sort",o)}function Ps(e,t,n){let o=document.createElement("button");o.type="button",o.append(...t.childNodes),t.append(o),o.addEventListener("click",()=>{let r=t.getAttribute("data-sort")==="descending"?"descending":"ascending",i=t.getAttribute("aria-sort");js(e,t,n,i?i==="ascending"?"descending":"ascending":r)})}function xo(e){for(let t of e.querySelectorAll("table.sortable"))t.querySelectorAll("thead th").forEach((n,o)=>{Ps(t,n,o)})}var Us="http://www.w3.org/2000/svg";function wo(e){return e.querySelectorAll("li").length*18+6}function So(e,t,n){return[...e.querySelectorAll("li")].flatMap((o,r)=>{let i=o.querySelector("svg"),s=i.cloneNode(!0);n(i,s,null);let a={x:0,y:t+r*18,width:34,height:14,viewBox:"0 0 34 14"};for(let[f,p]of Object.entries(a))s.setAttribute(f,String(p));let c=document.createElementNS(Us,"text"),l=getComputedStyle(o),u={x:42,y:t+r*18+11,fill:l.color,"font-size":11};for(let[f,p]of Object.entries(u))c.setAttribute(f,String(p));return c.textContent=o.textContent.trim(),[s,c]})}var Bs=["font-family","font-size","font-style","font-weight","font-variant-numeric","text-anchor","fill","fill-opacity","stroke","stroke-width","stroke-dasharray","stroke-linecap","stroke-linejoin","stroke-opacity","visibility"],Fs={opacity:"1",display:"inline","dominant-baseline":"auto","unicode-bidi":"normal"},qs=["class","style","tabindex","data-s","role","aria-describedby"],Kt=8,Mo="http://www.w3.org/2000/svg";function Ds(e){let t=new Map;for(let n of e.styleSheets)for(let o of n.cssRules)if(o.selectorText===":root")for(let r of o.style)r.startsWith("--")&&t.set(r,o.style.getPropertyValue(r).trim());return t}function Is(e,t){let{style:n}=e.documentElement,o=n.cssText;for(let[r,i]of Ds(e))n.setProperty(r,i);n.setProperty("color-scheme","light");try{return t()}finally{n.cssText=o}}function he(e,t=null){let n=e.ownerDocument,o=e.getAttribute("aria-label")??"",{x:r,y:i,width:s,height:a}=tn(e,t),c=Is(n,()=>{let f=e.cloneNode(!0);return Qe(e,f,null),t!==null&&f.append(...So(t,i+Kt,Qe)),f});for(let f of c.querySelectorAll(".pointing, [data-gone]"))f.remove();for(let f of[c,...c.querySelectorAll("*")])Hs(f);let l=n.createElementNS(Mo,"rect");Object.entries({x:r,y:i,width:s,height:a}).forEach(([f,p])=>{l.setAttribute(f,String(p))}),l.setAttribute("fill","#ffffff");let u=n.createElementNS(Mo,"title");return u.textContent=o,c.prepend(u,l),c.setAttribute("width",String(s)),c.setAttribute("height",String(a)),c.setAttribute("viewBox",[r,i,s,a].join(" ")),new XMLSerializer().serializeToString(c)}function tn(e,t=null){let{width:n,height:o}=e.getBoundingClientRect(),r=e.getAttribute("viewBox")?.split(/[ ,]+/).map(Number)??[0,0,n,o],i=t===null?0:wo(t);return{x:r[0]-Kt,y:r[1]-i-Kt,width:Math.ceil(r[2])+2*Kt,height:Math.ceil(r[3])+i+2*Kt}}function Qe(e,t,n){if(e.localName==="style"||e.localName==="title")return;let o=getComputedStyle(e),r={};for(let i of Bs)r[i]=o.getPropertyValue(i),r[i]!==n?.[i]?t.setAttribute(i,r[i]):t.removeAttribute(i);for(let[i,s]of Object.entries(Fs)){let a=o.getPropertyValue(i);a!==s?t.setAttribute(i,a):t.removeAttribute(i)}r.fill==="rgba(0, 0, 0, 0)"&&t.setAttribute("fill","none"),o.display==="none"&&t.setAttribute("data-gone","");for(let i=0;i<e.children.length;i++)Qe(e.children[i],t.children[i],r)}function Hs(e){if(e.localName==="style")return e.remove();for(let t of qs)e.removeAttribute(t)}var To=3;async function ko(e,t=null){let{width:n,height:o}=tn(e,t),r=new Image;r.src=`data:image/svg+xml;charset=utf-8,${encodeURIComponent(he(e,t))}`,await r.decode();let i=document.createElement("canvas");return i.width=n*To,i.height=o*To,i.getContext("2d").drawImage(r,0,0,i.width,i.height),new Promise(s=>i.toBlob(s,"image/png"))}var Ws=/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;function Gs(e){let t=String(e).replace(/^−(?=\d)/,"-"),n=/^[=+\-@\t\r]/.test(t)&&!Ws.test(t)?`'${t}`:t;return/[",\n\r]/.test(n)?`"${n.replaceAll('"','""')}"`:n}function Ao(e){return e.map(t=>`${t.map(Gs).join(",")}\r
`).join("")}var Vs={"\\":"\\textbackslash{}","&":"\\&","%":"\\%",$:"\\$","#":"\\#",_:"\\_","{":"\\{","}":"\\}","~":"\\textasciitilde{}","^":"\\textasciicircum{}","\u2212":"$-$","\u2013":"--","\xB1":"$\\pm$","\u2009":"\\,","\u2248":"$\\approx$","\u2191":"$\\uparrow$","\u2193":"$\\downarrow$","<":"\\textless{}",">":"\\textgreater{}","|":"\\textbar{}","\u2192":"$\\rightarrow$","\u2265":"$\\geq$","\u2264":"$\\leq$"};function Eo([e,...t]){let n=i=>en(i).replace(/./gu,s=>Vs[s]??s),o=i=>`${i.map(n).join(" & ")} \\\\`;return[`\\begin{tabular}{${`l${"r".repeat(Math.max(0,e.length-1))}`}}`,"\\toprule",o(e),"\\midrule",...t.map(o),"\\bottomrule","\\end{tabular}",""].join(`
`)}function Oo([e,...t]){let n=i=>en(i).replace(/[\\`*_{}[\]<>#|~&]/g,"\\$&"),o=i=>`| ${i.map(n).join(" | ")} |`,r=`| --- |${" --: |".repeat(Math.max(0,e.length-1))}`;return[o(e),r,...t.map(o),""].join(`
`)}var en=e=>String(e).replace(/\s*[\n\r]+\s*/g," ").trim();function nn({columns:e,rows:t},n=!1){let o=r=>typeof r=="string"?r:n?r.value??r.text:r.text;return[e,...t.map(r=>r.map(o))]}function No(e,t=()=>!0){return[...e.rows].map(n=>[...n.cells].filter(t).flatMap(o=>[en([...Co(o)].join(" ").replace(/ {2,}/g," ")),...Array.from({length:o.colSpan-1},()=>"")]))}function*Co(e){for(let t of e.childNodes)t.nodeType===3?t.data.trim()!==""&&(yield t.data.trim()):(t.getAttribute?.("aria-hidden")!=="true"||t.classList?.contains("way"))&&(yield*Co(t))}function Ro(e,t){let n=Object.entries(e).flatMap(([i,s])=>s.map(a=>({strategy:i,...a}))),o=n.some(({stream:i})=>i!==null);return[["strategy",...o?["stream"]:[],"seed",...t],...n.map(i=>[i.strategy,...o?[i.stream??""]:[],i.seed,...t.map(s=>i.scores[s]??"")])]}var zs=2e3;function Jt(e,t,n){let o=document.createElement("button");return o.type="button",o.textContent=e,o.title=t,o.addEventListener("click",async()=>{let r=await n();r&&(o.textContent=r,setTimeout(()=>o.textContent=e,zs))}),o}function on(e,...t){let n=document.createElement("div");return n.className="take",n.setAttribute("role","group"),n.setAttribute("aria-label",`Take away: ${e}`),n.append(...t),n}async function Lo(e,t,n){try{return await navigator.clipboard.writeText(e),"Copied"}catch{return Xt(e,t,n),"Saved"}}function Po(e,t,n){return[Jt("CSV","Save the numbers for a spreadsheet",async()=>Xt(`\uFEFF${Ao(await n())}`,`${e}.csv`,"text/csv")),Jt("LaTeX","Copy the table for LaTeX (package booktabs)",()=>Lo(Eo(t()),`${e}.tex`,"text/plain")),Jt("Markdown","Copy the table as Markdown",()=>Lo(Oo(t()),`${e}.md`,"text/plain"))]}function Uo(e,t,n=null){return[Jt("SVG","Save the chart as SVG",()=>{Xt(he(t(),n),`${e}.svg`,"image/svg+xml")}),Jt("PNG","Save the chart as PNG",async()=>{Ze(await ko(t(),n),`${e}.png`)})]}function Bo({svg:e,table:t,file:n,title:o,exact:r=()=>nn(t(),!0)}){let i=Po(n,()=>nn(t()),r);return on(o,...Uo(n,e),...i)}function jo(e){return e.toLowerCase().replace(/[^\p{L}\p{N}]+/gu,"-").replace(/^-|-$/g,"").slice(0,60)||"table"}function Fo(e,t=()=>null){for(let n of e.querySelectorAll(".wide, .tall")){let o=n.querySelector("table");if(o===null||n.closest("figure.chart")!==null)continue;let r=n.getAttribute("aria-label")??"table",i=()=>No(o,c=>getComputedStyle(c).display!=="none"),s=async()=>await t(o)??i(),a=on(r,...Po(jo(r),i,s));n.classList.contains("tall")?n.after(a):n.append(a)}for(let n of e.querySelectorAll("figure svg[role=img]")){let o=n.closest("figure");if(o.classList.contains("chart")||n.classList.contains("small"))continue;let r=o.querySelector("figcaption b")?.textContent??"chart",i=o.closest(".panels")?.parentElement.querySelector(".legend")??null;n.after(on(r,...Uo(jo(r),()=>n,i)))}}function pe(e,t){let n=t.closest("div.group");return n===null?null:[...e.querySelectorAll("div.group")].indexOf(n)}async function qo(e,t){if(!t.classList.contains("scores"))return null;let n=pe(e,t);if(n===null)return null;let{views:o}=JSON.parse(await Ot(e)).groups[n],r=o.front?.seeds;if(r===void 0)return null;let i=new Set(Object.values(o.scores.means).flatMap(s=>Object.keys(s)));return Ro(r,[...i])}function Ys(e){xo(e),bo(e),vo(e),Fo(e,t=>qo(e,t))}Ys(document);var S,Ho,an,at,rn,ge,Wo,me,Go,ln,sn,Xs,Qt=Symbol.for("pv"),ye={},be=[],Ks=/^m(i|n|o|s|text|space)$/,cn=Array.isArray,un=be.slice,_t=Object.assign;function mt(e){e&&e.parentNode&&e.remove()}function gt(e,t,n){var o,r,i,s={},a=arguments.length;for(i in t)i=="key"?o=t[i]:i=="ref"&&typeof e!="function"?r=t[i]:s[i]=t[i];return a>2&&(s.children=a>3?un.call(arguments,2):n),Zt(e,s,o,r,null)}function Zt(e,t,n,o,r){var i={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Qt,__v:r||++Ho,__i:-1,__u:0};return!r&&S.vnode&&S.vnode(i),i}function yt(e){return e.children}function z(e,t){this.props=e,this.context=t,this.__g=0}function lt(e,t){if(t==null)return e.__&&lt(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:lt(e)}function Js(e){var t,n=e.__v,o=n.__e,r=[],i=[],s=e.__P;s&&((t=_t({constructor:Qt},n)).__v=n.__v+1,S.vnode&&S.vnode(t),fn(s,t,n,e.__n,s.namespaceURI,32&n.__u?[o]:null,r,o||lt(n),32&n.__u,i),t.__v=n.__v,t.__.__k[t.__i]=t,Jo(r,t,i),n.__=n.__e=null,t.__e!=o&&Vo(t))}function Vo(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),Vo(e)}function Do(e){(8&e.__g||(e.__g|=8,at.push(e),ge++))&&rn==S.debounceRendering||((rn=S.debounceRendering)||queueMicrotask)(zo)}function zo(){try{for(var e,t=1;at.length;)at.length>t&&at.sort(Wo),e=at.shift(),t=at.length,8&e.__g&&Js(e)}finally{(ge=at.length)&&(rn||queueMicrotask)(zo)}}function Yo(e,t,n,o,r,i,s,a,c,l,u){var f,p,h,m,y,g,_=o.__k||be,v=t.length;for(c=Zs(n,t,_,c,v),f=0;f<v;f++)(h=n.__k[f])!=null&&(p=~h.__i&&_[h.__i]||ye,h.__i=f,g=fn(e,h,p,r,i,s,a,c,l,u),m=h.__e,(p.ref!=h.ref||8&p.__u)&&(p.ref&&hn(p.ref,null,h,p),h.ref&&u.push(h.ref,h.__c||m,h)),y=y||m,4&h.__u?(c=Xo(h,c,e,!p.__v),p.__e&&(p.__e=null)):typeof h.type=="function"&&g!==void 0?c=g:m&&(c=m.nextSibling),h.__u&=-21);return n.__e=y,c}function Zs(e,t,n,o,r){var i,s,a,c,l,u,f,p,h,m=n.length,y=m,g=0,_=0,v=e.__k=Array(r);for(i=0;i<r;i++)(s=t[i])!=null&&typeof s!="boolean"&&typeof s!="function"?(typeof s!="object"||s.constructor===String?s=v[i]=Zt(null,s):cn(s)?s=v[i]=Zt(yt,{children:s}):s.constructor===Qt&&s.__b?s=v[i]=Zt(s.type,s.props,s.key,s.ref,s.__v):v[i]=s,c=i+g,s.__=e,s.__b=e.__b+1,a=null,~(l=s.__i=Qs(s,n,c,y))&&(y--,(a=n[l])&&(a.__u|=2)),a&&a.__v?(s.__u|=16,l==c-1?g--:l==c+1?g++:l!=c&&(l>c?g--:g++,_=1)):(~l||(r>m?g--:r<m&&g++),typeof s.type!="function"&&(s.__u|=4))):v[i]=null;if(_){for(u=[],f=[],i=0;i<r;i++)if((s=v[i])&&16&s.__u){for(g=0,p=u.length;g<p;)u[h=g+p>>1]<s.__i?g=h+1:p=h;u[g]=s.__i,f[i]=g+1}for(g=u.length;i--;)f[i]&&(f[i]==g?g--:v[i].__u|=4)}if(y)for(i=0;i<m;i++)!(a=n[i])||2&a.__u||(a.__e==o&&(o=lt(a)),pn(a,a));return o}function Xo(e,t,n,o){var r,i,s,a;if(typeof e.type=="function"){if(e.props.__P)return t;if(r=e.__k)for(i=0;i<r.length;i++)r[i]&&(r[i].__=e,t=Xo(r[i],t,n,!1));return t}for(t&&!t.parentNode&&(t=lt(e))&&!t.parentNode&&(t=null),s=e.__e,a=t;a&&a.nodeType==8;)a=a.nextSibling;for(s!=a&&(!o&&n.moveBefore&&s.parentNode?n.moveBefore(s,t):n.insertBefore(s,t||null)),t=s;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function Qs(e,t,n,o){var r,i=e.key,s=e.type,a=t[n],c=a&&!(2&a.__u);if(a===null&&i==null||c&&i==a.key&&s==a.type)return n;if(o>(c?1:0)){for(r=n-1;r>=0;r--)if((a=t[r])&&!(2&a.__u)&&i==a.key&&s==a.type)return r;for(r=n+1;r<t.length;r++)if((a=t[r])&&!(2&a.__u)&&i==a.key&&s==a.type)return r}return-1}function Io(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function de(e,t,n,o,r){var i,s;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||Io(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||Io(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(s=sn[t]||(sn[t]=ta(t)),(e.__a||(e.__a={}))[t]=ln,i=t!=(t=t.replace(Go,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,s,i):e.removeEventListener(t,s,i));else{if(r=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function ta(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[me]==null)t[me]=ln++;else if(t[me]<this.__a[e])return;return n(S.event?S.event(t):t)}}}function fn(e,t,n,o,r,i,s,a,c,l){var u,f,p,h,m,y,g,_,v,b,$,E,N,dt,Z,Et,W,Q,tt=t.type;if(t.constructor!==Qt)return null;128&n.__u&&(c=32&n.__u,u=n.__c.__z)&&(t.__u|=c,f=i=[],u.nodeType==8?a=_e(u,i):i.push(u),a=i[0]||a),(u=S.__b)&&u(t);t:if(typeof tt=="function"){p=s.length;try{if(_=t.props,v=(u=tt.prototype)&&u.render,b=(u=tt.contextType)&&o[u.__c],$=u?b?b.props.value:u.__:o,(h=n.__c)?(t.__c=h,2&h.__g&&(h.__g|=1)):(v?t.__c=h=new tt(_,$):(t.__c=h=new z(_,$),h.constructor=tt,h.render=na),b&&b.sub(h),h.state||(h.state={}),h.__n=o,h.__g|=8,h.__h=[],h.__k=[]),v&&(h.__s||(h.__s=h.state),tt.getDerivedStateFromProps&&(h.__s==h.state&&(h.__s=_t({},h.__s)),_t(h.__s,tt.getDerivedStateFromProps(_,h.__s)))),m=h.props,y=h.state,h.__v=t,n.__c){if(_!==m&&v&&!tt.getDerivedStateFromProps&&h.componentWillReceiveProps&&h.componentWillReceiveProps(_,$),t.__v==n.__v&&!(8&h.__g)||!(4&h.__g)&&h.shouldComponentUpdate&&h.shouldComponentUpdate(_,h.__s,$)===!1){t.__v!=n.__v&&(h.props=_,h.state=h.__s,h.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(H){H&&(H.__=t)}),be.push.apply(h.__h,h.__k),h.__k=[],h.__h.length&&s.push(h),a=lt(n);break t}h.componentWillUpdate&&h.componentWillUpdate(_,h.__s,$),v&&h.componentDidUpdate&&h.__h.push(function(){h.componentDidUpdate(m,y,g)})}else v&&!tt.getDerivedStateFromProps&&h.componentWillMount&&h.componentWillMount(),v&&h.componentDidMount&&h.__h.push(h.componentDidMount);h.context=$,h.props=_,h.__P=e,h.__g&=-5,E=S.__r,N=v?25:0;do h.__g&=-9,E&&E(t),u=h.render(h.props,h.state=h.__s,h.context);while(8&h.__g&&++N<25);v&&(be.push.apply(h.__h,h.__k),h.__k=[]),h.state=h.__s,h.getChildContext&&(o=_t({},o,h.getChildContext())),v&&n.__c&&h.getSnapshotBeforeUpdate&&(g=h.getSnapshotBeforeUpdate(m,y)),dt=u&&u.type===yt&&u.key==null?u.props.children:u,_.__P&&(u=a,r=(e=_.__P).namespaceURI,c=i=null,n.props&&n.props.__P!=e&&(n.__k.some(function(H){H&&pn(H,H)}),n.__k=null),a=n.__k?lt(n,0):null),a=Yo(e,cn(dt)?dt:[dt],t,n,o,r,i,s,a,c,l),_.__P&&(t.__e=null,a=u),t.__u&=-161,f&&f.some(mt),h.__h.length&&s.push(h),1&h.__g&&(h.__g&=-4)}catch(H){if(s.length=p,t.__v=null,c||i)if(H&&H.then){if(t.__u|=128|c,i){for(~(W=i.indexOf(a||void 0))||(W=i.length);(Q=i[W-1])&&Q.nodeType==8;)W--;for(;W<i.length;W++)if(Q=i[W])if(i[W]=null,Z){if(Q==Et)break}else{if(Q.nodeType!=8)break;Q.data.startsWith("$s")&&(Et=_e(Z=Q))}}if(!Z){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;Z=a}(u=_e(Z=t.__c.__z||(t.__c.__z=Z)))?(t.__e=Z,a=u):t.__e=a,a=a&&a.nextSibling}else i&&i.some(mt);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),H&&H.then||Ko(t),S.__e(H,t,n)}}else a=t.__e=ea(n.__e,t,n,o,r,i,s,c,l,e);return(u=S.diffed)&&u(t),a}function _e(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function Ko(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(Ko))}function Jo(e,t,n){for(var o=0;o<n.length;)hn(n[o++],n[o++],n[o++]);S.__c&&S.__c(t,e),e.some(function(r){try{e=r.__h,r.__h=[],e.some(function(i){i.call(r)})}catch(i){S.__e(i,r.__v)}})}function ea(e,t,n,o,r,i,s,a,c,l){var u,f,p,h,m,y,g,_,v=n.props||ye,b=t.props,$=t.type;if($=="svg"?r="http://www.w3.org/2000/svg":$=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),i){for(u=0;u<i.length;u++)if((m=i[u])&&($?m.localName==$:m.nodeType==3)){e=m,i[u]=null;break}}if(!e){if(_=l.ownerDocument||document,!$)return _.createTextNode(b);e=_.createElementNS(r,$,b.is?b:l),a&&(S.__m&&S.__m(t,i),a=!1),i=null}if($){if(l=$=="template"&&e.content||e,i=$=="textarea"&&b.defaultValue!=null?null:i&&un.call(l.childNodes),!a&&i)for(v={},u=0;u<e.attributes.length;u++)v[(m=e.attributes[u]).name]=m.value;for(u in v)m=v[u],u=="dangerouslySetInnerHTML"?p=m:u=="children"||u in b||u=="value"&&"defaultValue"in b||u=="checked"&&"defaultChecked"in b||de(e,u,null,m,r);for(u in b)m=b[u],u=="children"?h=m:u=="dangerouslySetInnerHTML"?f=m:u=="value"?y=m:u=="checked"?g=m:a&&typeof m!="function"||v[u]===m||de(e,u,m,v[u],r);f?(a||p&&(f.__html==p.__html||f.__html==e.innerHTML)||(e.innerHTML=f.__html),t.__k=[]):(p&&(e.textContent=""),($=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&Ks.test($))&&(r="http://www.w3.org/1999/xhtml"),Yo(l,cn(h)?h:[h],t,n,o,r,i,s,i?i[0]:n.__k&&lt(n,0),a,c),i&&i.some(mt)),a&&$!="textarea"||(u="value",$=="progress"&&y==null?e.removeAttribute(u):y==null||y===e[u]&&($!="progress"||y)||de(e,u,y,v[u],r),u="checked",g!=null&&g!=e[u]&&de(e,u,g,v[u],r))}else v===b||a&&e.data==b||(e.data=b);return e}function hn(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(r){S.__e(r,n)}}function pn(e,t,n){var o,r,i,s;if(S.unmount&&S.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||hn(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(a){S.__e(a,t)}o.__P=o.__n=null}if(o=e.__k)for(s=0;s<o.length;s++)o[s]&&pn(o[s],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(r=_e(o,i=[]))&&(o==e.__e&&i.some(mt),mt(r),mt(o)),n||mt(e.__e),e.__e=e.__c=e.__=null}function na(e,t,n){return this.constructor(e,n)}function dn(e,t){var n,o,r,i;S.__&&S.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=Zt(yt,{children:[e]}),r=[],i=[],fn(t,t.__k,o||ye,ye,t.namespaceURI,o?null:t.firstChild?un.call(t.childNodes):null,r,o?o.__e:t.firstChild,n,i),Jo(r,t.__k,i),t.__k.props.children=null}S={__e:function(e,t,n,o){for(var r,i,s;t=t.__;)if((r=t.__c)&&!(1&r.__g)){r.__g|=4;try{if((s=(i=r.constructor)&&i.getDerivedStateFromError)&&r.setState(i.getDerivedStateFromError(e)),r.componentDidCatch&&(r.componentDidCatch(e,o||{}),s=1),s&&8&r.__g)return void(r.__g|=2)}catch(a){e=a}}throw ge=0,e}},Ho=0,an=function(e){return e!=null&&e.constructor===Qt},z.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=_t({},this.state)),typeof e=="function"&&(e=e(_t({},n),this.props)),e&&(_t(n,e),this.__v&&(t&&this.__k.push(t),Do(this)))},z.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),Do(this))},z.prototype.render=yt,at=[],ge=0,Wo=function(e,t){return e.__v.__b-t.__v.__b},me=Symbol(),Go=/(PointerCapture)$|Capture$/i,ln=0,sn={},Xs=0;var Nt,R,mn,Zo,_n=Object.is,ve=0,ar=[],gn=[],C=S,Qo=C.__b,tr=C.__r,er=C.diffed,nr=C.__c,or=C.unmount,rr=C.__;function $e(e,t){C.__h&&C.__h(R,e,ve||t),ve=0;var n=R.__H||(R.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function G(e){return ve=1,oa(cr,e)}function oa(e,t,n){var o=$e(Nt++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):cr(void 0,t),function(i){var s=(o.__N||o.__)[0],a=o.t(s,i);_n(s,a)||(o.__N=[a,o.__[1]],o.__c.setState({}))}],o.__c=R,!R.__f)){R.__f=!0;var r=R.shouldComponentUpdate;R.shouldComponentUpdate=function(i,s,a){var c=this.__H;if(!c)return!0;var l=!1,u=this.props!=i;if(c.__.some(function(p){p.__N&&(l=!0,_n(p.__[0],p.__N[0])||(u=!0))}),r){var f=r.call(this,i,s,a);return l?f||u:f}return!l||u}}return o.__}function et(e,t){var n=$e(Nt++,3);!C.__s&&bn(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,R.__H.__h.push(n))}function lr(e,t){var n=$e(Nt++,4);!C.__s&&bn(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,R.__h.push(n))}function ee(e){return ve=5,xe(function(){return{current:e}},[])}function xe(e,t){var n=$e(Nt++,7);return bn(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function ra(){var e;do{for(;e=gn.shift();)try{te(e)}catch(n){C.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=ar.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(te),t.__h.some(yn),t.__h=[]}catch(n){t.__h=[],C.__e(n,e.__v)}}}while(gn.length)}C.__b=function(e){R=null,Qo&&Qo(e)},C.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),rr&&rr(e,t)},C.__r=function(e){tr&&tr(e),Nt=0;var t=(R=e.__c).__H;t&&(mn==R?R.__h=[]:(t.__h.some(te),t.__h.some(yn),Nt=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),mn=R},C.diffed=function(e){er&&er(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&sr(ar.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),mn=R=null},C.__c=function(e,t){t.some(function(n){try{n.__h.some(te),n.__h=n.__h.filter(function(o){return!o.__||yn(o)})}catch(o){n.__h=[function(){throw o}]}}),nr&&nr(e,t)},C.unmount=function(e){or&&or(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}r.__P=n,sr(gn.push(r))}else te(r)}catch(i){t=i}}),o.__H=void 0,t&&C.__e(t,o.__v))};var ir=typeof requestAnimationFrame=="function";function ia(e){var t,n=function(){clearTimeout(o),ir&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);ir&&(t=requestAnimationFrame(n))}function sr(e){e!=1&&Zo==C.requestAnimationFrame||((Zo=C.requestAnimationFrame)||ia)(ra)}function te(e){var t=R,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),R=t}function yn(e){var t=R;e.__c=e.__(),R=t}function bn(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!_n(n,e[o])})}function cr(e,t){return typeof t=="function"?t(e):t}var sa=Symbol.for("preact-signals");function Te(){if(nt>1)nt--;else{var e,t=!1;for((function(){var r=Se;for(Se=void 0;r!==void 0;){var i=r.S;if(i.v===r.v)for(var s=i.t;s!==void 0;s=s.x)s.i===r.i&&(s.i=i.i);r=r.o}})();oe!==void 0;){var n=oe;for(oe=void 0,we++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&fr(n))try{n.c()}catch(r){t||(e=r,t=!0)}n=o}}if(we=0,nt--,t)throw e}}function $n(e){if(nt>0)return e();vn=++aa,nt++;try{return e()}finally{Te()}}var ne,M=void 0;function re(e){var t=M,n=ne;M=void 0,ne=void 0;try{return e()}finally{M=t,ne=n}}var oe=void 0,nt=0,we=0,aa=0,vn=0,Se=void 0,Me=0;function ur(e){if(M!==void 0){var t=e.n;if(t===void 0||t.t!==M)return t={i:0,S:e,p:M.s,n:void 0,t:M,e:void 0,x:void 0,r:t},M.s!==void 0&&(M.s.n=t),M.s=t,e.n=t,32&M.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=M.s,t.n=void 0,M.s.n=t,M.s=t),t}}function P(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}P.prototype.brand=sa;P.prototype.h=function(){return!0};P.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:re(function(){var o;(o=t.W)==null||o.call(t)}))};P.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&re(function(){var r;(r=t.Z)==null||r.call(t)}))}};P.prototype.subscribe=function(e){var t=this;return I(function(){var n=t.value;re(function(){return e(n)})},{name:"sub"})};P.prototype.valueOf=function(){return this.value};P.prototype.toString=function(){return this.value+""};P.prototype.toJSON=function(){return this.value};P.prototype.peek=function(){var e=this;return re(function(){return e.value})};Object.defineProperty(P.prototype,"value",{get:function(){var e=ur(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(we>100)throw new Error("Cycle detected");(function(n){nt!==0&&we===0&&n.l!==vn&&(n.l=vn,Se={S:n,v:n.v,i:n.i,o:Se})})(this),this.v=e,this.i++,Me++,nt++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{Te()}}}});function ot(e,t){return new P(e,t)}function fr(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function hr(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function pr(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function bt(e,t){P.call(this,void 0,t),this.x=e,this.s=void 0,this.g=Me-1,this.f=4}bt.prototype=new P;bt.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Me))return!0;if(this.g=Me,this.f|=1,this.i>0&&!fr(this))return this.f&=-2,!0;var e=M;try{hr(this),M=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return M=e,pr(this),this.f&=-2,!0};bt.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}P.prototype.S.call(this,e)};bt.prototype.U=function(e){if(this.t!==void 0&&(P.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};bt.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(bt.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=ur(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function V(e,t){return new bt(e,t)}function dr(e){var t=e.j;if(e.j=void 0,typeof t=="function"){nt++;var n=M;M=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,xn(e),o}finally{M=n,Te()}}}function xn(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,dr(e)}function la(e){if(M!==this)throw new Error("Out-of-order effect");pr(this),M=e,this.f&=-2;try{8&this.f&&xn(this)}finally{Te()}}function Ct(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,ne&&ne.push(this)}Ct.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};Ct.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,dr(this),hr(this),nt++;var e=M;return M=this,la.bind(this,e)};Ct.prototype.N=function(){2&this.f||(this.f|=2,this.u=oe,oe=this)};Ct.prototype.d=function(){this.f|=8,1&this.f||xn(this)};Ct.prototype.dispose=function(){this.d()};function I(e,t){var n=new Ct(e,t);try{n.c()}catch(r){throw n.d(),r}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var mr,Ae,ke,ca=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var _r=[];I(function(){mr=this.N})();function Rt(e,t){S[e]=t.bind(null,S[e]||function(){})}function ie(e){if(ke){var t=ke;ke=void 0,t()}ke=e&&e.S()}function gr(e){var t=this,n=e.data,o=fa(n);o.name="ReactiveDom",o.value=n;var r=xe(function(){for(var a=t,c=t.__v;c=c.__;)if(c.__c){c.__c.__$f|=4;break}var l=V(function(){var h=o.value.value;return h===0?0:h===!0?"":h||""}),u=V(function(){return!Array.isArray(l.value)&&!an(l.value)}),f=I(function(){if(this.N=yr,u.value){var h=l.value;a.__v&&a.__v.__e&&a.__v.__e.nodeType===3&&(a.__v.__e.data=h)}}),p=t.__$u.d;return t.__$u.d=function(){f(),p.call(this)},[u,l]},[]),i=r[0],s=r[1];return i.value?s.peek():s.value}gr.displayName="ReactiveTextNode";Object.defineProperties(P.prototype,{constructor:{configurable:!0,value:gt(yt,null).constructor},type:{configurable:!0,value:gr},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});Rt("__b",function(e,t){if(ie(),Ae=void 0,typeof t.type=="string"){var n,o=t.props;for(var r in o)if(r!=="children"){var i=o[r];i instanceof P&&(n||(t.__np=n={}),n[r]=i,o[r]=i.peek())}}e(t)});Rt("__r",function(e,t){if(e(t),t.type!==yt){ie();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=(function(r,i){var s;return I(function(){s=this},{name:i}),s.c=r,s})((function(r){return function(){var i;ca&&((i=this.y)==null||i.call(this)),r.__$f|=1,r.setState({})}})(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),Ae=o,ie(n)}});Rt("__e",function(e,t,n,o){ie(),Ae=void 0,e(t,n,o)});Rt("diffed",function(e,t){ie(),Ae=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,r=t.props,i=n.U;if(i)for(var s in i){var a=i[s];a===void 0||o&&s in o||(a.d(),i[s]=void 0)}if(o){i||(i={},n.U=i);for(var c in o){var l=i[c],u=o[c];l===void 0?(l=ua(n,c,u,r),i[c]=l):l.o(u,r)}}}e(t)});function ua(e,t,n,o){var r=t in e&&e.ownerSVGElement===void 0,i=ot(n);return{o:function(s,a){i.value=s,o=a},d:I(function(){this.N=yr;var s=i.value.value;o[t]!==s&&(o[t]=s,r?e[t]=s:s!=null&&(s!==!1||t[4]==="-")?e.setAttribute(t,s):e.removeAttribute(t))})}}Rt("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var r in o){var i=o[r];i&&i.d()}}}var s=t.__np;if(s){var a=t.props;for(var c in s)a[c]=s[c]}t.__np=void 0}else{var l=t.__c;if(l){l.__$f|=8;var u=l.__$u;u&&(l.__$u=void 0,u.d())}}e(t)});Rt("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});z.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var r in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var i=2&this.__$f;if(!(o||i||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var s in e)if(s!=="__source"&&e[s]!==this.props[s])return!0;for(var a in this.props)if(!(a in e))return!0;return!1};function fa(e,t){return xe(function(){return ot(e,t)},[])}var ha=function(e){queueMicrotask(function(){queueMicrotask(e)})};function pa(){$n(function(){for(var e;e=_r.shift();)mr.call(e)})}function yr(){_r.push(this)===1&&(S.requestAnimationFrame||ha)(pa)}function vt(e,t,n=null){return e.remember(`counted ${t} ${n}`,()=>n===null?{asked:e.column(`asked.${t}`),right:e.column(`right.${t}`),stale:e.column(`stale.${t}`)}:ga(e,t,n))}function se(e){let{detail:t,all_forms:n}=e.header;return t?.wordings==="all"&&e.has("probe.key")?n??[]:[]}var da=1,ma=2,_a=0;function ga(e,t,n){let o=e.steps*e.facts,r={asked:new Uint8Array(o),right:new Uint8Array(o),stale:new Uint8Array(o)},i=se(e).indexOf(n),s=e.column(`verdict.${t}`);if(i<0||s===null)return r;let a=e.column("probe.key"),c=e.column("probe.form");for(let l=0;l<a.length;l++)if(c[l]===i)for(let u=0;u<e.steps;u++){let f=s[u*a.length+l],p=u*e.facts+a[l];if(f===da)r.right[p]++;else if(f===ma)r.stale[p]++;else if(f!==_a)continue;r.asked[p]++}return r}var ya=0,ba=1,Lt=2,va=3,$a=4,xa=5,wn=6,jt=7,Ee=8,k=["none","future","right","partly","outdated","wrong","forgotten","produced","resurfaced"],O={none:0,new:1,retained:2,future:3,erased:4};function rt(e,t,n,o=null){return e.remember(`counts ${t} ${n} ${o}`,()=>{let r=n*e.facts,i=s=>{let a=t.length===0?null:vt(e,t[0],o)[s];if(t.length===1)return a.subarray(r,r+e.facts);let c=new Uint16Array(e.facts);for(let l of t){let u=vt(e,l,o)[s];for(let f=0;f<c.length;f++)c[f]+=u[r+f]}return c};return{asked:i("asked"),right:i("right"),stale:i("stale")}})}function wa(e,t,n,o,r=null){let i=n*e.facts+o,s={asked:0,right:0,stale:0};for(let a of t){let c=vt(e,a,r);s.asked+=c.asked[i],s.right+=c.right[i],s.stale+=c.stale[i]}return s}function br(e,t,n,o){return e===O.none||t===0?ya:e===O.future?ba:e===O.erased?n===0?wn:jt:n>0?n===t?Lt:va:o>0?$a:xa}function Oe(e,t,n,o=null){return e.remember(`states ${t} ${n} ${o}`,()=>{let r=new Uint8Array(e.facts),{asked:i,right:s,stale:a}=rt(e,t,n,o),c=e.column("group"),l=n*e.facts;for(let u=0;u<r.length;u++){let f=br(c[l+u],i[u],s[u],a[u]);r[u]=f===jt?$r(e,t,n,u,o):f}return r})}function vr(e,t,n,o,r=null){let{asked:i,right:s,stale:a}=wa(e,t,n,o,r),c=e.column("group")[n*e.facts+o],l=br(c,i,s,a);return l===jt?$r(e,t,n,o,r):l}function Sn(e,t,n){let o=e.column("group"),r=e.column("learned"),i=t;for(;i>0&&o[(i-1)*e.facts+n]===O.erased&&r[(i-1)*e.facts+n]===r[t*e.facts+n];)i--;return i}function $r(e,t,n,o,r){let i=Sn(e,n,o)*e.facts+o,s=n*e.facts+o;return t.some(c=>{let{right:l}=vt(e,c,r);return l[s]>0&&l[i]===0})?Ee:jt}var $t=[{name:"broken",bad:!0},{name:"turned outdated",bad:!0},{name:"resurfaced",bad:!0},{name:"not learned",bad:!0},{name:"not forgotten",bad:!0},{name:"still wrong",bad:!0},{name:"learned",bad:!1},{name:"regained",bad:!1},{name:"forgotten",bad:!1}],Y=Object.fromEntries($t.map(({name:e},t)=>[e,1<<t]));function wr(e,t,n,o=null){return e.remember(`changes ${t} ${n} ${o}`,()=>{let r=new Uint16Array(e.facts);if(n<1||t.length===0)return r;let i=xr(e,t,n-1,o),s=xr(e,t,n,o);for(let a=0;a<r.length;a++){if(s.asked[a]===0)continue;let c=s.group[a];if(c===O.new)r[a]=Sa(s,n,a);else if(c===O.retained)r[a]=Ma(i,s,n,a);else if(c===O.erased){let l=Sn(e,n,a)===n;r[a]=Ta(i.states[a],s.states[a],l)}}return r})}function xt(e){return Y[e]??0}function xr(e,t,n,o){let r=i=>e.column(i).subarray(n*e.facts,(n+1)*e.facts);return{...rt(e,t,n,o),states:Oe(e,t,n,o),group:r("group"),learned:r("learned")}}function Sa(e,t,n){return e.learned[n]!==t?0:e.states[n]===Lt?Y.learned:Y["not learned"]}function Ma(e,t,n,o){let r=e.group[o];if(r!==O.new&&r!==O.retained||e.asked[o]===0||e.learned[o]!==t.learned[o]||t.learned[o]>=n)return 0;let i=t.states[o]===Lt,s=t.right[o]*e.asked[o]<e.right[o]*t.asked[o],a=0;return!i&&s?a|=Y.broken:!i&&e.states[o]!==Lt?a|=Y["still wrong"]:i&&e.states[o]!==Lt&&(a|=Y.regained),e.stale[o]===0&&t.stale[o]>0&&(a|=Y["turned outdated"]),a}function Ta(e,t,n){return t===Ee?e===Ee?0:Y.resurfaced:n?t===wn?Y.forgotten:t===jt?Y["not forgotten"]:0:0}var Mn=["group","state","change"],ka=["relation","form","learned","seed"],Pt=[...ka,...Mn],Aa=["g","a","b","s","k","learned","seed"],Ne=Object.freeze({g:null,a:null,b:null,s:null,q:"",relation:null,group:null,learned:null,state:null,change:null,form:null,seed:null,d:!1,k:null,sort:null});function Sr(e){let t=new URLSearchParams(e.replace(/^#/,"")),n={...Ne};for(let[o,r]of t)!Object.hasOwn(Ne,o)||r===""||(Aa.includes(o)?/^-?\d{1,9}$/.test(r)&&(n[o]=Number(r)):o==="d"?n.d=r==="1":Mn.includes(o)?n[o]=r.split(","):n[o]=r);return n}function Ce(e){let t=new URLSearchParams;for(let o of Object.keys(Ne)){let r=e[o];r===Ne[o]||r===null||r===""||t.set(o,r===!0?"1":String(r))}let n=t.toString();return n===""?"":`#${n}`}var q=ot(Sr(globalThis.location?.hash??""));function x(e,{replace:t=!1}={}){let n={...q.value,...e},o=Ce(n);if(o===Ce(q.value))return;q.value=n;let{pathname:r,search:i}=location;history[t?"replaceState":"pushState"](null,"",o===""?r+i:o)}function Mr(e){let t=()=>{let{hash:n}=e.location;if(n!==""&&!n.includes("="))return;let o=Sr(n);Ce(o)!==Ce(q.value)&&(q.value=o)};e.addEventListener("popstate",t),e.addEventListener("hashchange",t)}var Tn=class{constructor(t,n,o,r){this.block=t,this.variant=n,this.form=r,this.name=t.variants[n]?.name??"",this.runsOf=t.labels.map((i,s)=>t.runs(n,s,o))}runs(t){return this.runsOf[t]}states(t){return Oe(this.block,this.runs(t),t,this.form)}state(t,n){return vr(this.block,this.runs(t),t,n,this.form)}counts(t){return rt(this.block,this.runs(t),t,this.form)}changes(t){return wr(this.block,this.runs(t),t,this.form)}countsAt(t,n){let o=t*this.block.facts+n,r={asked:0,right:0,stale:0};for(let i of this.runs(t)){let s=vt(this.block,i,this.form);r.asked+=s.asked[o],r.right+=s.right[o],r.stale+=s.stale[o]}return r}answer(t,n){let o=new Map;for(let s of this.runs(t)){let a=this.block.answer(s,t,n);a!==null&&o.set(a,(o.get(a)??0)+1)}let r=null,i=0;for(let[s,a]of o)i+=a,(r===null||a>r.times)&&(r={text:s,times:a});return r===null?null:{...r,runs:i}}margin(t,n){let o=0,r=0;for(let i of this.runs(t)){let s=this.block.margin(i,t,n);s!==null&&(o+=s,r++)}return r===0?null:o/r}};function B({block:e,selection:t},n){let o=t[n];if(o<0)return null;let{seed:r,form:i}=t;return e.remember(`side ${o} ${r} ${i}`,()=>new Tn(e,o,r,i))}var Ea=["partly","outdated","wrong"],kn={"not right":Ea};function Tr(e){let t={a:[],b:[]};for(let n of e??[])n.startsWith("b.")?t.b.push(n.slice(2)):t.a.push(n.replace(/^a\./,""));return t}function Ar(e){let{block:t,selection:n}=e,o=[...Oa(t,n),...kr(e,"a"),...kr(e,"b"),...Na(e)];if(n.d&&n.b>=0){let s=B(e,"a").states(n.s),a=B(e,"b").states(n.s);o.push(c=>s[c]!==a[c])}let r=new Uint32Array(t.facts),i=0;t:for(let s=0;s<t.facts;s++){for(let a of o)if(!a(s))continue t;r[i++]=s}return r.subarray(0,i)}function Oa(e,{s:t,relation:n,group:o,learned:r}){let i=t*e.facts,s=[];if(n!==null){let a=e.column("relation"),c=e.relations.indexOf(n);s.push(l=>a[l]===c)}if(o!==null){let a=e.column("group"),c=new Set(o.map(l=>O[l]));s.push(l=>c.has(a[i+l]))}if(r!==null){let a=e.column("learned");s.push(c=>a[i+c]===r)}return s}function kr(e,t){let{selection:n}=e,o=B(e,t),r=Tr(n.state)[t],i=Tr(n.change)[t],s=[];if(o===null)return s;if(r.length>0){let a=o.states(n.s),c=k.map(l=>r.includes(l));s.push(l=>c[a[l]])}if(i.length>0){let a=o.changes(n.s),c=i.reduce((l,u)=>l|xt(u),0);s.push(l=>(a[l]&c)!==0)}return s}function Na(e){return e.selection.q.toLowerCase().split(/\s+/).filter(Boolean).map(n=>Ca(e,n))}function Ca(e,t){let{block:n}=e,{holding:o,relations:r}=n.remember(`holding ${t}`,()=>({holding:n.texts.holding(t),relations:n.relations.map(c=>c.toLowerCase().includes(t))})),[i,s]=["subject","relation"].map(c=>n.column(c)),a=Ra(e);return c=>{if(o[i[c]]===1||r[s[c]])return!0;for(let l=0;l<a.length;l++)if(o[a[l][c]]===1)return!0;return!1}}function Ra(e){let{block:t,selection:n}=e,{s:o}=n,r=(s,a)=>s.subarray(a,a+t.facts),i=["object","outdated"].map(s=>r(t.column(s),o*t.facts));for(let s of["a","b"])for(let a of B(e,s)?.runs(o)??[]){let c=t.column(`answer.${a}`),l=t.place(c,a,o,0,t.facts);l>=0&&i.push(r(c,l))}return i}var Or=function(e,t,n,o){var r;t[0]=0;for(var i=1;i<t.length;i++){var s=t[i++],a=t[i]?(t[0]|=s?1:2,n[t[i++]]):t[++i];s===3?o[0]=a:s===4?o[1]=Object.assign(o[1]||{},a):s===5?(o[1]=o[1]||{})[t[++i]]=a:s===6?o[1][t[++i]]+=a+"":s?(r=e.apply(a,Or(e,a,n,["",null])),o.push(r),a[0]?t[0]|=2:(t[i-2]=0,t[i]=r)):o.push(a)}return o},Er=new Map;function Nr(e){var t=Er.get(this);return t||(t=new Map,Er.set(this,t)),(t=Or(this,t.get(e)||(t.set(e,t=(function(n){for(var o,r,i=1,s="",a="",c=[0],l=function(p){i===1&&(p||(s=s.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?c.push(0,p,s):i===3&&(p||s)?(c.push(3,p,s),i=2):i===2&&s==="..."&&p?c.push(4,p,0):i===2&&s&&!p?c.push(5,0,!0,s):i>=5&&((s||!p&&i===5)&&(c.push(i,0,s,r),i=6),p&&(c.push(i,p,0,r),i=6)),s=""},u=0;u<n.length;u++){u&&(i===1&&l(),l(u));for(var f=0;f<n[u].length;f++)o=n[u][f],i===1?o==="<"?(l(),c=[c],i=3):s+=o:i===4?s==="--"&&o===">"?(i=1,s=""):s=o+s[0]:a?o===a?a="":s+=o:o==='"'||o==="'"?a=o:o===">"?(l(),i=1):i&&(o==="="?(i=5,r=s,s=""):o==="/"&&(i<5||n[u][f+1]===">")?(l(),i===3&&(c=c[0]),i=c,(c=c[0]).push(2,0,i),i=0):o===" "||o==="	"||o===`
`||o==="\r"?(l(),i=2):s+=o),i===3&&s==="!--"&&(i=4,c=c[0])}return l(),c})(e)),t),arguments,[])).length>1?t:t[0]}var d=Nr.bind(gt);var La=Object.freeze({q:"",d:!1,...Object.fromEntries(Pt.map(e=>[e,null]))});function Rr(e){return Pt.filter(t=>e[t]!==null).length}function wt({label:e,name:t,value:n,options:o,disabled:r=!1,title:i=null}){let s=c=>{let l=o.flatMap(u=>u.options??[u]).find(u=>String(u.value)===c.currentTarget.value);x({[t]:l===void 0?null:l.value})},a=c=>d`<option value=${String(c.value)}>${c.text}</option>`;return d`<label class="pick" title=${i}
    ><span>${e}</span>
    <select
      aria-label=${e}
      value=${n===null?"":String(n)}
      onChange=${s}
      disabled=${r}
    >
      <option value="">all</option>
      ${o.map(c=>c.options?d`<optgroup label=${c.label}>${c.options.map(a)}</optgroup>`:a(c))}
    </select></label
  >`}function Cr({block:e,selection:t},n){return["a","b"].filter(o=>t[o]>=0).map(o=>({label:`${o.toUpperCase()}: ${e.variants[t[o]].name}`,options:n.map(([r,i])=>({text:r,value:i.map(s=>o==="a"?s:`b.${s}`)}))}))}function Lr({now:e}){let{block:t,selection:n}=e,o=se(t),r=[...new Set(t.variants.flatMap(({runs:l})=>l.map(u=>u.seed)))],i=[...Object.entries(kn),...k.slice(1).map(l=>[l,[l]])],s=$t.map(({name:l})=>[l,[l]]),a=l=>l.map(u=>({value:u,text:String(u)})),c=l=>l.map(u=>({value:[u],text:u}));return d`
    <${wt} label="Relation" name="relation" value=${n.relation} options=${a(t.relations)} />
    <${wt} label="Group" name="group" value=${n.group} options=${c(t.groups.slice(1))} />
    <${wt}
      label="Taught at"
      name="learned"
      value=${n.learned}
      options=${t.labels.map((l,u)=>({value:u,text:l}))}
    />
    <${wt} label="State" name="state" value=${n.state} options=${Cr(e,i)} />
    <${wt} label="Change" name="change" value=${n.change} options=${Cr(e,s)} />
    <${wt}
      label="Form"
      name="form"
      value=${n.form}
      options=${a(o)}
      disabled=${o.length===0}
      title=${o.length===0?"The page does not carry the answers to each wording at every step":"Judge the facts by their answers to this form of wording only"}
    />
    <${wt}
      label="Seed"
      name="seed"
      value=${n.seed}
      options=${a(r.sort((l,u)=>l-u))}
      disabled=${r.length<2}
      title="Count the runs with this seed only"
    />
  `}function jr({now:e}){let{block:t,selection:n}=e,o=[];n.q!==""&&o.push(["search",n.q,{q:""}]),n.d&&n.b>=0&&o.push(["only","where A and B differ",{d:!1}]);for(let r of Pt){let i=n[r];if(i===null)continue;let s=r==="learned"?t.labels[i]??i:ja(i,r);o.push([r==="learned"?"taught at":r,s,{[r]:null}])}return o.length===0?null:d`<div class="chips">
    ${o.map(([r,i,s])=>d`<button
        type="button"
        class="chip"
        aria-label=${`Remove the filter ${r}: ${i}`}
        onClick=${()=>x(s)}
      >
        <small>${r}</small> <bdi>${i}</bdi> <span aria-hidden="true">×</span>
      </button>`)}
    <button type="button" class="plain-button" onClick=${()=>x(La)}>
      Remove all
    </button>
  </div>`}function ja(e,t){if(!Array.isArray(e))return String(e);if(t==="group")return e.join(" or ");let n=Object.entries(kn);return["a","b"].map(o=>{let r=e.filter(s=>s.startsWith("b.")===(o==="b")).map(s=>s.replace(/^[ab]\./,"")),i=n.find(([,s])=>s.join()===r.join());return r.length>0?`${i?.[0]??r.join(" or ")} (${o.toUpperCase()})`:""}).filter(Boolean).join(", ")}var it=ot(null),Re=ot(new Map);function Pr(e,t){let n=(a,c,l)=>a===null||a<0||a>l?c:a,o=Math.max(0,...t.done.map(a=>a-1)),r=t.variants.length-1,i=n(e.a,e.b===0&&r>0?1:0,r),s=r<1?-1:i===1?0:1;return{...e,g:e.g??0,a:i,b:e.b===-1?-1:n(e.b,s,r),s:n(e.s,o,t.steps-1),k:n(e.k,null,t.facts-1)}}function An(e=null){let t=e??q.value.g??0,n=Re.value.get(t);return n===void 0||it.value===null?null:{block:n,data:it.value.groups[t],selection:Pr({...q.value,g:t},n)}}function Ur(e=null){let t=e??q.value.g??0,n=it.value.groups[t],o={done:n.strategies.map(r=>r.done),variants:n.strategies,steps:n.labels.length,facts:0};return{block:null,data:n,selection:Pr({...q.value,g:t},o)}}var F=V(()=>An());function Fr(){let[e,t]=G(!1);if(F.value===null)return null;let n=F.value,{block:o,selection:r}=n,i=Rr(r);return d`<div class=${`bar${e?" opened":""}`} role="region" aria-label="What is shown">
    <div class="bar-line">
      ${it.value.groups.length>1&&d`<${Pa} selection=${r} />`}
      <${Br} now=${n} side="a" />
      ${r.b>=0&&d`<button
        type="button"
        class="icon"
        title="Swap A and B"
        aria-label="Swap A and B"
        onClick=${()=>x({a:r.b,b:r.a})}
      >
        ⇄
      </button>`}
      ${o.variants.length>1&&d`<${Br} now=${n} side="b" />`}
      <${Ba} now=${n} />
      <${Fa} value=${r.q} />
      ${r.b>=0&&d`<label class="check"
        ><input
          type="checkbox"
          checked=${r.d}
          onChange=${s=>x({d:s.currentTarget.checked})}
        />
        only where A and B differ</label
      >`}
      <button
        type="button"
        aria-expanded=${e}
        aria-controls="bar-filters"
        onClick=${()=>t(!e)}
      >
        Filters${i>0?` (${i})`:""}
      </button>
      <${qa} />
    </div>
    <div class="bar-line filters" id="bar-filters" hidden=${!e}>
      ${e&&d`<${Lr} now=${n} />`}
    </div>
  </div>`}function Pa({selection:e}){return d`<label class="pick whole"
    ><span>Runs</span>
    <select
      value=${e.g}
      onChange=${t=>x({...Ua,g:Number(t.currentTarget.value)})}
    >
      ${it.value.groups.map((t,n)=>d`<option value=${n}>${t.scenario} on ${t.model}, ${t.match}</option>`)}
    </select></label
  >`}var Ua={a:null,b:null,s:null,k:null,relation:null,learned:null,form:null};function Br({now:e,side:t}){let{block:n,selection:o}=e;return d`<label class="pick"
    ><span class=${`side side-${t}`}>${t.toUpperCase()}</span>
    <select
      aria-label=${`Run ${t.toUpperCase()}`}
      value=${o[t]}
      onChange=${r=>x({[t]:Number(r.currentTarget.value)})}
    >
      ${t==="b"&&d`<option value="-1">none</option>`}
      ${n.variants.map(({name:r},i)=>d`<option value=${i}>${r}</option>`)}
    </select></label
  >`}function qr(){let[e]=G({on:!1});return{change(t){x(t,{replace:e.on}),e.on=!0},end(){e.on=!1}}}function Ba({now:e}){let{block:t,selection:n}=e,o=qr(),r=n.s,i=t.steps-1,s=r===0?"base":`update ${r}`,a=c=>x({s:Math.max(0,Math.min(i,c))});return d`<div class="stepper">
    <button type="button" class="icon" aria-label="Step before" disabled=${r===0} onClick=${()=>a(r-1)}>
      ‹
    </button>
    <input
      type="range"
      aria-label="Step"
      aria-valuetext=${`${s}, ${t.labels[r]}`}
      min="0"
      max=${i}
      value=${r}
      onInput=${c=>o.change({s:Number(c.currentTarget.value)})}
      onChange=${o.end}
    />
    <button type="button" class="icon" aria-label="Next step" disabled=${r===i} onClick=${()=>a(r+1)}>
      ›
    </button>
    <output><b>${s}</b> <bdi>${t.labels[r]}</bdi></output>
  </div>`}function Fa({value:e}){let t=qr();return d`<input
    type="search"
    class="search"
    aria-label="Search facts"
    placeholder="Search"
    value=${e}
    onInput=${n=>t.change({q:n.currentTarget.value})}
    onBlur=${t.end}
  />`}function qa(){let[e,t]=G("");return d`<button type="button" class="copy" onClick=${async()=>{let o=await Da(location.href);t(o?"Copied":"Copy the address of the page"),setTimeout(()=>t(""),2e3)}}>
    <span aria-live="polite">${e||"Copy link"}</span>
  </button>`}async function Da(e){try{return await navigator.clipboard.writeText(e),!0}catch{return!1}}var Le=class{constructor(t,n){this.bytes=t,this.byteEnds=n,this.length=n.length,this.decoder=new TextDecoder("utf-8",{ignoreBOM:!0}),this.folded=null}at(t){let n=t===0?0:this.byteEnds[t-1];return this.decoder.decode(this.bytes.subarray(n,this.byteEnds[t]))}searchable(){if(this.folded===null){let t=this.decoder.decode(this.bytes),n=t.toLowerCase();this.folded=n.length===t.length?{text:n,ends:Ha(this.bytes,this.byteEnds)}:Wa(this)}return this.folded}holding(t){let n=new Uint8Array(this.length),{text:o,ends:r}=this.searchable(),i=0,s=o.indexOf(t);for(;s>=0;)i=Ia(r,i,s),s+t.length<=r[i]?(n[i]=1,s=o.indexOf(t,Math.max(r[i],s+1))):s=o.indexOf(t,s+1);return n}};function Ia(e,t,n){let o=t,r=e.length-1;for(;o<r;){let i=o+r>>1;e[i]>n?r=i:o=i+1}return o}function Ha(e,t){let n=new Uint32Array(t.length),o=0,r=0;for(let i=0;i<t.length;i++){for(let s=t[i];r<s;r++){let a=e[r];(a&192)!==128&&(o+=a>=240?2:1)}n[i]=o}return n}function Wa(e){let t=new Uint32Array(e.length),n=[],o=0;for(let r=0;r<e.length;r++){let i=e.at(r).toLowerCase();n.push(i),o+=i.length,t[r]=o}return{text:n.join(""),ends:t}}var Ga={u8:Uint8Array,u16:Uint16Array,u32:Uint32Array,i8:Int8Array},je=4294967295,On=4294967295,Va=4294967294,Nn=65535,Cn=-128,za=200;function Ya(e,t){for(let n=t;n<e.length;n++)e[n]+=e[n-t];return e}var En=class{constructor(t){let n=new DataView(t).getUint32(0,!0);if(this.header=JSON.parse(new TextDecoder().decode(new Uint8Array(t,4,n))),this.header.format!==1)throw new Error(`facts of format ${this.header.format}`);this.buffer=t,this.start=4+n,this.labels=this.header.labels,this.steps=this.labels.length,this.facts=this.header.facts,this.relations=this.header.relations,this.groups=this.header.groups,this.variants=this.header.variants,this.done=[];for(let{runs:o}of this.variants)for(let{run:r,done:i}of o)this.done[r]=i;this.made=new Map,this.kept=new Map,this.texts=new Le(this.column("strings.bytes"),this.column("strings.ends"))}has(t){return Object.hasOwn(this.header.columns,t)}column(t){if(this.made.has(t))return this.made.get(t);let n=this.has(t)?this.header.columns[t]:null,o=null;return n!==null&&(o=new Ga[n.type](this.buffer,this.start+n.offset,n.length),n.delta&&(o=Ya(o,n.length/this.steps))),this.made.set(t,o),o}remember(t,n){let o=this.kept.get(t);return o===void 0?o=n():this.kept.delete(t),this.kept.set(t,o),this.kept.size>za&&this.kept.delete(this.kept.keys().next().value),o}text(t){return this.texts.at(t)}subject(t){return this.text(this.column("subject")[t])}relation(t){return this.relations[this.column("relation")[t]]}object(t,n){let o=this.column("object")[t*this.facts+n];return o===je?null:this.text(o)}group(t,n){return this.groups[this.column("group")[t*this.facts+n]]}runs(t,n,o=null){return t<0||t>=this.variants.length?[]:this.variants[t].runs.filter(r=>!r.diverged&&r.done>n&&(o===null||r.seed===o)).map(r=>r.run)}place(t,n,o,r,i){return t===null?-1:t.length!==i||this.steps===1?o*i+r:o===this.done[n]-1?r:-1}answer(t,n,o){let r=this.column(`answer.${t}`),i=this.place(r,t,n,o,this.facts);return i<0?null:this.said(r[i],n,o)}said(t,n,o){return t===Va?null:t===On?this.object(n,o):this.text(t)}margin(t,n,o){let r=this.column(`margin.${t}`),i=this.place(r,t,n,o,this.facts);return i<0||r[i]===Cn?null:r[i]/4}};async function Dr(e){return new En(await fe(e))}function Wr(e,t,n,o=null){let r=Vr(e,t,n,o);for(;!zr(r););return{updates:Hr(r.updates),base:Hr(r.base)}}function Gr(e,t,n,o,r){let i=Vr(e,t,n,o),s=performance.now()+r;for(;!zr(i);)if(performance.now()>s)return!1;return!0}function Vr(e,t,n,o){return e.remember(`ages ${t} ${n} ${o}`,()=>({block:e,runs:t,form:o,steps:t.length===0?0:n,next:0,updates:Ir(n),base:Ir(n),sound:new Uint16Array(e.facts).fill(Nn)}))}function zr(e){return e.next<e.steps&&Xa(e,e.next++),e.next>=e.steps}var Ir=e=>({right:new Float64Array(e),facts:new Uint32Array(e)});function Xa({block:e,runs:t,form:n,updates:o,base:r,sound:i},s){let{asked:a,right:c}=rt(e,t,s,n),l=s*e.facts,u=e.column("group").subarray(l,l+e.facts),f=e.column("learned").subarray(l,l+e.facts);for(let p=0;p<e.facts;p++){if(u[p]!==O.new&&u[p]!==O.retained||a[p]===0)continue;let h=f[p];if(h===s&&(i[p]=c[p]===a[p]?s:Nn),i[p]!==h)continue;let m=h===0?r:o;m.right[s-h]+=c[p]/a[p],m.facts[s-h]++}}function Hr({right:e,facts:t}){let n=[];return t.forEach((o,r)=>{o>0&&n.push({age:r,share:e[r]/o,facts:o})}),n}function Rn(e,{s:t}){return e>t?null:{q:"",relation:null,state:null,change:null,group:e===0?["new"]:["retained"],learned:t-e,k:null}}function Pe(e,t){return e==null||t==null?NaN:e<t?-1:e>t?1:e>=t?0:NaN}function Ka(e,t){return e==null||t==null?NaN:t<e?-1:t>e?1:t>=e?0:NaN}function Yr(e){let t,n,o;e.length!==2?(t=Pe,n=(a,c)=>Pe(e(a),c),o=(a,c)=>e(a)-c):(t=e===Pe||e===Ka?e:Ja,n=e,o=e);function r(a,c,l=0,u=a.length){if(l<u){if(t(c,c)!==0)return u;do{let f=l+u>>>1;n(a[f],c)<0?l=f+1:u=f}while(l<u)}return l}function i(a,c,l=0,u=a.length){if(l<u){if(t(c,c)!==0)return u;do{let f=l+u>>>1;n(a[f],c)<=0?l=f+1:u=f}while(l<u)}return l}function s(a,c,l=0,u=a.length){let f=r(a,c,l,u-1);return f>l&&o(a[f-1],c)>-o(a[f],c)?f-1:f}return{left:r,center:s,right:i}}function Ja(){return 0}function Za(e){return e===null?NaN:+e}var Xr=Yr(Pe),Lf=Xr.right,jf=Xr.left,Pf=Yr(Za).center;var Uf=Kr(Jr),Bf=Kr(Qa);function Kr(e){return function(t,n,o=n){if(!((n=+n)>=0))throw new RangeError("invalid rx");if(!((o=+o)>=0))throw new RangeError("invalid ry");let{data:r,width:i,height:s}=t;if(!((i=Math.floor(i))>=0))throw new RangeError("invalid width");if(!((s=Math.floor(s!==void 0?s:r.length/i))>=0))throw new RangeError("invalid height");if(!i||!s||!n&&!o)return t;let a=n&&e(n),c=o&&e(o),l=r.slice();return a&&c?(Ut(a,l,r,i,s),Ut(a,r,l,i,s),Ut(a,l,r,i,s),Bt(c,r,l,i,s),Bt(c,l,r,i,s),Bt(c,r,l,i,s)):a?(Ut(a,r,l,i,s),Ut(a,l,r,i,s),Ut(a,r,l,i,s)):c&&(Bt(c,r,l,i,s),Bt(c,l,r,i,s),Bt(c,r,l,i,s)),t}}function Ut(e,t,n,o,r){for(let i=0,s=o*r;i<s;)e(t,n,i,i+=o,1)}function Bt(e,t,n,o,r){for(let i=0,s=o*r;i<o;++i)e(t,n,i,i+s,o)}function Qa(e){let t=Jr(e);return(n,o,r,i,s)=>{r<<=2,i<<=2,s<<=2,t(n,o,r+0,i+0,s),t(n,o,r+1,i+1,s),t(n,o,r+2,i+2,s),t(n,o,r+3,i+3,s)}}function Jr(e){let t=Math.floor(e);if(t===e)return tl(e);let n=e-t,o=2*e+1;return(r,i,s,a,c)=>{if(!((a-=c)>=s))return;let l=t*i[s],u=c*t,f=u+c;for(let p=s,h=s+u;p<h;p+=c)l+=i[Math.min(a,p)];for(let p=s,h=a;p<=h;p+=c)l+=i[Math.min(a,p+u)],r[p]=(l+n*(i[Math.max(s,p-f)]+i[Math.min(a,p+f)]))/o,l-=i[Math.max(s,p-u)]}}function tl(e){let t=2*e+1;return(n,o,r,i,s)=>{if(!((i-=s)>=r))return;let a=e*o[r],c=s*e;for(let l=r,u=r+c;l<u;l+=s)a+=o[Math.min(i,l)];for(let l=r,u=i;l<=u;l+=s)a+=o[Math.min(i,l+c)],n[l]=a/t,a-=o[Math.max(r,l-c)]}}var el=Array.prototype,Ff=el.slice;var nl=Math.sqrt(50),ol=Math.sqrt(10),rl=Math.sqrt(2);function Ln(e,t,n){let o=(t-e)/Math.max(0,n),r=Math.floor(Math.log10(o)),i=o/Math.pow(10,r),s=i>=nl?10:i>=ol?5:i>=rl?2:1,a,c,l;return r<0?(l=Math.pow(10,-r)/s,a=Math.round(e*l),c=Math.round(t*l),a/l<e&&++a,c/l>t&&--c,l=-l):(l=Math.pow(10,r)*s,a=Math.round(e/l),c=Math.round(t/l),a*l<e&&++a,c*l>t&&--c),c<a&&.5<=n&&n<2?Ln(e,t,n*2):[a,c,l]}function Zr(e,t,n){if(t=+t,e=+e,n=+n,!(n>0))return[];if(e===t)return[e];let o=t<e,[r,i,s]=o?Ln(t,e,n):Ln(e,t,n);if(!(i>=r))return[];let a=i-r+1,c=new Array(a);if(o)if(s<0)for(let l=0;l<a;++l)c[l]=(i-l)/-s;else for(let l=0;l<a;++l)c[l]=(i-l)*s;else if(s<0)for(let l=0;l<a;++l)c[l]=(r+l)/-s;else for(let l=0;l<a;++l)c[l]=(r+l)*s;return c}var qf=il(Math.random);function il(e){return function(n,o=0,r=n.length){let i=r-(o=+o);for(;i;){let s=e()*i--|0,a=n[i+o];n[i+o]=n[s+o],n[s+o]=a}return n}}var ae=Math.PI,jn=2*ae,St=1e-6,sl=jn-St;function Qr(e){this._+=e[0];for(let t=1,n=e.length;t<n;++t)this._+=arguments[t]+e[t]}function al(e){let t=Math.floor(e);if(!(t>=0))throw new Error(`invalid digits: ${e}`);if(t>15)return Qr;let n=10**t;return function(o){this._+=o[0];for(let r=1,i=o.length;r<i;++r)this._+=Math.round(arguments[r]*n)/n+o[r]}}function ti(e,t,n,o){return e===n&&t===o}function ll(e){let t=Math.floor(e);if(!(t<=15))return ti;let n=10**t,o=function(r){return Math.round(r*n)};return function(r,i,s,a){return o(r)===o(s)&&o(i)===o(a)}}var Ft=class{constructor(t){this._x0=this._y0=this._x1=this._y1=null,this._="",this._append=t==null?Qr:al(t),this._equal=t==null?ti:ll(t)}moveTo(t,n){this._append`M${this._x0=this._x1=+t},${this._y0=this._y1=+n}`}closePath(){this._x1!==null&&(this._x1=this._x0,this._y1=this._y0,this._append`Z`)}lineTo(t,n){this._append`L${this._x1=+t},${this._y1=+n}`}quadraticCurveTo(t,n,o,r){this._append`Q${+t},${+n},${this._x1=+o},${this._y1=+r}`}bezierCurveTo(t,n,o,r,i,s){this._append`C${+t},${+n},${+o},${+r},${this._x1=+i},${this._y1=+s}`}arcTo(t,n,o,r,i){if(t=+t,n=+n,o=+o,r=+r,i=+i,i<0)throw new Error(`negative radius: ${i}`);let s=this._x1,a=this._y1,c=o-t,l=r-n,u=s-t,f=a-n,p=u*u+f*f;if(this._x1===null)this._append`M${this._x1=t},${this._y1=n}`;else if(p>St)if(!(Math.abs(f*c-l*u)>St)||!i)this._append`L${this._x1=t},${this._y1=n}`;else{let h=o-s,m=r-a,y=c*c+l*l,g=h*h+m*m,_=Math.sqrt(y),v=Math.sqrt(p),b=i*Math.tan((ae-Math.acos((y+p-g)/(2*_*v)))/2),$=b/v,E=b/_;Math.abs($-1)>St&&this._append`L${t+$*u},${n+$*f}`,this._append`A${i},${i},0,0,${+(f*h>u*m)},${this._x1=t+E*c},${this._y1=n+E*l}`}}arc(t,n,o,r,i,s){if(t=+t,n=+n,o=+o,s=!!s,o<0)throw new Error(`negative radius: ${o}`);let a=o*Math.cos(r),c=o*Math.sin(r),l=t+a,u=n+c,f=1^s,p=s?r-i:i-r;if(this._x1===null?this._append`M${l},${u}`:(Math.abs(this._x1-l)>St||Math.abs(this._y1-u)>St)&&this._append`L${l},${u}`,!!o){if(p<0&&(p=p%jn+jn),p>sl)this._append`A${o},${o},0,1,${f},${t-a},${n-c}A${o},${o},0,1,${f},${this._x1=l},${this._y1=u}`;else if(p>St){let h=t+o*Math.cos(i),m=n+o*Math.sin(i);if(p>=ae&&this._equal(l,u,h,m)){p/=2;let y=r+p;this._append`A${o},${o},0,${+(p>=ae)},${f},${t+o*Math.cos(y)},${n+o*Math.sin(y)}`}this._append`A${o},${o},0,${+(p>=ae)},${f},${this._x1=h},${this._y1=m}`}}}rect(t,n,o,r){this._append`M${this._x0=this._x1=+t},${this._y0=this._y1=+n}h${o=+o}v${+r}h${-o}Z`}toString(){return this._}};function cl(){return new Ft}cl.prototype=Ft.prototype;function U(e){return function(){return e}}var ul=Math.cos;var Un=Math.sin,qt=Math.sqrt,ei=1e-12,Ue=Math.PI,Wf=Ue/2,si=2*Ue;function ai(e){let t=3;return e.digits=function(n){if(!arguments.length)return t;if(n==null)t=null;else{let o=Math.floor(n);if(!(o>=0))throw new RangeError(`invalid digits: ${n}`);t=o}return e},()=>new Ft(t)}var Gf=Array.prototype.slice;function li(e){return typeof e=="object"&&"length"in e?e:Array.from(e)}function ci(e){this._context=e}ci.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._point=0},lineEnd:function(){(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;default:this._context.lineTo(e,t);break}}};function Fn(e){return new ci(e)}function ui(e){return e[0]}function fi(e){return e[1]}function qn(e,t){var n=U(!0),o=null,r=Fn,i=null,s=ai(a);e=typeof e=="function"?e:e===void 0?ui:U(e),t=typeof t=="function"?t:t===void 0?fi:U(t);function a(c){var l,u=(c=li(c)).length,f,p=!1,h;for(o==null&&(i=r(h=s())),l=0;l<=u;++l)!(l<u&&n(f=c[l],l,c))===p&&((p=!p)?i.lineStart():i.lineEnd()),p&&i.point(+e(f,l,c),+t(f,l,c));if(h)return i=null,h+""||null}return a.x=function(c){return arguments.length?(e=typeof c=="function"?c:U(+c),a):e},a.y=function(c){return arguments.length?(t=typeof c=="function"?c:U(+c),a):t},a.defined=function(c){return arguments.length?(n=typeof c=="function"?c:U(!!c),a):n},a.curve=function(c){return arguments.length?(r=c,o!=null&&(i=r(o)),a):r},a.context=function(c){return arguments.length?(c==null?o=i=null:i=r(o=c),a):o},a}function hi(e,t,n){var o=null,r=U(!0),i=null,s=Fn,a=null,c=ai(l);e=typeof e=="function"?e:e===void 0?ui:U(+e),t=typeof t=="function"?t:U(t===void 0?0:+t),n=typeof n=="function"?n:n===void 0?fi:U(+n);function l(f){var p,h,m,y=(f=li(f)).length,g,_=!1,v,b=new Array(y),$=new Array(y);for(i==null&&(a=s(v=c())),p=0;p<=y;++p){if(!(p<y&&r(g=f[p],p,f))===_)if(_=!_)h=p,a.areaStart(),a.lineStart();else{for(a.lineEnd(),a.lineStart(),m=p-1;m>=h;--m)a.point(b[m],$[m]);a.lineEnd(),a.areaEnd()}_&&(b[p]=+e(g,p,f),$[p]=+t(g,p,f),a.point(o?+o(g,p,f):b[p],n?+n(g,p,f):$[p]))}if(v)return a=null,v+""||null}function u(){return qn().defined(r).curve(s).context(i)}return l.x=function(f){return arguments.length?(e=typeof f=="function"?f:U(+f),o=null,l):e},l.x0=function(f){return arguments.length?(e=typeof f=="function"?f:U(+f),l):e},l.x1=function(f){return arguments.length?(o=f==null?null:typeof f=="function"?f:U(+f),l):o},l.y=function(f){return arguments.length?(t=typeof f=="function"?f:U(+f),n=null,l):t},l.y0=function(f){return arguments.length?(t=typeof f=="function"?f:U(+f),l):t},l.y1=function(f){return arguments.length?(n=f==null?null:typeof f=="function"?f:U(+f),l):n},l.lineX0=l.lineY0=function(){return u().x(e).y(t)},l.lineY1=function(){return u().x(e).y(n)},l.lineX1=function(){return u().x(o).y(t)},l.defined=function(f){return arguments.length?(r=typeof f=="function"?f:U(!!f),l):r},l.curve=function(f){return arguments.length?(s=f,i!=null&&(a=s(i)),l):s},l.context=function(f){return arguments.length?(f==null?i=a=null:a=s(i=f),l):i},l}var Vf=fl(Fn);function pi(e){this._curve=e}pi.prototype={areaStart:function(){this._curve.areaStart()},areaEnd:function(){this._curve.areaEnd()},lineStart:function(){this._curve.lineStart()},lineEnd:function(){this._curve.lineEnd()},point:function(e,t){this._curve.point(t*Math.sin(e),t*-Math.cos(e))}};function fl(e){function t(n){return new pi(e(n))}return t._curve=e,t}var zf=qt(3);var hl=qt(1/3),Yf=hl*2;var di=Un(Ue/10)/Un(7*Ue/10),Xf=Un(si/10)*di,Kf=-ul(si/10)*di;var Jf=qt(3);var Zf=qt(3);var Qf=qt(3)/2,pl=1/qt(12),th=(pl/2+1)*3;function ct(){}function Be(e,t,n){e._context.bezierCurveTo((2*e._x0+e._x1)/3,(2*e._y0+e._y1)/3,(e._x0+2*e._x1)/3,(e._y0+2*e._y1)/3,(e._x0+4*e._x1+t)/6,(e._y0+4*e._y1+n)/6)}function Dn(e){this._context=e}Dn.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._y0=this._y1=NaN,this._point=0},lineEnd:function(){switch(this._point){case 3:Be(this,this._x1,this._y1);case 2:this._context.lineTo(this._x1,this._y1);break}(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;break;case 2:this._point=3,this._context.lineTo((5*this._x0+this._x1)/6,(5*this._y0+this._y1)/6);default:Be(this,e,t);break}this._x0=this._x1,this._x1=e,this._y0=this._y1,this._y1=t}};function dl(e){this._context=e}dl.prototype={areaStart:ct,areaEnd:ct,lineStart:function(){this._x0=this._x1=this._x2=this._x3=this._x4=this._y0=this._y1=this._y2=this._y3=this._y4=NaN,this._point=0},lineEnd:function(){switch(this._point){case 1:{this._context.moveTo(this._x2,this._y2),this._context.closePath();break}case 2:{this._context.moveTo((this._x2+2*this._x3)/3,(this._y2+2*this._y3)/3),this._context.lineTo((this._x3+2*this._x2)/3,(this._y3+2*this._y2)/3),this._context.closePath();break}case 3:{this.point(this._x2,this._y2),this.point(this._x3,this._y3),this.point(this._x4,this._y4);break}}},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._x2=e,this._y2=t;break;case 1:this._point=2,this._x3=e,this._y3=t;break;case 2:this._point=3,this._x4=e,this._y4=t,this._context.moveTo((this._x0+4*this._x1+e)/6,(this._y0+4*this._y1+t)/6);break;default:Be(this,e,t);break}this._x0=this._x1,this._x1=e,this._y0=this._y1,this._y1=t}};function ml(e){this._context=e}ml.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._y0=this._y1=NaN,this._point=0},lineEnd:function(){(this._line||this._line!==0&&this._point===3)&&this._context.closePath(),this._line=1-this._line},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1;break;case 1:this._point=2;break;case 2:this._point=3;var n=(this._x0+4*this._x1+e)/6,o=(this._y0+4*this._y1+t)/6;this._line?this._context.lineTo(n,o):this._context.moveTo(n,o);break;case 3:this._point=4;default:Be(this,e,t);break}this._x0=this._x1,this._x1=e,this._y0=this._y1,this._y1=t}};function mi(e,t){this._basis=new Dn(e),this._beta=t}mi.prototype={lineStart:function(){this._x=[],this._y=[],this._basis.lineStart()},lineEnd:function(){var e=this._x,t=this._y,n=e.length-1;if(n>0)for(var o=e[0],r=t[0],i=e[n]-o,s=t[n]-r,a=-1,c;++a<=n;)c=a/n,this._basis.point(this._beta*e[a]+(1-this._beta)*(o+c*i),this._beta*t[a]+(1-this._beta)*(r+c*s));this._x=this._y=null,this._basis.lineEnd()},point:function(e,t){this._x.push(+e),this._y.push(+t)}};var eh=(function e(t){function n(o){return t===1?new Dn(o):new mi(o,t)}return n.beta=function(o){return e(+o)},n})(.85);function Fe(e,t,n){e._context.bezierCurveTo(e._x1+e._k*(e._x2-e._x0),e._y1+e._k*(e._y2-e._y0),e._x2+e._k*(e._x1-t),e._y2+e._k*(e._y1-n),e._x2,e._y2)}function In(e,t){this._context=e,this._k=(1-t)/6}In.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._x2=this._y0=this._y1=this._y2=NaN,this._point=0},lineEnd:function(){switch(this._point){case 2:this._context.lineTo(this._x2,this._y2);break;case 3:Fe(this,this._x1,this._y1);break}(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2,this._x1=e,this._y1=t;break;case 2:this._point=3;default:Fe(this,e,t);break}this._x0=this._x1,this._x1=this._x2,this._x2=e,this._y0=this._y1,this._y1=this._y2,this._y2=t}};var nh=(function e(t){function n(o){return new In(o,t)}return n.tension=function(o){return e(+o)},n})(0);function Hn(e,t){this._context=e,this._k=(1-t)/6}Hn.prototype={areaStart:ct,areaEnd:ct,lineStart:function(){this._x0=this._x1=this._x2=this._x3=this._x4=this._x5=this._y0=this._y1=this._y2=this._y3=this._y4=this._y5=NaN,this._point=0},lineEnd:function(){switch(this._point){case 1:{this._context.moveTo(this._x3,this._y3),this._context.closePath();break}case 2:{this._context.lineTo(this._x3,this._y3),this._context.closePath();break}case 3:{this.point(this._x3,this._y3),this.point(this._x4,this._y4),this.point(this._x5,this._y5);break}}},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._x3=e,this._y3=t;break;case 1:this._point=2,this._context.moveTo(this._x4=e,this._y4=t);break;case 2:this._point=3,this._x5=e,this._y5=t;break;default:Fe(this,e,t);break}this._x0=this._x1,this._x1=this._x2,this._x2=e,this._y0=this._y1,this._y1=this._y2,this._y2=t}};var oh=(function e(t){function n(o){return new Hn(o,t)}return n.tension=function(o){return e(+o)},n})(0);function Wn(e,t){this._context=e,this._k=(1-t)/6}Wn.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._x2=this._y0=this._y1=this._y2=NaN,this._point=0},lineEnd:function(){(this._line||this._line!==0&&this._point===3)&&this._context.closePath(),this._line=1-this._line},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1;break;case 1:this._point=2;break;case 2:this._point=3,this._line?this._context.lineTo(this._x2,this._y2):this._context.moveTo(this._x2,this._y2);break;case 3:this._point=4;default:Fe(this,e,t);break}this._x0=this._x1,this._x1=this._x2,this._x2=e,this._y0=this._y1,this._y1=this._y2,this._y2=t}};var rh=(function e(t){function n(o){return new Wn(o,t)}return n.tension=function(o){return e(+o)},n})(0);function Gn(e,t,n){var o=e._x1,r=e._y1,i=e._x2,s=e._y2;if(e._l01_a>ei){var a=2*e._l01_2a+3*e._l01_a*e._l12_a+e._l12_2a,c=3*e._l01_a*(e._l01_a+e._l12_a);o=(o*a-e._x0*e._l12_2a+e._x2*e._l01_2a)/c,r=(r*a-e._y0*e._l12_2a+e._y2*e._l01_2a)/c}if(e._l23_a>ei){var l=2*e._l23_2a+3*e._l23_a*e._l12_a+e._l12_2a,u=3*e._l23_a*(e._l23_a+e._l12_a);i=(i*l+e._x1*e._l23_2a-t*e._l12_2a)/u,s=(s*l+e._y1*e._l23_2a-n*e._l12_2a)/u}e._context.bezierCurveTo(o,r,i,s,e._x2,e._y2)}function _i(e,t){this._context=e,this._alpha=t}_i.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._x2=this._y0=this._y1=this._y2=NaN,this._l01_a=this._l12_a=this._l23_a=this._l01_2a=this._l12_2a=this._l23_2a=this._point=0},lineEnd:function(){switch(this._point){case 2:this._context.lineTo(this._x2,this._y2);break;case 3:this.point(this._x2,this._y2);break}(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(e,t){if(e=+e,t=+t,this._point){var n=this._x2-e,o=this._y2-t;this._l23_a=Math.sqrt(this._l23_2a=Math.pow(n*n+o*o,this._alpha))}switch(this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;break;case 2:this._point=3;default:Gn(this,e,t);break}this._l01_a=this._l12_a,this._l12_a=this._l23_a,this._l01_2a=this._l12_2a,this._l12_2a=this._l23_2a,this._x0=this._x1,this._x1=this._x2,this._x2=e,this._y0=this._y1,this._y1=this._y2,this._y2=t}};var ih=(function e(t){function n(o){return t?new _i(o,t):new In(o,0)}return n.alpha=function(o){return e(+o)},n})(.5);function gi(e,t){this._context=e,this._alpha=t}gi.prototype={areaStart:ct,areaEnd:ct,lineStart:function(){this._x0=this._x1=this._x2=this._x3=this._x4=this._x5=this._y0=this._y1=this._y2=this._y3=this._y4=this._y5=NaN,this._l01_a=this._l12_a=this._l23_a=this._l01_2a=this._l12_2a=this._l23_2a=this._point=0},lineEnd:function(){switch(this._point){case 1:{this._context.moveTo(this._x3,this._y3),this._context.closePath();break}case 2:{this._context.lineTo(this._x3,this._y3),this._context.closePath();break}case 3:{this.point(this._x3,this._y3),this.point(this._x4,this._y4),this.point(this._x5,this._y5);break}}},point:function(e,t){if(e=+e,t=+t,this._point){var n=this._x2-e,o=this._y2-t;this._l23_a=Math.sqrt(this._l23_2a=Math.pow(n*n+o*o,this._alpha))}switch(this._point){case 0:this._point=1,this._x3=e,this._y3=t;break;case 1:this._point=2,this._context.moveTo(this._x4=e,this._y4=t);break;case 2:this._point=3,this._x5=e,this._y5=t;break;default:Gn(this,e,t);break}this._l01_a=this._l12_a,this._l12_a=this._l23_a,this._l01_2a=this._l12_2a,this._l12_2a=this._l23_2a,this._x0=this._x1,this._x1=this._x2,this._x2=e,this._y0=this._y1,this._y1=this._y2,this._y2=t}};var sh=(function e(t){function n(o){return t?new gi(o,t):new Hn(o,0)}return n.alpha=function(o){return e(+o)},n})(.5);function yi(e,t){this._context=e,this._alpha=t}yi.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._x2=this._y0=this._y1=this._y2=NaN,this._l01_a=this._l12_a=this._l23_a=this._l01_2a=this._l12_2a=this._l23_2a=this._point=0},lineEnd:function(){(this._line||this._line!==0&&this._point===3)&&this._context.closePath(),this._line=1-this._line},point:function(e,t){if(e=+e,t=+t,this._point){var n=this._x2-e,o=this._y2-t;this._l23_a=Math.sqrt(this._l23_2a=Math.pow(n*n+o*o,this._alpha))}switch(this._point){case 0:this._point=1;break;case 1:this._point=2;break;case 2:this._point=3,this._line?this._context.lineTo(this._x2,this._y2):this._context.moveTo(this._x2,this._y2);break;case 3:this._point=4;default:Gn(this,e,t);break}this._l01_a=this._l12_a,this._l12_a=this._l23_a,this._l01_2a=this._l12_2a,this._l12_2a=this._l23_2a,this._x0=this._x1,this._x1=this._x2,this._x2=e,this._y0=this._y1,this._y1=this._y2,this._y2=t}};var ah=(function e(t){function n(o){return t?new yi(o,t):new Wn(o,0)}return n.alpha=function(o){return e(+o)},n})(.5);function _l(e){this._context=e}_l.prototype={areaStart:ct,areaEnd:ct,lineStart:function(){this._point=0},lineEnd:function(){this._point&&this._context.closePath()},point:function(e,t){e=+e,t=+t,this._point?this._context.lineTo(e,t):(this._point=1,this._context.moveTo(e,t))}};function ni(e){return e<0?-1:1}function oi(e,t,n){var o=e._x1-e._x0,r=t-e._x1,i=(e._y1-e._y0)/(o||r<0&&-0),s=(n-e._y1)/(r||o<0&&-0),a=(i*r+s*o)/(o+r);return(ni(i)+ni(s))*Math.min(Math.abs(i),Math.abs(s),.5*Math.abs(a))||0}function ri(e,t){var n=e._x1-e._x0;return n?(3*(e._y1-e._y0)/n-t)/2:t}function Pn(e,t,n){var o=e._x0,r=e._y0,i=e._x1,s=e._y1,a=(i-o)/3;e._context.bezierCurveTo(o+a,r+a*t,i-a,s-a*n,i,s)}function Bn(e){this._context=e}Bn.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._y0=this._y1=this._t0=NaN,this._point=0},lineEnd:function(){switch(this._point){case 2:this._context.lineTo(this._x1,this._y1);break;case 3:Pn(this,this._t0,ri(this,this._t0));break}(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(e,t){var n=NaN;if(e=+e,t=+t,!(e===this._x1&&t===this._y1)){switch(this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;break;case 2:this._point=3,Pn(this,ri(this,n=oi(this,e,t)),n);break;default:Pn(this,this._t0,n=oi(this,e,t));break}this._x0=this._x1,this._x1=e,this._y0=this._y1,this._y1=t,this._t0=n}}};function gl(e){this._context=new bi(e)}(gl.prototype=Object.create(Bn.prototype)).point=function(e,t){Bn.prototype.point.call(this,t,e)};function bi(e){this._context=e}bi.prototype={moveTo:function(e,t){this._context.moveTo(t,e)},closePath:function(){this._context.closePath()},lineTo:function(e,t){this._context.lineTo(t,e)},bezierCurveTo:function(e,t,n,o,r,i){this._context.bezierCurveTo(t,e,o,n,i,r)}};function yl(e){this._context=e}yl.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x=[],this._y=[]},lineEnd:function(){var e=this._x,t=this._y,n=e.length;if(n)if(this._line?this._context.lineTo(e[0],t[0]):this._context.moveTo(e[0],t[0]),n===2)this._context.lineTo(e[1],t[1]);else for(var o=ii(e),r=ii(t),i=0,s=1;s<n;++i,++s)this._context.bezierCurveTo(o[0][i],r[0][i],o[1][i],r[1][i],e[s],t[s]);(this._line||this._line!==0&&n===1)&&this._context.closePath(),this._line=1-this._line,this._x=this._y=null},point:function(e,t){this._x.push(+e),this._y.push(+t)}};function ii(e){var t,n=e.length-1,o,r=new Array(n),i=new Array(n),s=new Array(n);for(r[0]=0,i[0]=2,s[0]=e[0]+2*e[1],t=1;t<n-1;++t)r[t]=1,i[t]=4,s[t]=4*e[t]+2*e[t+1];for(r[n-1]=2,i[n-1]=7,s[n-1]=8*e[n-1]+e[n],t=1;t<n;++t)o=r[t]/i[t-1],i[t]-=o,s[t]-=o*s[t-1];for(r[n-1]=s[n-1]/i[n-1],t=n-2;t>=0;--t)r[t]=(s[t]-r[t+1])/i[t];for(i[n-1]=(e[n]+r[n-1])/2,t=0;t<n-1;++t)i[t]=2*e[t+1]-r[t+1];return[r,i]}function vi(e,t){this._context=e,this._t=t}vi.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x=this._y=NaN,this._point=0},lineEnd:function(){0<this._t&&this._t<1&&this._point===2&&this._context.lineTo(this._x,this._y),(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line>=0&&(this._t=1-this._t,this._line=1-this._line)},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;default:{if(this._t<=0)this._context.lineTo(this._x,t),this._context.lineTo(e,t);else{var n=this._x*(1-this._t)+e*this._t;this._context.lineTo(n,this._y),this._context.lineTo(n,t)}break}}this._x=e,this._y=t}};function $i(e){return new vi(e,0)}var bl="http://www.w3.org/2000/svg";function w(e,t={},...n){let o=document.createElementNS(bl,e);for(let[r,i]of Object.entries(t))i!=null&&o.setAttribute(r,i);return o.append(...n.filter(r=>r!==null)),o}function T(e,t){return w("text",{"unicode-bidi":"isolate",fill:"var(--ink)",...t},e)}function X(e,t,n,...o){return w("svg",{viewBox:`0 0 ${e} ${t}`,width:e,height:t,role:"img","aria-label":n,"font-size":11},...o)}var Mt=e=>e.length*6.1;function K(e,t){return e.length<=t?e:`${e.slice(0,t-1)}\u2026`}var vl={circle:"M-3.3 0a3.3 3.3 0 1 0 6.6 0a3.3 3.3 0 1 0-6.6 0z",square:"M-3-3h6v6h-6z",triangle:"M0-4L3.8 2.9H-3.8z",diamond:"M0-4.2L4.2 0 0 4.2-4.2 0z",star:"M0-4.6L1.3-1.4 4.6-1.4 2 .7 3 4 0 2-3 4-2 .7-4.6-1.4-1.3-1.4z",times:"M-3-3L3 3M3-3L-3 3",plus:"M0-4V4M-4 0H4",wye:"M0 0V4.2M0 0L-3.7-2.4M0 0L3.7-2.4"};function st({colour:e,symbol:t,filled:n},o,r,i=1){return w("path",{d:vl[t],transform:`translate(${o.toFixed(1)} ${r.toFixed(1)})${i===1?"":` scale(${i.toFixed(2)})`}`,fill:n?e:"var(--paper)",stroke:e,"stroke-width":(1.5/i).toFixed(2)})}function Dt(e,t){let n=w("g",{}),o=0,r=8;for(let{text:i,look:s}of e){let a=K(i,30),c=34+Mt(a)+20;o>0&&o+c>t&&(o=0,r+=18);let l=s.dash??null;n.append(w("path",{d:`M${o} ${r}h28`,stroke:s.colour,"stroke-width":s.symbol?1.8:1,"stroke-dasharray":l})),s.symbol&&n.append(st(s,o+14,r)),n.append(T(a,{x:o+34,y:r+4})),o+=c}return{node:n,height:r+14}}var qe={fill:"var(--muted)"};function It({width:e,height:t,margin:n,x:o,y:r,gridX:i=!1}){let s={x:xi(o.domain,[n.left,e-n.right]),y:xi(r.domain,[t-n.bottom,n.top])},a=w("g",{"stroke-linecap":"butt"}),[c,l]=[n.left,e-n.right],[u,f]=[t-n.bottom,n.top];for(let p of wi(r)){let h=Vn(s.y(p));a.append(w("path",{d:`M${c} ${h}H${l}`,stroke:"var(--rule)"}),T(r.text(p),{...qe,x:c-7,y:Vn(s.y(p)+4),"text-anchor":"end"}))}for(let p of wi(o)){let h=Vn(s.x(p));i&&a.append(w("path",{d:`M${h} ${f}V${u}`,stroke:"var(--rule)"})),a.append(w("path",{d:`M${h} ${u}v4`,stroke:"var(--muted)"}),T(o.text(p),{...qe,x:h,y:u+17,"text-anchor":"middle"}))}return o.name&&a.append(T(o.name,{...qe,x:l,y:t-4,"text-anchor":"end"})),r.name&&a.append(T(r.name,{...qe,x:0,y:10})),{node:a,...s}}function xi([e,t],[n,o]){return r=>n+(r-e)/(t-e)*(o-n)}function wi({domain:e,ticks:t}){let n=o=>o>=0&&o<=1;return Array.isArray(t)?t:Zr(...e,t).filter(n)}var Vn=e=>Math.round(e*10)/10;function De(e,t){let n=Math.max(1,Math.ceil(e*26/t));return Array.from({length:Math.floor(e/n)+1},(o,r)=>r*n)}function Tt(e,t,n,o,{step:r=!1}={}){let i=qn().x(t).y(n).digits(1);return r&&i.curve($i),w("path",{fill:"none","stroke-linejoin":"round",d:i(e),...o})}function Si(e,t,n,o,r){return w("path",{d:hi().x(t).y0(n).y1(o).digits(1)(e),...r})}function L(e,t={},...n){let o=document.createElement(e);for(let[r,i]of Object.entries(t))o.setAttribute(r,i);return o.append(...n),o}function J({title:e,reading:t,draw:n,table:o,file:r,exact:i,select:s,titled:a=!0}){let c=L("div",{class:"chart-drawing"}),l=L("figcaption",{},L("span",{},t));a&&l.prepend(L("b",{},e));let u=L("figure",{class:"chart"},l,c),f=0;return new ResizeObserver(([p])=>{let h=Math.floor(p.contentRect.width);h===f||h<1||(f=h,c.replaceChildren(n(h)))}).observe(c),u.append(Bo({svg:()=>c.querySelector("svg"),table:o,file:r,exact:i,title:e})),u.append($l(o,`${e}: ${t}`,s)),u}function $l(e,t,n){let o=L("details",{},L("summary",{},"Table"));return o.addEventListener("toggle",()=>{if(!o.open||o.querySelector("table")!==null)return;let r=L("div",{class:"wide",tabindex:"0",role:"group","aria-label":t},xl(e(),t,n));o.append(r)}),o}function xl({columns:e,rows:t},n,o){let r=L("tr",{},...e.map(s=>L("th",{scope:"col"},s))),i=t.map(s=>L("tr",{},...s.map((a,c)=>L(c===0?"th":"td",c===0?{scope:"row"}:{},wl(a,o)))));return L("table",{class:"numbers"},L("caption",{},n),L("thead",{},r),L("tbody",{},...i))}function wl(e,t){let n=typeof e=="string"?e:e.text;if(typeof e=="string"||!e.patch)return L("bdi",{},n);let o=L("button",{type:"button",class:"number-button"},n);return o.addEventListener("click",()=>t(e.patch)),o}function Mi(...e){return L("div",{class:"charts"},...e)}function Ie(e){return L("p",{class:"note"},e)}var Sl=26;function ut(e,t,n,{ring:o=!0}={}){let r=w("g",{class:"pointing","pointer-events":"none"});e.append(r);let i=null,s=l=>{let u=e.getScreenCTM();return u===null?{x:0,y:0}:new DOMPoint(l.clientX,l.clientY).matrixTransform(u.inverse())},a=l=>{let u=s(l),f=null,p=Sl;for(let h of t){let m=Math.hypot(h.x-u.x,h.y-u.y);m<p&&([f,p]=[h,m])}return f},c=l=>{l!==i&&(i=l,e.style.cursor=l?.patch?"pointer":"default",r.replaceChildren(...l===null?[]:zn(e,l,o)))};e.addEventListener("pointermove",l=>c(a(l))),e.addEventListener("pointerleave",()=>c(null)),e.addEventListener("click",l=>{let u=a(l);u?.patch&&n(u.patch)})}function zn(e,{x:t,y:n,title:o},r){let[,,i]=e.getAttribute("viewBox").split(" ").map(Number),s=K(o,Math.floor((i-20)/6.1)),a=Mt(s)+14,c=Math.max(2,Math.min(i-a-2,t-a/2)),l=n>36?n-34:n+12,u=[w("rect",{x:c,y:l,width:a,height:20,rx:4,fill:"var(--paper)",stroke:"var(--muted)"}),T(s,{x:c+7,y:l+14})];return r&&u.unshift(w("circle",{cx:t,cy:n,r:7,fill:"none",stroke:"var(--ink)"})),u}var Ml={"":["","k","M","G","T"],B:["B","kB","MB","GB","TB"]};function A(e){if(e==null||Number.isNaN(e))return"\u2013";let t=e.toFixed(2);return t==="-0.00"?"0.00":t.replace("-","\u2212")}function Ti(e){let t=A(e);return t==="\u2013"||t==="0.00"||t.startsWith("\u2212")?t:`+${t}`}function Ht(e,t){return t==null||e===null?A(e):`${A(e)} \xB1\u2009${A(t)}`}function le(e,t=""){if(e==null)return"\u2013";let n=0,o=Math.abs(e);for(;o>=999.5&&n<4;)o/=1e3,n++;let r=n>0&&o<9.95?1:0;return`${o.toFixed(r)}\u2009${Ml[t][n]}`.trimEnd()}function Wt(e,t){return`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`}var Tl=[null,"7 3","2 2.5","9 3 2 3","12 3","4 2 1 2","1 3","14 3 2 3 2 3"],kl=["circle","square","triangle","diamond","star","times","plus","wye"],Gt="var(--grey-line)";function ki(e,t,n){return e.views.scores?.means[t]?.[n]?.mean??null}function He(e,{a:t,b:n}){let o=e.strategies.map(a=>a.name),r=[...new Set([t,n])].filter(a=>a>=0&&a<o.length),i=a=>(ki(e,o[a],"new")??0)+(ki(e,o[a],"retained")??0),s=o.map((a,c)=>c).filter(a=>!r.includes(a));return s.sort((a,c)=>i(c)-i(a)||a-c),[...r,...s].slice(0,6).sort((a,c)=>a-c)}function ft(e){let t=new Map,n=new Set;for(let o of e){let r=o%8;for(;n.has(r);)r=(r+1)%8;n.add(r),t.set(o,{colour:`var(--c${r})`,dash:Tl[r],symbol:kl[r],filled:r%2===0})}return t}function D(e,t,{a:n,b:o}){return(t===n?"A: ":t===o?"B: ":"")+e.strategies[t].name}function Yn(e,{a:t,b:n}){return e===t?{}:e===n?{a:n,b:t}:{a:e}}var Al=12;function Ai(e){let t=document.createElement("div"),n=ht(e.selection).map(({place:r})=>El(e,r)),o=()=>{n.every(r=>Gr(...r,Al))?t.replaceChildren(Ol(e,n)):setTimeout(o,0)};return o(),t}function El({block:e,selection:t},n){let o=Math.max(0,...e.variants[n].runs.map(r=>r.diverged?0:r.done));return[e,e.runs(n,o-1,t.seed),o,t.form]}function Ol({data:e,selection:t,select:n},o){let r=ht(t).flatMap(({place:i},s)=>{let{updates:a,base:c}=Wr(...o[s]);return[{place:i,what:"facts of updates",points:a},{place:i,what:"base facts",points:c}].filter(({points:l})=>l.length>0)});return J({title:"Forgetting by age",reading:"Of the facts that were right when they were taught and are still valid, the share that is right so many updates later. A click lists those of this age at the step shown.",draw:i=>Nl({data:e,selection:t,select:n,lines:r,width:i}),table:()=>({columns:["strategy","facts","updates since","still right","facts, each step counted"],rows:r.flatMap(({place:i,what:s,points:a})=>a.map(({age:c,share:l,facts:u})=>[D(e,i,t),s,String(c),{text:A(l),value:l,patch:Rn(c,t)},{text:u.toLocaleString("en"),value:u}]))}),file:"forgetting-by-age",select:n})}function ht({a:e,b:t}){return[{side:"a",place:e},{side:"b",place:t}].filter(({place:n})=>n>=0)}function Nl({data:e,selection:t,select:n,lines:o,width:r}){let i=ft(ht(t).map(({place:g})=>g)),s=o.map(({place:g,what:_})=>({text:`${D(e,g,t)}, ${_}`,look:Xn(i.get(g),_)})),a=Dt(s,r),c=Math.round(Math.min(280,Math.max(200,r*.5))),l=Math.max(1,...o.flatMap(({points:g})=>g.map(({age:_})=>_))),{node:u,x:f,y:p}=It({width:r,height:c,margin:{left:36,right:12,top:20,bottom:38},x:{domain:[0,l],ticks:De(l,r-48),name:"updates since the fact was taught \u2192",text:String},y:{domain:[0,1],ticks:[0,.25,.5,.75,1],name:"\u2191 still right",text:A}});u.setAttribute("transform",`translate(0 ${a.height})`);let m=X(r,a.height+c,"Lines: the share of facts still right by age; the table has the numbers",a.node,u);for(let{place:g,what:_,points:v}of o){let{colour:b,dash:$}=Xn(i.get(g),_),E={stroke:b,"stroke-dasharray":$,"stroke-width":1.8};u.append(Tt(v,({age:N})=>f(N),N=>p(N.share),E))}let y=[];for(let{place:g,what:_,points:v}of o)for(let{age:b,share:$,facts:E}of v){let N={x:f(b),y:p($)+a.height};v.length<=40&&m.append(st(Xn(i.get(g),_),N.x,N.y,.9)),y.push({...N,title:`${D(e,g,t)}, ${_}, ${b} later: ${A($)} of ${Wt(E,"answer")}`,patch:Rn(b,t)})}return ut(m,y,n),m}function Xn(e,t){return t==="base facts"?{...e,dash:"1 4",filled:!1}:{...e,filled:!0}}var Oi=["tokens","seconds","stored_bytes"];function Kn(e,t="tokens"){let n=[];return e.strategies.forEach(({name:o},r)=>{let i=e.views.scores.means[o]??{},s=(a,c="mean")=>i[a]?.[c]??null;s("retained")===null||s("new")===null||n.push({place:r,name:o,retained:s("retained"),new:s("new"),retainedHalf:s("retained","half"),newHalf:s("new","half"),cost:s(t)})}),n}function Jn(e){let t=(n,o)=>n.retained>=o.retained&&n.new>=o.new&&(n.retained>o.retained||n.new>o.new);return e.filter(n=>!e.some(o=>t(o,n))).sort((n,o)=>n.retained-o.retained||n.new-o.new)}var Cl=.2;function Zn(e){let t=Math.min(...e),n=Math.max(...e),o=Math.max(Cl,1.14*(n-t))/2,r=(t+n)/2,i=Math.max(0,-.03-(r-o))-Math.max(0,r+o-1.03);return[Math.max(-.03,r-o+i),Math.min(1.03,r+o+i)]}function Ni(e,t,n=9,o=2.5){return e===null||!(t>0)?4:Math.max(o,n*Math.sqrt(Math.max(0,e)/t))}var Ei=(e,t)=>t===null?null:[Math.max(0,e-t),Math.min(1,e+t)];function Qn(e){return{retained:Ei(e.retained,e.retainedHalf),new:Ei(e.new,e.newHalf)}}var Rl=[[1,0],[1,-1],[1,1],[-1,0],[-1,-1],[-1,1],[0,-1],[0,1]],Ll=[0,6,12,20,30],jl=2,Ci=(e,t)=>e.left<t.right&&t.left<e.right&&e.top<t.bottom&&t.top<e.bottom;function Ri(e,t){let n=Math.max(t.left-e.x,0,e.x-t.right),o=Math.max(t.top-e.y,0,e.y-t.bottom);return Math.hypot(n,o)-e.r}function*Pl(e){for(let t of Ll){let n=e.r+jl+t;for(let[o,r]of Rl){let i=n*(o&&r?.75:1),s=e.x+o*(i+e.width/2),a=e.y+r*((o?.75:1)*i+e.height/2);yield{left:s-e.width/2,right:s+e.width/2,top:a-e.height/2,bottom:a+e.height/2}}}}function Li(e,t,n=[],o=0){let r=e.map(({x:i,y:s,r:a})=>({left:i-a,right:i+a,top:s-a,bottom:s+a}));return e.map((i,s)=>{let a=null;for(let c of Pl(i))if(!(!(c.left>=t.left&&c.right<=t.right&&c.top>=t.top&&c.bottom<=t.bottom)||r.some(u=>Ci(c,u)))&&(a??=c,!n.some(u=>Ci(c,u))&&!e.some(u=>Ri(u,c)<Ri(i,c))))return r.push(c),c;return s>=o||a===null?null:(r.push(a),a)})}var Ul={tokens:"tokens",seconds:"seconds",stored_bytes:"bytes stored"};function ji({data:e,selection:t,select:n}){let o=Oi.find(a=>Kn(e,a).some(c=>c.cost>0))??"tokens",r=Kn(e,o),i=r.map(a=>a.cost).filter(a=>a!==null),s=i.length===0?"":`area: ${Ul[o]}, ${le(Math.min(...i))} to ${le(Math.max(...i))}`;return J({title:"New against retained",titled:!1,reading:"Up and to the right is better; the line is the Pareto front. A click makes a strategy A.",draw:a=>Fl({data:e,selection:t,select:n,all:r,size:s,width:a}),table:()=>Bl(r,o,t),file:"front",select:n})}function Bl(e,t,n){let o=new Set(Jn(e).map(r=>r.place));return{columns:["strategy","retained","retained \xB1","new","new \xB1",t,"Pareto front"],rows:e.map(r=>[{text:r.name,patch:Yn(r.place,n)},{text:A(r.retained),value:r.retained},{text:A(r.retainedHalf),value:r.retainedHalf??""},{text:A(r.new),value:r.new},{text:A(r.newHalf),value:r.newHalf??""},{text:le(r.cost),value:r.cost??""},o.has(r.place)?"yes":"no"])}}function Fl({data:e,selection:t,select:n,all:o,size:r,width:i}){let s=Math.round(Math.min(460,Math.max(280,i*.52))),a=Jn(o),{node:c,x:l,y:u}=It({width:i,height:s,margin:{left:36,right:12,top:18,bottom:40},x:{domain:Zn(o.map(v=>v.retained)),ticks:Math.max(3,Math.round(i/110)),name:"retained: earlier facts still right \u2192",text:A},y:{domain:Zn(o.map(v=>v.new)),ticks:8,name:"\u2191 new: taught facts right",text:A},gridX:!0}),f=X(i,s,`New against retained of ${o.length} strategies`,c),p=[v=>l(v.retained),v=>u(v.new)];f.append(Tt(a,...p,{stroke:"var(--muted)"},{step:!0}),T(r,{x:i-12,y:10,"text-anchor":"end",fill:"var(--muted)"}));let h=ft(He(e,t)),m=Math.max(...o.map(v=>v.cost??0)),y=o.map(v=>({...v,at:[l(v.retained),u(v.new)],r:Ni(v.cost,m),look:h.get(v.place)??null})),g=y.toSorted((v,b)=>(v.look!==null)-(b.look!==null));for(let v of g)f.append(...ql(v,l,u),Dl(v));f.append(...Il(y,a,{data:e,selection:t,x:l,y:u,width:i,height:s}));let _=y.map(({at:v,...b})=>({x:v[0],y:v[1],title:`${D(e,b.place,t)}: retained ${Ht(b.retained,b.retainedHalf)}, new ${Ht(b.new,b.newHalf)}, ${le(b.cost)}`,patch:Yn(b.place,t)}));return ut(f,_,n),f}function ql(e,t,n){let o=Qn(e),r=e.look?.colour??Gt,i=[],[s,a]=e.at.map(c=>c.toFixed(1));return o.retained&&i.push(`M${t(o.retained[0]).toFixed(1)} ${a}H${t(o.retained[1]).toFixed(1)}`),o.new&&i.push(`M${s} ${n(o.new[0]).toFixed(1)}V${n(o.new[1]).toFixed(1)}`),i.map(c=>w("path",{d:c,stroke:r,"stroke-width":.9}))}function Dl({look:e,at:[t,n],r:o}){return e!==null?st(e,t,n,o/3.6):w("circle",{cx:t.toFixed(1),cy:n.toFixed(1),r:o.toFixed(1),fill:Gt})}function Il(e,t,{data:n,selection:o,x:r,y:i,width:s,height:a}){let c=new Set(t.map(h=>h.place)),l=({look:h,place:m})=>(m===o.a||m===o.b?4:0)+(h?2:0)+(c.has(m)?1:0),u=e.toSorted((h,m)=>l(m)-l(h)),f=u.map(({place:h})=>K(D(n,h,o),28)),p=Li(u.map(({at:h,r:m},y)=>({x:h[0],y:h[1],r:m,width:Mt(f[y]),height:13})),{left:38,right:s,top:13,bottom:a-40},Hl(e,t,r,i),u.filter(({look:h})=>h!==null).length);return u.flatMap(({look:h,place:m},y)=>{let g=p[y];if(g===null)return[];let _=m===o.a||m===o.b?600:400,v={x:g.left.toFixed(1),y:(g.bottom-2.5).toFixed(1)};return[T(f[y],{...v,fill:h?"var(--ink)":"var(--muted)","font-weight":_})]})}function Hl(e,t,n,o){let r=(s,a,c,l)=>({left:Math.min(s,c)-.7,right:Math.max(s,c)+.7,top:Math.min(a,l)-.7,bottom:Math.max(a,l)+.7}),i=[];for(let s of e){let{retained:a,new:c}=Qn(s),[l,u]=s.at;a&&i.push(r(n(a[0]),u,n(a[1]),u)),c&&i.push(r(l,o(c[0]),l,o(c[1])))}return t.slice(1).forEach((s,a)=>{let c=t[a];i.push(r(n(c.retained),o(c.new),n(c.retained),o(s.new))),i.push(r(n(c.retained),o(s.new),n(s.retained),o(s.new)))}),i}function Pi(e,t,n,o=null){let r=t.map(s=>Gl(e,s,n,o)),i=e.relations.map((s,a)=>({name:s,facts:Math.max(...r.map(({facts:c})=>c[a])),...Bi(r.map(({right:c,facts:l})=>l[a]?c[a]/l[a]:null))}));return Wl(i.filter(({facts:s})=>s>0))}function Ui(e,t,n){return se(e).map(r=>{let i=t.map(s=>Vl(e,s,n,r));return{name:r,facts:Math.max(...i.map(({facts:s})=>s)),...Bi(i.map(({right:s,facts:a})=>a?s/a:null))}}).filter(({facts:r})=>r>0)}var Bi=([e,t=null])=>({a:e,b:t});function Wl(e){let t=({a:n,b:o})=>n===null||o===null?null:Math.abs(n-o);return e.sort((n,o)=>(t(o)??0)-(t(n)??0)||(n.a??2)-(o.a??2)||o.facts-n.facts)}function Gl(e,t,n,o){return e.remember(`by relation ${t} ${n} ${o}`,()=>{let r=e.relations.length,i={right:new Float64Array(r),facts:new Uint32Array(r)},s=e.column("relation");return Fi(e,t,n,o,(a,c)=>{i.right[s[a]]+=c,i.facts[s[a]]++}),i})}function Vl(e,t,n,o){return e.remember(`mean share ${t} ${n} ${o}`,()=>{let r={right:0,facts:0};return Fi(e,t,n,o,(i,s)=>{r.right+=s,r.facts++}),r})}function Fi(e,t,n,o,r){if(t.length===0)return;let{asked:i,right:s}=rt(e,t,n,o),a=e.column("group"),c=n*e.facts;for(let l=0;l<e.facts;l++){let u=a[c+l];i[l]===0||u!==O.new&&u!==O.retained||r(l,s[l]/i[l])}}function We(e,t){return{...{q:"",state:null,change:null,learned:null,k:null},group:["new","retained"],[e]:t}}var zl=16,to=22,Di={relation:"By relation",form:"By wording"};function Ii(e){let{block:t,selection:n}=e,o=ht(n).map(({place:i})=>t.runs(i,n.s,n.seed)),r=Ui(t,o,n.s);return Mi(qi(e,"relation",Pi(t,o,n.s,n.form)),r.length>0?qi(e,"form",r):Ie("By wording: this page does not carry the answers to each wording at every step."))}function qi({block:e,data:t,selection:n,select:o},r,i){let s=i.slice(0,zl),a=i.length-s.length,c=r==="form"?"":n.b>=0?", the largest difference first":", the lowest first",l=a>0?` ${Wt(a,"more relation")} in the table.`:"";return J({title:Di[r],reading:`The valid facts after ${e.labels[n.s]}: the share of right answers${c}.${l} A click lists the facts.`,draw:u=>Yl({data:t,selection:n,select:o,kind:r,shown:s,width:u}),table:()=>({columns:[r,"facts",...ht(n).map(({place:u})=>D(t,u,n))],rows:i.map(u=>[{text:u.name,patch:We(r,u.name)},{text:u.facts.toLocaleString("en"),value:u.facts},...ht(n).map(({side:f})=>({text:A(u[f]),value:u[f]??""}))])}),file:`by-${r}`,select:o})}function Yl({data:e,selection:t,select:n,kind:o,shown:r,width:i}){let s=ht(t),a=ft(s.map(({place:_})=>_)),c=Dt(s.map(({place:_})=>({text:D(e,_,t),look:{...a.get(_),dash:null}})),i),l=Math.max(...r.map(({name:_})=>Mt(K(_,26))),40),u=Math.min(l+18,i*.42),f=46,p=c.height+18,h=_=>u+(i-u-f)*_,m=p+r.length*to+8,y=X(i,m,`Dots: the share of right answers ${Di[o].toLowerCase()}; the table has the numbers`,c.node);for(let _ of[0,.25,.5,.75,1])y.append(w("path",{d:`M${h(_)} ${p-4}V${m-8}`,stroke:"var(--rule)"}),T(A(_),{x:h(_),y:p-8,"text-anchor":"middle",fill:"var(--muted)"}));y.append(T("facts",{x:i-2,y:p-8,"text-anchor":"end",fill:"var(--muted)"}));let g=[];return r.forEach((_,v)=>{let b=p+v*to+to/2,$=Math.floor((u-10)/6.1);y.append(T(K(_.name,$),{x:u-10,y:b+4,"text-anchor":"end"}),T(_.facts.toLocaleString("en"),{x:i-2,y:b+4,"text-anchor":"end",fill:"var(--muted)"})),_.a!==null&&_.b!==null&&y.append(w("path",{d:`M${h(_.a)} ${b}H${h(_.b)}`,stroke:"var(--muted)","stroke-width":1.5}));for(let{side:E,place:N}of s.toReversed())_[E]!==null&&(y.append(st(a.get(N),h(_[E]),b,1.2)),g.push({x:h(_[E]),y:b,title:`${_.name}: ${D(e,N,t)} ${A(_[E])} of ${Wt(_.facts,"fact")}`,patch:We(o,_.name)}));g.push({x:u-20,y:b,title:`${_.name}: ${Wt(_.facts,"fact")}`,patch:We(o,_.name)})}),ut(y,g,n,{ring:!1}),y}function Hi(e){let t=Math.round(Math.min(1,Math.max(0,e))*20);return{level:t,fill:`var(--h${t})`,text:`var(--h${t}-text)`}}function Wi(e){let t=Math.round((Math.min(1,Math.max(-1,e))+1)/2*20);return{level:t,fill:`var(--d${t})`,text:`var(--d${t}-text)`}}function Gi(e,{a:t,b:n}){let o=s=>{let a=e.views.accuracy_matrix?.[e.strategies[s]?.name];return a===void 0||a.length===0?null:a},r=[],i={A:t,B:n};for(let[s,a]of Object.entries(i)){let c=o(a);if(c===null)continue;let l=`${s}: ${e.strategies[a].name}`;r.push({title:l,side:s,place:a,values:c,form:A,colours:Hi})}if(r.length===2){let[s,a]=r.map(({values:c})=>c);r.push({title:"A \u2212 B",side:"A \u2212 B",place:t,values:Xl(s,a),form:Ti,colours:Wi})}return r}function Xl(e,t){let n=Math.min(e.length,t.length);return e.slice(0,n).map((o,r)=>o.slice(0,n).map((i,s)=>{let a=t[r][s];return i===null||a===null||a===void 0?null:i-a}))}function Vi({values:e,colours:t}){let n=new Map;return e.forEach((o,r)=>o.forEach((i,s)=>{if(i===null)return;let{level:a,fill:c}=t(i);n.has(a)||n.set(a,{fill:c,cells:[]}),n.get(a).cells.push([r,s])})),n}function zi(e){let t=Math.abs(e).toFixed(2);return t==="0.00"?"0":(e<0?"\u2212":"")+(t.endsWith(".00")?t.slice(0,-3):t.slice(1))}function eo(e,t,n,{b:o}){return{...e.side==="B"||e.place===o?{}:{a:e.place},q:"",relation:null,state:null,change:null,group:null,s:t,learned:n,k:null}}var Kl=34,Yi=23,Jl=13,Vt=26,no=40,oo=22;function Xi({block:e,data:t,selection:n,select:o}){let r=Gi(t,n);return r.length===0?Ie("No step is finished yet."):J({title:"Accuracy matrix R[i, j]",titled:!1,reading:`Row i: after update i; column j: the facts of update j that are still valid at the end. The outlined diagonal is what was just taught; below it is what was retained, above it what the model knew before.${e===null?"":" A click on a cell lists its facts."}`,draw:i=>Ql({data:t,selection:n,select:o,all:r,width:i}),table:()=>Zl(r,t,n),file:"accuracy-matrix",select:o})}function Zl(e,t,n){let o=Math.max(...e.map(({values:r})=>r.length));return{columns:["strategy","after",...t.labels.slice(0,o).map(r=>`facts of ${r}`)],rows:e.flatMap(r=>r.values.map((i,s)=>[r.title,t.labels[s],...i.map((a,c)=>({text:r.form(a),value:a??"",patch:a===null?null:eo(r,s,c,n)}))]))}}function Ql({data:e,selection:t,select:n,all:o,width:r}){let i=Math.max(...o.map(({values:h})=>h.length)),s=o.length;for(;s>1&&(r-oo*(s-1))/s-Vt<Math.min(i*9,190);)s--;let a=Math.min(Kl,((r-oo*(s-1))/s-Vt)/i),c=a*i,l=Math.ceil(o.length/s),u=`Heat maps: ${o.map(({title:h})=>h).join(", ")}; the table has the numbers`,f=X(r,Math.ceil(l*(no+c+16)),u),p=o.map((h,m)=>{let y=m%s*(Vt+c+oo)+Vt,g=Math.floor(m/s)*(no+c+16)+no;return f.append(tc(h,{data:e,size:a,left:y,top:g,room:Vt+c})),{map:h,left:y,top:g}});return nc(f,p,{data:e,selection:t,select:n,size:a}),f}function tc(e,{size:t,left:n,top:o,room:r}){let i=e.values.length,s=t>Yi?t-1:t,a=w("g",{transform:`translate(${n} ${o})`});a.append(T(K(e.title,Math.floor(r/7)),{x:-Vt,y:-24,"font-weight":600,"font-size":13}));let c=Math.max(1,Math.ceil(17/t));for(let u=0;u<i;u+=c){let f=u*t+t/2,p={fill:"var(--muted)"};a.append(T(String(u),{...p,x:-6,y:f+4,"text-anchor":"end"})),a.append(T(String(u),{...p,x:f,y:-6,"text-anchor":"middle"}))}for(let{fill:u,cells:f}of Vi(e).values()){let p=s.toFixed(2),h=f.map(([m,y])=>`M${(y*t).toFixed(2)} ${(m*t).toFixed(2)}h${p}v${p}h-${p}z`);a.append(w("path",{d:h.join(""),fill:u}))}let l=Array.from({length:i},(u,f)=>`M${(f*t).toFixed(2)} ${(f*t).toFixed(2)}h${s.toFixed(2)}v${s.toFixed(2)}h-${s.toFixed(2)}z`);return a.append(w("path",{d:l.join(""),fill:"none",stroke:"var(--ink)","stroke-width":1.1})),t>=Yi&&i<=Jl&&a.append(...ec(e,t)),a}function ec({values:e,colours:t},n){return e.flatMap((o,r)=>o.flatMap((i,s)=>{if(i===null)return[];let a={x:(s*n+n/2-.5).toFixed(1),y:(r*n+n/2+3.5).toFixed(1)};return[T(zi(i),{...a,fill:t(i).text,"text-anchor":"middle","font-size":10.5})]}))}function nc(e,t,{data:n,selection:o,select:r,size:i}){let s=w("g",{class:"pointing","pointer-events":"none"});e.append(s);let a=c=>{let l=e.getScreenCTM();if(l===null)return null;let u=new DOMPoint(c.clientX,c.clientY).matrixTransform(l.inverse());for(let{map:f,left:p,top:h}of t){let[m,y]=[Math.floor((u.y-h)/i),Math.floor((u.x-p)/i)],g=f.values[m]?.[y]??null;if(g!==null)return{map:f,i:m,j:y,value:g,left:p,top:h}}return null};e.addEventListener("pointermove",c=>{let l=a(c);if(e.style.cursor=l===null?"default":"pointer",l===null)return s.replaceChildren();let{map:u,i:f,j:p,value:h,left:m,top:y}=l,[g,_]=[m+p*i,y+f*i],v=`after ${n.labels[f]}, facts of ${n.labels[p]}: ${u.form(h)}`;return s.replaceChildren(w("rect",{x:g,y:_,width:i,height:i,fill:"none",stroke:"var(--ink)","stroke-width":2}),...zn(e,{x:g+i/2,y:_,title:v},!1))}),e.addEventListener("pointerleave",()=>s.replaceChildren()),e.addEventListener("click",c=>{let l=a(c);l!==null&&r(eo(l.map,l.i,l.j,o))})}var oc={new:["New facts","right just after they were taught; higher is better"],retained:["Retained facts","taught earlier and still valid; higher is better"],stale:["Outdated answers","superseded facts that are still given; lower is better"],erased:["Erased facts","to be forgotten, but still given; lower is better"],unlisted:["Unlisted questions","answered before the stream, never trained; higher is better"],protected:["Protected questions","answered before the stream; higher is better"],found:["Found facts","put before the prompts that ask for them; higher is better"],read:["Read facts","answered right, of those that were found; higher is better"]},rc={new:{group:["new"]},retained:{group:["retained"]},stale:{state:["outdated"]},erased:{group:["erased"]}},ic={q:"",relation:null,group:null,learned:null,state:null,change:null};function Ki(e){let t=[];for(let[n,[o,r]]of Object.entries(oc)){let i=e.views.over_updates?.[n];if(i===void 0)continue;let s=e.strategies.map(({name:a},c)=>({place:c,name:a,points:sc(i[a]??{mean:[],half:[]})}));s.some(({points:a})=>a.length>0)&&t.push({score:n,title:o,reading:r,series:s})}return t}function sc({mean:e,half:t}){let n=[];return e.forEach((o,r)=>{if(o===null)return;let i=t[r]??null;n.push({step:r,mean:o,half:i,low:i===null?o:Math.max(0,o-i),high:i===null?o:Math.min(1,o+i)})}),n}function Ji(e){let t=e.views.front?.seeds??{},n=[];for(let[o,r]of Object.entries(e.views.over_updates??{}))for(let[i,{mean:s,seeds:a=[s]}]of Object.entries(r))a.forEach((c,l)=>{let{seed:u="",stream:f=null}=t[i]?.[l]??{};c.forEach((p,h)=>{p!==null&&n.push([o,i,u,f??"",h,e.labels[h],p])})});return[["score","strategy","seed","stream","step","label","value"],...n]}function Ge(e){let t=[];return e.forEach((n,o)=>{o>0&&e[o-1].step===n.step-1?t.at(-1).push(n):t.push([n])}),t}function ro(e,t,n,{a:o,b:r}){let i=t===r?{}:t===o?{}:{a:t},{state:s,...a}=rc[e]??{},c=s?.map(l=>t===r?`b.${l}`:l)??null;return{...ic,...i,...a,state:c,s:n,k:null}}var ac=300,Ve=36,ze=26;function Zi({block:e,data:t,selection:n,select:o}){let r=Ki(t),i=ft(He(t,n)),s=t.strategies.length-i.size,a=s>0?` ${s} others in grey.`:"";return J({title:"Scores after each update",titled:!1,reading:`A share of answers. Bands are 95 % intervals.${a}${e===null?"":" A click on a point lists its facts."}`,draw:c=>cc({data:t,selection:n,select:o,all:r,chosen:i,width:c}),table:()=>lc(r,t,n),file:"scores-after-each-update",exact:()=>Ji(t),select:o})}function lc(e,t,n){let o=e.flatMap(({score:r,series:i})=>i.map(({place:s,name:a,points:c})=>{let l=t.labels.map(()=>"\u2013");for(let{step:u,mean:f,half:p}of c){let h=ro(r,s,u,n);l[u]={text:Ht(f,p),value:f,patch:h}}return[r,a,...l]}));return{columns:["score","strategy",...t.labels],rows:o}}function cc({data:e,selection:t,select:n,all:o,chosen:r,width:i}){let s=Math.max(1,Math.min(o.length,3,Math.floor((i+ze)/(ac+ze)))),a=Math.floor((i-ze*(s-1))/s),c=Math.round(Math.min(250,a*.62)),l=[...r].map(([g,_])=>({text:D(e,g,t),look:_}));e.strategies.length>r.size&&l.push({text:"others",look:{colour:Gt}});let u=Dt(l,i),f=Math.ceil(o.length/s),p=u.height+f*(Ve+c+10),h=`Scores after each of ${e.labels.length} steps; the table has the numbers`,m=X(i,p,h,u.node),y=[];return o.forEach((g,_)=>{let v=_%s*(a+ze),b=u.height+Math.floor(_/s)*(Ve+c+10);m.append(w("g",{transform:`translate(${v} ${b})`},T(g.title,{y:12,"font-weight":600,"font-size":13}),T(g.reading,{y:27,fill:"var(--muted)"})));let{node:$,x:E,y:N}=uc(g,{data:e,selection:t,chosen:r,wide:a,high:c});$.setAttribute("transform",`translate(${v} ${b+Ve})`),m.append($);for(let{place:dt,points:Z}of g.series)for(let{step:Et,mean:W,half:Q}of Z)y.push({x:v+E(Et),y:b+Ve+N(Math.min(1,Math.max(0,W))),title:`${D(e,dt,t)}, ${e.labels[Et]}: ${Ht(W,Q)}`,patch:ro(g.score,dt,Et,t)})}),y.reverse(),ut(m,y,n),m}function uc(e,{data:t,selection:n,chosen:o,wide:r,high:i}){let s=Math.max(1,t.labels.length-1),a={left:36,right:12,top:8,bottom:26},{node:c,x:l,y:u}=It({width:r,height:i,margin:a,x:{domain:[0,s],ticks:De(s,r-48),text:String},y:{domain:[0,1],ticks:[0,.25,.5,.75,1],text:A}}),f={d:`M${l(n.s)} ${a.top}V${i-a.bottom}`};c.append(w("path",{...f,stroke:"var(--muted)","stroke-dasharray":"2 3"}));let p=[({step:y})=>l(y),({mean:y})=>u(Math.min(1,Math.max(0,y)))];for(let{place:y,points:g}of e.series)if(!o.has(y))for(let _ of Ge(g))c.append(Tt(_,...p,{stroke:Gt}));let h=e.series.filter(({place:y})=>o.has(y));for(let{place:y,points:g}of h){let _={fill:o.get(y).colour,"fill-opacity":.1};for(let v of Ge(g.filter(({half:b})=>b!==null)))c.append(Si(v,p[0],({low:b})=>u(b),({high:b})=>u(b),_))}let m=Math.max(1,Math.ceil(t.labels.length/12));return h.forEach(({place:y,points:g},_)=>{let{colour:v,dash:b}=o.get(y),$=y===n.a||y===n.b,E={stroke:v,"stroke-dasharray":b,"stroke-width":$?2.4:1.5};for(let N of Ge(g))c.append(Tt(N,...p,E));for(let N of g)(N.step+_)%m||c.append(st(o.get(y),p[0](N),p[1](N)))}),{node:c,x:l,y:u}}var Qi={front:{draw:ji,uses:["g","a","b"]},steps:{draw:Zi,uses:["g","a","b","s"]},matrix:{draw:Xi,uses:["g","a","b"]},ages:{draw:Ai,uses:["g","a","b","s","seed","form"],facts:!0},kinds:{draw:Ii,uses:["g","a","b","s","seed","form"],facts:!0}};function ts(){let e=matchMedia("(prefers-reduced-motion: reduce)").matches;document.querySelector(".facts")?.scrollIntoView({block:"start",behavior:e?"auto":"smooth"})}function es(e){x(e),Pt.some(t=>e[t])&&setTimeout(ts,0)}function ns(e){e.addEventListener("click",t=>{t.target.closest?.("a[href^='#']")?.getAttribute("href").includes("=")&&setTimeout(ts,0)})}function io(e,t){let n=new Set,o=!1,r=()=>{o=!1;for(let l of n)l.seen&&s(l)},i=()=>{o||setTimeout(r,0),o=!0},s=l=>{n.delete(l);let u=t(l.group);if(u===null||l.chart.facts&&u.block===null)return;let f=JSON.stringify(l.chart.uses.map(p=>u.selection[p]));l.key===f&&l.block===u.block||(Object.assign(l,{key:f,block:u.block}),l.element.replaceChildren(l.chart.draw({...u,select:es})))},a=new IntersectionObserver(l=>{for(let{target:u,isIntersecting:f}of l)c.get(u).seen=f;i()},{rootMargin:"300px"}),c=new Map;for(let l of e.querySelectorAll("[data-chart]")){let u=Qi[l.dataset.chart];if(u===void 0)continue;let f=pe(e,l),p={element:l,chart:u,group:f,seen:!1,key:null,block:null};c.set(l,p),n.add(p),a.observe(l)}I(()=>{q.value;for(let l of c.values())n.add(l);i()})}var os=400;function ce(e,t=os){return e.length>t?`${e.slice(0,t)}\u2026`:e}function j({of:e,class:t=null,most:n=os}){return d`<bdi class=${t}>${ce(e,n)}</bdi>`}var fc=["wrong","right","outdated","not judged",null];function hc(e,t){let n=0,o=e.length;for(;n<o;){let r=n+o>>1;e[r]<t?n=r+1:o=r}return n}function rs(e,t,n,o){let r=e.column("probe.key");if(r===null)return null;let[i,s]=["form","prompt"].map(l=>e.column(`probe.${l}`)),a=[],c=!1;for(let l=hc(r,o);r[l]===o;l++){let u=[];for(let f of t)for(let p of f.runs(n)){let h=e.column(`said.${p}`),m=e.place(h,p,n,l,r.length);if(m<0)continue;c=!0;let y=e.said(h[m],n,o),g=fc[e.column(`verdict.${p}`)[m]];y!==null&&u.push({side:f,run:p,text:y,verdict:g})}if(u.length>0){let f=pc(e,s[l],n,o);a.push({form:e.header.all_forms[i[l]],prompt:f,answers:u})}}return c?a:null}function pc(e,t,n,o){return e.text(t).replaceAll("",()=>e.subject(o)).replaceAll("",()=>e.object(n,o)??"\u2026")}var is=160;function dc(e,t){for(let{runs:n}of e.variants){let o=n.find(r=>r.run===t);if(o)return o.stream===null?`seed ${o.seed}`:`stream ${o.stream}, seed ${o.seed}`}return""}function ss({now:e,sides:t}){let{block:n,selection:o}=e,r=rs(n,t,o.s,o.k);return r===null?d`<h3>Answers by wording</h3>
      <p class="note">The page does not carry the answers to each wording at this step.</p>`:d`<h3>Answers by wording, after <bdi>${n.labels[o.s]}</bdi></h3>
    ${r.length===0&&d`<p class="note">It is not asked at this step.</p>`}
    <dl class="wordings">
      ${r.map(({form:i,prompt:s,answers:a})=>d`<div>
          <dt><small>${i}</small> <${j} of=${s} most=${is} /></dt>
          ${a.map(({side:c,run:l,text:u,verdict:f})=>d`<dd>
              <span class="who"
                ><span class=${`side side-${"ab"[t.indexOf(c)]}`}
                  >${"AB"[t.indexOf(c)]}</span
                >${" "}
                ${dc(n,l)}</span
              >${" "}
              <span class=${`said-${f}`}
                ><${j} of=${u===""?"(nothing)":u} most=${is}
              /></span>
              ${f!=="right"&&d`<small>${f}</small>`}
            </dd>`)}
        </div>`)}
    </dl>`}var Ye=15,so=4,mc=11,_c=190;function ao(e){return Math.min(mc,_c/e)}function lo(e){return Math.ceil(e*ao(e))}function as(e,t,n,o){let r=Ye,i=(a,c)=>`M${t} ${a}h${o}v${c}h${-o}z`,s=a=>`M${t+o/2-a} ${n+r/2}a${a} ${a} 0 1 0 ${2*a} 0a${a} ${a} 0 1 0 ${-2*a} 0z`;switch(k[e]){case"right":return i(n,r);case"partly":return i(n+r/2,r/2);case"outdated":return`M${t} ${n}L${t+o} ${n+r}H${t}z`;case"wrong":{let a=Math.min(2,o/3);return`${i(n,r)}M${t+a} ${n+a}v${r-2*a}h${o-2*a}v${2*a-r}z`}case"future":return s(Math.min(1.4,o/2));case"forgotten":return`${s(Math.min(4,o/2))}${s(Math.min(2.4,o/3.4)).replaceAll(" 0 1 0 "," 0 1 1 ")}`;case"produced":return s(Math.min(4,o/2));case"resurfaced":return`${s(Math.min(4,o/2))}${i(n+r-2,2)}`;default:return""}}function gc(e,t){let n=ao(e.length),o=n>4?n-1:n,r=new Map;return e.forEach((i,s)=>{let a=as(i,Xe(s*n),t,Xe(o));a!==""&&r.set(i,(r.get(i)??"")+a)}),[...r]}function Xe(e){return Math.round(e*100)/100}function ls({rows:e,step:t}){let n=ao(e[0].length),o=lo(e[0].length),r=e.length*(Ye+so);return d`<svg class="strip" width=${o} height=${r} aria-hidden="true">
    <rect class="now" x=${Xe(t*n)-.5} width=${Xe(n>4?n:n+1)} height=${r} />
    ${e.map((i,s)=>gc(i,s*(Ye+so)+so/2).map(([a,c])=>d`<path class=${`is-${k[a]}`} d=${c} fill-rule="evenodd" />`))}
  </svg>`}function cs(e,t){let n=[];return e.forEach((o,r)=>{(r===0||o!==e[r-1])&&n.push(`${k[o]==="none"?"not asked":k[o]} from ${t[r]}`)}),n.join(", ")}function ue({state:e}){let t=k.indexOf(e);return d`<svg class="sign-of-state" width="11" height=${Ye} aria-hidden="true">
    <path class=${`is-${e}`} d=${as(t,.5,0,10)} fill-rule="evenodd" />
  </svg>`}var co="\u2013",zt=[{name:"fact",title:()=>"Fact",sort:"fact"},{name:"learned",title:()=>"Taught",sort:"learned"},{name:"states",title:()=>"States",sort:"a"},{name:"answer",title:()=>"Answer",sort:"answer"},{name:"margin",title:()=>"Margin",sort:"margin"}];function uo(e){return e===null?co:`${e<0?"\u2212":"+"}${Math.abs(e).toFixed(1)}`}var Ke=class extends z{shouldComponentUpdate(t){return Object.keys(t).some(n=>t[n]!==this.props[n])}render({now:t,fact:n,place:o,height:r,column:i,open:s}){return d`<div
      role="row"
      class=${`fact-row${s?" open":""}`}
      data-place=${o}
      aria-rowindex=${o+2}
      aria-selected=${s}
      style=${{height:`${r}px`,transform:`translateY(${o*r}px)`}}
    >
      ${yc(t,n).map((a,c)=>d`<div
          role="gridcell"
          id=${`cell-${o}-${c}`}
          class=${`cell-${zt[c].name}${i===c?" cursor":""}`}
        >
          ${a}
        </div>`)}
    </div>`}};function yc(e,t){let{block:n,selection:o}=e,r=o.s,i=["a","b"].map(s=>B(e,s)).filter(s=>s!==null);return[d`<${bc} block=${n} fact=${t} step=${r} />`,d`<${vc} block=${n} fact=${t} step=${r} />`,d`<${$c} sides=${i} fact=${t} step=${r} />`,i.map((s,a)=>d`<${xc} key=${a} side=${s} fact=${t} step=${r} />`),i.map((s,a)=>d`<${wc} key=${a} side=${s} fact=${t} step=${r} />`)]}function bc({block:e,fact:t,step:n}){let o=e.object(n,t);return d`<span class="line">
      <${j} of=${e.subject(t)} class="subject" />${" "}
      <${j} of=${e.relation(t)} class="relation" />
    </span>
    <span class="line object">
      ${o===null?d`<i>not asked at this step</i>`:d`<${j} of=${o} />`}
    </span>`}function vc({block:e,fact:t,step:n}){let o=n*e.facts+t,r=e.column("learned")[o],i=e.labels[r]??co,s=e.group(n,t);return d`<span class="line"><bdi>${i}</bdi></span>
    ${(s==="future"||s==="erased")&&d`<small class="line">${s}</small>`}`}function $c({sides:e,fact:t,step:n}){let{labels:o}=e[0].block,r=e.map(i=>o.map((s,a)=>i.state(a,t)));return d`<${ls} rows=${r} step=${n} /><span class="unseen"
      >${r.map((i,s)=>`${"AB"[s]}: ${cs(i,o)}`).join(". ")}</span
    >`}function xc({side:e,fact:t,step:n}){let o=k[e.state(n,t)],r=e.answer(n,t),{right:i,asked:s}=e.countsAt(n,t);return d`<span class=${`line answer said-${o}`}>
    ${r===null?d`<span class="nothing">${co}</span>`:d`<${j} of=${r.text===""?"(nothing)":r.text} />`}
    ${s>0&&d`<small>${i}/${s}</small>`}
  </span>`}function wc({side:e,fact:t,step:n}){return d`<span class="line">${uo(e.margin(n,t))}</span>`}var Sc=xt("broken"),Mc=8;function Tc(e,t){let n=0;for(let o of e.changes(t))o&Sc&&n++;return n}function kc(e){let t=e[0].block.steps,[n,o]=G(null);return et(()=>{let r=e.map(()=>new Array(t).fill(0)),i=1,s=0,a=()=>{let c=performance.now()+Mc;for(;i<t&&performance.now()<c;i++)e.forEach((l,u)=>{r[u][i]=Tc(l,i)});i<t?s=setTimeout(a,0):o({sides:e,counts:r})};return s=setTimeout(a,0),()=>clearTimeout(s)},e),n}function us({sides:e,selection:t}){let n=kc(e),{labels:o}=e[0].block;if(o.length<3)return null;let r=n?.counts??e.map(()=>o.map(()=>0)),i=Math.max(1,...r.flat());return d`<figure class="harm-by-update" aria-label="Facts that each update broke">
    <figcaption>Broken by each update, at most ${i}</figcaption>
    <div class=${`harm-bars${o.length>40?" dense":""}`}>
      ${o.map((s,a)=>{if(a===0)return null;let c=e.map((l,u)=>`${"AB"[u]} ${r[u][a]??0}`).join(", ");return d`<button
          type="button"
          key=${a}
          aria-label=${`Update ${a}, ${s}: ${c} broken`}
          aria-pressed=${t.s===a}
          title=${`Update ${a} (${s}): ${c}`}
          onClick=${()=>x({s:a})}
        >
          ${e.map((l,u)=>d`<i
              class=${`bar-${"ab"[u]}`}
              style=${{height:`${100*(r[u][a]??0)/i}%`}}
            />`)}
          ${o.length<=24&&d`<span>${a}</span>`}
        </button>`})}
    </div>
  </figure>`}var Ac={broken:"valid facts of earlier steps: right less often than before","turned outdated":"valid facts of earlier steps: newly a superseded object",resurfaced:"erased and gone earlier: produced again","not learned":"taught by this update: not right after it","not forgotten":"erased by this update: still produced","still wrong":"valid facts of earlier steps: not right before and after",learned:"taught by this update: right after it",regained:"valid facts of earlier steps: not right before, right after",forgotten:"erased by this update: not produced any more"},Ec={q:"",relation:null,group:null,learned:null,state:null,d:!1};function Oc(e,t){let n=new Uint32Array($t.length);for(let o of e.changes(t))if(o!==0)for(let r=0;r<$t.length;r++)n[r]+=o>>r&1;return n}function fs(){let e=F.value,{block:t,selection:n}=e,o=["a","b"].map(l=>B(e,l)).filter(l=>l!==null),r=n.s,i=t.labels[r];if(r===0)return d`<section class="update" aria-labelledby="update-title">
      <h2 id="update-title">What update 1 did</h2>
      <p class="note">
        Step 0 is what the model knew before the updates.${" "}
        ${t.steps>1&&d`<button type="button" class="plain-button" onClick=${()=>x({s:1})}>
          Go to update 1
        </button>`}
      </p>
    </section>`;let s=o.map(l=>Oc(l,r)),a=Math.max(1,...s.flatMap(l=>[...l])),c=$t.map((l,u)=>({...l,place:u})).filter(({name:l,place:u})=>Nc.has(l)||s.some(f=>f[u]>0));return d`<section class="update" aria-labelledby="update-title">
    <h2 id="update-title">What update ${r} did <small>${i}</small></h2>
    <p class="note">${Rc(e)} A number lists its facts.</p>
    <div class="update-parts">
    <table class="changes">
      <thead>
        <tr>
          <th scope="col">facts</th>
          ${o.map((l,u)=>d`<th scope="col"><${pt} side=${l} at=${u} /></th>`)}
          <th scope="col" class="meaning">meaning</th>
        </tr>
      </thead>
      <tbody>
        ${c.map(({name:l,bad:u,place:f})=>d`<tr class=${u?"harm":"good"}>
            <th scope="row">${l}</th>
            ${s.map((p,h)=>d`<td>
                <${Cc} now=${e} name=${l} side=${"ab"[h]} count=${p[f]} most=${a} />
              </td>`)}
            <td class="meaning">${Ac[l]}</td>
          </tr>`)}
      </tbody>
    </table>
    <${us} sides=${o} selection=${n} />
    </div>
  </section>`}var Nc=new Set(["broken","turned outdated","not learned","learned","regained"]);function pt({side:e,at:t}){return d`<span class=${`side side-${"ab"[t]}`}>${"AB"[t]}</span>${" "}
    <bdi class="side-name" title=${e.name}>${ce(e.name,100)}</bdi>`}function Cc({now:e,name:t,side:n,count:o,most:r}){let i=n==="a"?t:`b.${t}`,s=e.selection.change?.includes(i)??!1;return d`<button
    type="button"
    class="count"
    aria-pressed=${s}
    aria-label=${`${o} ${t}, ${n.toUpperCase()}`}
    disabled=${o===0&&!s}
    style=${{"--share":o/r}}
    onClick=${()=>x(s?{change:null}:{...Ec,change:[i],k:null})}
  >
    ${o}
  </button>`}function Rc({data:e,selection:t}){let n=e?.views?.settings?.updates?.[t.s];if(typeof n?.learn!="number")return"";let o=n.forget>0?` and was to erase ${kt(n.forget,"fact")}`:"";return`It taught ${kt(n.learn,"fact")}${o}.`}function kt(e,t){return`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`}var hs=60;function ps({now:e,sides:t}){let{block:n,selection:o}=e,{k:r,s:i}=o;return d`<h3>Its life</h3>
    <div class="drawer-wide" tabindex="0" role="region" aria-label="Life of the fact">
      <table class="life">
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">object</th>
            ${t.map((s,a)=>d`<th scope="col"><${pt} side=${s} at=${a} /></th>`)}
          </tr>
        </thead>
        <tbody>
          ${n.labels.map((s,a)=>{let c=n.object(a,r);return d`<tr class=${a===i?"current":null}>
              <th scope="row">
                <button
                  type="button"
                  class="plain-button"
                  aria-current=${a===i?"step":null}
                  onClick=${()=>x({s:a})}
                >
                  <bdi>${s}</bdi>
                </button>
              </th>
              <td>
                ${c===null?"\u2013":d`<${j} of=${c} most=${hs} />`}${" "}
                <small>${n.group(a,r)}</small>
              </td>
              ${t.map(l=>d`<td><${Lc} side=${l} step=${a} fact=${r} /></td>`)}
            </tr>`})}
        </tbody>
      </table>
    </div>`}function Lc({side:e,step:t,fact:n}){let o=k[e.state(t,n)];if(o==="none")return"\u2013";let{right:r,asked:i}=e.countsAt(t,n),s=e.answer(t,n),a=e.margin(t,n);return d`<span class="moment">
    <${ue} state=${o} />
    <span>
      <span class=${`said-${o}`}
        >${s===null?o:d`<${j} of=${s.text===""?"(nothing)":s.text} most=${hs} />`}</span
      >${" "}
      <small>${r}/${i}${a===null?"":`, ${uo(a)}`}</small>
    </span>
  </span>`}var jc=8;function ds(e,t,n){let o=e.column("object"),r=e.column("group"),i=new Set;for(let s=0;s<=t;s++){let a=s*e.facts+n;(r[a]===O.new||r[a]===O.retained)&&i.add(o[a]);let c=e.column("outdated")[a];c!==je&&i.add(c)}return i.delete(o[t*e.facts+n]),i.delete(je),[...i].map(s=>e.text(s))}var Pc=xt("broken")|xt("resurfaced");function ms(e,t,n){for(let o=t;o>0;o--)if(e.changes(o)[n]&Pc)return{step:o,before:e.state(o-1,n),after:e.state(o,n)};return null}function _s(e,t,n,o){let{facts:r}=e,i=t*r,[s,a]=["subject","relation"].map(h=>e.column(h)),[c,l,u]=["object","group","learned"].map(h=>e.column(h)),f=new Set(o.filter(h=>h!==null)),p=[];for(let h=0;h<r;h++){let m=i+h;if(l[m]!==O.new||u[m]!==t||h===n)continue;let y=[],g=0,_=(v,b)=>{g+=v,y.push(b)};f.size>0&&f.has(e.text(c[m]))&&_(8,"its object is the answer given"),s[h]===s[n]&&_(4,"same subject"),c[m]===c[i+n]&&_(2,"same object"),a[h]===a[n]&&_(1,"same relation"),g>0&&p.push({key:h,near:g,shared:y})}return p.sort((h,m)=>m.near-h.near||h.key-m.key),{all:p.length,listed:p.slice(0,jc)}}function gs(e,t,n){let{block:o}=e,r=e.runs(t).filter(a=>o.has(`rehearsed.${a}`));if(r.length===0)return null;let i=t*o.facts+n;return{times:r.filter(a=>o.column(`rehearsed.${a}`)[i]===1).length,runs:r.length}}function fo(e,t){let{text:n,ends:o}=e.searchable(),r=new Uint8Array(e.length);for(let u of t)u<r.length&&(r[u]=1);let i=new Uint32Array(r.reduce((u,f)=>u+f,0)),s=0;for(let u=0;u<r.length;u++)r[u]&&(i[s++]=u);let a=(u,f)=>{let p=(u===0?0:o[u-1])+f;return p<o[u]?n.charCodeAt(p):-1},c=[[0,i.length,0]];for(;c.length>0;){let[u,f,p]=c.pop();if(f-u<2)continue;let h=a(i[u+f>>1],p),m=u,y=f,g=u;for(;g<y;){let _=a(i[g],p);_<h?ys(i,m++,g++):_>h?ys(i,g,--y):g++}c.push([u,m,p],[y,f,p]),h>=0&&c.push([m,y,p+1])}let l=new Uint32Array(e.length);return i.forEach((u,f)=>{l[u]=f}),l}function ys(e,t,n){let o=e[t];e[t]=e[n],e[n]=o}var bs=[{name:"fact",title:"fact"},{name:"learned",title:"taught at"},{name:"a",title:"state of A"},{name:"b",title:"state of B"},{name:"answer",title:"answer of A"},{name:"margin",title:"margin of A"},{name:"banswer",title:"answer of B"},{name:"bmargin",title:"margin of B"}],Uc=[8,7,5,4,3,2,6,1,0];function vs(e,t){let{sort:n}=e.selection;if(n===null)return t;let o=n.startsWith("-"),r=Fc(e,o?n.slice(1):n);if(r===null)return t;let i=t.length+1,s=new Float64Array(t.length);for(let a=0;a<t.length;a++){let c=r(t[a]),l=c===ho?Bc:o?-c:c;s[a]=(l+$s)*i+a}return s.sort(),Uint32Array.from(s,a=>t[a%i])}var ho=1/0,$s=2**24,Bc=$s-1;function Fc(e,t){let{block:n,selection:o}=e,r=o.s*n.facts;if(t==="fact")return qc(n);if(t==="learned"){let s=n.column("learned");return a=>s[r+a]}let i=B(e,t.startsWith("b")?"b":"a");if(i===null)return null;if(t==="a"||t==="b"){let s=i.states(o.s);return a=>Uc.indexOf(s[a])}return t.endsWith("answer")?Dc(n,i,o.s):t.endsWith("margin")?Ic(n,i,o.s):null}function qc(e){let t=e.column("subject"),n=e.remember("subject ranks",()=>fo(e.texts,t));return o=>n[t[o]]}function Dc(e,t,n){let[o]=t.runs(n),r=e.column(`answer.${o}`),i=e.place(r,o,n,0,e.facts);if(i<0)return null;let s=e.column("object").subarray(n*e.facts,(n+1)*e.facts),c=r.subarray(i,i+e.facts).map((u,f)=>u===On?s[f]:u),l=e.remember(`answer ranks ${o} ${n}`,()=>fo(e.texts,c));return u=>c[u]<l.length?l[c[u]]:ho}function Ic(e,t,n){let o=[];for(let r of t.runs(n)){let i=e.column(`margin.${r}`),s=e.place(i,r,n,0,e.facts);s>=0&&o.push(i.subarray(s,s+e.facts))}return r=>{let i=0,s=0;for(let a of o)a[r]!==Cn&&(i+=a[r],s++);return s===0?ho:Math.round(16*i/s)}}var Hc=V(()=>F.value===null?null:JSON.stringify({...F.value.selection,k:null})),Je=V(()=>Hc.value===null?null:F.peek()),At=V(()=>{let e=Je.value;return e===null?new Uint32Array(0):vs(e,Ar(e))}),xs=V(()=>{let e=At.value,t=Je.value,n=o=>{let r=t===null?null:B(t,o);if(r===null)return null;let i=r.states(t.selection.s),s=new Uint32Array(k.length);for(let a of e)s[i[a]]++;return Object.fromEntries(k.map((a,c)=>[a,s[c]]))};return{a:n("a"),b:n("b")}});function Wc({before:e,after:t}){return e===t?"left fewer of its wordings right: still":`turned it from ${k[e]} to`}function ws({now:e,sides:t}){return d`<div class="flips">
    ${t.map((n,o)=>d`<${Gc} now=${e} side=${n} at=${o} />`)}
  </div>`}function Gc({now:e,side:t,at:n}){let{block:o,selection:r}=e,{s:i,k:s}=r,a=ms(t,i,s);if(a===null)return d`<p><${pt} side=${t} at=${n} />: no update up to here made it worse.</p>`;let c=t.runs(a.step).map(p=>o.answer(p,a.step,s)),l=_s(o,a.step,s,c),u=gs(t,a.step,s),f=o.labels[a.step];return d`<div class="flip">
    <p>
      <${pt} side=${t} at=${n} />: ${" "}
      <button type="button" class="plain-button" onClick=${()=>x({s:a.step})}>
        update ${a.step}
      </button>
      ${" "}<bdi>${f}</bdi> ${Wc(a)}
      ${" "}<b class=${`said-${k[a.after]}`}>${k[a.after]}</b>.
      ${u!==null&&` The update rehearsed it in ${u.times} of ${kt(u.runs,"run")}.`}
    </p>
    ${l.all>0?d`<p class="term">Suspects, not proof: the nearest facts that update ${a.step} taught
          ${l.all>l.listed.length?` (${l.listed.length} of ${l.all})`:""}</p>
          <ul class="suspects">
            ${l.listed.map(({key:p,shared:h})=>d`<li>
                <button type="button" class="plain-button" onClick=${()=>x({k:p})}>
                  <${j} of=${o.subject(p)} most=${80} />${" "}
                  <${j} of=${o.relation(p)} class="relation" />${" "}
                  <${j} of=${o.object(a.step,p)??""} most=${80} />
                </button>
                <small>${h.join(", ")}</small>
              </li>`)}
          </ul>`:d`<p class="note">No fact that the update taught shares its subject, relation or object.</p>`}
  </div>`}var po=300;function Vc(e){et(()=>{let t=n=>{n.key==="Escape"&&n.target.type!=="search"&&x({k:null})};return e.current.focus({preventScroll:!0}),document.addEventListener("keydown",t),()=>{document.removeEventListener("keydown",t),document.getElementById("facts-grid")?.focus({preventScroll:!0})}},[])}function Ss({now:e}){let{block:t,selection:n}=e,{k:o,s:r}=n,i=ee(null),s=["a","b"].map(u=>B(e,u)).filter(u=>u!==null);Vc(i),et(()=>{i.current.scrollTop=0},[o]);let a=t.subject(o),c=t.object(r,o),l=ds(t,r,o);return d`<div
    class="drawer"
    role="dialog"
    aria-labelledby="drawer-title"
    tabindex="-1"
    ref=${i}
  >
    <header>
      <h2 id="drawer-title">
        <${j} of=${a} most=${po} />${" "}
        <${j} of=${t.relation(o)} class="relation" />${" "}
        ${c!==null&&d`<${j} of=${c} class="object" most=${po} />`}
      </h2>
      <${zc} fact=${o} />
    </header>
    ${a.length>po&&d`<p class="note">The subject has ${a.length.toLocaleString("en")} characters.</p>`}
    ${l.length>0&&d`<p class="older">
      <span class="term">Superseded:</span>${" "}
      ${l.map(u=>d`<${j} of=${ce(u,80)} />`)}
    </p>`}
    <${ws} now=${e} sides=${s} />
    <${ps} now=${e} sides=${s} />
    <${ss} now=${e} sides=${s} />
  </div>`}function zc({fact:e}){let t=At.value,n=t.indexOf(e),o=r=>x({k:t[r]});return d`<div class="drawer-moves">
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
    <button type="button" class="icon" aria-label="Close" onClick=${()=>x({k:null})}>×</button>
  </div>`}function Ms(e,t,{rows:n,columns:o,page:r}){let{row:i,column:s}=e,a=n-1,c=(f,p,h)=>Math.max(p,Math.min(h,f)),l=(f,p)=>({row:c(f,-1,a),column:c(p,0,o-1)}),u=t.ctrlKey||t.metaKey;switch(t.key){case"ArrowDown":return l(i+1,s);case"ArrowUp":return l(i-1,s);case"ArrowRight":return l(i,s+1);case"ArrowLeft":return l(i,s-1);case"PageDown":return l(Math.max(i,0)+r,s);case"PageUp":return l(i<0?i:Math.max(0,i-r),s);case"Home":return l(u?a<0?-1:0:i,0);case"End":return l(u?a:i,o-1);default:return null}}function Ts(e,t,{rowHeight:n,height:o}){if(e<0)return t;let r=e*n;return r<t?r:r+n>t+o?r+n-o:t}var mo=5,ks=34,_o={one:34,two:52,narrow:76},go=globalThis.matchMedia?.("(max-width: 46rem)");function Yc(e){return go?.matches?_o.narrow:e.b>=0?_o.two:_o.one}function Xc(e){let[t,n]=G(600),[,o]=G(0);return et(()=>{let r=new ResizeObserver(()=>n(e.current?.clientHeight??600));r.observe(e.current);let i=()=>o(s=>s+1);return go?.addEventListener("change",i),()=>{r.disconnect(),go?.removeEventListener("change",i)}},[]),t}function As(){let e=Je.value,t=At.value,{selection:n}=e,o=F.value.selection.k,r=ee(null),[i,s]=G(0),[a,c]=G({row:0,column:0}),l=Xc(r),u=Yc(n),f=Math.max(u,l-ks);lr(()=>{i>0&&(r.current.scrollTop=0),s(0);let b=Math.min(0,t.length-1,a.row);b!==a.row&&c({...a,row:b})},[t]);let p=b=>{c(b);let $=Ts(b.row,r.current.scrollTop,{rowHeight:u,height:f});$!==r.current.scrollTop&&(r.current.scrollTop=$),s($)};et(()=>{let b=o===null?-1:t.indexOf(o);b>=0&&b!==a.row&&p({...a,row:b})},[o,t]);let h=b=>{if(b.key==="Enter"||b.key===" ")a.row<0?Es(zt[a.column].sort,n):a.row<t.length&&x({k:t[a.row]});else{let $=Math.max(1,Math.floor(f/u)-1),E=Ms(a,b,{rows:t.length,columns:zt.length,page:$});if(E===null)return;p(E)}b.preventDefault()},m=b=>{let $=Number(b.target.closest("[data-place]")?.dataset.place??-1);$<0||(c({row:$,column:0}),x({k:t[$]}))},y=Math.max(0,Math.floor(i/u)-mo),g=Math.min(t.length,Math.ceil((i+f)/u)+mo),_=[];for(let b=y;b<g;b++)_.push(b);let v=Math.ceil(f/u)+2*mo+1;return d`<div
    class=${`facts-grid${n.b>=0?" two":""}`}
    id="facts-grid"
    role="grid"
    aria-label="Facts"
    aria-rowcount=${t.length+1}
    aria-colcount=${zt.length}
    aria-activedescendant=${`cell-${a.row}-${a.column}`}
    tabindex="0"
    style=${{"--strip":`max(4.5rem, ${lo(e.block.steps)}px)`,height:`min(72vh, 46rem, ${ks+2+Math.max(1.2,t.length)*u}px)`}}
    ref=${r}
    onKeyDown=${h}
    onScroll=${b=>s(b.currentTarget.scrollTop)}
  >
    <div role="rowgroup" class="facts-head">
      <${Kc} selection=${n} cursor=${a} />
    </div>
    <div
      role="rowgroup"
      class="facts-body"
      onClick=${m}
      style=${{height:`${t.length*u}px`}}
    >
      ${_.map(b=>d`<${Ke}
          key=${b%v}
          now=${e}
          fact=${t[b]}
          place=${b}
          height=${u}
          column=${a.row===b?a.column:null}
          open=${o===t[b]}
        />`)}
      ${t.length===0&&d`<p class="nothing-listed">No fact passes the filters.</p>`}
    </div>
  </div>`}function Kc({selection:e,cursor:t}){return d`<div role="row" aria-rowindex="1" class="fact-row">
    ${zt.map(({name:n,title:o,sort:r},i)=>{let s=t.row===-1&&t.column===i;return d`<div
        role="columnheader"
        id=${`cell--1-${i}`}
        class=${`cell-${n}${s?" cursor":""}`}
        aria-sort=${Jc(r,e)}
        onClick=${()=>Es(r,e)}
      >
        ${o(e)}<span class="arrow" aria-hidden="true"></span>
      </div>`})}
  </div>`}function Jc(e,t){return t.sort===e?"ascending":t.sort===`-${e}`?"descending":"none"}function Es(e,t){t.sort===e?x({sort:`-${e}`}):x({sort:t.sort===`-${e}`?null:e})}var Yt=class extends z{componentDidCatch(t){console.error(t),this.setState({failed:this.props.of,why:t.message})}render({of:t,children:n}){let{failed:o,why:r}=this.state;return o===void 0||o!==t?n:d`<p class="note" role="alert">This part could not be drawn: ${r}.</p>`}};function Os(){if(F.value===null)return d`<p class="note" role="status">Reading the facts…</p>`;let e=F.value;if(e.block.facts===0)return null;let t=JSON.stringify(e.selection);return d`
    <${Yt} of=${t}><${fs} /><//>
    <section class="facts" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <${Zc} block=${e.block} />
      <${Yt} of=${t}>
        <${Qc} now=${e} />
        <${As} />
      <//>
      <${ou} />
    </section>
    <${Yt} of=${t}>
      ${e.selection.k!==null&&d`<${Ss} now=${e} />`}
    <//>
  `}function Zc({block:e}){let{sampled:t,notes:n}=e.header,o=[...n??[]];return t&&o.push(`${kt(t.of,"fact")} in the runs. ${t.how}`),o.map(r=>d`<p class="note">${r}</p>`)}function Qc({now:e}){let{block:t,selection:n}=e,o=At.value.length,r=o===t.facts;return d`<div class="facts-summary">
      <p class="facts-count" role="status">
        <b>${kt(o,"fact")}</b>${r?"":` of ${t.facts.toLocaleString("en")}`}, at
        ${" "}<b>${n.s===0?"the base":`update ${n.s}`}</b>
        ${" "}<bdi>${t.labels[n.s]}</bdi>
      </p>
      <${eu} selection=${n} />
    </div>
    <${jr} now=${e} />
    <div class="tallies">
      ${["a","b"].map((i,s)=>{let a=B(e,i);return a&&d`<${tu} side=${a} at=${s} counts=${xs.value[i]} now=${e} />`})}
    </div>`}function tu({side:e,at:t,counts:n,now:o}){let r=t===0?"":"b.",i=k.filter(a=>a!=="none"&&n[a]>0),s=o.selection.state;return d`<div class="tally-line" role="group" aria-label=${`States of ${e.name}`}>
    <span class="tally-name"><${pt} side=${e} at=${t} /></span>
    ${i.map(a=>{let c=r+a,l=s?.length===1&&s[0]===c;return d`<button
        type="button"
        class="tally-count"
        aria-pressed=${l}
        onClick=${()=>x({state:l?null:[c],k:null})}
      >
        <${ue} state=${a} /> ${n[a].toLocaleString("en")} ${a}
      </button>`})}
  </div>`}function eu({selection:e}){let n=bs.filter(({name:o})=>e.b>=0||!o.startsWith("b")).flatMap(({name:o,title:r})=>[{value:o,text:`${r}, ${o.length===1?"worst first":"ascending"}`},{value:`-${o}`,text:`${r}, ${o.length===1?"best first":"descending"}`}]);return d`<label class="pick"
    ><span>Sort by</span>
    <select
      value=${e.sort??""}
      onChange=${o=>x({sort:o.currentTarget.value||null})}
    >
      <option value="">order of the stream</option>
      ${n.map(({value:o,text:r})=>d`<option value=${o}>${r}</option>`)}
    </select></label
  >`}var nu={right:"all wordings right",partly:"some wordings right",outdated:"a superseded object",wrong:"wrong",future:"not taught yet",forgotten:"erased, not produced",produced:"erased, still produced",resurfaced:"erased, produced again"};function ou(){return d`<ul class="state-legend">
    ${Object.entries(nu).map(([e,t])=>d`<li><${ue} state=${e} /> ${t}</li>`)}
    <li>
      Strip: one mark a step, A above B; the band is the step shown. Margin: mean log-probability of
      the object over that of the outdated one, in nats; without an outdated object, its
      log-probability.
    </li>
  </ul>`}function Ns(e){let t=I(()=>{F.value!==null&&(requestAnimationFrame(()=>{setTimeout(()=>{e.dataset.ready=String(Math.round(performance.now()))},0)}),queueMicrotask(()=>t()))})}var Cs=new Set;async function ru(e){if(Cs.has(e))return;Cs.add(e);let t=document.getElementById(`cltool-facts-${e}`);if(t===null)return;let n=await Dr(t.textContent);t.remove(),Re.value=new Map(Re.value).set(e,n),setTimeout(()=>n.texts.searchable(),1e3)}async function iu(){if(typeof DecompressionStream!="function")return;if(Mr(window),document.querySelector("[id^=cltool-facts-]")===null){it.value=JSON.parse(await Ot(document)),io(document,Ur);return}ns(document),I(()=>{ru(q.value.g??0)}),it.value=JSON.parse(await Ot(document)),dn(gt(Fr),document.getElementById("cltool-bar"));let e=document.getElementById("cltool-view");dn(gt(Os),e);for(let t of document.querySelectorAll(".fact-place"))e.before(t);io(document,An),Ns(document.documentElement)}iu();})();
