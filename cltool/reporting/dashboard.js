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
(()=>{function so(e,t){for(let n of e.querySelectorAll(".panels [data-s]")){let o=n.getAttribute("data-s")===t;n.classList.toggle("dim",t!==null&&!o),n.classList.toggle("lit",t!==null&&o)}}function ao(e){for(let t of e.querySelectorAll(".legend"))for(let n of t.querySelectorAll("li")){let o=n.getAttribute("data-s");n.addEventListener("mouseenter",()=>so(t.parentNode,o)),n.addEventListener("mouseleave",()=>so(t.parentNode,null))}}function Ws(e){if(typeof Uint8Array.fromBase64=="function")return Uint8Array.fromBase64(e);let t=atob(e),n=new Uint8Array(t.length);for(let o=0;o<t.length;o++)n[o]=t.charCodeAt(o);return n}async function ae(e){let t=new Blob([Ws(e.trim())]).stream();return new Response(t.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()}var Gs="cltool-data";async function Et(e){return new TextDecoder().decode(await ae(e.getElementById(Gs).textContent))}function Wt(e,t,n){Je(new Blob([e],{type:n}),t)}function Je(e,t){let n=document.createElement("a");n.href=URL.createObjectURL(e),n.download=t,n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),1e3)}function io(e){let t=e.getElementById("save");t===null||typeof DecompressionStream!="function"||(t.hidden=!1,t.addEventListener("click",async()=>{Wt(await Et(e),"report.json","application/json")}))}function lo(e,t,n){let o=e.cells[t],r=o.getAttribute("data-value");return n?r===null?o.textContent:r:r===null?null:Number(r)}function Vs(e,t,n,o){let r=e.tBodies[0],s=t.getAttribute("data-sort")==="text",i=o==="ascending"?1:-1,a=[...r.rows];a.sort((c,l)=>{let u=lo(c,n,s),p=lo(l,n,s);return u===null||p===null?(u===null)-(p===null):i*(s?u.localeCompare(p):u-p)}),r.append(...a);for(let c of e.querySelectorAll("th[aria-sort]"))c.removeAttribute("aria-sort");t.setAttribute("aria-sort",o)}function zs(e,t,n){let o=document.createElement("button");o.type="button",o.append(...t.childNodes),t.append(o),o.addEventListener("click",()=>{let r=t.getAttribute("data-sort")==="descending"?"descending":"ascending",s=t.getAttribute("aria-sort");Vs(e,t,n,s?s==="ascending"?"descending":"ascending":r)})}function co(e){for(let t of e.querySelectorAll("table.sortable"))t.querySelectorAll("thead th").forEach((n,o)=>{zs(t,n,o)})}var Ys=["font-family","font-size","font-style","font-weight","font-variant-numeric","text-anchor","fill","fill-opacity","stroke","stroke-width","stroke-dasharray","stroke-linecap","stroke-linejoin","stroke-opacity","visibility"],Xs={opacity:"1",display:"inline","dominant-baseline":"auto","unicode-bidi":"normal"},Ks=["class","style","tabindex","data-s","role","aria-describedby"],ie=8,uo="http://www.w3.org/2000/svg";function Js(e){let t=new Map;for(let n of e.styleSheets)for(let o of n.cssRules)if(o.selectorText===":root")for(let r of o.style)r.startsWith("--")&&t.set(r,o.style.getPropertyValue(r).trim());return t}function Zs(e,t){let{style:n}=e.documentElement,o=n.cssText;for(let[r,s]of Js(e))n.setProperty(r,s);n.setProperty("color-scheme","light");try{return t()}finally{n.cssText=o}}function le(e,t=e.getAttribute("aria-label")??""){let n=e.ownerDocument,{x:o,y:r,width:s,height:i}=Ze(e),a=Zs(n,()=>{let u=e.cloneNode(!0);return fo(e,u,null),u});for(let u of a.querySelectorAll(".pointing, [data-gone]"))u.remove();for(let u of[a,...a.querySelectorAll("*")])Qs(u);let c=n.createElementNS(uo,"rect");Object.entries({x:o,y:r,width:s,height:i}).forEach(([u,p])=>{c.setAttribute(u,String(p))}),c.setAttribute("fill","#ffffff");let l=n.createElementNS(uo,"title");return l.textContent=t,a.prepend(l,c),a.setAttribute("width",String(s)),a.setAttribute("height",String(i)),a.setAttribute("viewBox",[o,r,s,i].join(" ")),new XMLSerializer().serializeToString(a)}function Ze(e){let{width:t,height:n}=e.getBoundingClientRect(),o=e.getAttribute("viewBox")?.split(/[ ,]+/).map(Number)??[0,0,t,n];return{x:o[0]-ie,y:o[1]-ie,width:Math.ceil(o[2])+2*ie,height:Math.ceil(o[3])+2*ie}}function fo(e,t,n){if(e.localName==="style"||e.localName==="title")return;let o=getComputedStyle(e),r={};for(let s of Ys)r[s]=o.getPropertyValue(s),r[s]!==n?.[s]?t.setAttribute(s,r[s]):t.removeAttribute(s);for(let[s,i]of Object.entries(Xs)){let a=o.getPropertyValue(s);a!==i?t.setAttribute(s,a):t.removeAttribute(s)}r.fill==="rgba(0, 0, 0, 0)"&&t.setAttribute("fill","none"),o.display==="none"&&t.setAttribute("data-gone","");for(let s=0;s<e.children.length;s++)fo(e.children[s],t.children[s],r)}function Qs(e){if(e.localName==="style")return e.remove();for(let t of Ks)e.removeAttribute(t)}var po=3;async function ho(e){let{width:t,height:n}=Ze(e),o=new Image;o.src=`data:image/svg+xml;charset=utf-8,${encodeURIComponent(le(e))}`,await o.decode();let r=document.createElement("canvas");return r.width=t*po,r.height=n*po,r.getContext("2d").drawImage(o,0,0,r.width,r.height),new Promise(s=>r.toBlob(s,"image/png"))}var ta=/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;function ea(e){let t=String(e).replace(/^−(?=\d)/,"-"),n=/^[=+\-@\t\r]/.test(t)&&!ta.test(t)?`'${t}`:t;return/[",\n\r]/.test(n)?`"${n.replaceAll('"','""')}"`:n}function mo(e){return e.map(t=>`${t.map(ea).join(",")}\r
`).join("")}var na={"\\":"\\textbackslash{}","&":"\\&","%":"\\%",$:"\\$","#":"\\#",_:"\\_","{":"\\{","}":"\\}","~":"\\textasciitilde{}","^":"\\textasciicircum{}","\u2212":"$-$","\u2013":"--","\xB1":"$\\pm$","\u2009":"\\,","\u2248":"$\\approx$","\u2191":"$\\uparrow$","\u2193":"$\\downarrow$","<":"\\textless{}",">":"\\textgreater{}","|":"\\textbar{}","\u2192":"$\\rightarrow$","\u2265":"$\\geq$","\u2264":"$\\leq$"};function go([e,...t]){let n=s=>Qe(s).replace(/./gu,i=>na[i]??i),o=s=>`${s.map(n).join(" & ")} \\\\`;return[`\\begin{tabular}{${`l${"r".repeat(Math.max(0,e.length-1))}`}}`,"\\toprule",o(e),"\\midrule",...t.map(o),"\\bottomrule","\\end{tabular}",""].join(`
`)}function _o([e,...t]){let n=s=>Qe(s).replace(/[\\`*_{}[\]<>#|~&]/g,"\\$&"),o=s=>`| ${s.map(n).join(" | ")} |`,r=`| --- |${" --: |".repeat(Math.max(0,e.length-1))}`;return[o(e),r,...t.map(o),""].join(`
`)}var Qe=e=>String(e).replace(/\s*[\n\r]+\s*/g," ").trim();function tn({columns:e,rows:t},n=!1){let o=r=>typeof r=="string"?r:n?r.value??r.text:r.text;return[e,...t.map(r=>r.map(o))]}function $o(e,t=()=>!0){return[...e.rows].map(n=>[...n.cells].filter(t).flatMap(o=>[Qe([...bo(o)].join(" ").replace(/ {2,}/g," ")),...Array.from({length:o.colSpan-1},()=>"")]))}function*bo(e){for(let t of e.childNodes)t.nodeType===3?t.data.trim()!==""&&(yield t.data.trim()):(t.getAttribute?.("aria-hidden")!=="true"||t.classList?.contains("way"))&&(yield*bo(t))}function vo(e,t){let n=Object.entries(e).flatMap(([s,i])=>i.map(a=>({strategy:s,...a}))),o=n.some(({stream:s})=>s!==null);return[["strategy",...o?["stream"]:[],"seed",...t],...n.map(s=>[s.strategy,...o?[s.stream??""]:[],s.seed,...t.map(i=>s.scores[i]??"")])]}var oa=2e3;function Gt(e,t,n){let o=document.createElement("button");return o.type="button",o.textContent=e,o.title=t,o.addEventListener("click",async()=>{let r=await n();r&&(o.textContent=r,setTimeout(()=>o.textContent=e,oa))}),o}function en(e,...t){let n=document.createElement("div");return n.className="take",n.setAttribute("role","group"),n.setAttribute("aria-label",`Take away: ${e}`),n.append(...t),n}async function xo(e,t,n){try{return await navigator.clipboard.writeText(e),"Copied"}catch{return Wt(e,t,n),"Saved"}}function wo(e,t,n){return[Gt("CSV","Save the numbers for a spreadsheet",async()=>Wt(`\uFEFF${mo(await n())}`,`${e}.csv`,"text/csv")),Gt("LaTeX","Copy the table for LaTeX (package booktabs)",()=>xo(go(t()),`${e}.tex`,"text/plain")),Gt("Markdown","Copy the table as Markdown",()=>xo(_o(t()),`${e}.md`,"text/plain"))]}function So(e,t){return[Gt("SVG","Save the chart as SVG",()=>{Wt(le(t()),`${e}.svg`,"image/svg+xml")}),Gt("PNG","Save the chart as PNG",async()=>{Je(await ho(t()),`${e}.png`)})]}function ko({svg:e,table:t,file:n,title:o}){let r=wo(n,()=>tn(t()),()=>tn(t(),!0));return en(o,...So(n,e),...r)}function yo(e){return e.toLowerCase().replace(/[^\p{L}\p{N}]+/gu,"-").replace(/^-|-$/g,"").slice(0,60)||"table"}function Mo(e,t=()=>null){for(let n of e.querySelectorAll(".wide, .tall")){let o=n.querySelector("table");if(o===null||n.closest("figure.chart")!==null)continue;let r=n.getAttribute("aria-label")??"table",s=()=>$o(o,c=>getComputedStyle(c).display!=="none"),i=async()=>await t(o)??s(),a=en(r,...wo(yo(r),s,i));n.classList.contains("tall")?n.after(a):n.append(a)}for(let n of e.querySelectorAll("figure svg[role=img]")){let o=n.closest("figure");if(o.classList.contains("chart")||n.classList.contains("small"))continue;let r=o.querySelector("figcaption b")?.textContent??"chart";n.after(en(r,...So(yo(r),()=>n)))}}function ce(e,t){let n=t.closest("div.group");return n===null?null:[...e.querySelectorAll("div.group")].indexOf(n)}async function Ao(e,t){if(!t.classList.contains("scores"))return null;let n=ce(e,t);if(n===null)return null;let{views:o}=JSON.parse(await Et(e)).groups[n],r=o.front?.seeds;if(r===void 0)return null;let s=new Set(Object.values(o.scores.means).flatMap(i=>Object.keys(i)));return vo(r,[...s])}function ra(e){co(e),ao(e),io(e),Mo(e,t=>Ao(e,t))}ra(document);var S,Oo,rn,it,nn,de,Co,fe,No,sn,on,sa,zt=Symbol.for("pv"),he={},me=[],aa=/^m(i|n|o|s|text|space)$/,an=Array.isArray,ln=me.slice,ht=Object.assign;function dt(e){e&&e.parentNode&&e.remove()}function mt(e,t,n){var o,r,s,i={},a=arguments.length;for(s in t)s=="key"?o=t[s]:s=="ref"&&typeof e!="function"?r=t[s]:i[s]=t[s];return a>2&&(i.children=a>3?ln.call(arguments,2):n),Vt(e,i,o,r,null)}function Vt(e,t,n,o,r){var s={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:zt,__v:r||++Oo,__i:-1,__u:0};return!r&&S.vnode&&S.vnode(s),s}function gt(e){return e.children}function z(e,t){this.props=e,this.context=t,this.__g=0}function lt(e,t){if(t==null)return e.__&&lt(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:lt(e)}function ia(e){var t,n=e.__v,o=n.__e,r=[],s=[],i=e.__P;i&&((t=ht({constructor:zt},n)).__v=n.__v+1,S.vnode&&S.vnode(t),cn(i,t,n,e.__n,i.namespaceURI,32&n.__u?[o]:null,r,o||lt(n),32&n.__u,s),t.__v=n.__v,t.__.__k[t.__i]=t,Fo(r,t,s),n.__=n.__e=null,t.__e!=o&&jo(t))}function jo(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),jo(e)}function To(e){(8&e.__g||(e.__g|=8,it.push(e),de++))&&nn==S.debounceRendering||((nn=S.debounceRendering)||queueMicrotask)(Lo)}function Lo(){try{for(var e,t=1;it.length;)it.length>t&&it.sort(Co),e=it.shift(),t=it.length,8&e.__g&&ia(e)}finally{(de=it.length)&&(nn||queueMicrotask)(Lo)}}function Ro(e,t,n,o,r,s,i,a,c,l,u){var p,d,f,m,$,_,g=o.__k||me,v=t.length;for(c=la(n,t,g,c,v),p=0;p<v;p++)(f=n.__k[p])!=null&&(d=~f.__i&&g[f.__i]||he,f.__i=p,_=cn(e,f,d,r,s,i,a,c,l,u),m=f.__e,(d.ref!=f.ref||8&d.__u)&&(d.ref&&un(d.ref,null,f,d),f.ref&&u.push(f.ref,f.__c||m,f)),$=$||m,4&f.__u?(c=Uo(f,c,e,!d.__v),d.__e&&(d.__e=null)):typeof f.type=="function"&&_!==void 0?c=_:m&&(c=m.nextSibling),f.__u&=-21);return n.__e=$,c}function la(e,t,n,o,r){var s,i,a,c,l,u,p,d,f,m=n.length,$=m,_=0,g=0,v=e.__k=Array(r);for(s=0;s<r;s++)(i=t[s])!=null&&typeof i!="boolean"&&typeof i!="function"?(typeof i!="object"||i.constructor===String?i=v[s]=Vt(null,i):an(i)?i=v[s]=Vt(gt,{children:i}):i.constructor===zt&&i.__b?i=v[s]=Vt(i.type,i.props,i.key,i.ref,i.__v):v[s]=i,c=s+_,i.__=e,i.__b=e.__b+1,a=null,~(l=i.__i=ca(i,n,c,$))&&($--,(a=n[l])&&(a.__u|=2)),a&&a.__v?(i.__u|=16,l==c-1?_--:l==c+1?_++:l!=c&&(l>c?_--:_++,g=1)):(~l||(r>m?_--:r<m&&_++),typeof i.type!="function"&&(i.__u|=4))):v[s]=null;if(g){for(u=[],p=[],s=0;s<r;s++)if((i=v[s])&&16&i.__u){for(_=0,d=u.length;_<d;)u[f=_+d>>1]<i.__i?_=f+1:d=f;u[_]=i.__i,p[s]=_+1}for(_=u.length;s--;)p[s]&&(p[s]==_?_--:v[s].__u|=4)}if($)for(s=0;s<m;s++)!(a=n[s])||2&a.__u||(a.__e==o&&(o=lt(a)),fn(a,a));return o}function Uo(e,t,n,o){var r,s,i,a;if(typeof e.type=="function"){if(e.props.__P)return t;if(r=e.__k)for(s=0;s<r.length;s++)r[s]&&(r[s].__=e,t=Uo(r[s],t,n,!1));return t}for(t&&!t.parentNode&&(t=lt(e))&&!t.parentNode&&(t=null),i=e.__e,a=t;a&&a.nodeType==8;)a=a.nextSibling;for(i!=a&&(!o&&n.moveBefore&&i.parentNode?n.moveBefore(i,t):n.insertBefore(i,t||null)),t=i;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function ca(e,t,n,o){var r,s=e.key,i=e.type,a=t[n],c=a&&!(2&a.__u);if(a===null&&s==null||c&&s==a.key&&i==a.type)return n;if(o>(c?1:0)){for(r=n-1;r>=0;r--)if((a=t[r])&&!(2&a.__u)&&s==a.key&&i==a.type)return r;for(r=n+1;r<t.length;r++)if((a=t[r])&&!(2&a.__u)&&s==a.key&&i==a.type)return r}return-1}function Eo(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function ue(e,t,n,o,r){var s,i;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||Eo(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||Eo(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(i=on[t]||(on[t]=ua(t)),(e.__a||(e.__a={}))[t]=sn,s=t!=(t=t.replace(No,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,i,s):e.removeEventListener(t,i,s));else{if(r=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function ua(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[fe]==null)t[fe]=sn++;else if(t[fe]<this.__a[e])return;return n(S.event?S.event(t):t)}}}function cn(e,t,n,o,r,s,i,a,c,l){var u,p,d,f,m,$,_,g,v,b,x,E,C,pt,Q,Tt,W,tt,et=t.type;if(t.constructor!==zt)return null;128&n.__u&&(c=32&n.__u,u=n.__c.__z)&&(t.__u|=c,p=s=[],u.nodeType==8?a=pe(u,s):s.push(u),a=s[0]||a),(u=S.__b)&&u(t);t:if(typeof et=="function"){d=i.length;try{if(g=t.props,v=(u=et.prototype)&&u.render,b=(u=et.contextType)&&o[u.__c],x=u?b?b.props.value:u.__:o,(f=n.__c)?(t.__c=f,2&f.__g&&(f.__g|=1)):(v?t.__c=f=new et(g,x):(t.__c=f=new z(g,x),f.constructor=et,f.render=pa),b&&b.sub(f),f.state||(f.state={}),f.__n=o,f.__g|=8,f.__h=[],f.__k=[]),v&&(f.__s||(f.__s=f.state),et.getDerivedStateFromProps&&(f.__s==f.state&&(f.__s=ht({},f.__s)),ht(f.__s,et.getDerivedStateFromProps(g,f.__s)))),m=f.props,$=f.state,f.__v=t,n.__c){if(g!==m&&v&&!et.getDerivedStateFromProps&&f.componentWillReceiveProps&&f.componentWillReceiveProps(g,x),t.__v==n.__v&&!(8&f.__g)||!(4&f.__g)&&f.shouldComponentUpdate&&f.shouldComponentUpdate(g,f.__s,x)===!1){t.__v!=n.__v&&(f.props=g,f.state=f.__s,f.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(q){q&&(q.__=t)}),me.push.apply(f.__h,f.__k),f.__k=[],f.__h.length&&i.push(f),a=lt(n);break t}f.componentWillUpdate&&f.componentWillUpdate(g,f.__s,x),v&&f.componentDidUpdate&&f.__h.push(function(){f.componentDidUpdate(m,$,_)})}else v&&!et.getDerivedStateFromProps&&f.componentWillMount&&f.componentWillMount(),v&&f.componentDidMount&&f.__h.push(f.componentDidMount);f.context=x,f.props=g,f.__P=e,f.__g&=-5,E=S.__r,C=v?25:0;do f.__g&=-9,E&&E(t),u=f.render(f.props,f.state=f.__s,f.context);while(8&f.__g&&++C<25);v&&(me.push.apply(f.__h,f.__k),f.__k=[]),f.state=f.__s,f.getChildContext&&(o=ht({},o,f.getChildContext())),v&&n.__c&&f.getSnapshotBeforeUpdate&&(_=f.getSnapshotBeforeUpdate(m,$)),pt=u&&u.type===gt&&u.key==null?u.props.children:u,g.__P&&(u=a,r=(e=g.__P).namespaceURI,c=s=null,n.props&&n.props.__P!=e&&(n.__k.some(function(q){q&&fn(q,q)}),n.__k=null),a=n.__k?lt(n,0):null),a=Ro(e,an(pt)?pt:[pt],t,n,o,r,s,i,a,c,l),g.__P&&(t.__e=null,a=u),t.__u&=-161,p&&p.some(dt),f.__h.length&&i.push(f),1&f.__g&&(f.__g&=-4)}catch(q){if(i.length=d,t.__v=null,c||s)if(q&&q.then){if(t.__u|=128|c,s){for(~(W=s.indexOf(a||void 0))||(W=s.length);(tt=s[W-1])&&tt.nodeType==8;)W--;for(;W<s.length;W++)if(tt=s[W])if(s[W]=null,Q){if(tt==Tt)break}else{if(tt.nodeType!=8)break;tt.data.startsWith("$s")&&(Tt=pe(Q=tt))}}if(!Q){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;Q=a}(u=pe(Q=t.__c.__z||(t.__c.__z=Q)))?(t.__e=Q,a=u):t.__e=a,a=a&&a.nextSibling}else s&&s.some(dt);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),q&&q.then||Bo(t),S.__e(q,t,n)}}else a=t.__e=fa(n.__e,t,n,o,r,s,i,c,l,e);return(u=S.diffed)&&u(t),a}function pe(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function Bo(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(Bo))}function Fo(e,t,n){for(var o=0;o<n.length;)un(n[o++],n[o++],n[o++]);S.__c&&S.__c(t,e),e.some(function(r){try{e=r.__h,r.__h=[],e.some(function(s){s.call(r)})}catch(s){S.__e(s,r.__v)}})}function fa(e,t,n,o,r,s,i,a,c,l){var u,p,d,f,m,$,_,g,v=n.props||he,b=t.props,x=t.type;if(x=="svg"?r="http://www.w3.org/2000/svg":x=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),s){for(u=0;u<s.length;u++)if((m=s[u])&&(x?m.localName==x:m.nodeType==3)){e=m,s[u]=null;break}}if(!e){if(g=l.ownerDocument||document,!x)return g.createTextNode(b);e=g.createElementNS(r,x,b.is?b:l),a&&(S.__m&&S.__m(t,s),a=!1),s=null}if(x){if(l=x=="template"&&e.content||e,s=x=="textarea"&&b.defaultValue!=null?null:s&&ln.call(l.childNodes),!a&&s)for(v={},u=0;u<e.attributes.length;u++)v[(m=e.attributes[u]).name]=m.value;for(u in v)m=v[u],u=="dangerouslySetInnerHTML"?d=m:u=="children"||u in b||u=="value"&&"defaultValue"in b||u=="checked"&&"defaultChecked"in b||ue(e,u,null,m,r);for(u in b)m=b[u],u=="children"?f=m:u=="dangerouslySetInnerHTML"?p=m:u=="value"?$=m:u=="checked"?_=m:a&&typeof m!="function"||v[u]===m||ue(e,u,m,v[u],r);p?(a||d&&(p.__html==d.__html||p.__html==e.innerHTML)||(e.innerHTML=p.__html),t.__k=[]):(d&&(e.textContent=""),(x=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&aa.test(x))&&(r="http://www.w3.org/1999/xhtml"),Ro(l,an(f)?f:[f],t,n,o,r,s,i,s?s[0]:n.__k&&lt(n,0),a,c),s&&s.some(dt)),a&&x!="textarea"||(u="value",x=="progress"&&$==null?e.removeAttribute(u):$==null||$===e[u]&&(x!="progress"||$)||ue(e,u,$,v[u],r),u="checked",_!=null&&_!=e[u]&&ue(e,u,_,v[u],r))}else v===b||a&&e.data==b||(e.data=b);return e}function un(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(r){S.__e(r,n)}}function fn(e,t,n){var o,r,s,i;if(S.unmount&&S.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||un(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(a){S.__e(a,t)}o.__P=o.__n=null}if(o=e.__k)for(i=0;i<o.length;i++)o[i]&&fn(o[i],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(r=pe(o,s=[]))&&(o==e.__e&&s.some(dt),dt(r),dt(o)),n||dt(e.__e),e.__e=e.__c=e.__=null}function pa(e,t,n){return this.constructor(e,n)}function pn(e,t){var n,o,r,s;S.__&&S.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=Vt(gt,{children:[e]}),r=[],s=[],cn(t,t.__k,o||he,he,t.namespaceURI,o?null:t.firstChild?ln.call(t.childNodes):null,r,o?o.__e:t.firstChild,n,s),Fo(r,t.__k,s),t.__k.props.children=null}S={__e:function(e,t,n,o){for(var r,s,i;t=t.__;)if((r=t.__c)&&!(1&r.__g)){r.__g|=4;try{if((i=(s=r.constructor)&&s.getDerivedStateFromError)&&r.setState(s.getDerivedStateFromError(e)),r.componentDidCatch&&(r.componentDidCatch(e,o||{}),i=1),i&&8&r.__g)return void(r.__g|=2)}catch(a){e=a}}throw de=0,e}},Oo=0,rn=function(e){return e!=null&&e.constructor===zt},z.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=ht({},this.state)),typeof e=="function"&&(e=e(ht({},n),this.props)),e&&(ht(n,e),this.__v&&(t&&this.__k.push(t),To(this)))},z.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),To(this))},z.prototype.render=gt,it=[],de=0,Co=function(e,t){return e.__v.__b-t.__v.__b},fe=Symbol(),No=/(PointerCapture)$|Capture$/i,sn=0,on={},sa=0;var Ot,j,dn,Po,hn=Object.is,ge=0,Yo=[],mn=[],N=S,Do=N.__b,Ho=N.__r,Io=N.diffed,qo=N.__c,Wo=N.unmount,Go=N.__;function _e(e,t){N.__h&&N.__h(j,e,ge||t),ge=0;var n=j.__H||(j.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function G(e){return ge=1,da(Ko,e)}function da(e,t,n){var o=_e(Ot++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):Ko(void 0,t),function(s){var i=(o.__N||o.__)[0],a=o.t(i,s);hn(i,a)||(o.__N=[a,o.__[1]],o.__c.setState({}))}],o.__c=j,!j.__f)){j.__f=!0;var r=j.shouldComponentUpdate;j.shouldComponentUpdate=function(s,i,a){var c=this.__H;if(!c)return!0;var l=!1,u=this.props!=s;if(c.__.some(function(d){d.__N&&(l=!0,hn(d.__[0],d.__N[0])||(u=!0))}),r){var p=r.call(this,s,i,a);return l?p||u:p}return!l||u}}return o.__}function nt(e,t){var n=_e(Ot++,3);!N.__s&&_n(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,j.__H.__h.push(n))}function Xo(e,t){var n=_e(Ot++,4);!N.__s&&_n(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,j.__h.push(n))}function Xt(e){return ge=5,$e(function(){return{current:e}},[])}function $e(e,t){var n=_e(Ot++,7);return _n(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function ha(){var e;do{for(;e=mn.shift();)try{Yt(e)}catch(n){N.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=Yo.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(Yt),t.__h.some(gn),t.__h=[]}catch(n){t.__h=[],N.__e(n,e.__v)}}}while(mn.length)}N.__b=function(e){j=null,Do&&Do(e)},N.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),Go&&Go(e,t)},N.__r=function(e){Ho&&Ho(e),Ot=0;var t=(j=e.__c).__H;t&&(dn==j?j.__h=[]:(t.__h.some(Yt),t.__h.some(gn),Ot=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),dn=j},N.diffed=function(e){Io&&Io(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&zo(Yo.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),dn=j=null},N.__c=function(e,t){t.some(function(n){try{n.__h.some(Yt),n.__h=n.__h.filter(function(o){return!o.__||gn(o)})}catch(o){n.__h=[function(){throw o}]}}),qo&&qo(e,t)},N.unmount=function(e){Wo&&Wo(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}r.__P=n,zo(mn.push(r))}else Yt(r)}catch(s){t=s}}),o.__H=void 0,t&&N.__e(t,o.__v))};var Vo=typeof requestAnimationFrame=="function";function ma(e){var t,n=function(){clearTimeout(o),Vo&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);Vo&&(t=requestAnimationFrame(n))}function zo(e){e!=1&&Po==N.requestAnimationFrame||((Po=N.requestAnimationFrame)||ma)(ha)}function Yt(e){var t=j,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),j=t}function gn(e){var t=j;e.__c=e.__(),j=t}function _n(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!hn(n,e[o])})}function Ko(e,t){return typeof t=="function"?t(e):t}var ga=Symbol.for("preact-signals");function ye(){if(ot>1)ot--;else{var e,t=!1;for((function(){var r=ve;for(ve=void 0;r!==void 0;){var s=r.S;if(s.v===r.v)for(var i=s.t;i!==void 0;i=i.x)i.i===r.i&&(i.i=s.i);r=r.o}})();Jt!==void 0;){var n=Jt;for(Jt=void 0,be++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&Zo(n))try{n.c()}catch(r){t||(e=r,t=!0)}n=o}}if(be=0,ot--,t)throw e}}function bn(e){if(ot>0)return e();$n=++_a,ot++;try{return e()}finally{ye()}}var Kt,k=void 0;function Zt(e){var t=k,n=Kt;k=void 0,Kt=void 0;try{return e()}finally{k=t,Kt=n}}var Jt=void 0,ot=0,be=0,_a=0,$n=0,ve=void 0,xe=0;function Jo(e){if(k!==void 0){var t=e.n;if(t===void 0||t.t!==k)return t={i:0,S:e,p:k.s,n:void 0,t:k,e:void 0,x:void 0,r:t},k.s!==void 0&&(k.s.n=t),k.s=t,e.n=t,32&k.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=k.s,t.n=void 0,k.s.n=t,k.s=t),t}}function B(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}B.prototype.brand=ga;B.prototype.h=function(){return!0};B.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:Zt(function(){var o;(o=t.W)==null||o.call(t)}))};B.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&Zt(function(){var r;(r=t.Z)==null||r.call(t)}))}};B.prototype.subscribe=function(e){var t=this;return I(function(){var n=t.value;Zt(function(){return e(n)})},{name:"sub"})};B.prototype.valueOf=function(){return this.value};B.prototype.toString=function(){return this.value+""};B.prototype.toJSON=function(){return this.value};B.prototype.peek=function(){var e=this;return Zt(function(){return e.value})};Object.defineProperty(B.prototype,"value",{get:function(){var e=Jo(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(be>100)throw new Error("Cycle detected");(function(n){ot!==0&&be===0&&n.l!==$n&&(n.l=$n,ve={S:n,v:n.v,i:n.i,o:ve})})(this),this.v=e,this.i++,xe++,ot++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{ye()}}}});function rt(e,t){return new B(e,t)}function Zo(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function Qo(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function tr(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function _t(e,t){B.call(this,void 0,t),this.x=e,this.s=void 0,this.g=xe-1,this.f=4}_t.prototype=new B;_t.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===xe))return!0;if(this.g=xe,this.f|=1,this.i>0&&!Zo(this))return this.f&=-2,!0;var e=k;try{Qo(this),k=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return k=e,tr(this),this.f&=-2,!0};_t.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}B.prototype.S.call(this,e)};_t.prototype.U=function(e){if(this.t!==void 0&&(B.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};_t.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(_t.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=Jo(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function V(e,t){return new _t(e,t)}function er(e){var t=e.j;if(e.j=void 0,typeof t=="function"){ot++;var n=k;k=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,vn(e),o}finally{k=n,ye()}}}function vn(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,er(e)}function $a(e){if(k!==this)throw new Error("Out-of-order effect");tr(this),k=e,this.f&=-2;try{8&this.f&&vn(this)}finally{ye()}}function Ct(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,Kt&&Kt.push(this)}Ct.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};Ct.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,er(this),Qo(this),ot++;var e=k;return k=this,$a.bind(this,e)};Ct.prototype.N=function(){2&this.f||(this.f|=2,this.u=Jt,Jt=this)};Ct.prototype.d=function(){this.f|=8,1&this.f||vn(this)};Ct.prototype.dispose=function(){this.d()};function I(e,t){var n=new Ct(e,t);try{n.c()}catch(r){throw n.d(),r}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var nr,Se,we,ba=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var or=[];I(function(){nr=this.N})();function Nt(e,t){S[e]=t.bind(null,S[e]||function(){})}function Qt(e){if(we){var t=we;we=void 0,t()}we=e&&e.S()}function rr(e){var t=this,n=e.data,o=xa(n);o.name="ReactiveDom",o.value=n;var r=$e(function(){for(var a=t,c=t.__v;c=c.__;)if(c.__c){c.__c.__$f|=4;break}var l=V(function(){var f=o.value.value;return f===0?0:f===!0?"":f||""}),u=V(function(){return!Array.isArray(l.value)&&!rn(l.value)}),p=I(function(){if(this.N=sr,u.value){var f=l.value;a.__v&&a.__v.__e&&a.__v.__e.nodeType===3&&(a.__v.__e.data=f)}}),d=t.__$u.d;return t.__$u.d=function(){p(),d.call(this)},[u,l]},[]),s=r[0],i=r[1];return s.value?i.peek():i.value}rr.displayName="ReactiveTextNode";Object.defineProperties(B.prototype,{constructor:{configurable:!0,value:mt(gt,null).constructor},type:{configurable:!0,value:rr},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});Nt("__b",function(e,t){if(Qt(),Se=void 0,typeof t.type=="string"){var n,o=t.props;for(var r in o)if(r!=="children"){var s=o[r];s instanceof B&&(n||(t.__np=n={}),n[r]=s,o[r]=s.peek())}}e(t)});Nt("__r",function(e,t){if(e(t),t.type!==gt){Qt();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=(function(r,s){var i;return I(function(){i=this},{name:s}),i.c=r,i})((function(r){return function(){var s;ba&&((s=this.y)==null||s.call(this)),r.__$f|=1,r.setState({})}})(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),Se=o,Qt(n)}});Nt("__e",function(e,t,n,o){Qt(),Se=void 0,e(t,n,o)});Nt("diffed",function(e,t){Qt(),Se=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,r=t.props,s=n.U;if(s)for(var i in s){var a=s[i];a===void 0||o&&i in o||(a.d(),s[i]=void 0)}if(o){s||(s={},n.U=s);for(var c in o){var l=s[c],u=o[c];l===void 0?(l=va(n,c,u,r),s[c]=l):l.o(u,r)}}}e(t)});function va(e,t,n,o){var r=t in e&&e.ownerSVGElement===void 0,s=rt(n);return{o:function(i,a){s.value=i,o=a},d:I(function(){this.N=sr;var i=s.value.value;o[t]!==i&&(o[t]=i,r?e[t]=i:i!=null&&(i!==!1||t[4]==="-")?e.setAttribute(t,i):e.removeAttribute(t))})}}Nt("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var r in o){var s=o[r];s&&s.d()}}}var i=t.__np;if(i){var a=t.props;for(var c in i)a[c]=i[c]}t.__np=void 0}else{var l=t.__c;if(l){l.__$f|=8;var u=l.__$u;u&&(l.__$u=void 0,u.d())}}e(t)});Nt("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});z.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var r in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var s=2&this.__$f;if(!(o||s||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var i in e)if(i!=="__source"&&e[i]!==this.props[i])return!0;for(var a in this.props)if(!(a in e))return!0;return!1};function xa(e,t){return $e(function(){return rt(e,t)},[])}var ya=function(e){queueMicrotask(function(){queueMicrotask(e)})};function wa(){bn(function(){for(var e;e=or.shift();)nr.call(e)})}function sr(){or.push(this)===1&&(S.requestAnimationFrame||ya)(wa)}function $t(e,t,n=null){return e.remember(`counted ${t} ${n}`,()=>n===null?{asked:e.column(`asked.${t}`),right:e.column(`right.${t}`),stale:e.column(`stale.${t}`)}:Aa(e,t,n))}function te(e){let{detail:t,all_forms:n}=e.header;return t?.wordings==="all"&&e.has("probe.key")?n??[]:[]}var Sa=1,ka=2,Ma=0;function Aa(e,t,n){let o=e.steps*e.facts,r={asked:new Uint8Array(o),right:new Uint8Array(o),stale:new Uint8Array(o)},s=te(e).indexOf(n),i=e.column(`verdict.${t}`);if(s<0||i===null)return r;let a=e.column("probe.key"),c=e.column("probe.form");for(let l=0;l<a.length;l++)if(c[l]===s)for(let u=0;u<e.steps;u++){let p=i[u*a.length+l],d=u*e.facts+a[l];if(p===Sa)r.right[d]++;else if(p===ka)r.stale[d]++;else if(p!==Ma)continue;r.asked[d]++}return r}var Ta=0,Ea=1,jt=2,Oa=3,Ca=4,Na=5,xn=6,Lt=7,ke=8,A=["none","future","right","partly","outdated","wrong","forgotten","produced","resurfaced"],O={none:0,new:1,retained:2,future:3,erased:4};function Y(e,t,n,o=null){return e.remember(`counts ${t} ${n} ${o}`,()=>{let r=n*e.facts,s=i=>{let a=t.length===0?null:$t(e,t[0],o)[i];if(t.length===1)return a.subarray(r,r+e.facts);let c=new Uint16Array(e.facts);for(let l of t){let u=$t(e,l,o)[i];for(let p=0;p<c.length;p++)c[p]+=u[r+p]}return c};return{asked:s("asked"),right:s("right"),stale:s("stale")}})}function ja(e,t,n,o,r=null){let s=n*e.facts+o,i={asked:0,right:0,stale:0};for(let a of t){let c=$t(e,a,r);i.asked+=c.asked[s],i.right+=c.right[s],i.stale+=c.stale[s]}return i}function ar(e,t,n,o){return e===O.none||t===0?Ta:e===O.future?Ea:e===O.erased?n===0?xn:Lt:n>0?n===t?jt:Oa:o>0?Ca:Na}function Me(e,t,n,o=null){return e.remember(`states ${t} ${n} ${o}`,()=>{let r=new Uint8Array(e.facts),{asked:s,right:i,stale:a}=Y(e,t,n,o),c=e.column("group"),l=n*e.facts;for(let u=0;u<r.length;u++){let p=ar(c[l+u],s[u],i[u],a[u]);r[u]=p===Lt?lr(e,t,n,u,o):p}return r})}function ir(e,t,n,o,r=null){let{asked:s,right:i,stale:a}=ja(e,t,n,o,r),c=e.column("group")[n*e.facts+o],l=ar(c,s,i,a);return l===Lt?lr(e,t,n,o,r):l}function yn(e,t,n){let o=e.column("group"),r=e.column("learned"),s=t;for(;s>0&&o[(s-1)*e.facts+n]===O.erased&&r[(s-1)*e.facts+n]===r[t*e.facts+n];)s--;return s}function lr(e,t,n,o,r){let s=yn(e,n,o)*e.facts+o,i=n*e.facts+o;return t.some(c=>{let{right:l}=$t(e,c,r);return l[i]>0&&l[s]===0})?ke:Lt}var bt=[{name:"broken",bad:!0},{name:"turned outdated",bad:!0},{name:"resurfaced",bad:!0},{name:"not learned",bad:!0},{name:"not forgotten",bad:!0},{name:"still wrong",bad:!0},{name:"learned",bad:!1},{name:"regained",bad:!1},{name:"forgotten",bad:!1}],X=Object.fromEntries(bt.map(({name:e},t)=>[e,1<<t]));function ur(e,t,n,o=null){return e.remember(`changes ${t} ${n} ${o}`,()=>{let r=new Uint16Array(e.facts);if(n<1||t.length===0)return r;let s=cr(e,t,n-1,o),i=cr(e,t,n,o);for(let a=0;a<r.length;a++){if(i.asked[a]===0)continue;let c=i.group[a];if(c===O.new)r[a]=La(i,n,a);else if(c===O.retained)r[a]=Ra(s,i,n,a);else if(c===O.erased){let l=yn(e,n,a)===n;r[a]=Ua(s.states[a],i.states[a],l)}}return r})}function vt(e){return X[e]??0}function cr(e,t,n,o){let r=s=>e.column(s).subarray(n*e.facts,(n+1)*e.facts);return{...Y(e,t,n,o),states:Me(e,t,n,o),group:r("group"),learned:r("learned")}}function La(e,t,n){return e.learned[n]!==t?0:e.states[n]===jt?X.learned:X["not learned"]}function Ra(e,t,n,o){let r=e.group[o];if(r!==O.new&&r!==O.retained||e.asked[o]===0||e.learned[o]!==t.learned[o]||t.learned[o]>=n)return 0;let s=t.states[o]===jt,i=t.right[o]*e.asked[o]<e.right[o]*t.asked[o],a=0;return!s&&i?a|=X.broken:!s&&e.states[o]!==jt?a|=X["still wrong"]:s&&e.states[o]!==jt&&(a|=X.regained),e.stale[o]===0&&t.stale[o]>0&&(a|=X["turned outdated"]),a}function Ua(e,t,n){return t===ke?e===ke?0:X.resurfaced:n?t===xn?X.forgotten:t===Lt?X["not forgotten"]:0:0}var wn=["group","state","change"],Ba=["relation","form","learned","seed"],Ee=[...Ba,...wn],Fa=["g","a","b","s","k","learned","seed"],Ae=Object.freeze({g:null,a:null,b:null,s:null,q:"",relation:null,group:null,learned:null,state:null,change:null,form:null,seed:null,d:!1,k:null,sort:null});function fr(e){let t=new URLSearchParams(e.replace(/^#/,"")),n={...Ae};for(let[o,r]of t)!Object.hasOwn(Ae,o)||r===""||(Fa.includes(o)?/^-?\d{1,9}$/.test(r)&&(n[o]=Number(r)):o==="d"?n.d=r==="1":wn.includes(o)?n[o]=r.split(","):n[o]=r);return n}function Te(e){let t=new URLSearchParams;for(let o of Object.keys(Ae)){let r=e[o];r===Ae[o]||r===null||r===""||t.set(o,r===!0?"1":String(r))}let n=t.toString();return n===""?"":`#${n}`}var D=rt(fr(globalThis.location?.hash??""));function y(e,{replace:t=!1}={}){let n={...D.value,...e},o=Te(n);if(o===Te(D.value))return;D.value=n;let{pathname:r,search:s}=location;history[t?"replaceState":"pushState"](null,"",o===""?r+s:o)}function pr(e){let t=()=>{let{hash:n}=e.location;if(n!==""&&!n.includes("="))return;let o=fr(n);Te(o)!==Te(D.value)&&(D.value=o)};e.addEventListener("popstate",t),e.addEventListener("hashchange",t)}var Sn=class{constructor(t,n,o,r){this.block=t,this.variant=n,this.form=r,this.name=t.variants[n]?.name??"",this.runsOf=t.labels.map((s,i)=>t.runs(n,i,o))}runs(t){return this.runsOf[t]}states(t){return Me(this.block,this.runs(t),t,this.form)}state(t,n){return ir(this.block,this.runs(t),t,n,this.form)}counts(t){return Y(this.block,this.runs(t),t,this.form)}changes(t){return ur(this.block,this.runs(t),t,this.form)}countsAt(t,n){let o=t*this.block.facts+n,r={asked:0,right:0,stale:0};for(let s of this.runs(t)){let i=$t(this.block,s,this.form);r.asked+=i.asked[o],r.right+=i.right[o],r.stale+=i.stale[o]}return r}answer(t,n){let o=new Map;for(let i of this.runs(t)){let a=this.block.answer(i,t,n);a!==null&&o.set(a,(o.get(a)??0)+1)}let r=null,s=0;for(let[i,a]of o)s+=a,(r===null||a>r.times)&&(r={text:i,times:a});return r===null?null:{...r,runs:s}}margin(t,n){let o=0,r=0;for(let s of this.runs(t)){let i=this.block.margin(s,t,n);i!==null&&(o+=i,r++)}return r===0?null:o/r}};function F({block:e,selection:t},n){let o=t[n];if(o<0)return null;let{seed:r,form:s}=t;return e.remember(`side ${o} ${r} ${s}`,()=>new Sn(e,o,r,s))}var Pa=["partly","outdated","wrong"],kn={"not right":Pa};function dr(e){let t={a:[],b:[]};for(let n of e??[])n.startsWith("b.")?t.b.push(n.slice(2)):t.a.push(n.replace(/^a\./,""));return t}function mr(e){let{block:t,selection:n}=e,o=[...Da(t,n),...hr(e,"a"),...hr(e,"b"),...Ha(e)];if(n.d&&n.b>=0){let i=F(e,"a").states(n.s),a=F(e,"b").states(n.s);o.push(c=>i[c]!==a[c])}let r=new Uint32Array(t.facts),s=0;t:for(let i=0;i<t.facts;i++){for(let a of o)if(!a(i))continue t;r[s++]=i}return r.subarray(0,s)}function Da(e,{s:t,relation:n,group:o,learned:r}){let s=t*e.facts,i=[];if(n!==null){let a=e.column("relation"),c=e.relations.indexOf(n);i.push(l=>a[l]===c)}if(o!==null){let a=e.column("group"),c=new Set(o.map(l=>O[l]));i.push(l=>c.has(a[s+l]))}if(r!==null){let a=e.column("learned");i.push(c=>a[s+c]===r)}return i}function hr(e,t){let{selection:n}=e,o=F(e,t),r=dr(n.state)[t],s=dr(n.change)[t],i=[];if(o===null)return i;if(r.length>0){let a=o.states(n.s),c=A.map(l=>r.includes(l));i.push(l=>c[a[l]])}if(s.length>0){let a=o.changes(n.s),c=s.reduce((l,u)=>l|vt(u),0);i.push(l=>(a[l]&c)!==0)}return i}function Ha(e){return e.selection.q.toLowerCase().split(/\s+/).filter(Boolean).map(n=>Ia(e,n))}function Ia(e,t){let{block:n}=e,{holding:o,relations:r}=n.remember(`holding ${t}`,()=>({holding:n.texts.holding(t),relations:n.relations.map(c=>c.toLowerCase().includes(t))})),[s,i]=["subject","relation"].map(c=>n.column(c)),a=qa(e);return c=>{if(o[s[c]]===1||r[i[c]])return!0;for(let l=0;l<a.length;l++)if(o[a[l][c]]===1)return!0;return!1}}function qa(e){let{block:t,selection:n}=e,{s:o}=n,r=(i,a)=>i.subarray(a,a+t.facts),s=["object","outdated"].map(i=>r(t.column(i),o*t.facts));for(let i of["a","b"])for(let a of F(e,i)?.runs(o)??[]){let c=t.column(`answer.${a}`),l=t.place(c,a,o,0,t.facts);l>=0&&s.push(r(c,l))}return s}var _r=function(e,t,n,o){var r;t[0]=0;for(var s=1;s<t.length;s++){var i=t[s++],a=t[s]?(t[0]|=i?1:2,n[t[s++]]):t[++s];i===3?o[0]=a:i===4?o[1]=Object.assign(o[1]||{},a):i===5?(o[1]=o[1]||{})[t[++s]]=a:i===6?o[1][t[++s]]+=a+"":i?(r=e.apply(a,_r(e,a,n,["",null])),o.push(r),a[0]?t[0]|=2:(t[s-2]=0,t[s]=r)):o.push(a)}return o},gr=new Map;function $r(e){var t=gr.get(this);return t||(t=new Map,gr.set(this,t)),(t=_r(this,t.get(e)||(t.set(e,t=(function(n){for(var o,r,s=1,i="",a="",c=[0],l=function(d){s===1&&(d||(i=i.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?c.push(0,d,i):s===3&&(d||i)?(c.push(3,d,i),s=2):s===2&&i==="..."&&d?c.push(4,d,0):s===2&&i&&!d?c.push(5,0,!0,i):s>=5&&((i||!d&&s===5)&&(c.push(s,0,i,r),s=6),d&&(c.push(s,d,0,r),s=6)),i=""},u=0;u<n.length;u++){u&&(s===1&&l(),l(u));for(var p=0;p<n[u].length;p++)o=n[u][p],s===1?o==="<"?(l(),c=[c],s=3):i+=o:s===4?i==="--"&&o===">"?(s=1,i=""):i=o+i[0]:a?o===a?a="":i+=o:o==='"'||o==="'"?a=o:o===">"?(l(),s=1):s&&(o==="="?(s=5,r=i,i=""):o==="/"&&(s<5||n[u][p+1]===">")?(l(),s===3&&(c=c[0]),s=c,(c=c[0]).push(2,0,s),s=0):o===" "||o==="	"||o===`
`||o==="\r"?(l(),s=2):i+=o),s===3&&i==="!--"&&(s=4,c=c[0])}return l(),c})(e)),t),arguments,[])).length>1?t:t[0]}var h=$r.bind(mt);var Wa=Object.freeze({q:"",d:!1,...Object.fromEntries(Ee.map(e=>[e,null]))});function vr(e){return Ee.filter(t=>e[t]!==null).length}function xt({label:e,name:t,value:n,options:o,disabled:r=!1,title:s=null}){let i=c=>{let l=o.flatMap(u=>u.options??[u]).find(u=>String(u.value)===c.currentTarget.value);y({[t]:l===void 0?null:l.value})},a=c=>h`<option value=${String(c.value)}>${c.text}</option>`;return h`<label class="pick" title=${s}
    ><span>${e}</span>
    <select
      aria-label=${e}
      value=${n===null?"":String(n)}
      onChange=${i}
      disabled=${r}
    >
      <option value="">all</option>
      ${o.map(c=>c.options?h`<optgroup label=${c.label}>${c.options.map(a)}</optgroup>`:a(c))}
    </select></label
  >`}function br({block:e,selection:t},n){return["a","b"].filter(o=>t[o]>=0).map(o=>({label:`${o.toUpperCase()}: ${e.variants[t[o]].name}`,options:n.map(([r,s])=>({text:r,value:s.map(i=>o==="a"?i:`b.${i}`)}))}))}function xr({now:e}){let{block:t,selection:n}=e,o=te(t),r=[...new Set(t.variants.flatMap(({runs:l})=>l.map(u=>u.seed)))],s=[...Object.entries(kn),...A.slice(1).map(l=>[l,[l]])],i=bt.map(({name:l})=>[l,[l]]),a=l=>l.map(u=>({value:u,text:String(u)})),c=l=>l.map(u=>({value:[u],text:u}));return h`
    <${xt} label="Relation" name="relation" value=${n.relation} options=${a(t.relations)} />
    <${xt} label="Group" name="group" value=${n.group} options=${c(t.groups.slice(1))} />
    <${xt}
      label="Taught at"
      name="learned"
      value=${n.learned}
      options=${t.labels.map((l,u)=>({value:u,text:l}))}
    />
    <${xt} label="State" name="state" value=${n.state} options=${br(e,s)} />
    <${xt} label="Change" name="change" value=${n.change} options=${br(e,i)} />
    <${xt}
      label="Form"
      name="form"
      value=${n.form}
      options=${a(o)}
      disabled=${o.length===0}
      title=${o.length===0?"The page does not carry the answers to each wording at every step":"Judge the facts by their answers to this form of wording only"}
    />
    <${xt}
      label="Seed"
      name="seed"
      value=${n.seed}
      options=${a(r.sort((l,u)=>l-u))}
      disabled=${r.length<2}
      title="Count the runs with this seed only"
    />
  `}function yr({now:e}){let{block:t,selection:n}=e,o=[];n.q!==""&&o.push(["search",n.q,{q:""}]),n.d&&n.b>=0&&o.push(["only","where A and B differ",{d:!1}]);for(let r of Ee){let s=n[r];if(s===null)continue;let i=r==="learned"?t.labels[s]??s:Ga(s,r);o.push([r==="learned"?"taught at":r,i,{[r]:null}])}return o.length===0?null:h`<div class="chips">
    ${o.map(([r,s,i])=>h`<button
        type="button"
        class="chip"
        aria-label=${`Remove the filter ${r}: ${s}`}
        onClick=${()=>y(i)}
      >
        <small>${r}</small> <bdi>${s}</bdi> <span aria-hidden="true">×</span>
      </button>`)}
    <button type="button" class="plain-button" onClick=${()=>y(Wa)}>
      Remove all
    </button>
  </div>`}function Ga(e,t){if(!Array.isArray(e))return String(e);if(t==="group")return e.join(" or ");let n=Object.entries(kn);return["a","b"].map(o=>{let r=e.filter(i=>i.startsWith("b.")===(o==="b")).map(i=>i.replace(/^[ab]\./,"")),s=n.find(([,i])=>i.join()===r.join());return r.length>0?`${s?.[0]??r.join(" or ")} (${o.toUpperCase()})`:""}).filter(Boolean).join(", ")}var st=rt(null),Oe=rt(new Map);function wr(e,t){let n=(a,c,l)=>a===null||a<0||a>l?c:a,o=Math.max(0,...t.done.map(a=>a-1)),r=t.variants.length-1,s=n(e.a,e.b===0&&r>0?1:0,r),i=r<1?-1:s===1?0:1;return{...e,g:e.g??0,a:s,b:e.b===-1?-1:n(e.b,i,r),s:n(e.s,o,t.steps-1),k:n(e.k,null,t.facts-1)}}function Mn(e=null){let t=e??D.value.g??0,n=Oe.value.get(t);return n===void 0||st.value===null?null:{block:n,data:st.value.groups[t],selection:wr({...D.value,g:t},n)}}function Sr(e=null){let t=e??D.value.g??0,n=st.value.groups[t],o={done:n.strategies.map(r=>r.done),variants:n.strategies,steps:n.labels.length,facts:0};return{block:null,data:n,selection:wr({...D.value,g:t},o)}}var P=V(()=>Mn());function Mr(){let[e,t]=G(!1);if(P.value===null)return null;let n=P.value,{block:o,selection:r}=n,s=vr(r);return h`<div class=${`bar${e?" opened":""}`} role="region" aria-label="What is shown">
    <div class="bar-line">
      ${st.value.groups.length>1&&h`<${Va} selection=${r} />`}
      <${kr} now=${n} side="a" />
      ${r.b>=0&&h`<button
        type="button"
        class="icon"
        title="Swap A and B"
        aria-label="Swap A and B"
        onClick=${()=>y({a:r.b,b:r.a})}
      >
        ⇄
      </button>`}
      ${o.variants.length>1&&h`<${kr} now=${n} side="b" />`}
      <${Ya} now=${n} />
      <${Xa} value=${r.q} />
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
      <${Ka} />
    </div>
    <div class="bar-line filters" id="bar-filters" hidden=${!e}>
      ${e&&h`<${xr} now=${n} />`}
    </div>
  </div>`}function Va({selection:e}){return h`<label class="pick whole"
    ><span>Runs</span>
    <select
      value=${e.g}
      onChange=${t=>y({...za,g:Number(t.currentTarget.value)})}
    >
      ${st.value.groups.map((t,n)=>h`<option value=${n}>${t.scenario} on ${t.model}, ${t.match}</option>`)}
    </select></label
  >`}var za={a:null,b:null,s:null,k:null,relation:null,learned:null,form:null};function kr({now:e,side:t}){let{block:n,selection:o}=e;return h`<label class="pick"
    ><span class=${`side side-${t}`}>${t.toUpperCase()}</span>
    <select
      aria-label=${`Run ${t.toUpperCase()}`}
      value=${o[t]}
      onChange=${r=>y({[t]:Number(r.currentTarget.value)})}
    >
      ${t==="b"&&h`<option value="-1">none</option>`}
      ${n.variants.map(({name:r},s)=>h`<option value=${s}>${r}</option>`)}
    </select></label
  >`}function Ar(){let[e]=G({on:!1});return{change(t){y(t,{replace:e.on}),e.on=!0},end(){e.on=!1}}}function Ya({now:e}){let{block:t,selection:n}=e,o=Ar(),r=n.s,s=t.steps-1,i=r===0?"base":`update ${r}`,a=c=>y({s:Math.max(0,Math.min(s,c))});return h`<div class="stepper">
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
      onInput=${c=>o.change({s:Number(c.currentTarget.value)})}
      onChange=${o.end}
    />
    <button type="button" class="icon" aria-label="Next step" disabled=${r===s} onClick=${()=>a(r+1)}>
      ›
    </button>
    <output><b>${i}</b> <bdi>${t.labels[r]}</bdi></output>
  </div>`}function Xa({value:e}){let t=Ar();return h`<input
    type="search"
    class="search"
    aria-label="Search facts"
    placeholder="Search"
    value=${e}
    onInput=${n=>t.change({q:n.currentTarget.value})}
    onBlur=${t.end}
  />`}function Ka(){let[e,t]=G("");return h`<button type="button" class="copy" onClick=${async()=>{let o=await Ja(location.href);t(o?"Copied":"Copy the address of the page"),setTimeout(()=>t(""),2e3)}}>
    <span aria-live="polite">${e||"Copy link"}</span>
  </button>`}async function Ja(e){try{return await navigator.clipboard.writeText(e),!0}catch{return!1}}var Ce=class{constructor(t,n){this.bytes=t,this.byteEnds=n,this.length=n.length,this.decoder=new TextDecoder("utf-8",{ignoreBOM:!0}),this.folded=null}at(t){let n=t===0?0:this.byteEnds[t-1];return this.decoder.decode(this.bytes.subarray(n,this.byteEnds[t]))}searchable(){if(this.folded===null){let t=this.decoder.decode(this.bytes),n=t.toLowerCase();this.folded=n.length===t.length?{text:n,ends:Qa(this.bytes,this.byteEnds)}:ti(this)}return this.folded}holding(t){let n=new Uint8Array(this.length),{text:o,ends:r}=this.searchable(),s=0,i=o.indexOf(t);for(;i>=0;)s=Za(r,s,i),i+t.length<=r[s]?(n[s]=1,i=o.indexOf(t,Math.max(r[s],i+1))):i=o.indexOf(t,i+1);return n}};function Za(e,t,n){let o=t,r=e.length-1;for(;o<r;){let s=o+r>>1;e[s]>n?r=s:o=s+1}return o}function Qa(e,t){let n=new Uint32Array(t.length),o=0,r=0;for(let s=0;s<t.length;s++){for(let i=t[s];r<i;r++){let a=e[r];(a&192)!==128&&(o+=a>=240?2:1)}n[s]=o}return n}function ti(e){let t=new Uint32Array(e.length),n=[],o=0;for(let r=0;r<e.length;r++){let s=e.at(r).toLowerCase();n.push(s),o+=s.length,t[r]=o}return{text:n.join(""),ends:t}}var ei={u8:Uint8Array,u16:Uint16Array,u32:Uint32Array,i8:Int8Array},Ne=4294967295,Tn=4294967295,ni=4294967294;var En=-128,oi=200;function ri(e,t){for(let n=t;n<e.length;n++)e[n]+=e[n-t];return e}var An=class{constructor(t){let n=new DataView(t).getUint32(0,!0);if(this.header=JSON.parse(new TextDecoder().decode(new Uint8Array(t,4,n))),this.header.format!==1)throw new Error(`facts of format ${this.header.format}`);this.buffer=t,this.start=4+n,this.labels=this.header.labels,this.steps=this.labels.length,this.facts=this.header.facts,this.relations=this.header.relations,this.groups=this.header.groups,this.variants=this.header.variants,this.done=[];for(let{runs:o}of this.variants)for(let{run:r,done:s}of o)this.done[r]=s;this.made=new Map,this.kept=new Map,this.texts=new Ce(this.column("strings.bytes"),this.column("strings.ends"))}has(t){return Object.hasOwn(this.header.columns,t)}column(t){if(this.made.has(t))return this.made.get(t);let n=this.has(t)?this.header.columns[t]:null,o=null;return n!==null&&(o=new ei[n.type](this.buffer,this.start+n.offset,n.length),n.delta&&(o=ri(o,n.length/this.steps))),this.made.set(t,o),o}remember(t,n){let o=this.kept.get(t);return o===void 0?o=n():this.kept.delete(t),this.kept.set(t,o),this.kept.size>oi&&this.kept.delete(this.kept.keys().next().value),o}text(t){return this.texts.at(t)}subject(t){return this.text(this.column("subject")[t])}relation(t){return this.relations[this.column("relation")[t]]}object(t,n){let o=this.column("object")[t*this.facts+n];return o===Ne?null:this.text(o)}group(t,n){return this.groups[this.column("group")[t*this.facts+n]]}runs(t,n,o=null){return t<0||t>=this.variants.length?[]:this.variants[t].runs.filter(r=>!r.diverged&&r.done>n&&(o===null||r.seed===o)).map(r=>r.run)}place(t,n,o,r,s){return t===null?-1:t.length!==s||this.steps===1?o*s+r:o===this.done[n]-1?r:-1}answer(t,n,o){let r=this.column(`answer.${t}`),s=this.place(r,t,n,o,this.facts);return s<0?null:this.said(r[s],n,o)}said(t,n,o){return t===ni?null:t===Tn?this.object(n,o):this.text(t)}margin(t,n,o){let r=this.column(`margin.${t}`),s=this.place(r,t,n,o,this.facts);return s<0||r[s]===En?null:r[s]/4}};async function Tr(e){return new An(await ae(e))}function Cr(e,t,n,o=null){return e.remember(`ages ${t} ${n} ${o}`,()=>{let r={updates:Er(n),base:Er(n)};if(t.length>0)for(let s=0;s<n;s++)si(r,e,t,s,o);return{updates:Or(r.updates),base:Or(r.base)}})}var Er=e=>({right:new Float64Array(e),facts:new Uint32Array(e)});function si(e,t,n,o,r){let{asked:s,right:i}=Y(t,n,o,r),a=o*t.facts,c=t.column("group"),l=t.column("learned");for(let u=0;u<t.facts;u++){let p=c[a+u];if(p!==O.new&&p!==O.retained||s[u]===0)continue;let d=l[a+u];if(d>o)continue;let f=d===o?{asked:s,right:i}:Y(t,n,d,r);if(f.asked[u]===0||f.right[u]<f.asked[u])continue;let m=d===0?e.base:e.updates;m.right[o-d]+=i[u]/s[u],m.facts[o-d]++}}function Or({right:e,facts:t}){let n=[];return t.forEach((o,r)=>{o>0&&n.push({age:r,share:e[r]/o,facts:o})}),n}function On(e,{s:t}){return e>t?null:{q:"",relation:null,state:null,change:null,group:e===0?["new"]:["retained"],learned:t-e,k:null}}var ai=Math.sqrt(50),ii=Math.sqrt(10),li=Math.sqrt(2);function Cn(e,t,n){let o=(t-e)/Math.max(0,n),r=Math.floor(Math.log10(o)),s=o/Math.pow(10,r),i=s>=ai?10:s>=ii?5:s>=li?2:1,a,c,l;return r<0?(l=Math.pow(10,-r)/i,a=Math.round(e*l),c=Math.round(t*l),a/l<e&&++a,c/l>t&&--c,l=-l):(l=Math.pow(10,r)*i,a=Math.round(e/l),c=Math.round(t/l),a*l<e&&++a,c*l>t&&--c),c<a&&.5<=n&&n<2?Cn(e,t,n*2):[a,c,l]}function je(e,t,n){if(t=+t,e=+e,n=+n,!(n>0))return[];if(e===t)return[e];let o=t<e,[r,s,i]=o?Cn(t,e,n):Cn(e,t,n);if(!(s>=r))return[];let a=s-r+1,c=new Array(a);if(o)if(i<0)for(let l=0;l<a;++l)c[l]=(s-l)/-i;else for(let l=0;l<a;++l)c[l]=(s-l)*i;else if(i<0)for(let l=0;l<a;++l)c[l]=(r+l)/-i;else for(let l=0;l<a;++l)c[l]=(r+l)*i;return c}function L(e){return function(){return e}}var ee=Math.PI,Nn=2*ee,yt=1e-6,ci=Nn-yt;function Nr(e){this._+=e[0];for(let t=1,n=e.length;t<n;++t)this._+=arguments[t]+e[t]}function ui(e){let t=Math.floor(e);if(!(t>=0))throw new Error(`invalid digits: ${e}`);if(t>15)return Nr;let n=10**t;return function(o){this._+=o[0];for(let r=1,s=o.length;r<s;++r)this._+=Math.round(arguments[r]*n)/n+o[r]}}function jr(e,t,n,o){return e===n&&t===o}function fi(e){let t=Math.floor(e);if(!(t<=15))return jr;let n=10**t,o=function(r){return Math.round(r*n)};return function(r,s,i,a){return o(r)===o(i)&&o(s)===o(a)}}var Rt=class{constructor(t){this._x0=this._y0=this._x1=this._y1=null,this._="",this._append=t==null?Nr:ui(t),this._equal=t==null?jr:fi(t)}moveTo(t,n){this._append`M${this._x0=this._x1=+t},${this._y0=this._y1=+n}`}closePath(){this._x1!==null&&(this._x1=this._x0,this._y1=this._y0,this._append`Z`)}lineTo(t,n){this._append`L${this._x1=+t},${this._y1=+n}`}quadraticCurveTo(t,n,o,r){this._append`Q${+t},${+n},${this._x1=+o},${this._y1=+r}`}bezierCurveTo(t,n,o,r,s,i){this._append`C${+t},${+n},${+o},${+r},${this._x1=+s},${this._y1=+i}`}arcTo(t,n,o,r,s){if(t=+t,n=+n,o=+o,r=+r,s=+s,s<0)throw new Error(`negative radius: ${s}`);let i=this._x1,a=this._y1,c=o-t,l=r-n,u=i-t,p=a-n,d=u*u+p*p;if(this._x1===null)this._append`M${this._x1=t},${this._y1=n}`;else if(d>yt)if(!(Math.abs(p*c-l*u)>yt)||!s)this._append`L${this._x1=t},${this._y1=n}`;else{let f=o-i,m=r-a,$=c*c+l*l,_=f*f+m*m,g=Math.sqrt($),v=Math.sqrt(d),b=s*Math.tan((ee-Math.acos(($+d-_)/(2*g*v)))/2),x=b/v,E=b/g;Math.abs(x-1)>yt&&this._append`L${t+x*u},${n+x*p}`,this._append`A${s},${s},0,0,${+(p*f>u*m)},${this._x1=t+E*c},${this._y1=n+E*l}`}}arc(t,n,o,r,s,i){if(t=+t,n=+n,o=+o,i=!!i,o<0)throw new Error(`negative radius: ${o}`);let a=o*Math.cos(r),c=o*Math.sin(r),l=t+a,u=n+c,p=1^i,d=i?r-s:s-r;if(this._x1===null?this._append`M${l},${u}`:(Math.abs(this._x1-l)>yt||Math.abs(this._y1-u)>yt)&&this._append`L${l},${u}`,!!o){if(d<0&&(d=d%Nn+Nn),d>ci)this._append`A${o},${o},0,1,${p},${t-a},${n-c}A${o},${o},0,1,${p},${this._x1=l},${this._y1=u}`;else if(d>yt){let f=t+o*Math.cos(s),m=n+o*Math.sin(s);if(d>=ee&&this._equal(l,u,f,m)){d/=2;let $=r+d;this._append`A${o},${o},0,${+(d>=ee)},${p},${t+o*Math.cos($)},${n+o*Math.sin($)}`}this._append`A${o},${o},0,${+(d>=ee)},${p},${this._x1=f},${this._y1=m}`}}}rect(t,n,o,r){this._append`M${this._x0=this._x1=+t},${this._y0=this._y1=+n}h${o=+o}v${+r}h${-o}Z`}toString(){return this._}};function pi(){return new Rt}pi.prototype=Rt.prototype;function Le(e){let t=3;return e.digits=function(n){if(!arguments.length)return t;if(n==null)t=null;else{let o=Math.floor(n);if(!(o>=0))throw new RangeError(`invalid digits: ${n}`);t=o}return e},()=>new Rt(t)}var Nu=Array.prototype.slice;function Re(e){return typeof e=="object"&&"length"in e?e:Array.from(e)}function Lr(e){this._context=e}Lr.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._point=0},lineEnd:function(){(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;default:this._context.lineTo(e,t);break}}};function Ue(e){return new Lr(e)}function Be(e){return e[0]}function Fe(e){return e[1]}function ne(e,t){var n=L(!0),o=null,r=Ue,s=null,i=Le(a);e=typeof e=="function"?e:e===void 0?Be:L(e),t=typeof t=="function"?t:t===void 0?Fe:L(t);function a(c){var l,u=(c=Re(c)).length,p,d=!1,f;for(o==null&&(s=r(f=i())),l=0;l<=u;++l)!(l<u&&n(p=c[l],l,c))===d&&((d=!d)?s.lineStart():s.lineEnd()),d&&s.point(+e(p,l,c),+t(p,l,c));if(f)return s=null,f+""||null}return a.x=function(c){return arguments.length?(e=typeof c=="function"?c:L(+c),a):e},a.y=function(c){return arguments.length?(t=typeof c=="function"?c:L(+c),a):t},a.defined=function(c){return arguments.length?(n=typeof c=="function"?c:L(!!c),a):n},a.curve=function(c){return arguments.length?(r=c,o!=null&&(s=r(o)),a):r},a.context=function(c){return arguments.length?(c==null?o=s=null:s=r(o=c),a):o},a}function jn(e,t,n){var o=null,r=L(!0),s=null,i=Ue,a=null,c=Le(l);e=typeof e=="function"?e:e===void 0?Be:L(+e),t=typeof t=="function"?t:t===void 0?L(0):L(+t),n=typeof n=="function"?n:n===void 0?Fe:L(+n);function l(p){var d,f,m,$=(p=Re(p)).length,_,g=!1,v,b=new Array($),x=new Array($);for(s==null&&(a=i(v=c())),d=0;d<=$;++d){if(!(d<$&&r(_=p[d],d,p))===g)if(g=!g)f=d,a.areaStart(),a.lineStart();else{for(a.lineEnd(),a.lineStart(),m=d-1;m>=f;--m)a.point(b[m],x[m]);a.lineEnd(),a.areaEnd()}g&&(b[d]=+e(_,d,p),x[d]=+t(_,d,p),a.point(o?+o(_,d,p):b[d],n?+n(_,d,p):x[d]))}if(v)return a=null,v+""||null}function u(){return ne().defined(r).curve(i).context(s)}return l.x=function(p){return arguments.length?(e=typeof p=="function"?p:L(+p),o=null,l):e},l.x0=function(p){return arguments.length?(e=typeof p=="function"?p:L(+p),l):e},l.x1=function(p){return arguments.length?(o=p==null?null:typeof p=="function"?p:L(+p),l):o},l.y=function(p){return arguments.length?(t=typeof p=="function"?p:L(+p),n=null,l):t},l.y0=function(p){return arguments.length?(t=typeof p=="function"?p:L(+p),l):t},l.y1=function(p){return arguments.length?(n=p==null?null:typeof p=="function"?p:L(+p),l):n},l.lineX0=l.lineY0=function(){return u().x(e).y(t)},l.lineY1=function(){return u().x(e).y(n)},l.lineX1=function(){return u().x(o).y(t)},l.defined=function(p){return arguments.length?(r=typeof p=="function"?p:L(!!p),l):r},l.curve=function(p){return arguments.length?(i=p,s!=null&&(a=i(s)),l):i},l.context=function(p){return arguments.length?(p==null?s=a=null:a=i(s=p),l):s},l}function Rr(e,t){this._context=e,this._t=t}Rr.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x=this._y=NaN,this._point=0},lineEnd:function(){0<this._t&&this._t<1&&this._point===2&&this._context.lineTo(this._x,this._y),(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line>=0&&(this._t=1-this._t,this._line=1-this._line)},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;default:{if(this._t<=0)this._context.lineTo(this._x,t),this._context.lineTo(e,t);else{var n=this._x*(1-this._t)+e*this._t;this._context.lineTo(n,this._y),this._context.lineTo(n,t)}break}}this._x=e,this._y=t}};function Ln(e){return new Rr(e,0)}var di="http://www.w3.org/2000/svg";function w(e,t={},...n){let o=document.createElementNS(di,e);for(let[r,s]of Object.entries(t))s!=null&&o.setAttribute(r,s);return o.append(...n.filter(r=>r!==null)),o}function M(e,t){return w("text",{"unicode-bidi":"isolate",fill:"var(--ink)",...t},e)}function K(e,t,n,...o){return w("svg",{viewBox:`0 0 ${e} ${t}`,width:e,height:t,role:"img","aria-label":n,"font-size":11},...o)}var wt=e=>e.length*6.1;function J(e,t){return e.length<=t?e:`${e.slice(0,t-1)}\u2026`}var hi={circle:"M-3.3 0a3.3 3.3 0 1 0 6.6 0a3.3 3.3 0 1 0-6.6 0z",square:"M-3-3h6v6h-6z",triangle:"M0-4L3.8 2.9H-3.8z",diamond:"M0-4.2L4.2 0 0 4.2-4.2 0z",star:"M0-4.6L1.3-1.4 4.6-1.4 2 .7 3 4 0 2-3 4-2 .7-4.6-1.4-1.3-1.4z",times:"M-3-3L3 3M3-3L-3 3",plus:"M0-4V4M-4 0H4",wye:"M0 0V4.2M0 0L-3.7-2.4M0 0L3.7-2.4"};function at({colour:e,symbol:t,filled:n},o,r,s=1){return w("path",{d:hi[t],transform:`translate(${o.toFixed(1)} ${r.toFixed(1)})${s===1?"":` scale(${s.toFixed(2)})`}`,fill:n?e:"var(--paper)",stroke:e,"stroke-width":(1.5/s).toFixed(2)})}function Ut(e,t){let n=w("g",{}),o=0,r=8;for(let{text:s,look:i}of e){let a=J(s,30),c=34+wt(a)+20;o>0&&o+c>t&&(o=0,r+=18);let l=i.dash??null;n.append(w("path",{d:`M${o} ${r}h28`,stroke:i.colour,"stroke-width":i.symbol?1.8:1,"stroke-dasharray":l})),i.symbol&&n.append(at(i,o+14,r)),n.append(M(a,{x:o+34,y:r+4})),o+=c}return{node:n,height:r+14}}var Pe={fill:"var(--muted)"};function Bt({width:e,height:t,margin:n,x:o,y:r,gridX:s=!1}){let i={x:Ur(o.domain,[n.left,e-n.right]),y:Ur(r.domain,[t-n.bottom,n.top])},a=w("g",{"stroke-linecap":"butt"}),[c,l]=[n.left,e-n.right],[u,p]=[t-n.bottom,n.top];for(let d of Br(r)){let f=Rn(i.y(d));a.append(w("path",{d:`M${c} ${f}H${l}`,stroke:"var(--rule)"}),M(r.text(d),{...Pe,x:c-7,y:Rn(i.y(d)+4),"text-anchor":"end"}))}for(let d of Br(o)){let f=Rn(i.x(d));s&&a.append(w("path",{d:`M${f} ${p}V${u}`,stroke:"var(--rule)"})),a.append(w("path",{d:`M${f} ${u}v4`,stroke:"var(--muted)"}),M(o.text(d),{...Pe,x:f,y:u+17,"text-anchor":"middle"}))}return o.name&&a.append(M(o.name,{...Pe,x:l,y:t-4,"text-anchor":"end"})),r.name&&a.append(M(r.name,{...Pe,x:0,y:10})),{node:a,...i}}function Ur([e,t],[n,o]){return r=>n+(r-e)/(t-e)*(o-n)}function Br({domain:e,ticks:t}){return Array.isArray(t)?t:je(...e,t)}var Rn=e=>Math.round(e*10)/10;function De(e,t){let n=Math.max(1,Math.ceil(e*26/t));return Array.from({length:Math.floor(e/n)+1},(o,r)=>r*n)}function St(e,t,n,o,{step:r=!1}={}){let s=ne().x(t).y(n).digits(1);return r&&s.curve(Ln),w("path",{fill:"none","stroke-linejoin":"round",d:s(e),...o})}function Fr(e,t,n,o,r){return w("path",{d:jn().x(t).y0(n).y1(o).digits(1)(e),...r})}function R(e,t={},...n){let o=document.createElement(e);for(let[r,s]of Object.entries(t))o.setAttribute(r,s);return o.append(...n),o}function Z({title:e,reading:t,draw:n,table:o,file:r,select:s,titled:i=!0}){let a=R("div",{class:"chart-drawing"}),c=R("figcaption",{},R("span",{},t));i&&c.prepend(R("b",{},e));let l=R("figure",{class:"chart"},c,a),u=0;return new ResizeObserver(([p])=>{let d=Math.floor(p.contentRect.width);d===u||d<1||(u=d,a.replaceChildren(n(d)))}).observe(a),l.append(ko({svg:()=>a.querySelector("svg"),table:o,file:r,title:e})),l.append(mi(o,`${e}: ${t}`,s)),l}function mi(e,t,n){let o=R("details",{},R("summary",{},"Table"));return o.addEventListener("toggle",()=>{if(!o.open||o.querySelector("table")!==null)return;let r=R("div",{class:"wide",tabindex:"0",role:"region","aria-label":t},gi(e(),t,n));o.append(r)}),o}function gi({columns:e,rows:t},n,o){let r=R("tr",{},...e.map(i=>R("th",{scope:"col"},i))),s=t.map(i=>R("tr",{},...i.map((a,c)=>R(c===0?"th":"td",c===0?{scope:"row"}:{},_i(a,o)))));return R("table",{class:"numbers"},R("caption",{},n),R("thead",{},r),R("tbody",{},...s))}function _i(e,t){let n=typeof e=="string"?e:e.text;if(typeof e=="string"||!e.patch)return R("bdi",{},n);let o=R("button",{type:"button",class:"number-button"},n);return o.addEventListener("click",()=>t(e.patch)),o}function Pr(...e){return R("div",{class:"charts"},...e)}function He(e){return R("p",{class:"note"},e)}var $i=26;function ct(e,t,n,{ring:o=!0}={}){let r=w("g",{class:"pointing","pointer-events":"none"});e.append(r);let s=null,i=l=>{let u=e.getScreenCTM();return u===null?{x:0,y:0}:new DOMPoint(l.clientX,l.clientY).matrixTransform(u.inverse())},a=l=>{let u=i(l),p=null,d=$i;for(let f of t){let m=Math.hypot(f.x-u.x,f.y-u.y);m<d&&([p,d]=[f,m])}return p},c=l=>{l!==s&&(s=l,e.style.cursor=l?.patch?"pointer":"default",r.replaceChildren(...l===null?[]:Un(e,l,o)))};e.addEventListener("pointermove",l=>c(a(l))),e.addEventListener("pointerleave",()=>c(null)),e.addEventListener("click",l=>{let u=a(l);u?.patch&&n(u.patch)})}function Un(e,{x:t,y:n,title:o},r){let[,,s]=e.getAttribute("viewBox").split(" ").map(Number),i=J(o,Math.floor((s-20)/6.1)),a=wt(i)+14,c=Math.max(2,Math.min(s-a-2,t-a/2)),l=n>36?n-34:n+12,u=[w("rect",{x:c,y:l,width:a,height:20,rx:4,fill:"var(--paper)",stroke:"var(--muted)"}),M(i,{x:c+7,y:l+14})];return r&&u.unshift(w("circle",{cx:t,cy:n,r:7,fill:"none",stroke:"var(--ink)"})),u}var bi={"":["","k","M","G","T"],B:["B","kB","MB","GB","TB"]};function T(e){if(e==null||Number.isNaN(e))return"\u2013";let t=e.toFixed(2);return t==="-0.00"?"0.00":t.replace("-","\u2212")}function Dr(e){let t=T(e);return t==="\u2013"||t==="0.00"||t.startsWith("\u2212")?t:`+${t}`}function Ft(e,t){return t==null||e===null?T(e):`${T(e)} \xB1\u2009${T(t)}`}function oe(e,t=""){if(e==null)return"\u2013";let n=0,o=Math.abs(e);for(;o>=999.5&&n<4;)o/=1e3,n++;let r=n>0&&o<9.95?1:0;return`${o.toFixed(r)}\u2009${bi[t][n]}`.trimEnd()}function Pt(e,t){return`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`}var vi=[null,"7 3","2 2.5","9 3 2 3","12 3","4 2 1 2","1 3","14 3 2 3 2 3"],xi=["circle","square","triangle","diamond","star","times","plus","wye"],Dt="var(--grey-line)";function Hr(e,t,n){return e.views.scores?.means[t]?.[n]?.mean??null}function Ie(e,{a:t,b:n}){let o=e.strategies.map(a=>a.name),r=[...new Set([t,n])].filter(a=>a>=0&&a<o.length),s=a=>(Hr(e,o[a],"new")??0)+(Hr(e,o[a],"retained")??0),i=o.map((a,c)=>c).filter(a=>!r.includes(a));return i.sort((a,c)=>s(c)-s(a)||a-c),[...r,...i].slice(0,6).sort((a,c)=>a-c)}function ut(e){let t=new Map,n=new Set;for(let o of e){let r=o%8;for(;n.has(r);)r=(r+1)%8;n.add(r),t.set(o,{colour:`var(--c${r})`,dash:vi[r],symbol:xi[r],filled:r%2===0})}return t}function H(e,t,{a:n,b:o}){return(t===n?"A: ":t===o?"B: ":"")+e.strategies[t].name}function Bn(e,{a:t,b:n}){return e===t?{}:e===n?{a:n,b:t}:{a:e}}function Ir({block:e,data:t,selection:n,select:o}){let r=kt(n).flatMap(({place:s})=>{let i=Math.max(0,...e.variants[s].runs.map(u=>u.diverged?0:u.done)),a=e.runs(s,i-1,n.seed),{updates:c,base:l}=Cr(e,a,i,n.form);return[{place:s,what:"facts of updates",points:c},{place:s,what:"base facts",points:l}].filter(({points:u})=>u.length>0)});return Z({title:"Forgetting by age",reading:"Of the facts that were right when they were taught and are still valid, the share that is right so many updates later. A click lists those of this age at the step shown.",draw:s=>yi({data:t,selection:n,select:o,lines:r,width:s}),table:()=>({columns:["strategy","facts","updates since","still right","facts, each step counted"],rows:r.flatMap(({place:s,what:i,points:a})=>a.map(({age:c,share:l,facts:u})=>[H(t,s,n),i,String(c),{text:T(l),value:l,patch:On(c,n)},{text:u.toLocaleString("en"),value:u}]))}),file:"forgetting-by-age",select:o})}function kt({a:e,b:t}){return[{side:"a",place:e},{side:"b",place:t}].filter(({place:n})=>n>=0)}function yi({data:e,selection:t,select:n,lines:o,width:r}){let s=ut(kt(t).map(({place:_})=>_)),i=o.map(({place:_,what:g})=>({text:`${H(e,_,t)}, ${g}`,look:Fn(s.get(_),g)})),a=Ut(i,r),c=Math.round(Math.min(280,Math.max(200,r*.5))),l=Math.max(1,...o.flatMap(({points:_})=>_.map(({age:g})=>g))),{node:u,x:p,y:d}=Bt({width:r,height:c,margin:{left:36,right:12,top:20,bottom:38},x:{domain:[0,l],ticks:De(l,r-48),name:"updates since the fact was taught \u2192",text:String},y:{domain:[0,1],ticks:[0,.25,.5,.75,1],name:"\u2191 still right",text:T}});u.setAttribute("transform",`translate(0 ${a.height})`);let m=K(r,a.height+c,"Lines: the share of facts still right by age; the table has the numbers",a.node,u);for(let{place:_,what:g,points:v}of o){let{colour:b,dash:x}=Fn(s.get(_),g),E={stroke:b,"stroke-dasharray":x,"stroke-width":1.8};u.append(St(v,({age:C})=>p(C),C=>d(C.share),E))}let $=[];for(let{place:_,what:g,points:v}of o)for(let{age:b,share:x,facts:E}of v){let C={x:p(b),y:d(x)+a.height};v.length<=40&&m.append(at(Fn(s.get(_),g),C.x,C.y,.9)),$.push({...C,title:`${H(e,_,t)}, ${g}, ${b} later: ${T(x)} of ${Pt(E,"answer")}`,patch:On(b,t)})}return ct(m,$,n),m}function Fn(e,t){return t==="base facts"?{...e,dash:"1 4",filled:!1}:{...e,filled:!0}}var Wr=["tokens","seconds","stored_bytes"];function Pn(e,t="tokens"){let n=[];return e.strategies.forEach(({name:o},r)=>{let s=e.views.scores.means[o]??{},i=(a,c="mean")=>s[a]?.[c]??null;i("retained")===null||i("new")===null||n.push({place:r,name:o,retained:i("retained"),new:i("new"),retainedHalf:i("retained","half"),newHalf:i("new","half"),cost:i(t)})}),n}function Dn(e){let t=(n,o)=>n.retained>=o.retained&&n.new>=o.new&&(n.retained>o.retained||n.new>o.new);return e.filter(n=>!e.some(o=>t(o,n))).sort((n,o)=>n.retained-o.retained||n.new-o.new)}var wi=.2;function Hn(e){let t=Math.min(...e),n=Math.max(...e),o=Math.max(wi,1.14*(n-t))/2,r=(t+n)/2,s=Math.max(0,-.03-(r-o))-Math.max(0,r+o-1.03);return[Math.max(-.03,r-o+s),Math.min(1.03,r+o+s)]}function Gr(e,t,n=9,o=2.5){return e===null||!(t>0)?4:Math.max(o,n*Math.sqrt(Math.max(0,e)/t))}var qr=(e,t)=>t===null?null:[Math.max(0,e-t),Math.min(1,e+t)];function In(e){return{retained:qr(e.retained,e.retainedHalf),new:qr(e.new,e.newHalf)}}var Si=[[1,0],[1,-1],[1,1],[-1,0],[-1,-1],[-1,1],[0,-1],[0,1]],ki=[0,6,12,20,30],Mi=2,Vr=(e,t)=>e.left<t.right&&t.left<e.right&&e.top<t.bottom&&t.top<e.bottom;function zr(e,t){let n=Math.max(t.left-e.x,0,e.x-t.right),o=Math.max(t.top-e.y,0,e.y-t.bottom);return Math.hypot(n,o)-e.r}function*Ai(e){for(let t of ki){let n=e.r+Mi+t;for(let[o,r]of Si){let s=n*(o&&r?.75:1),i=e.x+o*(s+e.width/2),a=e.y+r*((o?.75:1)*s+e.height/2);yield{left:i-e.width/2,right:i+e.width/2,top:a-e.height/2,bottom:a+e.height/2}}}}function Yr(e,t,n=[],o=0){let r=e.map(({x:s,y:i,r:a})=>({left:s-a,right:s+a,top:i-a,bottom:i+a}));return e.map((s,i)=>{let a=null;for(let c of Ai(s))if(!(!(c.left>=t.left&&c.right<=t.right&&c.top>=t.top&&c.bottom<=t.bottom)||r.some(u=>Vr(c,u)))&&(a??=c,!n.some(u=>Vr(c,u))&&!e.some(u=>zr(u,c)<zr(s,c))))return r.push(c),c;return i>=o||a===null?null:(r.push(a),a)})}var Ti={tokens:"tokens",seconds:"seconds",stored_bytes:"bytes stored"};function Xr({data:e,selection:t,select:n}){let o=Wr.find(a=>Pn(e,a).some(c=>c.cost>0))??"tokens",r=Pn(e,o),s=r.map(a=>a.cost).filter(a=>a!==null),i=s.length===0?"":`area: ${Ti[o]}, ${oe(Math.min(...s))} to ${oe(Math.max(...s))}`;return Z({title:"New against retained",titled:!1,reading:"Up and to the right is better; the line is the Pareto front. A click makes a strategy A.",draw:a=>Oi({data:e,selection:t,select:n,all:r,size:i,width:a}),table:()=>Ei(r,o,t),file:"front",select:n})}function Ei(e,t,n){let o=new Set(Dn(e).map(r=>r.place));return{columns:["strategy","retained","retained \xB1","new","new \xB1",t,"Pareto front"],rows:e.map(r=>[{text:r.name,patch:Bn(r.place,n)},{text:T(r.retained),value:r.retained},{text:T(r.retainedHalf),value:r.retainedHalf??""},{text:T(r.new),value:r.new},{text:T(r.newHalf),value:r.newHalf??""},{text:oe(r.cost),value:r.cost??""},o.has(r.place)?"yes":"no"])}}function Oi({data:e,selection:t,select:n,all:o,size:r,width:s}){let i=Math.round(Math.min(460,Math.max(280,s*.52))),a=Dn(o),{node:c,x:l,y:u}=Bt({width:s,height:i,margin:{left:36,right:12,top:18,bottom:40},x:{domain:Hn(o.map(v=>v.retained)),ticks:Math.max(3,Math.round(s/110)),name:"retained: earlier facts still right \u2192",text:T},y:{domain:Hn(o.map(v=>v.new)),ticks:8,name:"\u2191 new: taught facts right",text:T},gridX:!0}),p=K(s,i,`New against retained of ${o.length} strategies`,c),d=[v=>l(v.retained),v=>u(v.new)];p.append(St(a,...d,{stroke:"var(--muted)"},{step:!0}),M(r,{x:s-12,y:10,"text-anchor":"end",fill:"var(--muted)"}));let f=ut(Ie(e,t)),m=Math.max(...o.map(v=>v.cost??0)),$=o.map(v=>({...v,at:[l(v.retained),u(v.new)],r:Gr(v.cost,m),look:f.get(v.place)??null})),_=$.toSorted((v,b)=>(v.look!==null)-(b.look!==null));for(let v of _)p.append(...Ci(v,l,u),Ni(v));p.append(...ji($,a,{data:e,selection:t,x:l,y:u,width:s,height:i}));let g=$.map(({at:v,...b})=>({x:v[0],y:v[1],title:`${H(e,b.place,t)}: retained ${Ft(b.retained,b.retainedHalf)}, new ${Ft(b.new,b.newHalf)}, ${oe(b.cost)}`,patch:Bn(b.place,t)}));return ct(p,g,n),p}function Ci(e,t,n){let o=In(e),r=e.look?.colour??Dt,s=[],[i,a]=e.at.map(c=>c.toFixed(1));return o.retained&&s.push(`M${t(o.retained[0]).toFixed(1)} ${a}H${t(o.retained[1]).toFixed(1)}`),o.new&&s.push(`M${i} ${n(o.new[0]).toFixed(1)}V${n(o.new[1]).toFixed(1)}`),s.map(c=>w("path",{d:c,stroke:r,"stroke-width":.9}))}function Ni({look:e,at:[t,n],r:o}){return e!==null?at(e,t,n,o/3.6):w("circle",{cx:t.toFixed(1),cy:n.toFixed(1),r:o.toFixed(1),fill:Dt})}function ji(e,t,{data:n,selection:o,x:r,y:s,width:i,height:a}){let c=new Set(t.map(f=>f.place)),l=({look:f,place:m})=>(m===o.a||m===o.b?4:0)+(f?2:0)+(c.has(m)?1:0),u=e.toSorted((f,m)=>l(m)-l(f)),p=u.map(({place:f})=>J(H(n,f,o),28)),d=Yr(u.map(({at:f,r:m},$)=>({x:f[0],y:f[1],r:m,width:wt(p[$]),height:13})),{left:38,right:i,top:13,bottom:a-40},Li(e,t,r,s),u.filter(({look:f})=>f!==null).length);return u.flatMap(({look:f,place:m},$)=>{let _=d[$];if(_===null)return[];let g=m===o.a||m===o.b?600:400,v={x:_.left.toFixed(1),y:(_.bottom-2.5).toFixed(1)};return[M(p[$],{...v,fill:f?"var(--ink)":"var(--muted)","font-weight":g})]})}function Li(e,t,n,o){let r=(i,a,c,l)=>({left:Math.min(i,c)-.7,right:Math.max(i,c)+.7,top:Math.min(a,l)-.7,bottom:Math.max(a,l)+.7}),s=[];for(let i of e){let{retained:a,new:c}=In(i),[l,u]=i.at;a&&s.push(r(n(a[0]),u,n(a[1]),u)),c&&s.push(r(l,o(c[0]),l,o(c[1])))}return t.slice(1).forEach((i,a)=>{let c=t[a];s.push(r(n(c.retained),o(c.new),n(c.retained),o(i.new))),s.push(r(n(c.retained),o(i.new),n(i.retained),o(i.new)))}),s}function Kr(e,t,n,o=null){let r=t.map(i=>Ui(e,i,n,o)),s=e.relations.map((i,a)=>({name:i,facts:Math.max(...r.map(({facts:c})=>c[a])),...Zr(r.map(({right:c,facts:l})=>l[a]?c[a]/l[a]:null))}));return Ri(s.filter(({facts:i})=>i>0))}function Jr(e,t,n){return te(e).map(r=>{let s=t.map(i=>Bi(e,i,n,r));return{name:r,facts:Math.max(...s.map(({facts:i})=>i)),...Zr(s.map(({right:i,facts:a})=>a?i/a:null))}}).filter(({facts:r})=>r>0)}var Zr=([e,t=null])=>({a:e,b:t});function Ri(e){let t=({a:n,b:o})=>n===null||o===null?null:Math.abs(n-o);return e.sort((n,o)=>(t(o)??0)-(t(n)??0)||(n.a??2)-(o.a??2)||o.facts-n.facts)}function Ui(e,t,n,o){return e.remember(`by relation ${t} ${n} ${o}`,()=>{let r=e.relations.length,s={right:new Float64Array(r),facts:new Uint32Array(r)},i=e.column("relation");return Qr(e,t,n,o,(a,c)=>{s.right[i[a]]+=c,s.facts[i[a]]++}),s})}function Bi(e,t,n,o){return e.remember(`mean share ${t} ${n} ${o}`,()=>{let r={right:0,facts:0};return Qr(e,t,n,o,(s,i)=>{r.right+=i,r.facts++}),r})}function Qr(e,t,n,o,r){if(t.length===0)return;let{asked:s,right:i}=Y(e,t,n,o),a=e.column("group"),c=n*e.facts;for(let l=0;l<e.facts;l++){let u=a[c+l];s[l]===0||u!==O.new&&u!==O.retained||r(l,i[l]/s[l])}}function qe(e,t){return{...{q:"",state:null,change:null,learned:null,k:null},group:["new","retained"],[e]:t}}var Fi=16,qn=22,es={relation:"By relation",form:"By wording"};function ns(e){let{block:t,selection:n}=e,o=kt(n).map(({place:s})=>t.runs(s,n.s,n.seed)),r=Jr(t,o,n.s);return Pr(ts(e,"relation",Kr(t,o,n.s,n.form)),r.length>0?ts(e,"form",r):He("By wording: this page does not carry the answers to each wording at every step."))}function ts({block:e,data:t,selection:n,select:o},r,s){let i=s.slice(0,Fi),a=s.length-i.length,c=r==="form"?"":n.b>=0?", the largest difference first":", the lowest first",l=a>0?` ${Pt(a,"more relation")} in the table.`:"";return Z({title:es[r],reading:`The valid facts after ${e.labels[n.s]}: the share of right answers${c}.${l} A click lists the facts.`,draw:u=>Pi({data:t,selection:n,select:o,kind:r,shown:i,width:u}),table:()=>({columns:[r,"facts",...kt(n).map(({place:u})=>H(t,u,n))],rows:s.map(u=>[{text:u.name,patch:qe(r,u.name)},{text:u.facts.toLocaleString("en"),value:u.facts},...kt(n).map(({side:p})=>({text:T(u[p]),value:u[p]??""}))])}),file:`by-${r}`,select:o})}function Pi({data:e,selection:t,select:n,kind:o,shown:r,width:s}){let i=kt(t),a=ut(i.map(({place:g})=>g)),c=Ut(i.map(({place:g})=>({text:H(e,g,t),look:{...a.get(g),dash:null}})),s),l=Math.max(...r.map(({name:g})=>wt(J(g,26))),40),u=Math.min(l+18,s*.42),p=46,d=c.height+18,f=g=>u+(s-u-p)*g,m=d+r.length*qn+8,$=K(s,m,`Dots: the share of right answers ${es[o].toLowerCase()}; the table has the numbers`,c.node);for(let g of[0,.25,.5,.75,1])$.append(w("path",{d:`M${f(g)} ${d-4}V${m-8}`,stroke:"var(--rule)"}),M(T(g),{x:f(g),y:d-8,"text-anchor":"middle",fill:"var(--muted)"}));$.append(M("facts",{x:s-2,y:d-8,"text-anchor":"end",fill:"var(--muted)"}));let _=[];return r.forEach((g,v)=>{let b=d+v*qn+qn/2,x=Math.floor((u-10)/6.1);$.append(M(J(g.name,x),{x:u-10,y:b+4,"text-anchor":"end"}),M(g.facts.toLocaleString("en"),{x:s-2,y:b+4,"text-anchor":"end",fill:"var(--muted)"})),g.a!==null&&g.b!==null&&$.append(w("path",{d:`M${f(g.a)} ${b}H${f(g.b)}`,stroke:"var(--muted)","stroke-width":1.5}));for(let{side:E,place:C}of i.toReversed())g[E]!==null&&($.append(at(a.get(C),f(g[E]),b,1.2)),_.push({x:f(g[E]),y:b,title:`${g.name}: ${H(e,C,t)} ${T(g[E])} of ${Pt(g.facts,"fact")}`,patch:qe(o,g.name)}));_.push({x:u-20,y:b,title:`${g.name}: ${Pt(g.facts,"fact")}`,patch:qe(o,g.name)})}),ct($,_,n,{ring:!1}),$}function os(e){let t=Math.round(Math.min(1,Math.max(0,e))*20);return{level:t,fill:`var(--h${t})`,text:`var(--h${t}-text)`}}function rs(e){let t=Math.round((Math.min(1,Math.max(-1,e))+1)/2*20);return{level:t,fill:`var(--d${t})`,text:`var(--d${t}-text)`}}function ss(e,{a:t,b:n}){let o=i=>{let a=e.views.accuracy_matrix?.[e.strategies[i]?.name];return a===void 0||a.length===0?null:a},r=[],s={A:t,B:n};for(let[i,a]of Object.entries(s)){let c=o(a);if(c===null)continue;let l=`${i}: ${e.strategies[a].name}`;r.push({title:l,side:i,place:a,values:c,form:T,colours:os})}if(r.length===2){let[i,a]=r.map(({values:c})=>c);r.push({title:"A \u2212 B",side:"A \u2212 B",place:t,values:Di(i,a),form:Dr,colours:rs})}return r}function Di(e,t){let n=Math.min(e.length,t.length);return e.slice(0,n).map((o,r)=>o.slice(0,n).map((s,i)=>{let a=t[r][i];return s===null||a===null||a===void 0?null:s-a}))}function as({values:e,colours:t}){let n=new Map;return e.forEach((o,r)=>o.forEach((s,i)=>{if(s===null)return;let{level:a,fill:c}=t(s);n.has(a)||n.set(a,{fill:c,cells:[]}),n.get(a).cells.push([r,i])})),n}function is(e){let t=Math.abs(e).toFixed(2);return t==="0.00"?"0":(e<0?"\u2212":"")+(t.endsWith(".00")?t.slice(0,-3):t.slice(1))}function Wn(e,t,n,{b:o}){return{...e.side==="B"||e.place===o?{}:{a:e.place},q:"",relation:null,state:null,change:null,group:null,s:t,learned:n,k:null}}var Hi=34,ls=23,Ii=13,Ht=26,Gn=40,Vn=22;function cs({data:e,selection:t,select:n}){let o=ss(e,t);return o.length===0?He("No step is finished yet."):Z({title:"Accuracy matrix R[i, j]",titled:!1,reading:"Row i: after update i; column j: the facts of update j that are still valid at the end. The outlined diagonal is what was just taught. A click on a cell lists its facts.",draw:r=>Wi({data:e,selection:t,select:n,all:o,width:r}),table:()=>qi(o,e,t),file:"accuracy-matrix",select:n})}function qi(e,t,n){let o=Math.max(...e.map(({values:r})=>r.length));return{columns:["strategy","after",...t.labels.slice(0,o).map(r=>`facts of ${r}`)],rows:e.flatMap(r=>r.values.map((s,i)=>[r.title,t.labels[i],...s.map((a,c)=>({text:r.form(a),value:a??"",patch:a===null?null:Wn(r,i,c,n)}))]))}}function Wi({data:e,selection:t,select:n,all:o,width:r}){let s=Math.max(...o.map(({values:f})=>f.length)),i=o.length;for(;i>1&&(r-Vn*(i-1))/i-Ht<Math.min(s*9,190);)i--;let a=Math.min(Hi,((r-Vn*(i-1))/i-Ht)/s),c=a*s,l=Math.ceil(o.length/i),u=`Heat maps: ${o.map(({title:f})=>f).join(", ")}; the table has the numbers`,p=K(r,Math.ceil(l*(Gn+c+16)),u),d=o.map((f,m)=>{let $=m%i*(Ht+c+Vn)+Ht,_=Math.floor(m/i)*(Gn+c+16)+Gn;return p.append(Gi(f,{data:e,size:a,left:$,top:_,room:Ht+c})),{map:f,left:$,top:_}});return zi(p,d,{data:e,selection:t,select:n,size:a}),p}function Gi(e,{size:t,left:n,top:o,room:r}){let s=e.values.length,i=t>ls?t-1:t,a=w("g",{transform:`translate(${n} ${o})`});a.append(M(J(e.title,Math.floor(r/7)),{x:-Ht,y:-24,"font-weight":600,"font-size":13}));let c=Math.max(1,Math.ceil(17/t));for(let u=0;u<s;u+=c){let p=u*t+t/2,d={fill:"var(--muted)"};a.append(M(String(u),{...d,x:-6,y:p+4,"text-anchor":"end"})),a.append(M(String(u),{...d,x:p,y:-6,"text-anchor":"middle"}))}for(let{fill:u,cells:p}of as(e).values()){let d=i.toFixed(2),f=p.map(([m,$])=>`M${($*t).toFixed(2)} ${(m*t).toFixed(2)}h${d}v${d}h-${d}z`);a.append(w("path",{d:f.join(""),fill:u}))}let l=Array.from({length:s},(u,p)=>`M${(p*t).toFixed(2)} ${(p*t).toFixed(2)}h${i.toFixed(2)}v${i.toFixed(2)}h-${i.toFixed(2)}z`);return a.append(w("path",{d:l.join(""),fill:"none",stroke:"var(--ink)","stroke-width":1.1})),t>=ls&&s<=Ii&&a.append(...Vi(e,t)),a}function Vi({values:e,colours:t},n){return e.flatMap((o,r)=>o.flatMap((s,i)=>{if(s===null)return[];let a={x:(i*n+n/2-.5).toFixed(1),y:(r*n+n/2+3.5).toFixed(1)};return[M(is(s),{...a,fill:t(s).text,"text-anchor":"middle","font-size":10.5})]}))}function zi(e,t,{data:n,selection:o,select:r,size:s}){let i=w("g",{class:"pointing","pointer-events":"none"});e.append(i);let a=c=>{let l=e.getScreenCTM();if(l===null)return null;let u=new DOMPoint(c.clientX,c.clientY).matrixTransform(l.inverse());for(let{map:p,left:d,top:f}of t){let[m,$]=[Math.floor((u.y-f)/s),Math.floor((u.x-d)/s)],_=p.values[m]?.[$]??null;if(_!==null)return{map:p,i:m,j:$,value:_,left:d,top:f}}return null};e.addEventListener("pointermove",c=>{let l=a(c);if(e.style.cursor=l===null?"default":"pointer",l===null)return i.replaceChildren();let{map:u,i:p,j:d,value:f,left:m,top:$}=l,[_,g]=[m+d*s,$+p*s],v=`after ${n.labels[p]}, facts of ${n.labels[d]}: ${u.form(f)}`;return i.replaceChildren(w("rect",{x:_,y:g,width:s,height:s,fill:"none",stroke:"var(--ink)","stroke-width":2}),...Un(e,{x:_+s/2,y:g,title:v},!1))}),e.addEventListener("pointerleave",()=>i.replaceChildren()),e.addEventListener("click",c=>{let l=a(c);l!==null&&r(Wn(l.map,l.i,l.j,o))})}var Yi={new:["New facts","right just after they were taught; higher is better"],retained:["Retained facts","taught earlier and still valid; higher is better"],stale:["Outdated answers","superseded facts that are still given; lower is better"],erased:["Erased facts","to be forgotten, but still given; lower is better"],unlisted:["Unlisted questions","answered before the stream, never trained; higher is better"],protected:["Protected questions","answered before the stream; higher is better"],found:["Found facts","put before the prompts that ask for them; higher is better"],read:["Read facts","answered right, of those that were found; higher is better"]},Xi={new:{group:["new"]},retained:{group:["retained"]},stale:{state:["outdated"]},erased:{group:["erased"]}},Ki={q:"",relation:null,group:null,learned:null,state:null,change:null};function us(e){let t=[];for(let[n,[o,r]]of Object.entries(Yi)){let s=e.views.over_updates?.[n];if(s===void 0)continue;let i=e.strategies.map(({name:a},c)=>({place:c,name:a,points:Ji(s[a]??{mean:[],half:[]})}));i.some(({points:a})=>a.length>0)&&t.push({score:n,title:o,reading:r,series:i})}return t}function Ji({mean:e,half:t}){let n=[];return e.forEach((o,r)=>{if(o===null)return;let s=t[r]??null;n.push({step:r,mean:o,half:s,low:s===null?o:Math.max(0,o-s),high:s===null?o:Math.min(1,o+s)})}),n}function We(e){let t=[];return e.forEach((n,o)=>{o>0&&e[o-1].step===n.step-1?t.at(-1).push(n):t.push([n])}),t}function zn(e,t,n,{a:o,b:r}){let s=t===r?{}:t===o?{}:{a:t},{state:i,...a}=Xi[e]??{},c=i?.map(l=>t===r?`b.${l}`:l)??null;return{...Ki,...s,...a,state:c,s:n,k:null}}var Zi=300,Ge=36,Ve=26;function fs({data:e,selection:t,select:n}){let o=us(e),r=ut(Ie(e,t)),s=e.strategies.length-r.size,i=s>0?` ${s} others in grey.`:"";return Z({title:"Scores after each update",titled:!1,reading:`A share of answers. Bands are 95 % intervals.${i} A click on a point lists its facts.`,draw:a=>tl({data:e,selection:t,select:n,all:o,chosen:r,width:a}),table:()=>Qi(o,e,t),file:"scores-after-each-update",select:n})}function Qi(e,t,n){let o=e.flatMap(({score:r,series:s})=>s.map(({place:i,name:a,points:c})=>{let l=t.labels.map(()=>"\u2013");for(let{step:u,mean:p,half:d}of c){let f=zn(r,i,u,n);l[u]={text:Ft(p,d),value:p,patch:f}}return[r,a,...l]}));return{columns:["score","strategy",...t.labels],rows:o}}function tl({data:e,selection:t,select:n,all:o,chosen:r,width:s}){let i=Math.max(1,Math.min(o.length,3,Math.floor((s+Ve)/(Zi+Ve)))),a=Math.floor((s-Ve*(i-1))/i),c=Math.round(Math.min(250,a*.62)),l=[...r].map(([_,g])=>({text:H(e,_,t),look:g}));e.strategies.length>r.size&&l.push({text:"others",look:{colour:Dt}});let u=Ut(l,s),p=Math.ceil(o.length/i),d=u.height+p*(Ge+c+10),f=`Scores after each of ${e.labels.length} steps; the table has the numbers`,m=K(s,d,f,u.node),$=[];return o.forEach((_,g)=>{let v=g%i*(a+Ve),b=u.height+Math.floor(g/i)*(Ge+c+10);m.append(w("g",{transform:`translate(${v} ${b})`},M(_.title,{y:12,"font-weight":600,"font-size":13}),M(_.reading,{y:27,fill:"var(--muted)"})));let{node:x,x:E,y:C}=el(_,{data:e,selection:t,chosen:r,wide:a,high:c});x.setAttribute("transform",`translate(${v} ${b+Ge})`),m.append(x);for(let{place:pt,points:Q}of _.series)for(let{step:Tt,mean:W,half:tt}of Q)$.push({x:v+E(Tt),y:b+Ge+C(Math.min(1,Math.max(0,W))),title:`${H(e,pt,t)}, ${e.labels[Tt]}: ${Ft(W,tt)}`,patch:zn(_.score,pt,Tt,t)})}),$.reverse(),ct(m,$,n),m}function el(e,{data:t,selection:n,chosen:o,wide:r,high:s}){let i=Math.max(1,t.labels.length-1),a={left:36,right:12,top:8,bottom:26},{node:c,x:l,y:u}=Bt({width:r,height:s,margin:a,x:{domain:[0,i],ticks:De(i,r-48),text:String},y:{domain:[0,1],ticks:[0,.25,.5,.75,1],text:T}}),p={d:`M${l(n.s)} ${a.top}V${s-a.bottom}`};c.append(w("path",{...p,stroke:"var(--muted)","stroke-dasharray":"2 3"}));let d=[({step:$})=>l($),({mean:$})=>u(Math.min(1,Math.max(0,$)))];for(let{place:$,points:_}of e.series)if(!o.has($))for(let g of We(_))c.append(St(g,...d,{stroke:Dt}));let f=e.series.filter(({place:$})=>o.has($));for(let{place:$,points:_}of f){let g={fill:o.get($).colour,"fill-opacity":.1};for(let v of We(_.filter(({half:b})=>b!==null)))c.append(Fr(v,d[0],({low:b})=>u(b),({high:b})=>u(b),g))}let m=Math.max(1,Math.ceil(t.labels.length/12));return f.forEach(({place:$,points:_},g)=>{let{colour:v,dash:b}=o.get($),x=$===n.a||$===n.b,E={stroke:v,"stroke-dasharray":b,"stroke-width":x?2.4:1.5};for(let C of We(_))c.append(St(C,...d,E));for(let C of _)(C.step+g)%m||c.append(at(o.get($),d[0](C),d[1](C)))}),{node:c,x:l,y:u}}var ps={front:{draw:Xr,uses:["g","a","b"]},steps:{draw:fs,uses:["g","a","b","s"]},matrix:{draw:cs,uses:["g","a","b"]},ages:{draw:Ir,uses:["g","a","b","s","seed","form"],facts:!0},kinds:{draw:ns,uses:["g","a","b","s","seed","form"],facts:!0}};function Yn(e,t){let n=new Set,o=!1,r=()=>{o=!1;for(let l of n)l.seen&&i(l)},s=()=>{o||setTimeout(r,0),o=!0},i=l=>{n.delete(l);let u=t(l.group);if(u===null||l.chart.facts&&u.block===null)return;let p=JSON.stringify(l.chart.uses.map(d=>u.selection[d]));l.key===p&&l.block===u.block||(Object.assign(l,{key:p,block:u.block}),l.element.replaceChildren(l.chart.draw({...u,select:y})))},a=new IntersectionObserver(l=>{for(let{target:u,isIntersecting:p}of l)c.get(u).seen=p;s()},{rootMargin:"300px"}),c=new Map;for(let l of e.querySelectorAll("[data-chart]")){let u=ps[l.dataset.chart];if(u===void 0)continue;let p=ce(e,l),d={element:l,chart:u,group:p,seen:!1,key:null,block:null};c.set(l,d),n.add(d),a.observe(l)}I(()=>{D.value;for(let l of c.values())n.add(l);s()})}var ds=400;function re(e,t=ds){return e.length>t?`${e.slice(0,t)}\u2026`:e}function U({of:e,class:t=null,most:n=ds}){return h`<bdi class=${t}>${re(e,n)}</bdi>`}var nl=["wrong","right","outdated","not judged",null];function ol(e,t){let n=0,o=e.length;for(;n<o;){let r=n+o>>1;e[r]<t?n=r+1:o=r}return n}function hs(e,t,n,o){let r=e.column("probe.key");if(r===null)return null;let[s,i]=["form","prompt"].map(l=>e.column(`probe.${l}`)),a=[],c=!1;for(let l=ol(r,o);r[l]===o;l++){let u=[];for(let p of t)for(let d of p.runs(n)){let f=e.column(`said.${d}`),m=e.place(f,d,n,l,r.length);if(m<0)continue;c=!0;let $=e.said(f[m],n,o),_=nl[e.column(`verdict.${d}`)[m]];$!==null&&u.push({side:p,run:d,text:$,verdict:_})}if(u.length>0){let p=rl(e,i[l],n,o);a.push({form:e.header.all_forms[s[l]],prompt:p,answers:u})}}return c?a:null}function rl(e,t,n,o){return e.text(t).replaceAll("",()=>e.subject(o)).replaceAll("",()=>e.object(n,o)??"\u2026")}var ms=160;function sl(e,t){for(let{runs:n}of e.variants){let o=n.find(r=>r.run===t);if(o)return o.stream===null?`seed ${o.seed}`:`stream ${o.stream}, seed ${o.seed}`}return""}function gs({now:e,sides:t}){let{block:n,selection:o}=e,r=hs(n,t,o.s,o.k);return r===null?h`<h3>Answers by wording</h3>
      <p class="note">The page does not carry the answers to each wording at this step.</p>`:h`<h3>Answers by wording, after <bdi>${n.labels[o.s]}</bdi></h3>
    ${r.length===0&&h`<p class="note">It is not asked at this step.</p>`}
    <dl class="wordings">
      ${r.map(({form:s,prompt:i,answers:a})=>h`<div>
          <dt><small>${s}</small> <${U} of=${i} most=${ms} /></dt>
          ${a.map(({side:c,run:l,text:u,verdict:p})=>h`<dd>
              <span class="who"
                ><span class=${`side side-${"ab"[t.indexOf(c)]}`}
                  >${"AB"[t.indexOf(c)]}</span
                >${" "}
                ${sl(n,l)}</span
              >${" "}
              <span class=${`said-${p}`}
                ><${U} of=${u===""?"(nothing)":u} most=${ms}
              /></span>
              ${p!=="right"&&h`<small>${p}</small>`}
            </dd>`)}
        </div>`)}
    </dl>`}var ze=15,Xn=4,al=11,il=190;function Kn(e){return Math.min(al,il/e)}function ll(e){return Math.ceil(e*Kn(e))}function _s(e,t,n,o){let r=ze,s=(a,c)=>`M${t} ${a}h${o}v${c}h${-o}z`,i=a=>`M${t+o/2-a} ${n+r/2}a${a} ${a} 0 1 0 ${2*a} 0a${a} ${a} 0 1 0 ${-2*a} 0z`;switch(A[e]){case"right":return s(n,r);case"partly":return s(n+r/2,r/2);case"outdated":return`M${t} ${n}L${t+o} ${n+r}H${t}z`;case"wrong":{let a=Math.min(2,o/3);return`${s(n,r)}M${t+a} ${n+a}v${r-2*a}h${o-2*a}v${2*a-r}z`}case"future":return i(Math.min(1.4,o/2));case"forgotten":return`${i(Math.min(4,o/2))}${i(Math.min(2.4,o/3.4)).replaceAll(" 0 1 0 "," 0 1 1 ")}`;case"produced":return i(Math.min(4,o/2));case"resurfaced":return`${i(Math.min(4,o/2))}${s(n+r-2,2)}`;default:return""}}function cl(e,t){let n=Kn(e.length),o=n>4?n-1:n,r=new Map;return e.forEach((s,i)=>{let a=_s(s,Ye(i*n),t,Ye(o));a!==""&&r.set(s,(r.get(s)??"")+a)}),[...r]}function Ye(e){return Math.round(e*100)/100}function $s({rows:e,step:t}){let n=Kn(e[0].length),o=ll(e[0].length),r=e.length*(ze+Xn);return h`<svg class="strip" width=${o} height=${r} aria-hidden="true">
    <rect class="now" x=${Ye(t*n)-.5} width=${Ye(n>4?n:n+1)} height=${r} />
    ${e.map((s,i)=>cl(s,i*(ze+Xn)+Xn/2).map(([a,c])=>h`<path class=${`is-${A[a]}`} d=${c} fill-rule="evenodd" />`))}
  </svg>`}function bs(e,t){let n=[];return e.forEach((o,r)=>{(r===0||o!==e[r-1])&&n.push(`${A[o]==="none"?"not asked":A[o]} from ${t[r]}`)}),n.join(", ")}function se({state:e}){let t=A.indexOf(e);return h`<svg class="sign-of-state" width="11" height=${ze} aria-hidden="true">
    <path class=${`is-${e}`} d=${_s(t,.5,0,10)} fill-rule="evenodd" />
  </svg>`}var Jn="\u2013",It=[{name:"fact",title:()=>"Fact",sort:"fact"},{name:"learned",title:()=>"Taught",sort:"learned"},{name:"states",title:()=>"States",sort:"a"},{name:"answer",title:()=>"Answer",sort:"answer"},{name:"margin",title:()=>"Margin",sort:"margin"}];function Zn(e){return e===null?Jn:`${e<0?"\u2212":"+"}${Math.abs(e).toFixed(1)}`}var Xe=class extends z{shouldComponentUpdate(t){return Object.keys(t).some(n=>t[n]!==this.props[n])}render({now:t,fact:n,place:o,height:r,column:s,open:i}){return h`<div
      role="row"
      class=${`fact-row${i?" open":""}`}
      data-place=${o}
      aria-rowindex=${o+2}
      aria-selected=${i}
      style=${{height:`${r}px`,transform:`translateY(${o*r}px)`}}
    >
      ${ul(t,n).map((a,c)=>h`<div
          role="gridcell"
          id=${`cell-${o}-${c}`}
          class=${`cell-${It[c].name}${s===c?" cursor":""}`}
        >
          ${a}
        </div>`)}
    </div>`}};function ul(e,t){let{block:n,selection:o}=e,r=o.s,s=["a","b"].map(i=>F(e,i)).filter(i=>i!==null);return[h`<${fl} block=${n} fact=${t} step=${r} />`,h`<${pl} block=${n} fact=${t} step=${r} />`,h`<${dl} sides=${s} fact=${t} step=${r} />`,s.map((i,a)=>h`<${hl} key=${a} side=${i} fact=${t} step=${r} />`),s.map((i,a)=>h`<${ml} key=${a} side=${i} fact=${t} step=${r} />`)]}function fl({block:e,fact:t,step:n}){let o=e.object(n,t);return h`<span class="line">
      <${U} of=${e.subject(t)} class="subject" />${" "}
      <${U} of=${e.relation(t)} class="relation" />
    </span>
    <span class="line object">
      ${o===null?h`<i>not asked at this step</i>`:h`<${U} of=${o} />`}
    </span>`}function pl({block:e,fact:t,step:n}){let o=n*e.facts+t,r=e.column("learned")[o],s=e.labels[r]??Jn,i=e.group(n,t);return h`<span class="line"><bdi>${s}</bdi></span>
    ${(i==="future"||i==="erased")&&h`<small class="line">${i}</small>`}`}function dl({sides:e,fact:t,step:n}){let{labels:o}=e[0].block,r=e.map(s=>o.map((i,a)=>s.state(a,t)));return h`<${$s} rows=${r} step=${n} /><span class="unseen"
      >${r.map((s,i)=>`${"AB"[i]}: ${bs(s,o)}`).join(". ")}</span
    >`}function hl({side:e,fact:t,step:n}){let o=A[e.state(n,t)],r=e.answer(n,t),{right:s,asked:i}=e.countsAt(n,t);return h`<span class=${`line answer said-${o}`}>
    ${r===null?h`<span class="nothing">${Jn}</span>`:h`<${U} of=${r.text===""?"(nothing)":r.text} />`}
    ${i>0&&h`<small>${s}/${i}</small>`}
  </span>`}function ml({side:e,fact:t,step:n}){return h`<span class="line">${Zn(e.margin(n,t))}</span>`}var gl=vt("broken"),_l=8;function $l(e,t){let n=0;for(let o of e.changes(t))o&gl&&n++;return n}function bl(e){let t=e[0].block.steps,[n,o]=G(null);return nt(()=>{let r=e.map(()=>new Array(t).fill(0)),s=1,i=0,a=()=>{let c=performance.now()+_l;for(;s<t&&performance.now()<c;s++)e.forEach((l,u)=>{r[u][s]=$l(l,s)});s<t?i=setTimeout(a,0):o({sides:e,counts:r})};return i=setTimeout(a,0),()=>clearTimeout(i)},e),n}function vs({sides:e,selection:t}){let n=bl(e),{labels:o}=e[0].block;if(o.length<3)return null;let r=n?.counts??e.map(()=>o.map(()=>0)),s=Math.max(1,...r.flat());return h`<figure class="harm-by-update" aria-label="Facts that each update broke">
    <figcaption>Broken by each update, at most ${s}</figcaption>
    <div class=${`harm-bars${o.length>40?" dense":""}`}>
      ${o.map((i,a)=>{if(a===0)return null;let c=e.map((l,u)=>`${"AB"[u]} ${r[u][a]??0}`).join(", ");return h`<button
          type="button"
          key=${a}
          aria-label=${`Update ${a}, ${i}: ${c} broken`}
          aria-pressed=${t.s===a}
          title=${`Update ${a} (${i}): ${c}`}
          onClick=${()=>y({s:a})}
        >
          ${e.map((l,u)=>h`<i
              class=${`bar-${"ab"[u]}`}
              style=${{height:`${100*(r[u][a]??0)/s}%`}}
            />`)}
          ${o.length<=24&&h`<span>${a}</span>`}
        </button>`})}
    </div>
  </figure>`}var vl={broken:"valid facts of earlier steps: right less often than before","turned outdated":"valid facts of earlier steps: newly a superseded object",resurfaced:"erased and gone earlier: produced again","not learned":"taught by this update: not right after it","not forgotten":"erased by this update: still produced","still wrong":"valid facts of earlier steps: not right before and after",learned:"taught by this update: right after it",regained:"valid facts of earlier steps: not right before, right after",forgotten:"erased by this update: not produced any more"},xl={q:"",relation:null,group:null,learned:null,state:null,d:!1};function yl(e,t){let n=new Uint32Array(bt.length);for(let o of e.changes(t))if(o!==0)for(let r=0;r<bt.length;r++)n[r]+=o>>r&1;return n}function xs(){let e=P.value,{block:t,selection:n}=e,o=["a","b"].map(l=>F(e,l)).filter(l=>l!==null),r=n.s,s=t.labels[r];if(r===0)return h`<section class="update" aria-labelledby="update-title">
      <h2 id="update-title">What update 1 did</h2>
      <p class="note">
        Step 0 is what the model knew before the updates.${" "}
        ${t.steps>1&&h`<button type="button" class="plain-button" onClick=${()=>y({s:1})}>
          Go to update 1
        </button>`}
      </p>
    </section>`;let i=o.map(l=>yl(l,r)),a=Math.max(1,...i.flatMap(l=>[...l])),c=bt.map((l,u)=>({...l,place:u})).filter(({name:l,place:u})=>wl.has(l)||i.some(p=>p[u]>0));return h`<section class="update" aria-labelledby="update-title">
    <h2 id="update-title">What update ${r} did <small>${s}</small></h2>
    <p class="note">${kl(e)} A number lists its facts.</p>
    <div class="update-parts">
    <table class="changes">
      <thead>
        <tr>
          <th scope="col">facts</th>
          ${o.map((l,u)=>h`<th scope="col"><${ft} side=${l} at=${u} /></th>`)}
          <th scope="col" class="meaning">meaning</th>
        </tr>
      </thead>
      <tbody>
        ${c.map(({name:l,bad:u,place:p})=>h`<tr class=${u?"harm":"good"}>
            <th scope="row">${l}</th>
            ${i.map((d,f)=>h`<td>
                <${Sl} now=${e} name=${l} side=${"ab"[f]} count=${d[p]} most=${a} />
              </td>`)}
            <td class="meaning">${vl[l]}</td>
          </tr>`)}
      </tbody>
    </table>
    <${vs} sides=${o} selection=${n} />
    </div>
  </section>`}var wl=new Set(["broken","turned outdated","not learned","learned","regained"]);function ft({side:e,at:t}){return h`<span class=${`side side-${"ab"[t]}`}>${"AB"[t]}</span>${" "}
    <bdi class="side-name" title=${e.name}>${re(e.name,100)}</bdi>`}function Sl({now:e,name:t,side:n,count:o,most:r}){let s=n==="a"?t:`b.${t}`,i=e.selection.change?.includes(s)??!1;return h`<button
    type="button"
    class="count"
    aria-pressed=${i}
    aria-label=${`${o} ${t}, ${n.toUpperCase()}`}
    disabled=${o===0&&!i}
    style=${{"--share":o/r}}
    onClick=${()=>y(i?{change:null}:{...xl,change:[s],k:null})}
  >
    ${o}
  </button>`}function kl({data:e,selection:t}){let n=e?.views?.settings?.updates?.[t.s];if(typeof n?.learn!="number")return"";let o=n.forget>0?` and was to erase ${Mt(n.forget,"fact")}`:"";return`It taught ${Mt(n.learn,"fact")}${o}.`}function Mt(e,t){return`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`}var ys=60;function ws({now:e,sides:t}){let{block:n,selection:o}=e,{k:r,s}=o;return h`<h3>Its life</h3>
    <div class="drawer-wide" tabindex="0" role="region" aria-label="Life of the fact">
      <table class="life">
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">object</th>
            ${t.map((i,a)=>h`<th scope="col"><${ft} side=${i} at=${a} /></th>`)}
          </tr>
        </thead>
        <tbody>
          ${n.labels.map((i,a)=>{let c=n.object(a,r);return h`<tr class=${a===s?"current":null}>
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
                ${c===null?"\u2013":h`<${U} of=${c} most=${ys} />`}${" "}
                <small>${n.group(a,r)}</small>
              </td>
              ${t.map(l=>h`<td><${Ml} side=${l} step=${a} fact=${r} /></td>`)}
            </tr>`})}
        </tbody>
      </table>
    </div>`}function Ml({side:e,step:t,fact:n}){let o=A[e.state(t,n)];if(o==="none")return"\u2013";let{right:r,asked:s}=e.countsAt(t,n),i=e.answer(t,n),a=e.margin(t,n);return h`<span class="moment">
    <${se} state=${o} />
    <span>
      <span class=${`said-${o}`}
        >${i===null?o:h`<${U} of=${i.text===""?"(nothing)":i.text} most=${ys} />`}</span
      >${" "}
      <small>${r}/${s}${a===null?"":`, ${Zn(a)}`}</small>
    </span>
  </span>`}var Al=8;function Ss(e,t,n){let o=e.column("object"),r=e.column("group"),s=new Set;for(let i=0;i<=t;i++){let a=i*e.facts+n;(r[a]===O.new||r[a]===O.retained)&&s.add(o[a]);let c=e.column("outdated")[a];c!==Ne&&s.add(c)}return s.delete(o[t*e.facts+n]),s.delete(Ne),[...s].map(i=>e.text(i))}var Tl=vt("broken")|vt("resurfaced");function ks(e,t,n){for(let o=t;o>0;o--)if(e.changes(o)[n]&Tl)return{step:o,before:e.state(o-1,n),after:e.state(o,n)};return null}function Ms(e,t,n,o){let{facts:r}=e,s=t*r,[i,a]=["subject","relation"].map(f=>e.column(f)),[c,l,u]=["object","group","learned"].map(f=>e.column(f)),p=new Set(o.filter(f=>f!==null)),d=[];for(let f=0;f<r;f++){let m=s+f;if(l[m]!==O.new||u[m]!==t||f===n)continue;let $=[],_=0,g=(v,b)=>{_+=v,$.push(b)};p.size>0&&p.has(e.text(c[m]))&&g(8,"its object is the answer given"),i[f]===i[n]&&g(4,"same subject"),c[m]===c[s+n]&&g(2,"same object"),a[f]===a[n]&&g(1,"same relation"),_>0&&d.push({key:f,near:_,shared:$})}return d.sort((f,m)=>m.near-f.near||f.key-m.key),{all:d.length,listed:d.slice(0,Al)}}function As(e,t,n){let{block:o}=e,r=e.runs(t).filter(a=>o.has(`rehearsed.${a}`));if(r.length===0)return null;let s=t*o.facts+n;return{times:r.filter(a=>o.column(`rehearsed.${a}`)[s]===1).length,runs:r.length}}function Qn(e,t){let{text:n,ends:o}=e.searchable(),r=new Uint8Array(e.length);for(let u of t)u<r.length&&(r[u]=1);let s=new Uint32Array(r.reduce((u,p)=>u+p,0)),i=0;for(let u=0;u<r.length;u++)r[u]&&(s[i++]=u);let a=(u,p)=>{let d=(u===0?0:o[u-1])+p;return d<o[u]?n.charCodeAt(d):-1},c=[[0,s.length,0]];for(;c.length>0;){let[u,p,d]=c.pop();if(p-u<2)continue;let f=a(s[u+p>>1],d),m=u,$=p,_=u;for(;_<$;){let g=a(s[_],d);g<f?Ts(s,m++,_++):g>f?Ts(s,_,--$):_++}c.push([u,m,d],[$,p,d]),f>=0&&c.push([m,$,d+1])}let l=new Uint32Array(e.length);return s.forEach((u,p)=>{l[u]=p}),l}function Ts(e,t,n){let o=e[t];e[t]=e[n],e[n]=o}var Es=[{name:"fact",title:"fact"},{name:"learned",title:"taught at"},{name:"a",title:"state of A"},{name:"b",title:"state of B"},{name:"answer",title:"answer of A"},{name:"margin",title:"margin of A"},{name:"banswer",title:"answer of B"},{name:"bmargin",title:"margin of B"}],El=[8,7,5,4,3,2,6,1,0];function Os(e,t){let{sort:n}=e.selection;if(n===null)return t;let o=n.startsWith("-"),r=Cl(e,o?n.slice(1):n);if(r===null)return t;let s=t.length+1,i=new Float64Array(t.length);for(let a=0;a<t.length;a++){let c=r(t[a]),l=c===to?Ol:o?-c:c;i[a]=(l+Cs)*s+a}return i.sort(),Uint32Array.from(i,a=>t[a%s])}var to=1/0,Cs=2**24,Ol=Cs-1;function Cl(e,t){let{block:n,selection:o}=e,r=o.s*n.facts;if(t==="fact")return Nl(n);if(t==="learned"){let i=n.column("learned");return a=>i[r+a]}let s=F(e,t.startsWith("b")?"b":"a");if(s===null)return null;if(t==="a"||t==="b"){let i=s.states(o.s);return a=>El.indexOf(i[a])}return t.endsWith("answer")?jl(n,s,o.s):t.endsWith("margin")?Ll(n,s,o.s):null}function Nl(e){let t=e.column("subject"),n=e.remember("subject ranks",()=>Qn(e.texts,t));return o=>n[t[o]]}function jl(e,t,n){let[o]=t.runs(n),r=e.column(`answer.${o}`),s=e.place(r,o,n,0,e.facts);if(s<0)return null;let i=e.column("object").subarray(n*e.facts,(n+1)*e.facts),c=r.subarray(s,s+e.facts).map((u,p)=>u===Tn?i[p]:u),l=e.remember(`answer ranks ${o} ${n}`,()=>Qn(e.texts,c));return u=>c[u]<l.length?l[c[u]]:to}function Ll(e,t,n){let o=[];for(let r of t.runs(n)){let s=e.column(`margin.${r}`),i=e.place(s,r,n,0,e.facts);i>=0&&o.push(s.subarray(i,i+e.facts))}return r=>{let s=0,i=0;for(let a of o)a[r]!==En&&(s+=a[r],i++);return i===0?to:Math.round(16*s/i)}}var Rl=V(()=>P.value===null?null:JSON.stringify({...P.value.selection,k:null})),Ke=V(()=>Rl.value===null?null:P.peek()),At=V(()=>{let e=Ke.value;return e===null?new Uint32Array(0):Os(e,mr(e))}),Ns=V(()=>{let e=At.value,t=Ke.value,n=o=>{let r=t===null?null:F(t,o);if(r===null)return null;let s=r.states(t.selection.s),i=new Uint32Array(A.length);for(let a of e)i[s[a]]++;return Object.fromEntries(A.map((a,c)=>[a,i[c]]))};return{a:n("a"),b:n("b")}});function Ul({before:e,after:t}){return e===t?"left fewer of its wordings right: still":`turned it from ${A[e]} to`}function js({now:e,sides:t}){return h`<div class="flips">
    ${t.map((n,o)=>h`<${Bl} now=${e} side=${n} at=${o} />`)}
  </div>`}function Bl({now:e,side:t,at:n}){let{block:o,selection:r}=e,{s,k:i}=r,a=ks(t,s,i);if(a===null)return h`<p><${ft} side=${t} at=${n} />: no update up to here made it worse.</p>`;let c=t.runs(a.step).map(d=>o.answer(d,a.step,i)),l=Ms(o,a.step,i,c),u=As(t,a.step,i),p=o.labels[a.step];return h`<div class="flip">
    <p>
      <${ft} side=${t} at=${n} />: ${" "}
      <button type="button" class="plain-button" onClick=${()=>y({s:a.step})}>
        update ${a.step}
      </button>
      ${" "}<bdi>${p}</bdi> ${Ul(a)}
      ${" "}<b class=${`said-${A[a.after]}`}>${A[a.after]}</b>.
      ${u!==null&&` The update rehearsed it in ${u.times} of ${Mt(u.runs,"run")}.`}
    </p>
    ${l.all>0?h`<p class="term">Suspects, not proof: the nearest facts that update ${a.step} taught
          ${l.all>l.listed.length?` (${l.listed.length} of ${l.all})`:""}</p>
          <ul class="suspects">
            ${l.listed.map(({key:d,shared:f})=>h`<li>
                <button type="button" class="plain-button" onClick=${()=>y({k:d})}>
                  <${U} of=${o.subject(d)} most=${80} />${" "}
                  <${U} of=${o.relation(d)} class="relation" />${" "}
                  <${U} of=${o.object(a.step,d)??""} most=${80} />
                </button>
                <small>${f.join(", ")}</small>
              </li>`)}
          </ul>`:h`<p class="note">No fact that the update taught shares its subject, relation or object.</p>`}
  </div>`}var eo=300;function Fl(e){nt(()=>{let t=n=>{n.key==="Escape"&&n.target.type!=="search"&&y({k:null})};return e.current.focus({preventScroll:!0}),document.addEventListener("keydown",t),()=>{document.removeEventListener("keydown",t),document.getElementById("facts-grid")?.focus({preventScroll:!0})}},[])}function Ls({now:e}){let{block:t,selection:n}=e,{k:o,s:r}=n,s=Xt(null),i=["a","b"].map(u=>F(e,u)).filter(u=>u!==null);Fl(s),nt(()=>{s.current.scrollTop=0},[o]);let a=t.subject(o),c=t.object(r,o),l=Ss(t,r,o);return h`<div
    class="drawer"
    role="dialog"
    aria-labelledby="drawer-title"
    tabindex="-1"
    ref=${s}
  >
    <header>
      <h2 id="drawer-title">
        <${U} of=${a} most=${eo} />${" "}
        <${U} of=${t.relation(o)} class="relation" />${" "}
        ${c!==null&&h`<${U} of=${c} class="object" most=${eo} />`}
      </h2>
      <${Pl} fact=${o} />
    </header>
    ${a.length>eo&&h`<p class="note">The subject has ${a.length.toLocaleString("en")} characters.</p>`}
    ${l.length>0&&h`<p class="older">
      <span class="term">Superseded:</span>${" "}
      ${l.map(u=>h`<${U} of=${re(u,80)} />`)}
    </p>`}
    <${js} now=${e} sides=${i} />
    <${ws} now=${e} sides=${i} />
    <${gs} now=${e} sides=${i} />
  </div>`}function Pl({fact:e}){let t=At.value,n=t.indexOf(e),o=r=>y({k:t[r]});return h`<div class="drawer-moves">
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
  </div>`}function Rs(e,t,{rows:n,columns:o,page:r}){let{row:s,column:i}=e,a=n-1,c=(p,d,f)=>Math.max(d,Math.min(f,p)),l=(p,d)=>({row:c(p,-1,a),column:c(d,0,o-1)}),u=t.ctrlKey||t.metaKey;switch(t.key){case"ArrowDown":return l(s+1,i);case"ArrowUp":return l(s-1,i);case"ArrowRight":return l(s,i+1);case"ArrowLeft":return l(s,i-1);case"PageDown":return l(Math.max(s,0)+r,i);case"PageUp":return l(s<0?s:Math.max(0,s-r),i);case"Home":return l(u?a<0?-1:0:s,0);case"End":return l(u?a:s,o-1);default:return null}}function Us(e,t,{rowHeight:n,height:o}){if(e<0)return t;let r=e*n;return r<t?r:r+n>t+o?r+n-o:t}var no=5,Bs=34,oo={one:34,two:52,narrow:88},ro=globalThis.matchMedia?.("(max-width: 46rem)");function Dl(e){return ro?.matches?oo.narrow:e.b>=0?oo.two:oo.one}function Hl(e){let[t,n]=G(600),[,o]=G(0);return nt(()=>{let r=new ResizeObserver(()=>n(e.current?.clientHeight??600));r.observe(e.current);let s=()=>o(i=>i+1);return ro?.addEventListener("change",s),()=>{r.disconnect(),ro?.removeEventListener("change",s)}},[]),t}function Fs(){let e=Ke.value,t=At.value,{selection:n}=e,o=P.value.selection.k,r=Xt(null),[s,i]=G(0),[a,c]=G({row:0,column:0}),l=Hl(r),u=Dl(n),p=Math.max(u,l-Bs);Xo(()=>{s>0&&(r.current.scrollTop=0),i(0);let b=Math.min(0,t.length-1,a.row);b!==a.row&&c({...a,row:b})},[t]);let d=b=>{c(b);let x=Us(b.row,r.current.scrollTop,{rowHeight:u,height:p});x!==r.current.scrollTop&&(r.current.scrollTop=x),i(x)};nt(()=>{let b=o===null?-1:t.indexOf(o);b>=0&&b!==a.row&&d({...a,row:b})},[o,t]);let f=b=>{if(b.key==="Enter"||b.key===" ")a.row<0?Ps(It[a.column].sort,n):a.row<t.length&&y({k:t[a.row]});else{let x=Math.max(1,Math.floor(p/u)-1),E=Rs(a,b,{rows:t.length,columns:It.length,page:x});if(E===null)return;d(E)}b.preventDefault()},m=b=>{let x=Number(b.target.closest("[data-place]")?.dataset.place??-1);x<0||(c({row:x,column:0}),y({k:t[x]}))},$=Math.max(0,Math.floor(s/u)-no),_=Math.min(t.length,Math.ceil((s+p)/u)+no),g=[];for(let b=$;b<_;b++)g.push(b);let v=Math.ceil(p/u)+2*no+1;return h`<div
    class=${`facts-grid${n.b>=0?" two":""}`}
    id="facts-grid"
    role="grid"
    aria-label="Facts"
    aria-rowcount=${t.length+1}
    aria-colcount=${It.length}
    aria-activedescendant=${`cell-${a.row}-${a.column}`}
    tabindex="0"
    style=${{height:`min(72vh, 46rem, ${Bs+2+Math.max(1.2,t.length)*u}px)`}}
    ref=${r}
    onKeyDown=${f}
    onScroll=${b=>i(b.currentTarget.scrollTop)}
  >
    <div role="rowgroup" class="facts-head">
      <${Il} selection=${n} cursor=${a} />
    </div>
    <div
      role="rowgroup"
      class="facts-body"
      onClick=${m}
      style=${{height:`${t.length*u}px`}}
    >
      ${g.map(b=>h`<${Xe}
          key=${b%v}
          now=${e}
          fact=${t[b]}
          place=${b}
          height=${u}
          column=${a.row===b?a.column:null}
          open=${o===t[b]}
        />`)}
      ${t.length===0&&h`<p class="nothing-listed">No fact passes the filters.</p>`}
    </div>
  </div>`}function Il({selection:e,cursor:t}){return h`<div role="row" aria-rowindex="1" class="fact-row">
    ${It.map(({name:n,title:o,sort:r},s)=>{let i=t.row===-1&&t.column===s;return h`<div
        role="columnheader"
        id=${`cell--1-${s}`}
        class=${`cell-${n}${i?" cursor":""}`}
        aria-sort=${ql(r,e)}
        onClick=${()=>Ps(r,e)}
      >
        ${o(e)}<span class="arrow" aria-hidden="true"></span>
      </div>`})}
  </div>`}function ql(e,t){return t.sort===e?"ascending":t.sort===`-${e}`?"descending":"none"}function Ps(e,t){t.sort===e?y({sort:`-${e}`}):y({sort:t.sort===`-${e}`?null:e})}var qt=class extends z{componentDidCatch(t){this.setState({failed:this.props.of,why:t.message})}render({of:t,children:n}){let{failed:o,why:r}=this.state;return o===void 0||o!==t?n:h`<p class="note" role="alert">This part could not be drawn: ${r}.</p>`}};function Ds(){if(P.value===null)return h`<p class="note" role="status">Reading the facts…</p>`;let e=P.value;if(e.block.facts===0)return null;let t=JSON.stringify(e.selection);return h`
    <${qt} of=${t}><${xs} /><//>
    <section class="facts" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <${Wl} block=${e.block} />
      <${qt} of=${t}>
        <${Gl} now=${e} />
        <${Fs} />
      <//>
      <${Xl} />
    </section>
    <${qt} of=${t}>
      ${e.selection.k!==null&&h`<${Ls} now=${e} />`}
    <//>
  `}function Wl({block:e}){let{sampled:t,notes:n}=e.header,o=[...n??[]];return t&&o.push(`${Mt(t.of,"fact")} in the runs. ${t.how}`),o.map(r=>h`<p class="note">${r}</p>`)}function Gl({now:e}){let{block:t,selection:n}=e,o=At.value.length,r=o===t.facts;return h`<div class="facts-summary">
      <p class="facts-count" role="status">
        <b>${Mt(o,"fact")}</b>${r?"":` of ${t.facts.toLocaleString("en")}`}, at
        ${" "}<b>${n.s===0?"the base":`update ${n.s}`}</b>
        ${" "}<bdi>${t.labels[n.s]}</bdi>
      </p>
      <${zl} selection=${n} />
    </div>
    <${yr} now=${e} />
    <div class="tallies">
      ${["a","b"].map((s,i)=>{let a=F(e,s);return a&&h`<${Vl} side=${a} at=${i} counts=${Ns.value[s]} now=${e} />`})}
    </div>`}function Vl({side:e,at:t,counts:n,now:o}){let r=t===0?"":"b.",s=A.filter(a=>a!=="none"&&n[a]>0),i=o.selection.state;return h`<div class="tally-line" role="group" aria-label=${`States of ${e.name}`}>
    <span class="tally-name"><${ft} side=${e} at=${t} /></span>
    ${s.map(a=>{let c=r+a,l=i?.length===1&&i[0]===c;return h`<button
        type="button"
        class="tally-count"
        aria-pressed=${l}
        onClick=${()=>y({state:l?null:[c],k:null})}
      >
        <${se} state=${a} /> ${n[a].toLocaleString("en")} ${a}
      </button>`})}
  </div>`}function zl({selection:e}){let n=Es.filter(({name:o})=>e.b>=0||!o.startsWith("b")).flatMap(({name:o,title:r})=>[{value:o,text:`${r}, ${o.length===1?"worst first":"ascending"}`},{value:`-${o}`,text:`${r}, ${o.length===1?"best first":"descending"}`}]);return h`<label class="pick"
    ><span>Sort by</span>
    <select
      value=${e.sort??""}
      onChange=${o=>y({sort:o.currentTarget.value||null})}
    >
      <option value="">order of the stream</option>
      ${n.map(({value:o,text:r})=>h`<option value=${o}>${r}</option>`)}
    </select></label
  >`}var Yl={right:"all wordings right",partly:"some wordings right",outdated:"a superseded object",wrong:"wrong",future:"not taught yet",forgotten:"erased, not produced",produced:"erased, still produced",resurfaced:"erased, produced again"};function Xl(){return h`<ul class="state-legend">
    ${Object.entries(Yl).map(([e,t])=>h`<li><${se} state=${e} /> ${t}</li>`)}
    <li>
      Strip: one mark a step, A above B; the band is the step shown. Margin: mean log-probability of
      the object over that of the outdated one, in nats; without an outdated object, its
      log-probability.
    </li>
  </ul>`}function Hs(e){let t=I(()=>{P.value!==null&&(requestAnimationFrame(()=>{setTimeout(()=>{e.dataset.ready=String(Math.round(performance.now()))},0)}),queueMicrotask(()=>t()))})}function Kl(e=document){let t=matchMedia("(prefers-reduced-motion: reduce)").matches;e.querySelector(".facts")?.scrollIntoView({block:"start",behavior:t?"auto":"smooth"})}function Is(e){e.addEventListener("click",t=>{t.target.closest?.("a[href^='#']")?.getAttribute("href").includes("=")&&setTimeout(()=>Kl(e),0)})}var qs=new Set;async function Jl(e){if(qs.has(e))return;qs.add(e);let t=document.getElementById(`cltool-facts-${e}`);if(t===null)return;let n=await Tr(t.textContent);t.remove(),Oe.value=new Map(Oe.value).set(e,n),setTimeout(()=>n.texts.searchable(),1e3)}async function Zl(){if(typeof DecompressionStream!="function")return;if(pr(window),document.querySelector("[id^=cltool-facts-]")===null){st.value=JSON.parse(await Et(document)),Yn(document,Sr);return}Is(document),I(()=>{Jl(D.value.g??0)}),st.value=JSON.parse(await Et(document)),pn(mt(Mr),document.getElementById("cltool-bar"));let e=document.getElementById("cltool-view");pn(mt(Ds),e);for(let t of document.querySelectorAll(".fact-place"))e.before(t);Yn(document,Mn),Hs(document.documentElement)}Zl();})();
