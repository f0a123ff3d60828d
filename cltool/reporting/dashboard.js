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
(()=>{function $o(t,e){for(let n of t.querySelectorAll(".panels [data-s]")){let o=n.getAttribute("data-s")===e;n.classList.toggle("dim",e!==null&&!o),n.classList.toggle("lit",e!==null&&o)}}function xo(t){for(let e of t.querySelectorAll(".legend"))for(let n of e.querySelectorAll("li")){let o=n.getAttribute("data-s");n.addEventListener("mouseenter",()=>$o(e.parentNode,o)),n.addEventListener("mouseleave",()=>$o(e.parentNode,null))}}function Bs(t){if(typeof Uint8Array.fromBase64=="function")return Uint8Array.fromBase64(t);let e=atob(t),n=new Uint8Array(e.length);for(let o=0;o<e.length;o++)n[o]=e.charCodeAt(o);return n}async function pe(t){let e=new Blob([Bs(t.trim())]).stream();return new Response(e.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()}var Fs="cltool-data";async function Nt(t){return new TextDecoder().decode(await pe(t.getElementById(Fs).textContent))}function Kt(t,e,n){nn(new Blob([t],{type:n}),e)}function nn(t,e){let n=document.createElement("a");n.href=URL.createObjectURL(t),n.download=e,n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),1e3)}function wo(t){let e=t.getElementById("save");e===null||typeof DecompressionStream!="function"||(e.hidden=!1,e.addEventListener("click",async()=>{Kt(await Nt(t),"report.json","application/json")}))}function So(t,e,n){let o=t.cells[e],r=o.getAttribute("data-value");return n?r===null?o.textContent:r:r===null?null:Number(r)}function qs(t,e,n,o){let r=t.tBodies[0],i=e.getAttribute("data-sort")==="text",s=o==="ascending"?1:-1,a=[...r.rows];a.sort((l,c)=>{let u=So(l,n,i),f=So(c,n,i);return u===null||f===null?(u===null)-(f===null):s*(i?u.localeCompare(f):u-f)}),r.append(...a);for(let l of t.querySelectorAll("th[aria-sort]"))l.removeAttribute("aria-sort");e.setAttribute("aria-sort",o)}function Ds(t,e,n){let o=document.createElement("button");o.type="button",o.append(...e.childNodes),e.append(o),o.addEventListener("click",()=>{let r=e.getAttribute("data-sort")==="descending"?"descending":"ascending",i=e.getAttribute("aria-sort");qs(t,e,n,i?i==="ascending"?"descending":"ascending":r)})}function Mo(t){for(let e of t.querySelectorAll("table.sortable"))e.querySelectorAll("thead th").forEach((n,o)=>{Ds(e,n,o)})}var Is="http://www.w3.org/2000/svg";function ko(t){return t.querySelectorAll("li").length*18+6}function To(t,e,n){return[...t.querySelectorAll("li")].flatMap((o,r)=>{let i=o.querySelector("svg"),s=i.cloneNode(!0);n(i,s,null);let a={x:0,y:e+r*18,width:34,height:14,viewBox:"0 0 34 14"};for(let[f,p]of Object.entries(a))s.setAttribute(f,String(p));let l=document.createElementNS(Is,"text"),c=getComputedStyle(o),u={x:42,y:e+r*18+11,fill:c.color,"font-size":11};for(let[f,p]of Object.entries(u))l.setAttribute(f,String(p));return l.textContent=o.textContent.trim(),[s,l]})}var Hs=["font-family","font-size","font-style","font-weight","font-variant-numeric","text-anchor","fill","fill-opacity","stroke","stroke-width","stroke-dasharray","stroke-linecap","stroke-linejoin","stroke-opacity","visibility"],Ws={opacity:"1",display:"inline","dominant-baseline":"auto","unicode-bidi":"normal"},Gs=["class","style","tabindex","data-s","role","aria-describedby"],Jt=8,Ao="http://www.w3.org/2000/svg";function Vs(t){let e=new Map;for(let n of t.styleSheets)for(let o of n.cssRules)if(o.selectorText===":root")for(let r of o.style)r.startsWith("--")&&e.set(r,o.style.getPropertyValue(r).trim());return e}function zs(t,e){let{style:n}=t.documentElement,o=n.cssText;for(let[r,i]of Vs(t))n.setProperty(r,i);n.setProperty("color-scheme","light");try{return e()}finally{n.cssText=o}}function de(t,e=null){let n=t.ownerDocument,o=t.getAttribute("aria-label")??"",{x:r,y:i,width:s,height:a}=rn(t,e),l=zs(n,()=>{let f=t.cloneNode(!0);return on(t,f,null),e!==null&&f.append(...To(e,i+Jt,on)),f});for(let f of l.querySelectorAll(".pointing, [data-gone]"))f.remove();for(let f of[l,...l.querySelectorAll("*")])Ys(f);let c=n.createElementNS(Ao,"rect");Object.entries({x:r,y:i,width:s,height:a}).forEach(([f,p])=>{c.setAttribute(f,String(p))}),c.setAttribute("fill","#ffffff");let u=n.createElementNS(Ao,"title");return u.textContent=o,l.prepend(u,c),l.setAttribute("width",String(s)),l.setAttribute("height",String(a)),l.setAttribute("viewBox",[r,i,s,a].join(" ")),new XMLSerializer().serializeToString(l)}function rn(t,e=null){let{width:n,height:o}=t.getBoundingClientRect(),r=t.getAttribute("viewBox")?.split(/[ ,]+/).map(Number)??[0,0,n,o],i=e===null?0:ko(e);return{x:r[0]-Jt,y:r[1]-i-Jt,width:Math.ceil(r[2])+2*Jt,height:Math.ceil(r[3])+i+2*Jt}}function on(t,e,n){if(t.localName==="style"||t.localName==="title")return;let o=getComputedStyle(t),r={};for(let i of Hs)r[i]=o.getPropertyValue(i),r[i]!==n?.[i]?e.setAttribute(i,r[i]):e.removeAttribute(i);for(let[i,s]of Object.entries(Ws)){let a=o.getPropertyValue(i);a!==s?e.setAttribute(i,a):e.removeAttribute(i)}r.fill==="rgba(0, 0, 0, 0)"&&e.setAttribute("fill","none"),o.display==="none"&&e.setAttribute("data-gone","");for(let i=0;i<t.children.length;i++)on(t.children[i],e.children[i],r)}function Ys(t){if(t.localName==="style")return t.remove();for(let e of Gs)t.removeAttribute(e)}var Eo=3;async function Oo(t,e=null){let{width:n,height:o}=rn(t,e),r=new Image;r.src=`data:image/svg+xml;charset=utf-8,${encodeURIComponent(de(t,e))}`,await r.decode();let i=document.createElement("canvas");return i.width=n*Eo,i.height=o*Eo,i.getContext("2d").drawImage(r,0,0,i.width,i.height),new Promise(s=>i.toBlob(s,"image/png"))}var Xs=/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;function Ks(t){let e=String(t).replace(/^−(?=\d)/,"-"),n=/^[=+\-@\t\r]/.test(e)&&!Xs.test(e)?`'${e}`:e;return/[",\n\r]/.test(n)?`"${n.replaceAll('"','""')}"`:n}function No(t){return t.map(e=>`${e.map(Ks).join(",")}\r
`).join("")}var Js={"\\":"\\textbackslash{}","&":"\\&","%":"\\%",$:"\\$","#":"\\#",_:"\\_","{":"\\{","}":"\\}","~":"\\textasciitilde{}","^":"\\textasciicircum{}","\u2212":"$-$","\u2013":"--","\xB1":"$\\pm$","\u2009":"\\,","\u2248":"$\\approx$","\u2191":"$\\uparrow$","\u2193":"$\\downarrow$","<":"\\textless{}",">":"\\textgreater{}","|":"\\textbar{}","\u2192":"$\\rightarrow$","\u2265":"$\\geq$","\u2264":"$\\leq$"};function Co([t,...e]){let n=i=>sn(i).replace(/./gu,s=>Js[s]??s),o=i=>`${i.map(n).join(" & ")} \\\\`;return[`\\begin{tabular}{${`l${"r".repeat(Math.max(0,t.length-1))}`}}`,"\\toprule",o(t),"\\midrule",...e.map(o),"\\bottomrule","\\end{tabular}",""].join(`
`)}function Ro([t,...e]){let n=i=>sn(i).replace(/[\\`*_{}[\]<>#|~&]/g,"\\$&"),o=i=>`| ${i.map(n).join(" | ")} |`,r=`| --- |${" --: |".repeat(Math.max(0,t.length-1))}`;return[o(t),r,...e.map(o),""].join(`
`)}var sn=t=>String(t).replace(/\s*[\n\r]+\s*/g," ").trim();function an({columns:t,rows:e},n=!1){let o=r=>typeof r=="string"?r:n?r.value??r.text:r.text;return[t,...e.map(r=>r.map(o))]}function Lo(t,e=()=>!0){return[...t.rows].map(n=>[...n.cells].filter(e).flatMap(o=>[sn([...jo(o)].join(" ").replace(/ {2,}/g," ")),...Array.from({length:o.colSpan-1},()=>"")]))}function*jo(t){for(let e of t.childNodes)e.nodeType===3?e.data.trim()!==""&&(yield e.data.trim()):(e.getAttribute?.("aria-hidden")!=="true"||e.classList?.contains("way"))&&(yield*jo(e))}function Po(t,e){let n=Object.entries(t).flatMap(([i,s])=>s.map(a=>({strategy:i,...a}))),o=n.some(({stream:i})=>i!==null);return[["strategy",...o?["stream"]:[],"seed",...e],...n.map(i=>[i.strategy,...o?[i.stream??""]:[],i.seed,...e.map(s=>i.scores[s]??"")])]}var Zs=2e3;function Zt(t,e,n){let o=document.createElement("button");return o.type="button",o.textContent=t,o.title=e,o.addEventListener("click",async()=>{let r=await n();r&&(o.textContent=r,setTimeout(()=>o.textContent=t,Zs))}),o}function ln(t,...e){let n=document.createElement("div");return n.className="take",n.setAttribute("role","group"),n.setAttribute("aria-label",`Take away: ${t}`),n.append(...e),n}async function Uo(t,e,n){try{return await navigator.clipboard.writeText(t),"Copied"}catch{return Kt(t,e,n),"Saved"}}function Fo(t,e,n){return[Zt("CSV","Save the numbers for a spreadsheet",async()=>Kt(`\uFEFF${No(await n())}`,`${t}.csv`,"text/csv")),Zt("LaTeX","Copy the table for LaTeX (package booktabs)",()=>Uo(Co(e()),`${t}.tex`,"text/plain")),Zt("Markdown","Copy the table as Markdown",()=>Uo(Ro(e()),`${t}.md`,"text/plain"))]}function qo(t,e,n=null){return[Zt("SVG","Save the chart as SVG",()=>{Kt(de(e(),n),`${t}.svg`,"image/svg+xml")}),Zt("PNG","Save the chart as PNG",async()=>{nn(await Oo(e(),n),`${t}.png`)})]}function Do({svg:t,table:e,file:n,title:o,exact:r=()=>an(e(),!0)}){let i=Fo(n,()=>an(e()),r);return ln(o,...qo(n,t),...i)}function Bo(t){return t.toLowerCase().replace(/[^\p{L}\p{N}]+/gu,"-").replace(/^-|-$/g,"").slice(0,60)||"table"}function Io(t,e=()=>null){for(let n of t.querySelectorAll(".wide, .tall")){let o=n.querySelector("table");if(o===null||n.closest("figure.chart")!==null)continue;let r=n.getAttribute("aria-label")??"table",i=()=>Lo(o,l=>getComputedStyle(l).display!=="none"),s=async()=>await e(o)??i(),a=ln(r,...Fo(Bo(r),i,s));n.classList.contains("tall")?n.after(a):n.append(a)}for(let n of t.querySelectorAll("figure svg[role=img]")){let o=n.closest("figure");if(o.classList.contains("chart")||n.classList.contains("small"))continue;let r=o.querySelector("figcaption b")?.textContent??"chart",i=o.closest(".panels")?.parentElement.querySelector(".legend")??null;n.after(ln(r,...qo(Bo(r),()=>n,i)))}}function me(t,e){let n=e.closest("div.group");return n===null?null:[...t.querySelectorAll("div.group")].indexOf(n)}async function Ho(t,e){if(!e.classList.contains("scores"))return null;let n=me(t,e);if(n===null)return null;let{views:o}=JSON.parse(await Nt(t)).groups[n],r=o.front?.seeds;if(r===void 0)return null;let i=new Set(Object.values(o.scores.means).flatMap(s=>Object.keys(s)));return Po(r,[...i])}function Qs(t){Mo(t),xo(t),wo(t),Io(t,e=>Ho(t,e))}Qs(document);var S,Vo,fn,lt,cn,ve,zo,ge,Yo,hn,un,ta,te=Symbol.for("pv"),be={},$e=[],ea=/^m(i|n|o|s|text|space)$/,pn=Array.isArray,dn=$e.slice,gt=Object.assign;function _t(t){t&&t.parentNode&&t.remove()}function nt(t,e,n){var o,r,i,s={},a=arguments.length;for(i in e)i=="key"?o=e[i]:i=="ref"&&typeof t!="function"?r=e[i]:s[i]=e[i];return a>2&&(s.children=a>3?dn.call(arguments,2):n),Qt(t,s,o,r,null)}function Qt(t,e,n,o,r){var i={type:t,props:e,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:te,__v:r||++Vo,__i:-1,__u:0};return!r&&S.vnode&&S.vnode(i),i}function yt(t){return t.children}function Y(t,e){this.props=t,this.context=e,this.__g=0}function ct(t,e){if(e==null)return t.__&&ct(t.__,t.__i+1);for(var n;e<t.__k.length;e++)if((n=t.__k[e])&&n.__e)return n.__e;return typeof t.type!="function"||t.props.__P?null:ct(t)}function na(t){var e,n=t.__v,o=n.__e,r=[],i=[],s=t.__P;s&&((e=gt({constructor:te},n)).__v=n.__v+1,S.vnode&&S.vnode(e),mn(s,e,n,t.__n,s.namespaceURI,32&n.__u?[o]:null,r,o||ct(n),32&n.__u,i),e.__v=n.__v,e.__.__k[e.__i]=e,tr(r,e,i),n.__=n.__e=null,e.__e!=o&&Xo(e))}function Xo(t){if((t=t.__)&&t.__c&&!t.props.__P)return t.__e=null,t.__k.some(function(e){return e&&(t.__e=e.__e)}),Xo(t)}function Wo(t){(8&t.__g||(t.__g|=8,lt.push(t),ve++))&&cn==S.debounceRendering||((cn=S.debounceRendering)||queueMicrotask)(Ko)}function Ko(){try{for(var t,e=1;lt.length;)lt.length>e&&lt.sort(zo),t=lt.shift(),e=lt.length,8&t.__g&&na(t)}finally{(ve=lt.length)&&(cn||queueMicrotask)(Ko)}}function Jo(t,e,n,o,r,i,s,a,l,c,u){var f,p,h,m,y,g,_=o.__k||$e,b=e.length;for(l=oa(n,e,_,l,b),f=0;f<b;f++)(h=n.__k[f])!=null&&(p=~h.__i&&_[h.__i]||be,h.__i=f,g=mn(t,h,p,r,i,s,a,l,c,u),m=h.__e,(p.ref!=h.ref||8&p.__u)&&(p.ref&&_n(p.ref,null,h,p),h.ref&&u.push(h.ref,h.__c||m,h)),y=y||m,4&h.__u?(l=Zo(h,l,t,!p.__v),p.__e&&(p.__e=null)):typeof h.type=="function"&&g!==void 0?l=g:m&&(l=m.nextSibling),h.__u&=-21);return n.__e=y,l}function oa(t,e,n,o,r){var i,s,a,l,c,u,f,p,h,m=n.length,y=m,g=0,_=0,b=t.__k=Array(r);for(i=0;i<r;i++)(s=e[i])!=null&&typeof s!="boolean"&&typeof s!="function"?(typeof s!="object"||s.constructor===String?s=b[i]=Qt(null,s):pn(s)?s=b[i]=Qt(yt,{children:s}):s.constructor===te&&s.__b?s=b[i]=Qt(s.type,s.props,s.key,s.ref,s.__v):b[i]=s,l=i+g,s.__=t,s.__b=t.__b+1,a=null,~(c=s.__i=ra(s,n,l,y))&&(y--,(a=n[c])&&(a.__u|=2)),a&&a.__v?(s.__u|=16,c==l-1?g--:c==l+1?g++:c!=l&&(c>l?g--:g++,_=1)):(~c||(r>m?g--:r<m&&g++),typeof s.type!="function"&&(s.__u|=4))):b[i]=null;if(_){for(u=[],f=[],i=0;i<r;i++)if((s=b[i])&&16&s.__u){for(g=0,p=u.length;g<p;)u[h=g+p>>1]<s.__i?g=h+1:p=h;u[g]=s.__i,f[i]=g+1}for(g=u.length;i--;)f[i]&&(f[i]==g?g--:b[i].__u|=4)}if(y)for(i=0;i<m;i++)!(a=n[i])||2&a.__u||(a.__e==o&&(o=ct(a)),gn(a,a));return o}function Zo(t,e,n,o){var r,i,s,a;if(typeof t.type=="function"){if(t.props.__P)return e;if(r=t.__k)for(i=0;i<r.length;i++)r[i]&&(r[i].__=t,e=Zo(r[i],e,n,!1));return e}for(e&&!e.parentNode&&(e=ct(t))&&!e.parentNode&&(e=null),s=t.__e,a=e;a&&a.nodeType==8;)a=a.nextSibling;for(s!=a&&(!o&&n.moveBefore&&s.parentNode?n.moveBefore(s,e):n.insertBefore(s,e||null)),e=s;(e=e&&e.nextSibling)&&e.nodeType==8&&!e.data.startsWith("$s"););return e}function ra(t,e,n,o){var r,i=t.key,s=t.type,a=e[n],l=a&&!(2&a.__u);if(a===null&&i==null||l&&i==a.key&&s==a.type)return n;if(o>(l?1:0)){for(r=n-1;r>=0;r--)if((a=e[r])&&!(2&a.__u)&&i==a.key&&s==a.type)return r;for(r=n+1;r<e.length;r++)if((a=e[r])&&!(2&a.__u)&&i==a.key&&s==a.type)return r}return-1}function Go(t,e,n){n==null&&(n=""),e[0]=="-"?t.setProperty(e,n):t[e]=n}function _e(t,e,n,o,r){var i,s;if(e=="style")if(typeof n=="string")t.style.cssText=n;else{if(typeof o=="string"&&(t.style.cssText=o=""),o)for(e in o)n&&e in n||Go(t.style,e);if(n)for(e in n)o&&n[e]==o[e]||Go(t.style,e,n[e])}else if(e[0]=="o"&&e[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(t.__e||(t.__e={}))[e]=n,n&&o||(s=un[e]||(un[e]=ia(e)),(t.__a||(t.__a={}))[e]=hn,i=e!=(e=e.replace(Yo,"$1")),(e=e.slice(2))[0]<"a"&&(e=e.toLowerCase()),n?t.addEventListener(e,s,i):t.removeEventListener(e,s,i));else{if(r=="http://www.w3.org/2000/svg")e=e.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(e!="width"&&e!="height"&&e!="href"&&e!="list"&&e!="form"&&e!="tabIndex"&&e!="download"&&e!="rowSpan"&&e!="colSpan"&&e!="role"&&e!="popover"&&e in t)try{return void(t[e]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&e[4]!="-"?t.removeAttribute(e):t.setAttribute(e,e=="popover"&&n==1?"":n)}}function ia(t){return function(e){var n=this.__e;if(n){if(n=n[t],e[ge]==null)e[ge]=hn++;else if(e[ge]<this.__a[t])return;return n(S.event?S.event(e):e)}}}function mn(t,e,n,o,r,i,s,a,l,c){var u,f,p,h,m,y,g,_,b,v,$,E,N,mt,Q,Ot,G,tt,et=e.type;if(e.constructor!==te)return null;128&n.__u&&(l=32&n.__u,u=n.__c.__z)&&(e.__u|=l,f=i=[],u.nodeType==8?a=ye(u,i):i.push(u),a=i[0]||a),(u=S.__b)&&u(e);t:if(typeof et=="function"){p=s.length;try{if(_=e.props,b=(u=et.prototype)&&u.render,v=(u=et.contextType)&&o[u.__c],$=u?v?v.props.value:u.__:o,(h=n.__c)?(e.__c=h,2&h.__g&&(h.__g|=1)):(b?e.__c=h=new et(_,$):(e.__c=h=new Y(_,$),h.constructor=et,h.render=aa),v&&v.sub(h),h.state||(h.state={}),h.__n=o,h.__g|=8,h.__h=[],h.__k=[]),b&&(h.__s||(h.__s=h.state),et.getDerivedStateFromProps&&(h.__s==h.state&&(h.__s=gt({},h.__s)),gt(h.__s,et.getDerivedStateFromProps(_,h.__s)))),m=h.props,y=h.state,h.__v=e,n.__c){if(_!==m&&b&&!et.getDerivedStateFromProps&&h.componentWillReceiveProps&&h.componentWillReceiveProps(_,$),e.__v==n.__v&&!(8&h.__g)||!(4&h.__g)&&h.shouldComponentUpdate&&h.shouldComponentUpdate(_,h.__s,$)===!1){e.__v!=n.__v&&(h.props=_,h.state=h.__s,h.__g&=-9),e.__e=n.__e,e.__k=n.__k,e.__k.some(function(W){W&&(W.__=e)}),$e.push.apply(h.__h,h.__k),h.__k=[],h.__h.length&&s.push(h),a=ct(n);break t}h.componentWillUpdate&&h.componentWillUpdate(_,h.__s,$),b&&h.componentDidUpdate&&h.__h.push(function(){h.componentDidUpdate(m,y,g)})}else b&&!et.getDerivedStateFromProps&&h.componentWillMount&&h.componentWillMount(),b&&h.componentDidMount&&h.__h.push(h.componentDidMount);h.context=$,h.props=_,h.__P=t,h.__g&=-5,E=S.__r,N=b?25:0;do h.__g&=-9,E&&E(e),u=h.render(h.props,h.state=h.__s,h.context);while(8&h.__g&&++N<25);b&&($e.push.apply(h.__h,h.__k),h.__k=[]),h.state=h.__s,h.getChildContext&&(o=gt({},o,h.getChildContext())),b&&n.__c&&h.getSnapshotBeforeUpdate&&(g=h.getSnapshotBeforeUpdate(m,y)),mt=u&&u.type===yt&&u.key==null?u.props.children:u,_.__P&&(u=a,r=(t=_.__P).namespaceURI,l=i=null,n.props&&n.props.__P!=t&&(n.__k.some(function(W){W&&gn(W,W)}),n.__k=null),a=n.__k?ct(n,0):null),a=Jo(t,pn(mt)?mt:[mt],e,n,o,r,i,s,a,l,c),_.__P&&(e.__e=null,a=u),e.__u&=-161,f&&f.some(_t),h.__h.length&&s.push(h),1&h.__g&&(h.__g&=-4)}catch(W){if(s.length=p,e.__v=null,l||i)if(W&&W.then){if(e.__u|=128|l,i){for(~(G=i.indexOf(a||void 0))||(G=i.length);(tt=i[G-1])&&tt.nodeType==8;)G--;for(;G<i.length;G++)if(tt=i[G])if(i[G]=null,Q){if(tt==Ot)break}else{if(tt.nodeType!=8)break;tt.data.startsWith("$s")&&(Ot=ye(Q=tt))}}if(!Q){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;Q=a}(u=ye(Q=e.__c.__z||(e.__c.__z=Q)))?(e.__e=Q,a=u):e.__e=a,a=a&&a.nextSibling}else i&&i.some(_t);else e.__e=n.__e;e.__k||(e.__k=n.__k||[]),W&&W.then||Qo(e),S.__e(W,e,n)}}else a=e.__e=sa(n.__e,e,n,o,r,i,s,l,c,t);return(u=S.diffed)&&u(e),a}function ye(t,e){if(t&&t.nodeType==8&&t.data.startsWith("$s"))for(var n=1;t=t.nextSibling;){if(t.nodeType==8){if(t.data.startsWith("$s"))n++;else if(t.data.startsWith("/$s")&&!--n)return t}e&&e.push(t)}}function Qo(t){t&&(t.__c&&(t.__c.__g|=4),t.__k&&t.__k.some(Qo))}function tr(t,e,n){for(var o=0;o<n.length;)_n(n[o++],n[o++],n[o++]);S.__c&&S.__c(e,t),t.some(function(r){try{t=r.__h,r.__h=[],t.some(function(i){i.call(r)})}catch(i){S.__e(i,r.__v)}})}function sa(t,e,n,o,r,i,s,a,l,c){var u,f,p,h,m,y,g,_,b=n.props||be,v=e.props,$=e.type;if($=="svg"?r="http://www.w3.org/2000/svg":$=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),i){for(u=0;u<i.length;u++)if((m=i[u])&&($?m.localName==$:m.nodeType==3)){t=m,i[u]=null;break}}if(!t){if(_=c.ownerDocument||document,!$)return _.createTextNode(v);t=_.createElementNS(r,$,v.is?v:c),a&&(S.__m&&S.__m(e,i),a=!1),i=null}if($){if(c=$=="template"&&t.content||t,i=$=="textarea"&&v.defaultValue!=null?null:i&&dn.call(c.childNodes),!a&&i)for(b={},u=0;u<t.attributes.length;u++)b[(m=t.attributes[u]).name]=m.value;for(u in b)m=b[u],u=="dangerouslySetInnerHTML"?p=m:u=="children"||u in v||u=="value"&&"defaultValue"in v||u=="checked"&&"defaultChecked"in v||_e(t,u,null,m,r);for(u in v)m=v[u],u=="children"?h=m:u=="dangerouslySetInnerHTML"?f=m:u=="value"?y=m:u=="checked"?g=m:a&&typeof m!="function"||b[u]===m||_e(t,u,m,b[u],r);f?(a||p&&(f.__html==p.__html||f.__html==t.innerHTML)||(t.innerHTML=f.__html),e.__k=[]):(p&&(t.textContent=""),($=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&ea.test($))&&(r="http://www.w3.org/1999/xhtml"),Jo(c,pn(h)?h:[h],e,n,o,r,i,s,i?i[0]:n.__k&&ct(n,0),a,l),i&&i.some(_t)),a&&$!="textarea"||(u="value",$=="progress"&&y==null?t.removeAttribute(u):y==null||y===t[u]&&($!="progress"||y)||_e(t,u,y,b[u],r),u="checked",g!=null&&g!=t[u]&&_e(t,u,g,b[u],r))}else b===v||a&&t.data==v||(t.data=v);return t}function _n(t,e,n,o){try{typeof t=="function"?e?e.__x=t(e)||1:o&&(o=o.__c||o.__e)&&(e=o.__x)&&(o.__x=null,typeof e=="function"?e():t(null)):t.current=e}catch(r){S.__e(r,n)}}function gn(t,e,n){var o,r,i,s;if(S.unmount&&S.unmount(t),!(o=t.ref)||o.current&&o.current!=t.__e||_n(o,null,e,t),o=t.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(a){S.__e(a,e)}o.__P=o.__n=null}if(o=t.__k)for(s=0;s<o.length;s++)o[s]&&gn(o[s],e,typeof t.type!="function"||n&&!t.props.__P);!n&&(o=t.__c)&&(o=o.__z)&&(r=ye(o,i=[]))&&(o==t.__e&&i.some(_t),_t(r),_t(o)),n||_t(t.__e),t.__e=t.__c=t.__=null}function aa(t,e,n){return this.constructor(t,n)}function ee(t,e){var n,o,r,i;S.__&&S.__(t,e),e.nodeType==9&&(e=e.documentElement),o=(n=t&&32&t.__u)?null:e.__k,e.__k=Qt(yt,{children:[t]}),r=[],i=[],mn(e,e.__k,o||be,be,e.namespaceURI,o?null:e.firstChild?dn.call(e.childNodes):null,r,o?o.__e:e.firstChild,n,i),tr(r,e.__k,i),e.__k.props.children=null}S={__e:function(t,e,n,o){for(var r,i,s;e=e.__;)if((r=e.__c)&&!(1&r.__g)){r.__g|=4;try{if((s=(i=r.constructor)&&i.getDerivedStateFromError)&&r.setState(i.getDerivedStateFromError(t)),r.componentDidCatch&&(r.componentDidCatch(t,o||{}),s=1),s&&8&r.__g)return void(r.__g|=2)}catch(a){t=a}}throw ve=0,t}},Vo=0,fn=function(t){return t!=null&&t.constructor===te},Y.prototype.setState=function(t,e){var n=this.__s;n&&n!=this.state||(n=this.__s=gt({},this.state)),typeof t=="function"&&(t=t(gt({},n),this.props)),t&&(gt(n,t),this.__v&&(e&&this.__k.push(e),Wo(this)))},Y.prototype.forceUpdate=function(t){this.__v&&(this.__g|=4,t&&this.__h.push(t),Wo(this))},Y.prototype.render=yt,lt=[],ve=0,zo=function(t,e){return t.__v.__b-e.__v.__b},ge=Symbol(),Yo=/(PointerCapture)$|Capture$/i,hn=0,un={},ta=0;var Ct,R,yn,er,vn=Object.is,xe=0,ur=[],bn=[],C=S,nr=C.__b,or=C.__r,rr=C.diffed,ir=C.__c,sr=C.unmount,ar=C.__;function we(t,e){C.__h&&C.__h(R,t,xe||e),xe=0;var n=R.__H||(R.__H={__:[],__h:[]});return t>=n.__.length&&n.__.push({}),n.__[t]}function V(t){return xe=1,la(hr,t)}function la(t,e,n){var o=we(Ct++,2);if(o.t=t,!o.__c&&(o.__=[n?n(e):hr(void 0,e),function(i){var s=(o.__N||o.__)[0],a=o.t(s,i);vn(s,a)||(o.__N=[a,o.__[1]],o.__c.setState({}))}],o.__c=R,!R.__f)){R.__f=!0;var r=R.shouldComponentUpdate;R.shouldComponentUpdate=function(i,s,a){var l=this.__H;if(!l)return!0;var c=!1,u=this.props!=i;if(l.__.some(function(p){p.__N&&(c=!0,vn(p.__[0],p.__N[0])||(u=!0))}),r){var f=r.call(this,i,s,a);return c?f||u:f}return!c||u}}return o.__}function ot(t,e){var n=we(Ct++,3);!C.__s&&xn(n.__H,e)&&(n.__P=!0,n.__=t,n.u=e,R.__H.__h.push(n))}function fr(t,e){var n=we(Ct++,4);!C.__s&&xn(n.__H,e)&&(n.__P=!1,n.__=t,n.u=e,R.__h.push(n))}function oe(t){return xe=5,Se(function(){return{current:t}},[])}function Se(t,e){var n=we(Ct++,7);return xn(n.__H,e)&&(n.__=t(),n.__H=e),n.__}function ca(){var t;do{for(;t=bn.shift();)try{ne(t)}catch(n){C.__e(n,{__:(t=t.__P)&&t.__v})}for(;t=ur.shift();){var e=t.__H;if(t.__P&&e)try{e.__h.some(ne),e.__h.some($n),e.__h=[]}catch(n){e.__h=[],C.__e(n,t.__v)}}}while(bn.length)}C.__b=function(t){R=null,nr&&nr(t)},C.__=function(t,e){t&&e.__k&&e.__k.__m&&(t.__m=e.__k.__m),ar&&ar(t,e)},C.__r=function(t){or&&or(t),Ct=0;var e=(R=t.__c).__H;e&&(yn==R?R.__h=[]:(e.__h.some(ne),e.__h.some($n),Ct=0),e.__h=[],e.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),yn=R},C.diffed=function(t){rr&&rr(t);var e=t.__c;e&&e.__H&&(e.__H.__h.length&&cr(ur.push(e)),e.__H.__.some(function(n){n.u&&(n.__H=n.u)})),yn=R=null},C.__c=function(t,e){e.some(function(n){try{n.__h.some(ne),n.__h=n.__h.filter(function(o){return!o.__||$n(o)})}catch(o){n.__h=[function(){throw o}]}}),ir&&ir(t,e)},C.unmount=function(t){sr&&sr(t);var e,n,o=t.__c;o&&o.__H&&(o.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=t.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}r.__P=n,cr(bn.push(r))}else ne(r)}catch(i){e=i}}),o.__H=void 0,e&&C.__e(e,o.__v))};var lr=typeof requestAnimationFrame=="function";function ua(t){var e,n=function(){clearTimeout(o),lr&&cancelAnimationFrame(e),setTimeout(t)},o=setTimeout(n,35);lr&&(e=requestAnimationFrame(n))}function cr(t){t!=1&&er==C.requestAnimationFrame||((er=C.requestAnimationFrame)||ua)(ca)}function ne(t){var e=R,n=t.__c;typeof n=="function"&&(t.__c=void 0,n()),R=e}function $n(t){var e=R;t.__c=t.__(),R=e}function xn(t,e){return!t||t.length!=e.length||e.some(function(n,o){return!vn(n,t[o])})}function hr(t,e){return typeof e=="function"?e(t):e}var fa=Symbol.for("preact-signals");function Ae(){if(rt>1)rt--;else{var t,e=!1;for((function(){var r=ke;for(ke=void 0;r!==void 0;){var i=r.S;if(i.v===r.v)for(var s=i.t;s!==void 0;s=s.x)s.i===r.i&&(s.i=i.i);r=r.o}})();ie!==void 0;){var n=ie;for(ie=void 0,Me++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&dr(n))try{n.c()}catch(r){e||(t=r,e=!0)}n=o}}if(Me=0,rt--,e)throw t}}function Sn(t){if(rt>0)return t();wn=++ha,rt++;try{return t()}finally{Ae()}}var re,M=void 0;function se(t){var e=M,n=re;M=void 0,re=void 0;try{return t()}finally{M=e,re=n}}var ie=void 0,rt=0,Me=0,ha=0,wn=0,ke=void 0,Te=0;function pr(t){if(M!==void 0){var e=t.n;if(e===void 0||e.t!==M)return e={i:0,S:t,p:M.s,n:void 0,t:M,e:void 0,x:void 0,r:e},M.s!==void 0&&(M.s.n=e),M.s=e,t.n=e,32&M.f&&t.S(e),e;if(e.i===-1)return e.i=0,e.n!==void 0&&(e.n.p=e.p,e.p!==void 0&&(e.p.n=e.n),e.p=M.s,e.n=void 0,M.s.n=e,M.s=e),e}}function P(t,e){this.v=t,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=e?.watched,this.Z=e?.unwatched,this.name=e?.name}P.prototype.brand=fa;P.prototype.h=function(){return!0};P.prototype.S=function(t){var e=this,n=this.t;n!==t&&t.e===void 0&&(t.x=n,this.t=t,n!==void 0?n.e=t:se(function(){var o;(o=e.W)==null||o.call(e)}))};P.prototype.U=function(t){var e=this;if(this.t!==void 0){var n=t.e,o=t.x;n!==void 0&&(n.x=o,t.e=void 0),o!==void 0&&(o.e=n,t.x=void 0),t===this.t&&(this.t=o,o===void 0&&se(function(){var r;(r=e.Z)==null||r.call(e)}))}};P.prototype.subscribe=function(t){var e=this;return H(function(){var n=e.value;se(function(){return t(n)})},{name:"sub"})};P.prototype.valueOf=function(){return this.value};P.prototype.toString=function(){return this.value+""};P.prototype.toJSON=function(){return this.value};P.prototype.peek=function(){var t=this;return se(function(){return t.value})};Object.defineProperty(P.prototype,"value",{get:function(){var t=pr(this);return t!==void 0&&(t.i=this.i),this.v},set:function(t){if(t!==this.v){if(Me>100)throw new Error("Cycle detected");(function(n){rt!==0&&Me===0&&n.l!==wn&&(n.l=wn,ke={S:n,v:n.v,i:n.i,o:ke})})(this),this.v=t,this.i++,Te++,rt++;try{for(var e=this.t;e!==void 0;e=e.x)e.t.N()}finally{Ae()}}}});function I(t,e){return new P(t,e)}function dr(t){for(var e=t.s;e!==void 0;e=e.n)if(e.S.i!==e.i||!e.S.h()||e.S.i!==e.i)return!0;return!1}function mr(t){for(var e=t.s;e!==void 0;e=e.n){var n=e.S.n;if(n!==void 0&&(e.r=n),e.S.n=e,e.i=-1,e.n===void 0){t.s=e;break}}}function _r(t){for(var e=t.s,n=void 0;e!==void 0;){var o=e.p;e.i===-1?(e.S.U(e),o!==void 0&&(o.n=e.n),e.n!==void 0&&(e.n.p=o)):n=e,e.S.n=e.r,e.r!==void 0&&(e.r=void 0),e=o}t.s=n}function vt(t,e){P.call(this,void 0,e),this.x=t,this.s=void 0,this.g=Te-1,this.f=4}vt.prototype=new P;vt.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Te))return!0;if(this.g=Te,this.f|=1,this.i>0&&!dr(this))return this.f&=-2,!0;var t=M;try{mr(this),M=this;var e=this.x();(16&this.f||this.v!==e||this.i===0)&&(this.v=e,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return M=t,_r(this),this.f&=-2,!0};vt.prototype.S=function(t){if(this.t===void 0){this.f|=36;for(var e=this.s;e!==void 0;e=e.n)e.S.S(e)}P.prototype.S.call(this,t)};vt.prototype.U=function(t){if(this.t!==void 0&&(P.prototype.U.call(this,t),this.t===void 0)){this.f&=-33;for(var e=this.s;e!==void 0;e=e.n)e.S.U(e)}};vt.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var t=this.t;t!==void 0;t=t.x)t.t.N()}};Object.defineProperty(vt.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var t=pr(this);if(this.h(),t!==void 0&&(t.i=this.i),16&this.f)throw this.v;return this.v}});function z(t,e){return new vt(t,e)}function gr(t){var e=t.j;if(t.j=void 0,typeof e=="function"){rt++;var n=M;M=void 0;try{e()}catch(o){throw t.f&=-2,t.f|=8,Mn(t),o}finally{M=n,Ae()}}}function Mn(t){for(var e=t.s;e!==void 0;e=e.n)e.S.U(e);t.x=void 0,t.s=void 0,gr(t)}function pa(t){if(M!==this)throw new Error("Out-of-order effect");_r(this),M=t,this.f&=-2;try{8&this.f&&Mn(this)}finally{Ae()}}function Rt(t,e){this.x=t,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=e?.name,re&&re.push(this)}Rt.prototype.c=function(){var t=this.S();try{if(8&this.f||this.x===void 0)return;var e=this.x();typeof e=="function"&&(this.j=e)}finally{t()}};Rt.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,gr(this),mr(this),rt++;var t=M;return M=this,pa.bind(this,t)};Rt.prototype.N=function(){2&this.f||(this.f|=2,this.u=ie,ie=this)};Rt.prototype.d=function(){this.f|=8,1&this.f||Mn(this)};Rt.prototype.dispose=function(){this.d()};function H(t,e){var n=new Rt(t,e);try{n.c()}catch(r){throw n.d(),r}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var yr,Oe,Ee,da=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var vr=[];H(function(){yr=this.N})();function Lt(t,e){S[t]=e.bind(null,S[t]||function(){})}function ae(t){if(Ee){var e=Ee;Ee=void 0,e()}Ee=t&&t.S()}function br(t){var e=this,n=t.data,o=_a(n);o.name="ReactiveDom",o.value=n;var r=Se(function(){for(var a=e,l=e.__v;l=l.__;)if(l.__c){l.__c.__$f|=4;break}var c=z(function(){var h=o.value.value;return h===0?0:h===!0?"":h||""}),u=z(function(){return!Array.isArray(c.value)&&!fn(c.value)}),f=H(function(){if(this.N=$r,u.value){var h=c.value;a.__v&&a.__v.__e&&a.__v.__e.nodeType===3&&(a.__v.__e.data=h)}}),p=e.__$u.d;return e.__$u.d=function(){f(),p.call(this)},[u,c]},[]),i=r[0],s=r[1];return i.value?s.peek():s.value}br.displayName="ReactiveTextNode";Object.defineProperties(P.prototype,{constructor:{configurable:!0,value:nt(yt,null).constructor},type:{configurable:!0,value:br},props:{configurable:!0,get:function(){var t=this;return{data:{get value(){return t.value}}}}},__b:{configurable:!0,value:1}});Lt("__b",function(t,e){if(ae(),Oe=void 0,typeof e.type=="string"){var n,o=e.props;for(var r in o)if(r!=="children"){var i=o[r];i instanceof P&&(n||(e.__np=n={}),n[r]=i,o[r]=i.peek())}}t(e)});Lt("__r",function(t,e){if(t(e),e.type!==yt){ae();var n,o=e.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=(function(r,i){var s;return H(function(){s=this},{name:i}),s.c=r,s})((function(r){return function(){var i;da&&((i=this.y)==null||i.call(this)),r.__$f|=1,r.setState({})}})(o),typeof e.type=="function"?e.type.displayName||e.type.name:""))),Oe=o,ae(n)}});Lt("__e",function(t,e,n,o){ae(),Oe=void 0,t(e,n,o)});Lt("diffed",function(t,e){ae(),Oe=void 0;var n;if(typeof e.type=="string"&&(n=e.__e)){var o=e.__np,r=e.props,i=n.U;if(i)for(var s in i){var a=i[s];a===void 0||o&&s in o||(a.d(),i[s]=void 0)}if(o){i||(i={},n.U=i);for(var l in o){var c=i[l],u=o[l];c===void 0?(c=ma(n,l,u,r),i[l]=c):c.o(u,r)}}}t(e)});function ma(t,e,n,o){var r=e in t&&t.ownerSVGElement===void 0,i=I(n);return{o:function(s,a){i.value=s,o=a},d:H(function(){this.N=$r;var s=i.value.value;o[e]!==s&&(o[e]=s,r?t[e]=s:s!=null&&(s!==!1||e[4]==="-")?t.setAttribute(e,s):t.removeAttribute(e))})}}Lt("unmount",function(t,e){if(typeof e.type=="string"){var n=e.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var r in o){var i=o[r];i&&i.d()}}}var s=e.__np;if(s){var a=e.props;for(var l in s)a[l]=s[l]}e.__np=void 0}else{var c=e.__c;if(c){c.__$f|=8;var u=c.__$u;u&&(c.__$u=void 0,u.d())}}t(e)});Lt("__h",function(t,e,n,o){o<3&&(e.__$f|=2),t(e,n,o)});Y.prototype.shouldComponentUpdate=function(t,e){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var r in e)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var i=2&this.__$f;if(!(o||i||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var s in t)if(s!=="__source"&&t[s]!==this.props[s])return!0;for(var a in this.props)if(!(a in t))return!0;return!1};function _a(t,e){return Se(function(){return I(t,e)},[])}var ga=function(t){queueMicrotask(function(){queueMicrotask(t)})};function ya(){Sn(function(){for(var t;t=vr.shift();)yr.call(t)})}function $r(){vr.push(this)===1&&(S.requestAnimationFrame||ga)(ya)}function bt(t,e,n=null){return t.remember(`counted ${e} ${n}`,()=>n===null?{asked:t.column(`asked.${e}`),right:t.column(`right.${e}`),stale:t.column(`stale.${e}`)}:xa(t,e,n))}function le(t){let{detail:e,all_forms:n}=t.header;return e?.wordings==="all"&&t.has("probe.key")?n??[]:[]}var va=1,ba=2,$a=0;function xa(t,e,n){let o=t.steps*t.facts,r={asked:new Uint8Array(o),right:new Uint8Array(o),stale:new Uint8Array(o)},i=le(t).indexOf(n),s=t.column(`verdict.${e}`);if(i<0||s===null)return r;let a=t.column("probe.key"),l=t.column("probe.form");for(let c=0;c<a.length;c++)if(l[c]===i)for(let u=0;u<t.steps;u++){let f=s[u*a.length+c],p=u*t.facts+a[c];if(f===va)r.right[p]++;else if(f===ba)r.stale[p]++;else if(f!==$a)continue;r.asked[p]++}return r}var wa=0,Sa=1,jt=2,Ma=3,ka=4,Ta=5,kn=6,Pt=7,Ne=8,T=["none","future","right","partly","outdated","wrong","forgotten","produced","resurfaced"],O={none:0,new:1,retained:2,future:3,erased:4};function it(t,e,n,o=null){return t.remember(`counts ${e} ${n} ${o}`,()=>{let r=n*t.facts,i=s=>{let a=e.length===0?null:bt(t,e[0],o)[s];if(e.length===1)return a.subarray(r,r+t.facts);let l=new Uint16Array(t.facts);for(let c of e){let u=bt(t,c,o)[s];for(let f=0;f<l.length;f++)l[f]+=u[r+f]}return l};return{asked:i("asked"),right:i("right"),stale:i("stale")}})}function Aa(t,e,n,o,r=null){let i=n*t.facts+o,s={asked:0,right:0,stale:0};for(let a of e){let l=bt(t,a,r);s.asked+=l.asked[i],s.right+=l.right[i],s.stale+=l.stale[i]}return s}function xr(t,e,n,o){return t===O.none||e===0?wa:t===O.future?Sa:t===O.erased?n===0?kn:Pt:n>0?n===e?jt:Ma:o>0?ka:Ta}function Ce(t,e,n,o=null){return t.remember(`states ${e} ${n} ${o}`,()=>{let r=new Uint8Array(t.facts),{asked:i,right:s,stale:a}=it(t,e,n,o),l=t.column("group"),c=n*t.facts;for(let u=0;u<r.length;u++){let f=xr(l[c+u],i[u],s[u],a[u]);r[u]=f===Pt?Sr(t,e,n,u,o):f}return r})}function wr(t,e,n,o,r=null){let{asked:i,right:s,stale:a}=Aa(t,e,n,o,r),l=t.column("group")[n*t.facts+o],c=xr(l,i,s,a);return c===Pt?Sr(t,e,n,o,r):c}function Tn(t,e,n){let o=t.column("group"),r=t.column("learned"),i=e;for(;i>0&&o[(i-1)*t.facts+n]===O.erased&&r[(i-1)*t.facts+n]===r[e*t.facts+n];)i--;return i}function Sr(t,e,n,o,r){let i=Tn(t,n,o)*t.facts+o,s=n*t.facts+o;return e.some(l=>{let{right:c}=bt(t,l,r);return c[s]>0&&c[i]===0})?Ne:Pt}var $t=[{name:"broken",bad:!0},{name:"turned outdated",bad:!0},{name:"resurfaced",bad:!0},{name:"not learned",bad:!0},{name:"not forgotten",bad:!0},{name:"still wrong",bad:!0},{name:"learned",bad:!1},{name:"regained",bad:!1},{name:"forgotten",bad:!1}],X=Object.fromEntries($t.map(({name:t},e)=>[t,1<<e]));function kr(t,e,n,o=null){return t.remember(`changes ${e} ${n} ${o}`,()=>{let r=new Uint16Array(t.facts);if(n<1||e.length===0)return r;let i=Mr(t,e,n-1,o),s=Mr(t,e,n,o);for(let a=0;a<r.length;a++){if(s.asked[a]===0)continue;let l=s.group[a];if(l===O.new)r[a]=Ea(s,n,a);else if(l===O.retained)r[a]=Oa(i,s,n,a);else if(l===O.erased){let c=Tn(t,n,a)===n;r[a]=Na(i.states[a],s.states[a],c)}}return r})}function xt(t){return X[t]??0}function Mr(t,e,n,o){let r=i=>t.column(i).subarray(n*t.facts,(n+1)*t.facts);return{...it(t,e,n,o),states:Ce(t,e,n,o),group:r("group"),learned:r("learned")}}function Ea(t,e,n){return t.learned[n]!==e?0:t.states[n]===jt?X.learned:X["not learned"]}function Oa(t,e,n,o){let r=t.group[o];if(r!==O.new&&r!==O.retained||t.asked[o]===0||t.learned[o]!==e.learned[o]||e.learned[o]>=n)return 0;let i=e.states[o]===jt,s=e.right[o]*t.asked[o]<t.right[o]*e.asked[o],a=0;return!i&&s?a|=X.broken:!i&&t.states[o]!==jt?a|=X["still wrong"]:i&&t.states[o]!==jt&&(a|=X.regained),t.stale[o]===0&&e.stale[o]>0&&(a|=X["turned outdated"]),a}function Na(t,e,n){return e===Ne?t===Ne?0:X.resurfaced:n?e===kn?X.forgotten:e===Pt?X["not forgotten"]:0:0}var An=["group","state","change"],Ca=["relation","form","learned","seed"],Ut=[...Ca,...An],Ra=["g","a","b","s","k","learned","seed"],Re=Object.freeze({g:null,a:null,b:null,s:null,q:"",relation:null,group:null,learned:null,state:null,change:null,form:null,seed:null,d:!1,k:null,sort:null});function Tr(t){let e=new URLSearchParams(t.replace(/^#/,"")),n={...Re};for(let[o,r]of e)!Object.hasOwn(Re,o)||r===""||(Ra.includes(o)?/^-?\d{1,9}$/.test(r)&&(n[o]=Number(r)):o==="d"?n.d=r==="1":An.includes(o)?n[o]=r.split(","):n[o]=r);return n}function Le(t){let e=new URLSearchParams;for(let o of Object.keys(Re)){let r=t[o];r===Re[o]||r===null||r===""||e.set(o,r===!0?"1":String(r))}let n=e.toString();return n===""?"":`#${n}`}var q=I(Tr(globalThis.location?.hash??""));function x(t,{replace:e=!1}={}){let n={...q.value,...t},o=Le(n);if(o===Le(q.value))return;q.value=n;let{pathname:r,search:i}=location;history[e?"replaceState":"pushState"](null,"",o===""?r+i:o)}function Ar(t){let e=()=>{let{hash:n}=t.location;if(n!==""&&!n.includes("="))return;let o=Tr(n);Le(o)!==Le(q.value)&&(q.value=o)};t.addEventListener("popstate",e),t.addEventListener("hashchange",e)}var En=class{constructor(e,n,o,r){this.block=e,this.variant=n,this.form=r,this.name=e.variants[n]?.name??"",this.runsOf=e.labels.map((i,s)=>e.runs(n,s,o))}runs(e){return this.runsOf[e]}states(e){return Ce(this.block,this.runs(e),e,this.form)}state(e,n){return wr(this.block,this.runs(e),e,n,this.form)}counts(e){return it(this.block,this.runs(e),e,this.form)}changes(e){return kr(this.block,this.runs(e),e,this.form)}countsAt(e,n){let o=e*this.block.facts+n,r={asked:0,right:0,stale:0};for(let i of this.runs(e)){let s=bt(this.block,i,this.form);r.asked+=s.asked[o],r.right+=s.right[o],r.stale+=s.stale[o]}return r}answer(e,n){let o=new Map;for(let s of this.runs(e)){let a=this.block.answer(s,e,n);a!==null&&o.set(a,(o.get(a)??0)+1)}let r=null,i=0;for(let[s,a]of o)i+=a,(r===null||a>r.times)&&(r={text:s,times:a});return r===null?null:{...r,runs:i}}margin(e,n){let o=0,r=0;for(let i of this.runs(e)){let s=this.block.margin(i,e,n);s!==null&&(o+=s,r++)}return r===0?null:o/r}};function B({block:t,selection:e},n){let o=e[n];if(o<0)return null;let{seed:r,form:i}=e;return t.remember(`side ${o} ${r} ${i}`,()=>new En(t,o,r,i))}var La=["partly","outdated","wrong"],On={"not right":La};function Er(t){let e={a:[],b:[]};for(let n of t??[])n.startsWith("b.")?e.b.push(n.slice(2)):e.a.push(n.replace(/^a\./,""));return e}function Nr(t){let{block:e,selection:n}=t,o=[...ja(e,n),...Or(t,"a"),...Or(t,"b"),...Pa(t)];if(n.d&&n.b>=0){let s=B(t,"a").states(n.s),a=B(t,"b").states(n.s);o.push(l=>s[l]!==a[l])}let r=new Uint32Array(e.facts),i=0;t:for(let s=0;s<e.facts;s++){for(let a of o)if(!a(s))continue t;r[i++]=s}return r.subarray(0,i)}function ja(t,{s:e,relation:n,group:o,learned:r}){let i=e*t.facts,s=[];if(n!==null){let a=t.column("relation"),l=t.relations.indexOf(n);s.push(c=>a[c]===l)}if(o!==null){let a=t.column("group"),l=new Set(o.map(c=>O[c]));s.push(c=>l.has(a[i+c]))}if(r!==null){let a=t.column("learned");s.push(l=>a[i+l]===r)}return s}function Or(t,e){let{selection:n}=t,o=B(t,e),r=Er(n.state)[e],i=Er(n.change)[e],s=[];if(o===null)return s;if(r.length>0){let a=o.states(n.s),l=T.map(c=>r.includes(c));s.push(c=>l[a[c]])}if(i.length>0){let a=o.changes(n.s),l=i.reduce((c,u)=>c|xt(u),0);s.push(c=>(a[c]&l)!==0)}return s}function Pa(t){return t.selection.q.toLowerCase().split(/\s+/).filter(Boolean).map(n=>Ua(t,n))}function Ua(t,e){let{block:n}=t,{holding:o,relations:r}=n.remember(`holding ${e}`,()=>({holding:n.texts.holding(e),relations:n.relations.map(l=>l.toLowerCase().includes(e))})),[i,s]=["subject","relation"].map(l=>n.column(l)),a=Ba(t);return l=>{if(o[i[l]]===1||r[s[l]])return!0;for(let c=0;c<a.length;c++)if(o[a[c][l]]===1)return!0;return!1}}function Ba(t){let{block:e,selection:n}=t,{s:o}=n,r=(s,a)=>s.subarray(a,a+e.facts),i=["object","outdated"].map(s=>r(e.column(s),o*e.facts));for(let s of["a","b"])for(let a of B(t,s)?.runs(o)??[]){let l=e.column(`answer.${a}`),c=e.place(l,a,o,0,e.facts);c>=0&&i.push(r(l,c))}return i}var Rr=function(t,e,n,o){var r;e[0]=0;for(var i=1;i<e.length;i++){var s=e[i++],a=e[i]?(e[0]|=s?1:2,n[e[i++]]):e[++i];s===3?o[0]=a:s===4?o[1]=Object.assign(o[1]||{},a):s===5?(o[1]=o[1]||{})[e[++i]]=a:s===6?o[1][e[++i]]+=a+"":s?(r=t.apply(a,Rr(t,a,n,["",null])),o.push(r),a[0]?e[0]|=2:(e[i-2]=0,e[i]=r)):o.push(a)}return o},Cr=new Map;function Lr(t){var e=Cr.get(this);return e||(e=new Map,Cr.set(this,e)),(e=Rr(this,e.get(t)||(e.set(t,e=(function(n){for(var o,r,i=1,s="",a="",l=[0],c=function(p){i===1&&(p||(s=s.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?l.push(0,p,s):i===3&&(p||s)?(l.push(3,p,s),i=2):i===2&&s==="..."&&p?l.push(4,p,0):i===2&&s&&!p?l.push(5,0,!0,s):i>=5&&((s||!p&&i===5)&&(l.push(i,0,s,r),i=6),p&&(l.push(i,p,0,r),i=6)),s=""},u=0;u<n.length;u++){u&&(i===1&&c(),c(u));for(var f=0;f<n[u].length;f++)o=n[u][f],i===1?o==="<"?(c(),l=[l],i=3):s+=o:i===4?s==="--"&&o===">"?(i=1,s=""):s=o+s[0]:a?o===a?a="":s+=o:o==='"'||o==="'"?a=o:o===">"?(c(),i=1):i&&(o==="="?(i=5,r=s,s=""):o==="/"&&(i<5||n[u][f+1]===">")?(c(),i===3&&(l=l[0]),i=l,(l=l[0]).push(2,0,i),i=0):o===" "||o==="	"||o===`
`||o==="\r"?(c(),i=2):s+=o),i===3&&s==="!--"&&(i=4,l=l[0])}return c(),l})(t)),e),arguments,[])).length>1?e:e[0]}var d=Lr.bind(nt);var Fa=Object.freeze({q:"",d:!1,...Object.fromEntries(Ut.map(t=>[t,null]))});function Pr(t){return Ut.filter(e=>t[e]!==null).length}function wt({label:t,name:e,value:n,options:o,disabled:r=!1,title:i=null}){let s=l=>{let c=o.flatMap(u=>u.options??[u]).find(u=>String(u.value)===l.currentTarget.value);x({[e]:c===void 0?null:c.value})},a=l=>d`<option value=${String(l.value)}>${l.text}</option>`;return d`<label class="pick" title=${i}
    ><span>${t}</span>
    <select
      aria-label=${t}
      value=${n===null?"":String(n)}
      onChange=${s}
      disabled=${r}
    >
      <option value="">all</option>
      ${o.map(l=>l.options?d`<optgroup label=${l.label}>${l.options.map(a)}</optgroup>`:a(l))}
    </select></label
  >`}function jr({block:t,selection:e},n){return["a","b"].filter(o=>e[o]>=0).map(o=>({label:`${o.toUpperCase()}: ${t.variants[e[o]].name}`,options:n.map(([r,i])=>({text:r,value:i.map(s=>o==="a"?s:`b.${s}`)}))}))}function Ur({now:t}){let{block:e,selection:n}=t,o=le(e),r=[...new Set(e.variants.flatMap(({runs:c})=>c.map(u=>u.seed)))],i=[...Object.entries(On),...T.slice(1).map(c=>[c,[c]])],s=$t.map(({name:c})=>[c,[c]]),a=c=>c.map(u=>({value:u,text:String(u)})),l=c=>c.map(u=>({value:[u],text:u}));return d`
    <${wt} label="Relation" name="relation" value=${n.relation} options=${a(e.relations)} />
    <${wt} label="Group" name="group" value=${n.group} options=${l(e.groups.slice(1))} />
    <${wt}
      label="Taught at"
      name="learned"
      value=${n.learned}
      options=${e.labels.map((c,u)=>({value:u,text:c}))}
    />
    <${wt} label="State" name="state" value=${n.state} options=${jr(t,i)} />
    <${wt} label="Change" name="change" value=${n.change} options=${jr(t,s)} />
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
      options=${a(r.sort((c,u)=>c-u))}
      disabled=${r.length<2}
      title="Count the runs with this seed only"
    />
  `}function Br({now:t}){let{block:e,selection:n}=t,o=[];n.q!==""&&o.push(["search",n.q,{q:""}]),n.d&&n.b>=0&&o.push(["only","where A and B differ",{d:!1}]);for(let r of Ut){let i=n[r];if(i===null)continue;let s=r==="learned"?e.labels[i]??i:qa(i,r);o.push([r==="learned"?"taught at":r,s,{[r]:null}])}return o.length===0?null:d`<div class="chips">
    ${o.map(([r,i,s])=>d`<button
        type="button"
        class="chip"
        aria-label=${`Remove the filter ${r}: ${i}`}
        onClick=${()=>x(s)}
      >
        <small>${r}</small> <bdi>${i}</bdi> <span aria-hidden="true">×</span>
      </button>`)}
    <button type="button" class="plain-button" onClick=${()=>x(Fa)}>
      Remove all
    </button>
  </div>`}function qa(t,e){if(!Array.isArray(t))return String(t);if(e==="group")return t.join(" or ");let n=Object.entries(On);return["a","b"].map(o=>{let r=t.filter(s=>s.startsWith("b.")===(o==="b")).map(s=>s.replace(/^[ab]\./,"")),i=n.find(([,s])=>s.join()===r.join());return r.length>0?`${i?.[0]??r.join(" or ")} (${o.toUpperCase()})`:""}).filter(Boolean).join(", ")}var st=I(null),je=I(new Map);function Fr(t,e){let n=(a,l,c)=>a===null||a<0||a>c?l:a,o=Math.max(0,...e.done.map(a=>a-1)),r=e.variants.length-1,i=n(t.a,t.b===0&&r>0?1:0,r),s=r<1?-1:i===1?0:1;return{...t,g:t.g??0,a:i,b:t.b===-1?-1:n(t.b,s,r),s:n(t.s,o,e.steps-1),k:n(t.k,null,e.facts-1)}}function Nn(t=null){let e=t??q.value.g??0,n=je.value.get(e);return n===void 0||st.value===null?null:{block:n,data:st.value.groups[e],selection:Fr({...q.value,g:e},n)}}function qr(t=null){let e=t??q.value.g??0,n=st.value.groups[e],o={done:n.strategies.map(r=>r.done),variants:n.strategies,steps:n.labels.length,facts:0};return{block:null,data:n,selection:Fr({...q.value,g:e},o)}}var F=z(()=>Nn());function Ir(){let[t,e]=V(!1);if(F.value===null)return null;let n=F.value,{block:o,selection:r}=n,i=Pr(r);return d`<div class=${`bar${t?" opened":""}`} role="region" aria-label="What is shown">
    <div class="bar-line">
      ${st.value.groups.length>1&&d`<${Da} selection=${r} />`}
      <${Dr} now=${n} side="a" />
      ${r.b>=0&&d`<button
        type="button"
        class="icon"
        title="Swap A and B"
        aria-label="Swap A and B"
        onClick=${()=>x({a:r.b,b:r.a})}
      >
        ⇄
      </button>`}
      ${o.variants.length>1&&d`<${Dr} now=${n} side="b" />`}
      <${Ha} now=${n} />
      <${Wa} value=${r.q} />
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
        aria-expanded=${t}
        aria-controls="bar-filters"
        onClick=${()=>e(!t)}
      >
        Filters${i>0?` (${i})`:""}
      </button>
      <${Ga} />
    </div>
    <div class="bar-line filters" id="bar-filters" hidden=${!t}>
      ${t&&d`<${Ur} now=${n} />`}
    </div>
  </div>`}function Da({selection:t}){return d`<label class="pick whole"
    ><span>Runs</span>
    <select
      value=${t.g}
      onChange=${e=>x({...Ia,g:Number(e.currentTarget.value)})}
    >
      ${st.value.groups.map((e,n)=>d`<option value=${n}>${e.scenario} on ${e.model}, ${e.match}</option>`)}
    </select></label
  >`}var Ia={a:null,b:null,s:null,k:null,relation:null,learned:null,form:null};function Dr({now:t,side:e}){let{block:n,selection:o}=t;return d`<label class="pick"
    ><span class=${`side side-${e}`}>${e.toUpperCase()}</span>
    <select
      aria-label=${`Run ${e.toUpperCase()}`}
      value=${o[e]}
      onChange=${r=>x({[e]:Number(r.currentTarget.value)})}
    >
      ${e==="b"&&d`<option value="-1">none</option>`}
      ${n.variants.map(({name:r},i)=>d`<option value=${i}>${r}</option>`)}
    </select></label
  >`}function Hr(){let[t]=V({on:!1});return{change(e){x(e,{replace:t.on}),t.on=!0},end(){t.on=!1}}}function Ha({now:t}){let{block:e,selection:n}=t,o=Hr(),r=n.s,i=e.steps-1,s=r===0?"base":`update ${r}`,a=l=>x({s:Math.max(0,Math.min(i,l))});return d`<div class="stepper">
    <button type="button" class="icon" aria-label="Step before" disabled=${r===0} onClick=${()=>a(r-1)}>
      ‹
    </button>
    <input
      type="range"
      aria-label="Step"
      aria-valuetext=${`${s}, ${e.labels[r]}`}
      min="0"
      max=${i}
      value=${r}
      onInput=${l=>o.change({s:Number(l.currentTarget.value)})}
      onChange=${o.end}
    />
    <button type="button" class="icon" aria-label="Next step" disabled=${r===i} onClick=${()=>a(r+1)}>
      ›
    </button>
    <output><b>${s}</b> <bdi>${e.labels[r]}</bdi></output>
  </div>`}function Wa({value:t}){let e=Hr();return d`<input
    type="search"
    class="search"
    aria-label="Search facts"
    placeholder="Search"
    value=${t}
    onInput=${n=>e.change({q:n.currentTarget.value})}
    onBlur=${e.end}
  />`}function Ga(){let[t,e]=V("");return d`<button type="button" class="copy" onClick=${async()=>{let o=await Va(location.href);e(o?"Copied":"Copy the address of the page"),setTimeout(()=>e(""),2e3)}}>
    <span aria-live="polite">${t||"Copy link"}</span>
  </button>`}async function Va(t){try{return await navigator.clipboard.writeText(t),!0}catch{return!1}}var Pe=class{constructor(e,n){this.bytes=e,this.byteEnds=n,this.length=n.length,this.decoder=new TextDecoder("utf-8",{ignoreBOM:!0}),this.folded=null}at(e){let n=e===0?0:this.byteEnds[e-1];return this.decoder.decode(this.bytes.subarray(n,this.byteEnds[e]))}searchable(){if(this.folded===null){let e=this.decoder.decode(this.bytes),n=e.toLowerCase();this.folded=n.length===e.length?{text:n,ends:Ya(this.bytes,this.byteEnds)}:Xa(this)}return this.folded}holding(e){let n=new Uint8Array(this.length),{text:o,ends:r}=this.searchable(),i=0,s=o.indexOf(e);for(;s>=0;)i=za(r,i,s),s+e.length<=r[i]?(n[i]=1,s=o.indexOf(e,Math.max(r[i],s+1))):s=o.indexOf(e,s+1);return n}};function za(t,e,n){let o=e,r=t.length-1;for(;o<r;){let i=o+r>>1;t[i]>n?r=i:o=i+1}return o}function Ya(t,e){let n=new Uint32Array(e.length),o=0,r=0;for(let i=0;i<e.length;i++){for(let s=e[i];r<s;r++){let a=t[r];(a&192)!==128&&(o+=a>=240?2:1)}n[i]=o}return n}function Xa(t){let e=new Uint32Array(t.length),n=[],o=0;for(let r=0;r<t.length;r++){let i=t.at(r).toLowerCase();n.push(i),o+=i.length,e[r]=o}return{text:n.join(""),ends:e}}var Ka={u8:Uint8Array,u16:Uint16Array,u32:Uint32Array,i8:Int8Array},Ue=4294967295,Rn=4294967295,Ja=4294967294,Ln=65535,jn=-128,Za=200;function Qa(t,e){for(let n=e;n<t.length;n++)t[n]+=t[n-e];return t}var Cn=class{constructor(e){let n=new DataView(e).getUint32(0,!0);if(this.header=JSON.parse(new TextDecoder().decode(new Uint8Array(e,4,n))),this.header.format!==1)throw new Error(`facts of format ${this.header.format}`);this.buffer=e,this.start=4+n,this.labels=this.header.labels,this.steps=this.labels.length,this.facts=this.header.facts,this.relations=this.header.relations,this.groups=this.header.groups,this.variants=this.header.variants,this.done=[];for(let{runs:o}of this.variants)for(let{run:r,done:i}of o)this.done[r]=i;this.made=new Map,this.kept=new Map,this.texts=new Pe(this.column("strings.bytes"),this.column("strings.ends"))}has(e){return Object.hasOwn(this.header.columns,e)}column(e){if(this.made.has(e))return this.made.get(e);let n=this.has(e)?this.header.columns[e]:null,o=null;return n!==null&&(o=new Ka[n.type](this.buffer,this.start+n.offset,n.length),n.delta&&(o=Qa(o,n.length/this.steps))),this.made.set(e,o),o}remember(e,n){let o=this.kept.get(e);return o===void 0?o=n():this.kept.delete(e),this.kept.set(e,o),this.kept.size>Za&&this.kept.delete(this.kept.keys().next().value),o}text(e){return this.texts.at(e)}subject(e){return this.text(this.column("subject")[e])}relation(e){return this.relations[this.column("relation")[e]]}object(e,n){let o=this.column("object")[e*this.facts+n];return o===Ue?null:this.text(o)}group(e,n){return this.groups[this.column("group")[e*this.facts+n]]}runs(e,n,o=null){return e<0||e>=this.variants.length?[]:this.variants[e].runs.filter(r=>!r.diverged&&r.done>n&&(o===null||r.seed===o)).map(r=>r.run)}place(e,n,o,r,i){return e===null?-1:e.length!==i||this.steps===1?o*i+r:o===this.done[n]-1?r:-1}answer(e,n,o){let r=this.column(`answer.${e}`),i=this.place(r,e,n,o,this.facts);return i<0?null:this.said(r[i],n,o)}said(e,n,o){return e===Ja?null:e===Rn?this.object(n,o):this.text(e)}margin(e,n,o){let r=this.column(`margin.${e}`),i=this.place(r,e,n,o,this.facts);return i<0||r[i]===jn?null:r[i]/4}};async function Wr(t){return new Cn(await pe(t))}function zr(t,e,n,o=null){let r=Xr(t,e,n,o);for(;!Kr(r););return{updates:Vr(r.updates),base:Vr(r.base)}}function Yr(t,e,n,o,r){let i=Xr(t,e,n,o),s=performance.now()+r;for(;!Kr(i);)if(performance.now()>s)return!1;return!0}function Xr(t,e,n,o){return t.remember(`ages ${e} ${n} ${o}`,()=>({block:t,runs:e,form:o,steps:e.length===0?0:n,next:0,updates:Gr(n),base:Gr(n),sound:new Uint16Array(t.facts).fill(Ln)}))}function Kr(t){return t.next<t.steps&&tl(t,t.next++),t.next>=t.steps}var Gr=t=>({right:new Float64Array(t),facts:new Uint32Array(t)});function tl({block:t,runs:e,form:n,updates:o,base:r,sound:i},s){let{asked:a,right:l}=it(t,e,s,n),c=s*t.facts,u=t.column("group").subarray(c,c+t.facts),f=t.column("learned").subarray(c,c+t.facts);for(let p=0;p<t.facts;p++){if(u[p]!==O.new&&u[p]!==O.retained||a[p]===0)continue;let h=f[p];if(h===s&&(i[p]=l[p]===a[p]?s:Ln),i[p]!==h)continue;let m=h===0?r:o;m.right[s-h]+=l[p]/a[p],m.facts[s-h]++}}function Vr({right:t,facts:e}){let n=[];return e.forEach((o,r)=>{o>0&&n.push({age:r,share:t[r]/o,facts:o})}),n}function Pn(t,{s:e}){return t>e?null:{q:"",relation:null,state:null,change:null,group:t===0?["new"]:["retained"],learned:e-t,k:null}}function Be(t,e){return t==null||e==null?NaN:t<e?-1:t>e?1:t>=e?0:NaN}function el(t,e){return t==null||e==null?NaN:e<t?-1:e>t?1:e>=t?0:NaN}function Jr(t){let e,n,o;t.length!==2?(e=Be,n=(a,l)=>Be(t(a),l),o=(a,l)=>t(a)-l):(e=t===Be||t===el?t:nl,n=t,o=t);function r(a,l,c=0,u=a.length){if(c<u){if(e(l,l)!==0)return u;do{let f=c+u>>>1;n(a[f],l)<0?c=f+1:u=f}while(c<u)}return c}function i(a,l,c=0,u=a.length){if(c<u){if(e(l,l)!==0)return u;do{let f=c+u>>>1;n(a[f],l)<=0?c=f+1:u=f}while(c<u)}return c}function s(a,l,c=0,u=a.length){let f=r(a,l,c,u-1);return f>c&&o(a[f-1],l)>-o(a[f],l)?f-1:f}return{left:r,center:s,right:i}}function nl(){return 0}function ol(t){return t===null?NaN:+t}var Zr=Jr(Be),Vf=Zr.right,zf=Zr.left,Yf=Jr(ol).center;var Xf=Qr(ti),Kf=Qr(rl);function Qr(t){return function(e,n,o=n){if(!((n=+n)>=0))throw new RangeError("invalid rx");if(!((o=+o)>=0))throw new RangeError("invalid ry");let{data:r,width:i,height:s}=e;if(!((i=Math.floor(i))>=0))throw new RangeError("invalid width");if(!((s=Math.floor(s!==void 0?s:r.length/i))>=0))throw new RangeError("invalid height");if(!i||!s||!n&&!o)return e;let a=n&&t(n),l=o&&t(o),c=r.slice();return a&&l?(Bt(a,c,r,i,s),Bt(a,r,c,i,s),Bt(a,c,r,i,s),Ft(l,r,c,i,s),Ft(l,c,r,i,s),Ft(l,r,c,i,s)):a?(Bt(a,r,c,i,s),Bt(a,c,r,i,s),Bt(a,r,c,i,s)):l&&(Ft(l,r,c,i,s),Ft(l,c,r,i,s),Ft(l,r,c,i,s)),e}}function Bt(t,e,n,o,r){for(let i=0,s=o*r;i<s;)t(e,n,i,i+=o,1)}function Ft(t,e,n,o,r){for(let i=0,s=o*r;i<o;++i)t(e,n,i,i+s,o)}function rl(t){let e=ti(t);return(n,o,r,i,s)=>{r<<=2,i<<=2,s<<=2,e(n,o,r+0,i+0,s),e(n,o,r+1,i+1,s),e(n,o,r+2,i+2,s),e(n,o,r+3,i+3,s)}}function ti(t){let e=Math.floor(t);if(e===t)return il(t);let n=t-e,o=2*t+1;return(r,i,s,a,l)=>{if(!((a-=l)>=s))return;let c=e*i[s],u=l*e,f=u+l;for(let p=s,h=s+u;p<h;p+=l)c+=i[Math.min(a,p)];for(let p=s,h=a;p<=h;p+=l)c+=i[Math.min(a,p+u)],r[p]=(c+n*(i[Math.max(s,p-f)]+i[Math.min(a,p+f)]))/o,c-=i[Math.max(s,p-u)]}}function il(t){let e=2*t+1;return(n,o,r,i,s)=>{if(!((i-=s)>=r))return;let a=t*o[r],l=s*t;for(let c=r,u=r+l;c<u;c+=s)a+=o[Math.min(i,c)];for(let c=r,u=i;c<=u;c+=s)a+=o[Math.min(i,c+l)],n[c]=a/e,a-=o[Math.max(r,c-l)]}}var sl=Array.prototype,Jf=sl.slice;var al=Math.sqrt(50),ll=Math.sqrt(10),cl=Math.sqrt(2);function Un(t,e,n){let o=(e-t)/Math.max(0,n),r=Math.floor(Math.log10(o)),i=o/Math.pow(10,r),s=i>=al?10:i>=ll?5:i>=cl?2:1,a,l,c;return r<0?(c=Math.pow(10,-r)/s,a=Math.round(t*c),l=Math.round(e*c),a/c<t&&++a,l/c>e&&--l,c=-c):(c=Math.pow(10,r)*s,a=Math.round(t/c),l=Math.round(e/c),a*c<t&&++a,l*c>e&&--l),l<a&&.5<=n&&n<2?Un(t,e,n*2):[a,l,c]}function ei(t,e,n){if(e=+e,t=+t,n=+n,!(n>0))return[];if(t===e)return[t];let o=e<t,[r,i,s]=o?Un(e,t,n):Un(t,e,n);if(!(i>=r))return[];let a=i-r+1,l=new Array(a);if(o)if(s<0)for(let c=0;c<a;++c)l[c]=(i-c)/-s;else for(let c=0;c<a;++c)l[c]=(i-c)*s;else if(s<0)for(let c=0;c<a;++c)l[c]=(r+c)/-s;else for(let c=0;c<a;++c)l[c]=(r+c)*s;return l}var Zf=ul(Math.random);function ul(t){return function(n,o=0,r=n.length){let i=r-(o=+o);for(;i;){let s=t()*i--|0,a=n[i+o];n[i+o]=n[s+o],n[s+o]=a}return n}}var ce=Math.PI,Bn=2*ce,St=1e-6,fl=Bn-St;function ni(t){this._+=t[0];for(let e=1,n=t.length;e<n;++e)this._+=arguments[e]+t[e]}function hl(t){let e=Math.floor(t);if(!(e>=0))throw new Error(`invalid digits: ${t}`);if(e>15)return ni;let n=10**e;return function(o){this._+=o[0];for(let r=1,i=o.length;r<i;++r)this._+=Math.round(arguments[r]*n)/n+o[r]}}function oi(t,e,n,o){return t===n&&e===o}function pl(t){let e=Math.floor(t);if(!(e<=15))return oi;let n=10**e,o=function(r){return Math.round(r*n)};return function(r,i,s,a){return o(r)===o(s)&&o(i)===o(a)}}var qt=class{constructor(e){this._x0=this._y0=this._x1=this._y1=null,this._="",this._append=e==null?ni:hl(e),this._equal=e==null?oi:pl(e)}moveTo(e,n){this._append`M${this._x0=this._x1=+e},${this._y0=this._y1=+n}`}closePath(){this._x1!==null&&(this._x1=this._x0,this._y1=this._y0,this._append`Z`)}lineTo(e,n){this._append`L${this._x1=+e},${this._y1=+n}`}quadraticCurveTo(e,n,o,r){this._append`Q${+e},${+n},${this._x1=+o},${this._y1=+r}`}bezierCurveTo(e,n,o,r,i,s){this._append`C${+e},${+n},${+o},${+r},${this._x1=+i},${this._y1=+s}`}arcTo(e,n,o,r,i){if(e=+e,n=+n,o=+o,r=+r,i=+i,i<0)throw new Error(`negative radius: ${i}`);let s=this._x1,a=this._y1,l=o-e,c=r-n,u=s-e,f=a-n,p=u*u+f*f;if(this._x1===null)this._append`M${this._x1=e},${this._y1=n}`;else if(p>St)if(!(Math.abs(f*l-c*u)>St)||!i)this._append`L${this._x1=e},${this._y1=n}`;else{let h=o-s,m=r-a,y=l*l+c*c,g=h*h+m*m,_=Math.sqrt(y),b=Math.sqrt(p),v=i*Math.tan((ce-Math.acos((y+p-g)/(2*_*b)))/2),$=v/b,E=v/_;Math.abs($-1)>St&&this._append`L${e+$*u},${n+$*f}`,this._append`A${i},${i},0,0,${+(f*h>u*m)},${this._x1=e+E*l},${this._y1=n+E*c}`}}arc(e,n,o,r,i,s){if(e=+e,n=+n,o=+o,s=!!s,o<0)throw new Error(`negative radius: ${o}`);let a=o*Math.cos(r),l=o*Math.sin(r),c=e+a,u=n+l,f=1^s,p=s?r-i:i-r;if(this._x1===null?this._append`M${c},${u}`:(Math.abs(this._x1-c)>St||Math.abs(this._y1-u)>St)&&this._append`L${c},${u}`,!!o){if(p<0&&(p=p%Bn+Bn),p>fl)this._append`A${o},${o},0,1,${f},${e-a},${n-l}A${o},${o},0,1,${f},${this._x1=c},${this._y1=u}`;else if(p>St){let h=e+o*Math.cos(i),m=n+o*Math.sin(i);if(p>=ce&&this._equal(c,u,h,m)){p/=2;let y=r+p;this._append`A${o},${o},0,${+(p>=ce)},${f},${e+o*Math.cos(y)},${n+o*Math.sin(y)}`}this._append`A${o},${o},0,${+(p>=ce)},${f},${this._x1=h},${this._y1=m}`}}}rect(e,n,o,r){this._append`M${this._x0=this._x1=+e},${this._y0=this._y1=+n}h${o=+o}v${+r}h${-o}Z`}toString(){return this._}};function dl(){return new qt}dl.prototype=qt.prototype;function U(t){return function(){return t}}var ml=Math.cos;var qn=Math.sin,Dt=Math.sqrt,ri=1e-12,Fe=Math.PI,nh=Fe/2,ci=2*Fe;function ui(t){let e=3;return t.digits=function(n){if(!arguments.length)return e;if(n==null)e=null;else{let o=Math.floor(n);if(!(o>=0))throw new RangeError(`invalid digits: ${n}`);e=o}return t},()=>new qt(e)}var oh=Array.prototype.slice;function fi(t){return typeof t=="object"&&"length"in t?t:Array.from(t)}function hi(t){this._context=t}hi.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._point=0},lineEnd:function(){(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(t,e){switch(t=+t,e=+e,this._point){case 0:this._point=1,this._line?this._context.lineTo(t,e):this._context.moveTo(t,e);break;case 1:this._point=2;default:this._context.lineTo(t,e);break}}};function In(t){return new hi(t)}function pi(t){return t[0]}function di(t){return t[1]}function Hn(t,e){var n=U(!0),o=null,r=In,i=null,s=ui(a);t=typeof t=="function"?t:t===void 0?pi:U(t),e=typeof e=="function"?e:e===void 0?di:U(e);function a(l){var c,u=(l=fi(l)).length,f,p=!1,h;for(o==null&&(i=r(h=s())),c=0;c<=u;++c)!(c<u&&n(f=l[c],c,l))===p&&((p=!p)?i.lineStart():i.lineEnd()),p&&i.point(+t(f,c,l),+e(f,c,l));if(h)return i=null,h+""||null}return a.x=function(l){return arguments.length?(t=typeof l=="function"?l:U(+l),a):t},a.y=function(l){return arguments.length?(e=typeof l=="function"?l:U(+l),a):e},a.defined=function(l){return arguments.length?(n=typeof l=="function"?l:U(!!l),a):n},a.curve=function(l){return arguments.length?(r=l,o!=null&&(i=r(o)),a):r},a.context=function(l){return arguments.length?(l==null?o=i=null:i=r(o=l),a):o},a}function mi(t,e,n){var o=null,r=U(!0),i=null,s=In,a=null,l=ui(c);t=typeof t=="function"?t:t===void 0?pi:U(+t),e=typeof e=="function"?e:U(e===void 0?0:+e),n=typeof n=="function"?n:n===void 0?di:U(+n);function c(f){var p,h,m,y=(f=fi(f)).length,g,_=!1,b,v=new Array(y),$=new Array(y);for(i==null&&(a=s(b=l())),p=0;p<=y;++p){if(!(p<y&&r(g=f[p],p,f))===_)if(_=!_)h=p,a.areaStart(),a.lineStart();else{for(a.lineEnd(),a.lineStart(),m=p-1;m>=h;--m)a.point(v[m],$[m]);a.lineEnd(),a.areaEnd()}_&&(v[p]=+t(g,p,f),$[p]=+e(g,p,f),a.point(o?+o(g,p,f):v[p],n?+n(g,p,f):$[p]))}if(b)return a=null,b+""||null}function u(){return Hn().defined(r).curve(s).context(i)}return c.x=function(f){return arguments.length?(t=typeof f=="function"?f:U(+f),o=null,c):t},c.x0=function(f){return arguments.length?(t=typeof f=="function"?f:U(+f),c):t},c.x1=function(f){return arguments.length?(o=f==null?null:typeof f=="function"?f:U(+f),c):o},c.y=function(f){return arguments.length?(e=typeof f=="function"?f:U(+f),n=null,c):e},c.y0=function(f){return arguments.length?(e=typeof f=="function"?f:U(+f),c):e},c.y1=function(f){return arguments.length?(n=f==null?null:typeof f=="function"?f:U(+f),c):n},c.lineX0=c.lineY0=function(){return u().x(t).y(e)},c.lineY1=function(){return u().x(t).y(n)},c.lineX1=function(){return u().x(o).y(e)},c.defined=function(f){return arguments.length?(r=typeof f=="function"?f:U(!!f),c):r},c.curve=function(f){return arguments.length?(s=f,i!=null&&(a=s(i)),c):s},c.context=function(f){return arguments.length?(f==null?i=a=null:a=s(i=f),c):i},c}var rh=_l(In);function _i(t){this._curve=t}_i.prototype={areaStart:function(){this._curve.areaStart()},areaEnd:function(){this._curve.areaEnd()},lineStart:function(){this._curve.lineStart()},lineEnd:function(){this._curve.lineEnd()},point:function(t,e){this._curve.point(e*Math.sin(t),e*-Math.cos(t))}};function _l(t){function e(n){return new _i(t(n))}return e._curve=t,e}var ih=Dt(3);var gl=Dt(1/3),sh=gl*2;var gi=qn(Fe/10)/qn(7*Fe/10),ah=qn(ci/10)*gi,lh=-ml(ci/10)*gi;var ch=Dt(3);var uh=Dt(3);var fh=Dt(3)/2,yl=1/Dt(12),hh=(yl/2+1)*3;function ut(){}function qe(t,e,n){t._context.bezierCurveTo((2*t._x0+t._x1)/3,(2*t._y0+t._y1)/3,(t._x0+2*t._x1)/3,(t._y0+2*t._y1)/3,(t._x0+4*t._x1+e)/6,(t._y0+4*t._y1+n)/6)}function Wn(t){this._context=t}Wn.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._y0=this._y1=NaN,this._point=0},lineEnd:function(){switch(this._point){case 3:qe(this,this._x1,this._y1);case 2:this._context.lineTo(this._x1,this._y1);break}(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(t,e){switch(t=+t,e=+e,this._point){case 0:this._point=1,this._line?this._context.lineTo(t,e):this._context.moveTo(t,e);break;case 1:this._point=2;break;case 2:this._point=3,this._context.lineTo((5*this._x0+this._x1)/6,(5*this._y0+this._y1)/6);default:qe(this,t,e);break}this._x0=this._x1,this._x1=t,this._y0=this._y1,this._y1=e}};function vl(t){this._context=t}vl.prototype={areaStart:ut,areaEnd:ut,lineStart:function(){this._x0=this._x1=this._x2=this._x3=this._x4=this._y0=this._y1=this._y2=this._y3=this._y4=NaN,this._point=0},lineEnd:function(){switch(this._point){case 1:{this._context.moveTo(this._x2,this._y2),this._context.closePath();break}case 2:{this._context.moveTo((this._x2+2*this._x3)/3,(this._y2+2*this._y3)/3),this._context.lineTo((this._x3+2*this._x2)/3,(this._y3+2*this._y2)/3),this._context.closePath();break}case 3:{this.point(this._x2,this._y2),this.point(this._x3,this._y3),this.point(this._x4,this._y4);break}}},point:function(t,e){switch(t=+t,e=+e,this._point){case 0:this._point=1,this._x2=t,this._y2=e;break;case 1:this._point=2,this._x3=t,this._y3=e;break;case 2:this._point=3,this._x4=t,this._y4=e,this._context.moveTo((this._x0+4*this._x1+t)/6,(this._y0+4*this._y1+e)/6);break;default:qe(this,t,e);break}this._x0=this._x1,this._x1=t,this._y0=this._y1,this._y1=e}};function bl(t){this._context=t}bl.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._y0=this._y1=NaN,this._point=0},lineEnd:function(){(this._line||this._line!==0&&this._point===3)&&this._context.closePath(),this._line=1-this._line},point:function(t,e){switch(t=+t,e=+e,this._point){case 0:this._point=1;break;case 1:this._point=2;break;case 2:this._point=3;var n=(this._x0+4*this._x1+t)/6,o=(this._y0+4*this._y1+e)/6;this._line?this._context.lineTo(n,o):this._context.moveTo(n,o);break;case 3:this._point=4;default:qe(this,t,e);break}this._x0=this._x1,this._x1=t,this._y0=this._y1,this._y1=e}};function yi(t,e){this._basis=new Wn(t),this._beta=e}yi.prototype={lineStart:function(){this._x=[],this._y=[],this._basis.lineStart()},lineEnd:function(){var t=this._x,e=this._y,n=t.length-1;if(n>0)for(var o=t[0],r=e[0],i=t[n]-o,s=e[n]-r,a=-1,l;++a<=n;)l=a/n,this._basis.point(this._beta*t[a]+(1-this._beta)*(o+l*i),this._beta*e[a]+(1-this._beta)*(r+l*s));this._x=this._y=null,this._basis.lineEnd()},point:function(t,e){this._x.push(+t),this._y.push(+e)}};var ph=(function t(e){function n(o){return e===1?new Wn(o):new yi(o,e)}return n.beta=function(o){return t(+o)},n})(.85);function De(t,e,n){t._context.bezierCurveTo(t._x1+t._k*(t._x2-t._x0),t._y1+t._k*(t._y2-t._y0),t._x2+t._k*(t._x1-e),t._y2+t._k*(t._y1-n),t._x2,t._y2)}function Gn(t,e){this._context=t,this._k=(1-e)/6}Gn.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._x2=this._y0=this._y1=this._y2=NaN,this._point=0},lineEnd:function(){switch(this._point){case 2:this._context.lineTo(this._x2,this._y2);break;case 3:De(this,this._x1,this._y1);break}(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(t,e){switch(t=+t,e=+e,this._point){case 0:this._point=1,this._line?this._context.lineTo(t,e):this._context.moveTo(t,e);break;case 1:this._point=2,this._x1=t,this._y1=e;break;case 2:this._point=3;default:De(this,t,e);break}this._x0=this._x1,this._x1=this._x2,this._x2=t,this._y0=this._y1,this._y1=this._y2,this._y2=e}};var dh=(function t(e){function n(o){return new Gn(o,e)}return n.tension=function(o){return t(+o)},n})(0);function Vn(t,e){this._context=t,this._k=(1-e)/6}Vn.prototype={areaStart:ut,areaEnd:ut,lineStart:function(){this._x0=this._x1=this._x2=this._x3=this._x4=this._x5=this._y0=this._y1=this._y2=this._y3=this._y4=this._y5=NaN,this._point=0},lineEnd:function(){switch(this._point){case 1:{this._context.moveTo(this._x3,this._y3),this._context.closePath();break}case 2:{this._context.lineTo(this._x3,this._y3),this._context.closePath();break}case 3:{this.point(this._x3,this._y3),this.point(this._x4,this._y4),this.point(this._x5,this._y5);break}}},point:function(t,e){switch(t=+t,e=+e,this._point){case 0:this._point=1,this._x3=t,this._y3=e;break;case 1:this._point=2,this._context.moveTo(this._x4=t,this._y4=e);break;case 2:this._point=3,this._x5=t,this._y5=e;break;default:De(this,t,e);break}this._x0=this._x1,this._x1=this._x2,this._x2=t,this._y0=this._y1,this._y1=this._y2,this._y2=e}};var mh=(function t(e){function n(o){return new Vn(o,e)}return n.tension=function(o){return t(+o)},n})(0);function zn(t,e){this._context=t,this._k=(1-e)/6}zn.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._x2=this._y0=this._y1=this._y2=NaN,this._point=0},lineEnd:function(){(this._line||this._line!==0&&this._point===3)&&this._context.closePath(),this._line=1-this._line},point:function(t,e){switch(t=+t,e=+e,this._point){case 0:this._point=1;break;case 1:this._point=2;break;case 2:this._point=3,this._line?this._context.lineTo(this._x2,this._y2):this._context.moveTo(this._x2,this._y2);break;case 3:this._point=4;default:De(this,t,e);break}this._x0=this._x1,this._x1=this._x2,this._x2=t,this._y0=this._y1,this._y1=this._y2,this._y2=e}};var _h=(function t(e){function n(o){return new zn(o,e)}return n.tension=function(o){return t(+o)},n})(0);function Yn(t,e,n){var o=t._x1,r=t._y1,i=t._x2,s=t._y2;if(t._l01_a>ri){var a=2*t._l01_2a+3*t._l01_a*t._l12_a+t._l12_2a,l=3*t._l01_a*(t._l01_a+t._l12_a);o=(o*a-t._x0*t._l12_2a+t._x2*t._l01_2a)/l,r=(r*a-t._y0*t._l12_2a+t._y2*t._l01_2a)/l}if(t._l23_a>ri){var c=2*t._l23_2a+3*t._l23_a*t._l12_a+t._l12_2a,u=3*t._l23_a*(t._l23_a+t._l12_a);i=(i*c+t._x1*t._l23_2a-e*t._l12_2a)/u,s=(s*c+t._y1*t._l23_2a-n*t._l12_2a)/u}t._context.bezierCurveTo(o,r,i,s,t._x2,t._y2)}function vi(t,e){this._context=t,this._alpha=e}vi.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._x2=this._y0=this._y1=this._y2=NaN,this._l01_a=this._l12_a=this._l23_a=this._l01_2a=this._l12_2a=this._l23_2a=this._point=0},lineEnd:function(){switch(this._point){case 2:this._context.lineTo(this._x2,this._y2);break;case 3:this.point(this._x2,this._y2);break}(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(t,e){if(t=+t,e=+e,this._point){var n=this._x2-t,o=this._y2-e;this._l23_a=Math.sqrt(this._l23_2a=Math.pow(n*n+o*o,this._alpha))}switch(this._point){case 0:this._point=1,this._line?this._context.lineTo(t,e):this._context.moveTo(t,e);break;case 1:this._point=2;break;case 2:this._point=3;default:Yn(this,t,e);break}this._l01_a=this._l12_a,this._l12_a=this._l23_a,this._l01_2a=this._l12_2a,this._l12_2a=this._l23_2a,this._x0=this._x1,this._x1=this._x2,this._x2=t,this._y0=this._y1,this._y1=this._y2,this._y2=e}};var gh=(function t(e){function n(o){return e?new vi(o,e):new Gn(o,0)}return n.alpha=function(o){return t(+o)},n})(.5);function bi(t,e){this._context=t,this._alpha=e}bi.prototype={areaStart:ut,areaEnd:ut,lineStart:function(){this._x0=this._x1=this._x2=this._x3=this._x4=this._x5=this._y0=this._y1=this._y2=this._y3=this._y4=this._y5=NaN,this._l01_a=this._l12_a=this._l23_a=this._l01_2a=this._l12_2a=this._l23_2a=this._point=0},lineEnd:function(){switch(this._point){case 1:{this._context.moveTo(this._x3,this._y3),this._context.closePath();break}case 2:{this._context.lineTo(this._x3,this._y3),this._context.closePath();break}case 3:{this.point(this._x3,this._y3),this.point(this._x4,this._y4),this.point(this._x5,this._y5);break}}},point:function(t,e){if(t=+t,e=+e,this._point){var n=this._x2-t,o=this._y2-e;this._l23_a=Math.sqrt(this._l23_2a=Math.pow(n*n+o*o,this._alpha))}switch(this._point){case 0:this._point=1,this._x3=t,this._y3=e;break;case 1:this._point=2,this._context.moveTo(this._x4=t,this._y4=e);break;case 2:this._point=3,this._x5=t,this._y5=e;break;default:Yn(this,t,e);break}this._l01_a=this._l12_a,this._l12_a=this._l23_a,this._l01_2a=this._l12_2a,this._l12_2a=this._l23_2a,this._x0=this._x1,this._x1=this._x2,this._x2=t,this._y0=this._y1,this._y1=this._y2,this._y2=e}};var yh=(function t(e){function n(o){return e?new bi(o,e):new Vn(o,0)}return n.alpha=function(o){return t(+o)},n})(.5);function $i(t,e){this._context=t,this._alpha=e}$i.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._x2=this._y0=this._y1=this._y2=NaN,this._l01_a=this._l12_a=this._l23_a=this._l01_2a=this._l12_2a=this._l23_2a=this._point=0},lineEnd:function(){(this._line||this._line!==0&&this._point===3)&&this._context.closePath(),this._line=1-this._line},point:function(t,e){if(t=+t,e=+e,this._point){var n=this._x2-t,o=this._y2-e;this._l23_a=Math.sqrt(this._l23_2a=Math.pow(n*n+o*o,this._alpha))}switch(this._point){case 0:this._point=1;break;case 1:this._point=2;break;case 2:this._point=3,this._line?this._context.lineTo(this._x2,this._y2):this._context.moveTo(this._x2,this._y2);break;case 3:this._point=4;default:Yn(this,t,e);break}this._l01_a=this._l12_a,this._l12_a=this._l23_a,this._l01_2a=this._l12_2a,this._l12_2a=this._l23_2a,this._x0=this._x1,this._x1=this._x2,this._x2=t,this._y0=this._y1,this._y1=this._y2,this._y2=e}};var vh=(function t(e){function n(o){return e?new $i(o,e):new zn(o,0)}return n.alpha=function(o){return t(+o)},n})(.5);function $l(t){this._context=t}$l.prototype={areaStart:ut,areaEnd:ut,lineStart:function(){this._point=0},lineEnd:function(){this._point&&this._context.closePath()},point:function(t,e){t=+t,e=+e,this._point?this._context.lineTo(t,e):(this._point=1,this._context.moveTo(t,e))}};function ii(t){return t<0?-1:1}function si(t,e,n){var o=t._x1-t._x0,r=e-t._x1,i=(t._y1-t._y0)/(o||r<0&&-0),s=(n-t._y1)/(r||o<0&&-0),a=(i*r+s*o)/(o+r);return(ii(i)+ii(s))*Math.min(Math.abs(i),Math.abs(s),.5*Math.abs(a))||0}function ai(t,e){var n=t._x1-t._x0;return n?(3*(t._y1-t._y0)/n-e)/2:e}function Fn(t,e,n){var o=t._x0,r=t._y0,i=t._x1,s=t._y1,a=(i-o)/3;t._context.bezierCurveTo(o+a,r+a*e,i-a,s-a*n,i,s)}function Dn(t){this._context=t}Dn.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x0=this._x1=this._y0=this._y1=this._t0=NaN,this._point=0},lineEnd:function(){switch(this._point){case 2:this._context.lineTo(this._x1,this._y1);break;case 3:Fn(this,this._t0,ai(this,this._t0));break}(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(t,e){var n=NaN;if(t=+t,e=+e,!(t===this._x1&&e===this._y1)){switch(this._point){case 0:this._point=1,this._line?this._context.lineTo(t,e):this._context.moveTo(t,e);break;case 1:this._point=2;break;case 2:this._point=3,Fn(this,ai(this,n=si(this,t,e)),n);break;default:Fn(this,this._t0,n=si(this,t,e));break}this._x0=this._x1,this._x1=t,this._y0=this._y1,this._y1=e,this._t0=n}}};function xl(t){this._context=new xi(t)}(xl.prototype=Object.create(Dn.prototype)).point=function(t,e){Dn.prototype.point.call(this,e,t)};function xi(t){this._context=t}xi.prototype={moveTo:function(t,e){this._context.moveTo(e,t)},closePath:function(){this._context.closePath()},lineTo:function(t,e){this._context.lineTo(e,t)},bezierCurveTo:function(t,e,n,o,r,i){this._context.bezierCurveTo(e,t,o,n,i,r)}};function wl(t){this._context=t}wl.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x=[],this._y=[]},lineEnd:function(){var t=this._x,e=this._y,n=t.length;if(n)if(this._line?this._context.lineTo(t[0],e[0]):this._context.moveTo(t[0],e[0]),n===2)this._context.lineTo(t[1],e[1]);else for(var o=li(t),r=li(e),i=0,s=1;s<n;++i,++s)this._context.bezierCurveTo(o[0][i],r[0][i],o[1][i],r[1][i],t[s],e[s]);(this._line||this._line!==0&&n===1)&&this._context.closePath(),this._line=1-this._line,this._x=this._y=null},point:function(t,e){this._x.push(+t),this._y.push(+e)}};function li(t){var e,n=t.length-1,o,r=new Array(n),i=new Array(n),s=new Array(n);for(r[0]=0,i[0]=2,s[0]=t[0]+2*t[1],e=1;e<n-1;++e)r[e]=1,i[e]=4,s[e]=4*t[e]+2*t[e+1];for(r[n-1]=2,i[n-1]=7,s[n-1]=8*t[n-1]+t[n],e=1;e<n;++e)o=r[e]/i[e-1],i[e]-=o,s[e]-=o*s[e-1];for(r[n-1]=s[n-1]/i[n-1],e=n-2;e>=0;--e)r[e]=(s[e]-r[e+1])/i[e];for(i[n-1]=(t[n]+r[n-1])/2,e=0;e<n-1;++e)i[e]=2*t[e+1]-r[e+1];return[r,i]}function wi(t,e){this._context=t,this._t=e}wi.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x=this._y=NaN,this._point=0},lineEnd:function(){0<this._t&&this._t<1&&this._point===2&&this._context.lineTo(this._x,this._y),(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line>=0&&(this._t=1-this._t,this._line=1-this._line)},point:function(t,e){switch(t=+t,e=+e,this._point){case 0:this._point=1,this._line?this._context.lineTo(t,e):this._context.moveTo(t,e);break;case 1:this._point=2;default:{if(this._t<=0)this._context.lineTo(this._x,e),this._context.lineTo(t,e);else{var n=this._x*(1-this._t)+t*this._t;this._context.lineTo(n,this._y),this._context.lineTo(n,e)}break}}this._x=t,this._y=e}};function Si(t){return new wi(t,0)}var Sl="http://www.w3.org/2000/svg";function w(t,e={},...n){let o=document.createElementNS(Sl,t);for(let[r,i]of Object.entries(e))i!=null&&o.setAttribute(r,i);return o.append(...n.filter(r=>r!==null)),o}function k(t,e){return w("text",{"unicode-bidi":"isolate",fill:"var(--ink)",...e},t)}function K(t,e,n,...o){return w("svg",{viewBox:`0 0 ${t} ${e}`,width:t,height:e,role:"img","aria-label":n,"font-size":11},...o)}var Mt=t=>t.length*6.1;function J(t,e){return t.length<=e?t:`${t.slice(0,e-1)}\u2026`}var Ml={circle:"M-3.3 0a3.3 3.3 0 1 0 6.6 0a3.3 3.3 0 1 0-6.6 0z",square:"M-3-3h6v6h-6z",triangle:"M0-4L3.8 2.9H-3.8z",diamond:"M0-4.2L4.2 0 0 4.2-4.2 0z",star:"M0-4.6L1.3-1.4 4.6-1.4 2 .7 3 4 0 2-3 4-2 .7-4.6-1.4-1.3-1.4z",times:"M-3-3L3 3M3-3L-3 3",plus:"M0-4V4M-4 0H4",wye:"M0 0V4.2M0 0L-3.7-2.4M0 0L3.7-2.4"};function at({colour:t,symbol:e,filled:n},o,r,i=1){return w("path",{d:Ml[e],transform:`translate(${o.toFixed(1)} ${r.toFixed(1)})${i===1?"":` scale(${i.toFixed(2)})`}`,fill:n?t:"var(--paper)",stroke:t,"stroke-width":(1.5/i).toFixed(2)})}function It(t,e){let n=w("g",{}),o=0,r=8;for(let{text:i,look:s}of t){let a=J(i,30),l=34+Mt(a)+20;o>0&&o+l>e&&(o=0,r+=18);let c=s.dash??null;n.append(w("path",{d:`M${o} ${r}h28`,stroke:s.colour,"stroke-width":s.symbol?1.8:1,"stroke-dasharray":c})),s.symbol&&n.append(at(s,o+14,r)),n.append(k(a,{x:o+34,y:r+4})),o+=l}return{node:n,height:r+14}}var Ie={fill:"var(--muted)"};function Ht({width:t,height:e,margin:n,x:o,y:r,gridX:i=!1}){let s={x:Mi(o.domain,[n.left,t-n.right]),y:Mi(r.domain,[e-n.bottom,n.top])},a=w("g",{"stroke-linecap":"butt"}),[l,c]=[n.left,t-n.right],[u,f]=[e-n.bottom,n.top];for(let p of ki(r)){let h=Xn(s.y(p));a.append(w("path",{d:`M${l} ${h}H${c}`,stroke:"var(--rule)"}),k(r.text(p),{...Ie,x:l-7,y:Xn(s.y(p)+4),"text-anchor":"end"}))}for(let p of ki(o)){let h=Xn(s.x(p));i&&a.append(w("path",{d:`M${h} ${f}V${u}`,stroke:"var(--rule)"})),a.append(w("path",{d:`M${h} ${u}v4`,stroke:"var(--muted)"}),k(o.text(p),{...Ie,x:h,y:u+17,"text-anchor":"middle"}))}return o.name&&a.append(k(o.name,{...Ie,x:c,y:e-4,"text-anchor":"end"})),r.name&&a.append(k(r.name,{...Ie,x:0,y:10})),{node:a,...s}}function Mi([t,e],[n,o]){return r=>n+(r-t)/(e-t)*(o-n)}function ki({domain:t,ticks:e}){let n=o=>o>=0&&o<=1;return Array.isArray(e)?e:ei(...t,e).filter(n)}var Xn=t=>Math.round(t*10)/10;function He(t,e){let n=Math.max(1,Math.ceil(t*26/e));return Array.from({length:Math.floor(t/n)+1},(o,r)=>r*n)}function kt(t,e,n,o,{step:r=!1}={}){let i=Hn().x(e).y(n).digits(1);return r&&i.curve(Si),w("path",{fill:"none","stroke-linejoin":"round",d:i(t),...o})}function Ti(t,e,n,o,r){return w("path",{d:mi().x(e).y0(n).y1(o).digits(1)(t),...r})}function L(t,e={},...n){let o=document.createElement(t);for(let[r,i]of Object.entries(e))o.setAttribute(r,i);return o.append(...n),o}function Z({title:t,reading:e,draw:n,table:o,file:r,exact:i,select:s,titled:a=!0}){let l=L("div",{class:"chart-drawing"}),c=L("figcaption",{},L("span",{},e));a&&c.prepend(L("b",{},t));let u=L("figure",{class:"chart"},c,l),f=0;return new ResizeObserver(([p])=>{let h=Math.floor(p.contentRect.width);h===f||h<1||(f=h,l.replaceChildren(n(h)))}).observe(l),u.append(Do({svg:()=>l.querySelector("svg"),table:o,file:r,exact:i,title:t})),u.append(kl(o,`${t}: ${e}`,s)),u}function kl(t,e,n){let o=L("details",{},L("summary",{},"Table"));return o.addEventListener("toggle",()=>{if(!o.open||o.querySelector("table")!==null)return;let r=L("div",{class:"wide",tabindex:"0",role:"group","aria-label":e},Tl(t(),e,n));o.append(r)}),o}function Tl({columns:t,rows:e},n,o){let r=L("tr",{},...t.map(s=>L("th",{scope:"col"},s))),i=e.map(s=>L("tr",{},...s.map((a,l)=>L(l===0?"th":"td",l===0?{scope:"row"}:{},Al(a,o)))));return L("table",{class:"numbers"},L("caption",{},n),L("thead",{},r),L("tbody",{},...i))}function Al(t,e){let n=typeof t=="string"?t:t.text;if(typeof t=="string"||!t.patch)return L("bdi",{},n);let o=L("button",{type:"button",class:"number-button"},n);return o.addEventListener("click",()=>e(t.patch)),o}function Ai(...t){return L("div",{class:"charts"},...t)}function We(t){return L("p",{class:"note"},t)}var El=26;function ft(t,e,n,{ring:o=!0}={}){let r=w("g",{class:"pointing","pointer-events":"none"});t.append(r);let i=null,s=c=>{let u=t.getScreenCTM();return u===null?{x:0,y:0}:new DOMPoint(c.clientX,c.clientY).matrixTransform(u.inverse())},a=c=>{let u=s(c),f=null,p=El;for(let h of e){let m=Math.hypot(h.x-u.x,h.y-u.y);m<p&&([f,p]=[h,m])}return f},l=c=>{c!==i&&(i=c,t.style.cursor=c?.patch?"pointer":"default",r.replaceChildren(...c===null?[]:Kn(t,c,o)))};t.addEventListener("pointermove",c=>l(a(c))),t.addEventListener("pointerleave",()=>l(null)),t.addEventListener("click",c=>{let u=a(c);u?.patch&&n(u.patch)})}function Kn(t,{x:e,y:n,title:o},r){let[,,i]=t.getAttribute("viewBox").split(" ").map(Number),s=J(o,Math.floor((i-20)/6.1)),a=Mt(s)+14,l=Math.max(2,Math.min(i-a-2,e-a/2)),c=n>36?n-34:n+12,u=[w("rect",{x:l,y:c,width:a,height:20,rx:4,fill:"var(--paper)",stroke:"var(--muted)"}),k(s,{x:l+7,y:c+14})];return r&&u.unshift(w("circle",{cx:e,cy:n,r:7,fill:"none",stroke:"var(--ink)"})),u}var Ol={"":["","k","M","G","T"],B:["B","kB","MB","GB","TB"]};function A(t){if(t==null||Number.isNaN(t))return"\u2013";let e=t.toFixed(2);return e==="-0.00"?"0.00":e.replace("-","\u2212")}function Ei(t){let e=A(t);return e==="\u2013"||e==="0.00"||e.startsWith("\u2212")?e:`+${e}`}function Wt(t,e){return e==null||t===null?A(t):`${A(t)} \xB1\u2009${A(e)}`}function ue(t,e=""){if(t==null)return"\u2013";let n=0,o=Math.abs(t);for(;o>=999.5&&n<4;)o/=1e3,n++;let r=n>0&&o<9.95?1:0;return`${o.toFixed(r)}\u2009${Ol[e][n]}`.trimEnd()}function Gt(t,e){return`${t.toLocaleString("en")} ${e}${t===1?"":"s"}`}var Nl=[null,"7 3","2 2.5","9 3 2 3","12 3","4 2 1 2","1 3","14 3 2 3 2 3"],Cl=["circle","square","triangle","diamond","star","times","plus","wye"],Vt="var(--grey-line)";function Oi(t,e,n){return t.views.scores?.means[e]?.[n]?.mean??null}function Ge(t,{a:e,b:n}){let o=t.strategies.map(a=>a.name),r=[...new Set([e,n])].filter(a=>a>=0&&a<o.length),i=a=>(Oi(t,o[a],"new")??0)+(Oi(t,o[a],"retained")??0),s=o.map((a,l)=>l).filter(a=>!r.includes(a));return s.sort((a,l)=>i(l)-i(a)||a-l),[...r,...s].slice(0,6).sort((a,l)=>a-l)}function ht(t){let e=new Map,n=new Set;for(let o of t){let r=o%8;for(;n.has(r);)r=(r+1)%8;n.add(r),e.set(o,{colour:`var(--c${r})`,dash:Nl[r],symbol:Cl[r],filled:r%2===0})}return e}function D(t,e,{a:n,b:o}){return(e===n?"A: ":e===o?"B: ":"")+t.strategies[e].name}function Jn(t,{a:e,b:n}){return t===e?{}:t===n?{a:n,b:e}:{a:t}}var Rl=12;function Ni(t){let e=document.createElement("div"),n=pt(t.selection).map(({place:r})=>Ll(t,r)),o=()=>{n.every(r=>Yr(...r,Rl))?e.replaceChildren(jl(t,n)):setTimeout(o,0)};return o(),e}function Ll({block:t,selection:e},n){let o=Math.max(0,...t.variants[n].runs.map(r=>r.diverged?0:r.done));return[t,t.runs(n,o-1,e.seed),o,e.form]}function jl({data:t,selection:e,select:n},o){let r=pt(e).flatMap(({place:i},s)=>{let{updates:a,base:l}=zr(...o[s]);return[{place:i,what:"facts of updates",points:a},{place:i,what:"base facts",points:l}].filter(({points:c})=>c.length>0)});return Z({title:"Forgetting by age",reading:"Of the facts that were right when they were taught and are still valid, the share that is right so many updates later. A click lists those of this age at the step shown.",draw:i=>Pl({data:t,selection:e,select:n,lines:r,width:i}),table:()=>({columns:["strategy","facts","updates since","still right","facts, each step counted"],rows:r.flatMap(({place:i,what:s,points:a})=>a.map(({age:l,share:c,facts:u})=>[D(t,i,e),s,String(l),{text:A(c),value:c,patch:Pn(l,e)},{text:u.toLocaleString("en"),value:u}]))}),file:"forgetting-by-age",select:n})}function pt({a:t,b:e}){return[{side:"a",place:t},{side:"b",place:e}].filter(({place:n})=>n>=0)}function Pl({data:t,selection:e,select:n,lines:o,width:r}){let i=ht(pt(e).map(({place:g})=>g)),s=o.map(({place:g,what:_})=>({text:`${D(t,g,e)}, ${_}`,look:Zn(i.get(g),_)})),a=It(s,r),l=Math.round(Math.min(280,Math.max(200,r*.5))),c=Math.max(1,...o.flatMap(({points:g})=>g.map(({age:_})=>_))),{node:u,x:f,y:p}=Ht({width:r,height:l,margin:{left:36,right:12,top:20,bottom:38},x:{domain:[0,c],ticks:He(c,r-48),name:"updates since the fact was taught \u2192",text:String},y:{domain:[0,1],ticks:[0,.25,.5,.75,1],name:"\u2191 still right",text:A}});u.setAttribute("transform",`translate(0 ${a.height})`);let m=K(r,a.height+l,"Lines: the share of facts still right by age; the table has the numbers",a.node,u);for(let{place:g,what:_,points:b}of o){let{colour:v,dash:$}=Zn(i.get(g),_),E={stroke:v,"stroke-dasharray":$,"stroke-width":1.8};u.append(kt(b,({age:N})=>f(N),N=>p(N.share),E))}let y=[];for(let{place:g,what:_,points:b}of o)for(let{age:v,share:$,facts:E}of b){let N={x:f(v),y:p($)+a.height};b.length<=40&&m.append(at(Zn(i.get(g),_),N.x,N.y,.9)),y.push({...N,title:`${D(t,g,e)}, ${_}, ${v} later: ${A($)} of ${Gt(E,"answer")}`,patch:Pn(v,e)})}return ft(m,y,n),m}function Zn(t,e){return e==="base facts"?{...t,dash:"1 4",filled:!1}:{...t,filled:!0}}var Ri=["tokens","seconds","stored_bytes"];function Qn(t,e="tokens"){let n=[];return t.strategies.forEach(({name:o},r)=>{let i=t.views.scores.means[o]??{},s=(a,l="mean")=>i[a]?.[l]??null;s("retained")===null||s("new")===null||n.push({place:r,name:o,retained:s("retained"),new:s("new"),retainedHalf:s("retained","half"),newHalf:s("new","half"),cost:s(e)})}),n}function to(t){let e=(n,o)=>n.retained>=o.retained&&n.new>=o.new&&(n.retained>o.retained||n.new>o.new);return t.filter(n=>!t.some(o=>e(o,n))).sort((n,o)=>n.retained-o.retained||n.new-o.new)}var Ul=.2;function eo(t){let e=Math.min(...t),n=Math.max(...t),o=Math.max(Ul,1.14*(n-e))/2,r=(e+n)/2,i=Math.max(0,-.03-(r-o))-Math.max(0,r+o-1.03);return[Math.max(-.03,r-o+i),Math.min(1.03,r+o+i)]}function Li(t,e,n=9,o=2.5){return t===null||!(e>0)?4:Math.max(o,n*Math.sqrt(Math.max(0,t)/e))}var Ci=(t,e)=>e===null?null:[Math.max(0,t-e),Math.min(1,t+e)];function no(t){return{retained:Ci(t.retained,t.retainedHalf),new:Ci(t.new,t.newHalf)}}var Bl=[[1,0],[1,-1],[1,1],[-1,0],[-1,-1],[-1,1],[0,-1],[0,1]],Fl=[0,6,12,20,30],ql=2,ji=(t,e)=>t.left<e.right&&e.left<t.right&&t.top<e.bottom&&e.top<t.bottom;function Pi(t,e){let n=Math.max(e.left-t.x,0,t.x-e.right),o=Math.max(e.top-t.y,0,t.y-e.bottom);return Math.hypot(n,o)-t.r}function*Dl(t){for(let e of Fl){let n=t.r+ql+e;for(let[o,r]of Bl){let i=n*(o&&r?.75:1),s=t.x+o*(i+t.width/2),a=t.y+r*((o?.75:1)*i+t.height/2);yield{left:s-t.width/2,right:s+t.width/2,top:a-t.height/2,bottom:a+t.height/2}}}}function Ui(t,e,n=[],o=0){let r=t.map(({x:i,y:s,r:a})=>({left:i-a,right:i+a,top:s-a,bottom:s+a}));return t.map((i,s)=>{let a=null;for(let l of Dl(i))if(!(!(l.left>=e.left&&l.right<=e.right&&l.top>=e.top&&l.bottom<=e.bottom)||r.some(u=>ji(l,u)))&&(a??=l,!n.some(u=>ji(l,u))&&!t.some(u=>Pi(u,l)<Pi(i,l))))return r.push(l),l;return s>=o||a===null?null:(r.push(a),a)})}var Il={tokens:"tokens",seconds:"seconds",stored_bytes:"bytes stored"};function Bi({data:t,selection:e,select:n}){let o=Ri.find(a=>Qn(t,a).some(l=>l.cost>0))??"tokens",r=Qn(t,o),i=r.map(a=>a.cost).filter(a=>a!==null),s=i.length===0?"":`area: ${Il[o]}, ${ue(Math.min(...i))} to ${ue(Math.max(...i))}`;return Z({title:"New against retained",titled:!1,reading:"Up and to the right is better; the line is the Pareto front. A click makes a strategy A.",draw:a=>Wl({data:t,selection:e,select:n,all:r,size:s,width:a}),table:()=>Hl(r,o,e),file:"front",select:n})}function Hl(t,e,n){let o=new Set(to(t).map(r=>r.place));return{columns:["strategy","retained","retained \xB1","new","new \xB1",e,"Pareto front"],rows:t.map(r=>[{text:r.name,patch:Jn(r.place,n)},{text:A(r.retained),value:r.retained},{text:A(r.retainedHalf),value:r.retainedHalf??""},{text:A(r.new),value:r.new},{text:A(r.newHalf),value:r.newHalf??""},{text:ue(r.cost),value:r.cost??""},o.has(r.place)?"yes":"no"])}}function Wl({data:t,selection:e,select:n,all:o,size:r,width:i}){let s=Math.round(Math.min(460,Math.max(280,i*.52))),a=to(o),{node:l,x:c,y:u}=Ht({width:i,height:s,margin:{left:36,right:12,top:18,bottom:40},x:{domain:eo(o.map(b=>b.retained)),ticks:Math.max(3,Math.round(i/110)),name:"retained: earlier facts still right \u2192",text:A},y:{domain:eo(o.map(b=>b.new)),ticks:8,name:"\u2191 new: taught facts right",text:A},gridX:!0}),f=K(i,s,`New against retained of ${o.length} strategies`,l),p=[b=>c(b.retained),b=>u(b.new)];f.append(kt(a,...p,{stroke:"var(--muted)"},{step:!0}),k(r,{x:i-12,y:10,"text-anchor":"end",fill:"var(--muted)"}));let h=ht(Ge(t,e)),m=Math.max(...o.map(b=>b.cost??0)),y=o.map(b=>({...b,at:[c(b.retained),u(b.new)],r:Li(b.cost,m),look:h.get(b.place)??null})),g=y.toSorted((b,v)=>(b.look!==null)-(v.look!==null));for(let b of g)f.append(...Gl(b,c,u),Vl(b));f.append(...zl(y,a,{data:t,selection:e,x:c,y:u,width:i,height:s}));let _=y.map(({at:b,...v})=>({x:b[0],y:b[1],title:`${D(t,v.place,e)}: retained ${Wt(v.retained,v.retainedHalf)}, new ${Wt(v.new,v.newHalf)}, ${ue(v.cost)}`,patch:Jn(v.place,e)}));return ft(f,_,n),f}function Gl(t,e,n){let o=no(t),r=t.look?.colour??Vt,i=[],[s,a]=t.at.map(l=>l.toFixed(1));return o.retained&&i.push(`M${e(o.retained[0]).toFixed(1)} ${a}H${e(o.retained[1]).toFixed(1)}`),o.new&&i.push(`M${s} ${n(o.new[0]).toFixed(1)}V${n(o.new[1]).toFixed(1)}`),i.map(l=>w("path",{d:l,stroke:r,"stroke-width":.9}))}function Vl({look:t,at:[e,n],r:o}){return t!==null?at(t,e,n,o/3.6):w("circle",{cx:e.toFixed(1),cy:n.toFixed(1),r:o.toFixed(1),fill:Vt})}function zl(t,e,{data:n,selection:o,x:r,y:i,width:s,height:a}){let l=new Set(e.map(h=>h.place)),c=({look:h,place:m})=>(m===o.a||m===o.b?4:0)+(h?2:0)+(l.has(m)?1:0),u=t.toSorted((h,m)=>c(m)-c(h)),f=u.map(({place:h})=>J(D(n,h,o),28)),p=Ui(u.map(({at:h,r:m},y)=>({x:h[0],y:h[1],r:m,width:Mt(f[y]),height:13})),{left:38,right:s,top:13,bottom:a-40},Yl(t,e,r,i),u.filter(({look:h})=>h!==null).length);return u.flatMap(({look:h,place:m},y)=>{let g=p[y];if(g===null)return[];let _=m===o.a||m===o.b?600:400,b={x:g.left.toFixed(1),y:(g.bottom-2.5).toFixed(1)};return[k(f[y],{...b,fill:h?"var(--ink)":"var(--muted)","font-weight":_})]})}function Yl(t,e,n,o){let r=(s,a,l,c)=>({left:Math.min(s,l)-.7,right:Math.max(s,l)+.7,top:Math.min(a,c)-.7,bottom:Math.max(a,c)+.7}),i=[];for(let s of t){let{retained:a,new:l}=no(s),[c,u]=s.at;a&&i.push(r(n(a[0]),u,n(a[1]),u)),l&&i.push(r(c,o(l[0]),c,o(l[1])))}return e.slice(1).forEach((s,a)=>{let l=e[a];i.push(r(n(l.retained),o(l.new),n(l.retained),o(s.new))),i.push(r(n(l.retained),o(s.new),n(s.retained),o(s.new)))}),i}function Fi(t,e,n,o=null){let r=e.map(s=>Kl(t,s,n,o)),i=t.relations.map((s,a)=>({name:s,facts:Math.max(...r.map(({facts:l})=>l[a])),...Di(r.map(({right:l,facts:c})=>c[a]?l[a]/c[a]:null))}));return Xl(i.filter(({facts:s})=>s>0))}function qi(t,e,n){return le(t).map(r=>{let i=e.map(s=>Jl(t,s,n,r));return{name:r,facts:Math.max(...i.map(({facts:s})=>s)),...Di(i.map(({right:s,facts:a})=>a?s/a:null))}}).filter(({facts:r})=>r>0)}var Di=([t,e=null])=>({a:t,b:e});function Xl(t){let e=({a:n,b:o})=>n===null||o===null?null:Math.abs(n-o);return t.sort((n,o)=>(e(o)??0)-(e(n)??0)||(n.a??2)-(o.a??2)||o.facts-n.facts)}function Kl(t,e,n,o){return t.remember(`by relation ${e} ${n} ${o}`,()=>{let r=t.relations.length,i={right:new Float64Array(r),facts:new Uint32Array(r)},s=t.column("relation");return Ii(t,e,n,o,(a,l)=>{i.right[s[a]]+=l,i.facts[s[a]]++}),i})}function Jl(t,e,n,o){return t.remember(`mean share ${e} ${n} ${o}`,()=>{let r={right:0,facts:0};return Ii(t,e,n,o,(i,s)=>{r.right+=s,r.facts++}),r})}function Ii(t,e,n,o,r){if(e.length===0)return;let{asked:i,right:s}=it(t,e,n,o),a=t.column("group"),l=n*t.facts;for(let c=0;c<t.facts;c++){let u=a[l+c];i[c]===0||u!==O.new&&u!==O.retained||r(c,s[c]/i[c])}}function Ve(t,e){return{...{q:"",state:null,change:null,learned:null,k:null},group:["new","retained"],[t]:e}}var Zl=16,oo=22,Wi={relation:"By relation",form:"By wording"};function Gi(t){let{block:e,selection:n}=t,o=pt(n).map(({place:i})=>e.runs(i,n.s,n.seed)),r=qi(e,o,n.s);return Ai(Hi(t,"relation",Fi(e,o,n.s,n.form)),r.length>0?Hi(t,"form",r):We("By wording: this page does not carry the answers to each wording at every step."))}function Hi({block:t,data:e,selection:n,select:o},r,i){let s=i.slice(0,Zl),a=i.length-s.length,l=r==="form"?"":n.b>=0?", the largest difference first":", the lowest first",c=a>0?` ${Gt(a,"more relation")} in the table.`:"";return Z({title:Wi[r],reading:`The valid facts after ${t.labels[n.s]}: the share of right answers${l}.${c} A click lists the facts.`,draw:u=>Ql({data:e,selection:n,select:o,kind:r,shown:s,width:u}),table:()=>({columns:[r,"facts",...pt(n).map(({place:u})=>D(e,u,n))],rows:i.map(u=>[{text:u.name,patch:Ve(r,u.name)},{text:u.facts.toLocaleString("en"),value:u.facts},...pt(n).map(({side:f})=>({text:A(u[f]),value:u[f]??""}))])}),file:`by-${r}`,select:o})}function Ql({data:t,selection:e,select:n,kind:o,shown:r,width:i}){let s=pt(e),a=ht(s.map(({place:_})=>_)),l=It(s.map(({place:_})=>({text:D(t,_,e),look:{...a.get(_),dash:null}})),i),c=Math.max(...r.map(({name:_})=>Mt(J(_,26))),40),u=Math.min(c+18,i*.42),f=46,p=l.height+18,h=_=>u+(i-u-f)*_,m=p+r.length*oo+8,y=K(i,m,`Dots: the share of right answers ${Wi[o].toLowerCase()}; the table has the numbers`,l.node);for(let _ of[0,.25,.5,.75,1])y.append(w("path",{d:`M${h(_)} ${p-4}V${m-8}`,stroke:"var(--rule)"}),k(A(_),{x:h(_),y:p-8,"text-anchor":"middle",fill:"var(--muted)"}));y.append(k("facts",{x:i-2,y:p-8,"text-anchor":"end",fill:"var(--muted)"}));let g=[];return r.forEach((_,b)=>{let v=p+b*oo+oo/2,$=Math.floor((u-10)/6.1);y.append(k(J(_.name,$),{x:u-10,y:v+4,"text-anchor":"end"}),k(_.facts.toLocaleString("en"),{x:i-2,y:v+4,"text-anchor":"end",fill:"var(--muted)"})),_.a!==null&&_.b!==null&&y.append(w("path",{d:`M${h(_.a)} ${v}H${h(_.b)}`,stroke:"var(--muted)","stroke-width":1.5}));for(let{side:E,place:N}of s.toReversed())_[E]!==null&&(y.append(at(a.get(N),h(_[E]),v,1.2)),g.push({x:h(_[E]),y:v,title:`${_.name}: ${D(t,N,e)} ${A(_[E])} of ${Gt(_.facts,"fact")}`,patch:Ve(o,_.name)}));g.push({x:u-20,y:v,title:`${_.name}: ${Gt(_.facts,"fact")}`,patch:Ve(o,_.name)})}),ft(y,g,n,{ring:!1}),y}function Vi(t){let e=Math.round(Math.min(1,Math.max(0,t))*20);return{level:e,fill:`var(--h${e})`,text:`var(--h${e}-text)`}}function zi(t){let e=Math.round((Math.min(1,Math.max(-1,t))+1)/2*20);return{level:e,fill:`var(--d${e})`,text:`var(--d${e}-text)`}}function Yi(t,{a:e,b:n}){let o=s=>{let a=t.views.accuracy_matrix?.[t.strategies[s]?.name];return a===void 0||a.length===0?null:a},r=[],i={A:e,B:n};for(let[s,a]of Object.entries(i)){let l=o(a);if(l===null)continue;let c=`${s}: ${t.strategies[a].name}`;r.push({title:c,side:s,place:a,values:l,form:A,colours:Vi})}if(r.length===2){let[s,a]=r.map(({values:l})=>l);r.push({title:"A \u2212 B",side:"A \u2212 B",place:e,values:tc(s,a),form:Ei,colours:zi})}return r}function tc(t,e){let n=Math.min(t.length,e.length);return t.slice(0,n).map((o,r)=>o.slice(0,n).map((i,s)=>{let a=e[r][s];return i===null||a===null||a===void 0?null:i-a}))}function Xi({values:t,colours:e}){let n=new Map;return t.forEach((o,r)=>o.forEach((i,s)=>{if(i===null)return;let{level:a,fill:l}=e(i);n.has(a)||n.set(a,{fill:l,cells:[]}),n.get(a).cells.push([r,s])})),n}function Ki(t){let e=Math.abs(t).toFixed(2);return e==="0.00"?"0":(t<0?"\u2212":"")+(e.endsWith(".00")?e.slice(0,-3):e.slice(1))}function ro(t,e,n,{b:o}){return{...t.side==="B"||t.place===o?{}:{a:t.place},q:"",relation:null,state:null,change:null,group:null,s:e,learned:n,k:null}}var ec=34,Ji=23,nc=13,zt=26,io=40,so=22;function Zi({block:t,data:e,selection:n,select:o}){let r=Yi(e,n);return r.length===0?We("No step is finished yet."):Z({title:"Accuracy matrix R[i, j]",titled:!1,reading:`Row i: after update i; column j: the facts of update j that are still valid at the end. The outlined diagonal is what was just taught; below it is what was retained, above it what the model knew before.${t===null?"":" A click on a cell lists its facts."}`,draw:i=>rc({data:e,selection:n,select:o,all:r,width:i}),table:()=>oc(r,e,n),file:"accuracy-matrix",select:o})}function oc(t,e,n){let o=Math.max(...t.map(({values:r})=>r.length));return{columns:["strategy","after",...e.labels.slice(0,o).map(r=>`facts of ${r}`)],rows:t.flatMap(r=>r.values.map((i,s)=>[r.title,e.labels[s],...i.map((a,l)=>({text:r.form(a),value:a??"",patch:a===null?null:ro(r,s,l,n)}))]))}}function rc({data:t,selection:e,select:n,all:o,width:r}){let i=Math.max(...o.map(({values:h})=>h.length)),s=o.length;for(;s>1&&(r-so*(s-1))/s-zt<Math.min(i*9,190);)s--;let a=Math.min(ec,((r-so*(s-1))/s-zt)/i),l=a*i,c=Math.ceil(o.length/s),u=`Heat maps: ${o.map(({title:h})=>h).join(", ")}; the table has the numbers`,f=K(r,Math.ceil(c*(io+l+16)),u),p=o.map((h,m)=>{let y=m%s*(zt+l+so)+zt,g=Math.floor(m/s)*(io+l+16)+io;return f.append(ic(h,{data:t,size:a,left:y,top:g,room:zt+l})),{map:h,left:y,top:g}});return ac(f,p,{data:t,selection:e,select:n,size:a}),f}function ic(t,{size:e,left:n,top:o,room:r}){let i=t.values.length,s=e>Ji?e-1:e,a=w("g",{transform:`translate(${n} ${o})`});a.append(k(J(t.title,Math.floor(r/7)),{x:-zt,y:-24,"font-weight":600,"font-size":13}));let l=Math.max(1,Math.ceil(17/e));for(let u=0;u<i;u+=l){let f=u*e+e/2,p={fill:"var(--muted)"};a.append(k(String(u),{...p,x:-6,y:f+4,"text-anchor":"end"})),a.append(k(String(u),{...p,x:f,y:-6,"text-anchor":"middle"}))}for(let{fill:u,cells:f}of Xi(t).values()){let p=s.toFixed(2),h=f.map(([m,y])=>`M${(y*e).toFixed(2)} ${(m*e).toFixed(2)}h${p}v${p}h-${p}z`);a.append(w("path",{d:h.join(""),fill:u}))}let c=Array.from({length:i},(u,f)=>`M${(f*e).toFixed(2)} ${(f*e).toFixed(2)}h${s.toFixed(2)}v${s.toFixed(2)}h-${s.toFixed(2)}z`);return a.append(w("path",{d:c.join(""),fill:"none",stroke:"var(--ink)","stroke-width":1.1})),e>=Ji&&i<=nc&&a.append(...sc(t,e)),a}function sc({values:t,colours:e},n){return t.flatMap((o,r)=>o.flatMap((i,s)=>{if(i===null)return[];let a={x:(s*n+n/2-.5).toFixed(1),y:(r*n+n/2+3.5).toFixed(1)};return[k(Ki(i),{...a,fill:e(i).text,"text-anchor":"middle","font-size":10.5})]}))}function ac(t,e,{data:n,selection:o,select:r,size:i}){let s=w("g",{class:"pointing","pointer-events":"none"});t.append(s);let a=l=>{let c=t.getScreenCTM();if(c===null)return null;let u=new DOMPoint(l.clientX,l.clientY).matrixTransform(c.inverse());for(let{map:f,left:p,top:h}of e){let[m,y]=[Math.floor((u.y-h)/i),Math.floor((u.x-p)/i)],g=f.values[m]?.[y]??null;if(g!==null)return{map:f,i:m,j:y,value:g,left:p,top:h}}return null};t.addEventListener("pointermove",l=>{let c=a(l);if(t.style.cursor=c===null?"default":"pointer",c===null)return s.replaceChildren();let{map:u,i:f,j:p,value:h,left:m,top:y}=c,[g,_]=[m+p*i,y+f*i],b=`after ${n.labels[f]}, facts of ${n.labels[p]}: ${u.form(h)}`;return s.replaceChildren(w("rect",{x:g,y:_,width:i,height:i,fill:"none",stroke:"var(--ink)","stroke-width":2}),...Kn(t,{x:g+i/2,y:_,title:b},!1))}),t.addEventListener("pointerleave",()=>s.replaceChildren()),t.addEventListener("click",l=>{let c=a(l);c!==null&&r(ro(c.map,c.i,c.j,o))})}var lc={new:["New facts","right just after they were taught; higher is better"],retained:["Retained facts","taught earlier and still valid; higher is better"],stale:["Outdated answers","superseded facts that are still given; lower is better"],erased:["Erased facts","to be forgotten, but still given; lower is better"],unlisted:["Unlisted questions","answered before the stream, never trained; higher is better"],protected:["Protected questions","answered before the stream; higher is better"],found:["Found facts","put before the prompts that ask for them; higher is better"],read:["Read facts","answered right, of those that were found; higher is better"]},cc={new:{group:["new"]},retained:{group:["retained"]},stale:{state:["outdated"]},erased:{group:["erased"]}},uc={q:"",relation:null,group:null,learned:null,state:null,change:null};function Qi(t){let e=[];for(let[n,[o,r]]of Object.entries(lc)){let i=t.views.over_updates?.[n];if(i===void 0)continue;let s=t.strategies.map(({name:a},l)=>({place:l,name:a,points:fc(i[a]??{mean:[],half:[]})}));s.some(({points:a})=>a.length>0)&&e.push({score:n,title:o,reading:r,series:s})}return e}function fc({mean:t,half:e}){let n=[];return t.forEach((o,r)=>{if(o===null)return;let i=e[r]??null;n.push({step:r,mean:o,half:i,low:i===null?o:Math.max(0,o-i),high:i===null?o:Math.min(1,o+i)})}),n}function ts(t){let e=t.views.front?.seeds??{},n=[];for(let[o,r]of Object.entries(t.views.over_updates??{}))for(let[i,{mean:s,seeds:a=[s]}]of Object.entries(r))a.forEach((l,c)=>{let{seed:u="",stream:f=null}=e[i]?.[c]??{};l.forEach((p,h)=>{p!==null&&n.push([o,i,u,f??"",h,t.labels[h],p])})});return[["score","strategy","seed","stream","step","label","value"],...n]}function ze(t){let e=[];return t.forEach((n,o)=>{o>0&&t[o-1].step===n.step-1?e.at(-1).push(n):e.push([n])}),e}function ao(t,e,n,{a:o,b:r}){let i=e===r?{}:e===o?{}:{a:e},{state:s,...a}=cc[t]??{},l=s?.map(c=>e===r?`b.${c}`:c)??null;return{...uc,...i,...a,state:l,s:n,k:null}}var hc=300,Ye=36,Xe=26;function es({block:t,data:e,selection:n,select:o}){let r=Qi(e),i=ht(Ge(e,n)),s=e.strategies.length-i.size,a=s>0?` ${s} others in grey.`:"";return Z({title:"Scores after each update",titled:!1,reading:`A share of answers. Bands are 95 % intervals.${a}${t===null?"":" A click on a point lists its facts."}`,draw:l=>dc({data:e,selection:n,select:o,all:r,chosen:i,width:l}),table:()=>pc(r,e,n),file:"scores-after-each-update",exact:()=>ts(e),select:o})}function pc(t,e,n){let o=t.flatMap(({score:r,series:i})=>i.map(({place:s,name:a,points:l})=>{let c=e.labels.map(()=>"\u2013");for(let{step:u,mean:f,half:p}of l){let h=ao(r,s,u,n);c[u]={text:Wt(f,p),value:f,patch:h}}return[r,a,...c]}));return{columns:["score","strategy",...e.labels],rows:o}}function dc({data:t,selection:e,select:n,all:o,chosen:r,width:i}){let s=Math.max(1,Math.min(o.length,3,Math.floor((i+Xe)/(hc+Xe)))),a=Math.floor((i-Xe*(s-1))/s),l=Math.round(Math.min(250,a*.62)),c=[...r].map(([g,_])=>({text:D(t,g,e),look:_}));t.strategies.length>r.size&&c.push({text:"others",look:{colour:Vt}});let u=It(c,i),f=Math.ceil(o.length/s),p=u.height+f*(Ye+l+10),h=`Scores after each of ${t.labels.length} steps; the table has the numbers`,m=K(i,p,h,u.node),y=[];return o.forEach((g,_)=>{let b=_%s*(a+Xe),v=u.height+Math.floor(_/s)*(Ye+l+10);m.append(w("g",{transform:`translate(${b} ${v})`},k(g.title,{y:12,"font-weight":600,"font-size":13}),k(g.reading,{y:27,fill:"var(--muted)"})));let{node:$,x:E,y:N}=mc(g,{data:t,selection:e,chosen:r,wide:a,high:l});$.setAttribute("transform",`translate(${b} ${v+Ye})`),m.append($);for(let{place:mt,points:Q}of g.series)for(let{step:Ot,mean:G,half:tt}of Q)y.push({x:b+E(Ot),y:v+Ye+N(Math.min(1,Math.max(0,G))),title:`${D(t,mt,e)}, ${t.labels[Ot]}: ${Wt(G,tt)}`,patch:ao(g.score,mt,Ot,e)})}),y.reverse(),ft(m,y,n),m}function mc(t,{data:e,selection:n,chosen:o,wide:r,high:i}){let s=Math.max(1,e.labels.length-1),a={left:36,right:12,top:8,bottom:26},{node:l,x:c,y:u}=Ht({width:r,height:i,margin:a,x:{domain:[0,s],ticks:He(s,r-48),text:String},y:{domain:[0,1],ticks:[0,.25,.5,.75,1],text:A}}),f={d:`M${c(n.s)} ${a.top}V${i-a.bottom}`};l.append(w("path",{...f,stroke:"var(--muted)","stroke-dasharray":"2 3"}));let p=[({step:y})=>c(y),({mean:y})=>u(Math.min(1,Math.max(0,y)))];for(let{place:y,points:g}of t.series)if(!o.has(y))for(let _ of ze(g))l.append(kt(_,...p,{stroke:Vt}));let h=t.series.filter(({place:y})=>o.has(y));for(let{place:y,points:g}of h){let _={fill:o.get(y).colour,"fill-opacity":.1};for(let b of ze(g.filter(({half:v})=>v!==null)))l.append(Ti(b,p[0],({low:v})=>u(v),({high:v})=>u(v),_))}let m=Math.max(1,Math.ceil(e.labels.length/12));return h.forEach(({place:y,points:g},_)=>{let{colour:b,dash:v}=o.get(y),$=y===n.a||y===n.b,E={stroke:b,"stroke-dasharray":v,"stroke-width":$?2.4:1.5};for(let N of ze(g))l.append(kt(N,...p,E));for(let N of g)(N.step+_)%m||l.append(at(o.get(y),p[0](N),p[1](N)))}),{node:l,x:c,y:u}}var ns={front:{draw:Bi,uses:["g","a","b"]},steps:{draw:es,uses:["g","a","b","s"]},matrix:{draw:Zi,uses:["g","a","b"]},ages:{draw:Ni,uses:["g","a","b","s","seed","form"],facts:!0},kinds:{draw:Gi,uses:["g","a","b","s","seed","form"],facts:!0}};function os(){let t=matchMedia("(prefers-reduced-motion: reduce)").matches;document.querySelector(".facts")?.scrollIntoView({block:"start",behavior:t?"auto":"smooth"})}function rs(t){x(t),Ut.some(e=>t[e])&&setTimeout(os,0)}function is(t){t.addEventListener("click",e=>{e.target.closest?.("a[href^='#']")?.getAttribute("href").includes("=")&&setTimeout(os,0)})}function lo(t,e){let n=new Set,o=!1,r=()=>{o=!1;for(let c of n)c.seen&&s(c)},i=()=>{o||setTimeout(r,0),o=!0},s=c=>{n.delete(c);let u=e(c.group);if(u===null||c.chart.facts&&u.block===null)return;let f=JSON.stringify(c.chart.uses.map(p=>u.selection[p]));c.key===f&&c.block===u.block||(Object.assign(c,{key:f,block:u.block}),c.element.replaceChildren(c.chart.draw({...u,select:rs})))},a=new IntersectionObserver(c=>{for(let{target:u,isIntersecting:f}of c)l.get(u).seen=f;i()},{rootMargin:"300px"}),l=new Map;for(let c of t.querySelectorAll("[data-chart]")){let u=ns[c.dataset.chart];if(u===void 0)continue;let f=me(t,c),p={element:c,chart:u,group:f,seen:!1,key:null,block:null};l.set(c,p),n.add(p),a.observe(c)}H(()=>{q.value;for(let c of l.values())n.add(c);i()})}var ss=400;function fe(t,e=ss){return t.length>e?`${t.slice(0,e)}\u2026`:t}function j({of:t,class:e=null,most:n=ss}){return d`<bdi class=${e}>${fe(t,n)}</bdi>`}var _c=["wrong","right","outdated","not judged",null];function gc(t,e){let n=0,o=t.length;for(;n<o;){let r=n+o>>1;t[r]<e?n=r+1:o=r}return n}function as(t,e,n,o){let r=t.column("probe.key");if(r===null)return null;let[i,s]=["form","prompt"].map(c=>t.column(`probe.${c}`)),a=[],l=!1;for(let c=gc(r,o);r[c]===o;c++){let u=[];for(let f of e)for(let p of f.runs(n)){let h=t.column(`said.${p}`),m=t.place(h,p,n,c,r.length);if(m<0)continue;l=!0;let y=t.said(h[m],n,o),g=_c[t.column(`verdict.${p}`)[m]];y!==null&&u.push({side:f,run:p,text:y,verdict:g})}if(u.length>0){let f=yc(t,s[c],n,o);a.push({form:t.header.all_forms[i[c]],prompt:f,answers:u})}}return l?a:null}function yc(t,e,n,o){return t.text(e).replaceAll("",()=>t.subject(o)).replaceAll("",()=>t.object(n,o)??"\u2026")}var ls=160;function vc(t,e){for(let{runs:n}of t.variants){let o=n.find(r=>r.run===e);if(o)return o.stream===null?`seed ${o.seed}`:`stream ${o.stream}, seed ${o.seed}`}return""}function cs({now:t,sides:e}){let{block:n,selection:o}=t,r=as(n,e,o.s,o.k);return r===null?d`<h3>Answers by wording</h3>
      <p class="note">The page does not carry the answers to each wording at this step.</p>`:d`<h3>Answers by wording, after <bdi>${n.labels[o.s]}</bdi></h3>
    ${r.length===0&&d`<p class="note">It is not asked at this step.</p>`}
    <dl class="wordings">
      ${r.map(({form:i,prompt:s,answers:a})=>d`<div>
          <dt><small>${i}</small> <${j} of=${s} most=${ls} /></dt>
          ${a.map(({side:l,run:c,text:u,verdict:f})=>d`<dd>
              <span class="who"
                ><span class=${`side side-${"ab"[e.indexOf(l)]}`}
                  >${"AB"[e.indexOf(l)]}</span
                >${" "}
                ${vc(n,c)}</span
              >${" "}
              <span class=${`said-${f}`}
                ><${j} of=${u===""?"(nothing)":u} most=${ls}
              /></span>
              ${f!=="right"&&d`<small>${f}</small>`}
            </dd>`)}
        </div>`)}
    </dl>`}var Ke=15,co=4,bc=11,$c=190;function uo(t){return Math.min(bc,$c/t)}function fo(t){return Math.ceil(t*uo(t))}function us(t,e,n,o){let r=Ke,i=(a,l)=>`M${e} ${a}h${o}v${l}h${-o}z`,s=a=>`M${e+o/2-a} ${n+r/2}a${a} ${a} 0 1 0 ${2*a} 0a${a} ${a} 0 1 0 ${-2*a} 0z`;switch(T[t]){case"right":return i(n,r);case"partly":return i(n+r/2,r/2);case"outdated":return`M${e} ${n}L${e+o} ${n+r}H${e}z`;case"wrong":{let a=Math.min(2,o/3);return`${i(n,r)}M${e+a} ${n+a}v${r-2*a}h${o-2*a}v${2*a-r}z`}case"future":return s(Math.min(1.4,o/2));case"forgotten":return`${s(Math.min(4,o/2))}${s(Math.min(2.4,o/3.4)).replaceAll(" 0 1 0 "," 0 1 1 ")}`;case"produced":return s(Math.min(4,o/2));case"resurfaced":return`${s(Math.min(4,o/2))}${i(n+r-2,2)}`;default:return""}}function xc(t,e){let n=uo(t.length),o=n>4?n-1:n,r=new Map;return t.forEach((i,s)=>{let a=us(i,Je(s*n),e,Je(o));a!==""&&r.set(i,(r.get(i)??"")+a)}),[...r]}function Je(t){return Math.round(t*100)/100}function fs({rows:t,step:e}){let n=uo(t[0].length),o=fo(t[0].length),r=t.length*(Ke+co);return d`<svg class="strip" width=${o} height=${r} aria-hidden="true">
    <rect class="now" x=${Je(e*n)-.5} width=${Je(n>4?n:n+1)} height=${r} />
    ${t.map((i,s)=>xc(i,s*(Ke+co)+co/2).map(([a,l])=>d`<path class=${`is-${T[a]}`} d=${l} fill-rule="evenodd" />`))}
  </svg>`}function hs(t,e){let n=[];return t.forEach((o,r)=>{(r===0||o!==t[r-1])&&n.push(`${T[o]==="none"?"not asked":T[o]} from ${e[r]}`)}),n.join(", ")}function he({state:t}){let e=T.indexOf(t);return d`<svg class="sign-of-state" width="11" height=${Ke} aria-hidden="true">
    <path class=${`is-${t}`} d=${us(e,.5,0,10)} fill-rule="evenodd" />
  </svg>`}var ho="\u2013",Yt=[{name:"fact",title:()=>"Fact",sort:"fact"},{name:"learned",title:()=>"Taught",sort:"learned"},{name:"states",title:()=>"States",sort:"a"},{name:"answer",title:()=>"Answer",sort:"answer"},{name:"margin",title:()=>"Margin",sort:"margin"}];function po(t){return t===null?ho:`${t<0?"\u2212":"+"}${Math.abs(t).toFixed(1)}`}var Ze=class extends Y{shouldComponentUpdate(e){return Object.keys(e).some(n=>e[n]!==this.props[n])}render({now:e,fact:n,place:o,height:r,column:i,open:s}){return d`<div
      role="row"
      class=${`fact-row${s?" open":""}`}
      data-place=${o}
      aria-rowindex=${o+2}
      aria-selected=${s}
      style=${{height:`${r}px`,transform:`translateY(${o*r}px)`}}
    >
      ${wc(e,n).map((a,l)=>d`<div
          role="gridcell"
          id=${`cell-${o}-${l}`}
          class=${`cell-${Yt[l].name}${i===l?" cursor":""}`}
        >
          ${a}
        </div>`)}
    </div>`}};function wc(t,e){let{block:n,selection:o}=t,r=o.s,i=["a","b"].map(s=>B(t,s)).filter(s=>s!==null);return[d`<${Sc} block=${n} fact=${e} step=${r} />`,d`<${Mc} block=${n} fact=${e} step=${r} />`,d`<${kc} sides=${i} fact=${e} step=${r} />`,i.map((s,a)=>d`<${Tc} key=${a} side=${s} fact=${e} step=${r} />`),i.map((s,a)=>d`<${Ac} key=${a} side=${s} fact=${e} step=${r} />`)]}function Sc({block:t,fact:e,step:n}){let o=t.object(n,e);return d`<span class="line">
      <${j} of=${t.subject(e)} class="subject" />${" "}
      <${j} of=${t.relation(e)} class="relation" />
    </span>
    <span class="line object">
      ${o===null?d`<i>not asked at this step</i>`:d`<${j} of=${o} />`}
    </span>`}function Mc({block:t,fact:e,step:n}){let o=n*t.facts+e,r=t.column("learned")[o],i=t.labels[r]??ho,s=t.group(n,e);return d`<span class="line"><bdi>${i}</bdi></span>
    ${(s==="future"||s==="erased")&&d`<small class="line">${s}</small>`}`}function kc({sides:t,fact:e,step:n}){let{labels:o}=t[0].block,r=t.map(i=>o.map((s,a)=>i.state(a,e)));return d`<${fs} rows=${r} step=${n} /><span class="unseen"
      >${r.map((i,s)=>`${"AB"[s]}: ${hs(i,o)}`).join(". ")}</span
    >`}function Tc({side:t,fact:e,step:n}){let o=T[t.state(n,e)],r=t.answer(n,e),{right:i,asked:s}=t.countsAt(n,e);return d`<span class=${`line answer said-${o}`}>
    ${r===null?d`<span class="nothing">${ho}</span>`:d`<${j} of=${r.text===""?"(nothing)":r.text} />`}
    ${s>0&&d`<small>${i}/${s}</small>`}
  </span>`}function Ac({side:t,fact:e,step:n}){return d`<span class="line">${po(t.margin(n,e))}</span>`}var Ec=xt("broken"),Oc=8;function Nc(t,e){let n=0;for(let o of t.changes(e))o&Ec&&n++;return n}function Cc(t){let e=t[0].block.steps,[n,o]=V(null);return ot(()=>{let r=t.map(()=>new Array(e).fill(0)),i=1,s=0,a=()=>{let l=performance.now()+Oc;for(;i<e&&performance.now()<l;i++)t.forEach((c,u)=>{r[u][i]=Nc(c,i)});i<e?s=setTimeout(a,0):o({sides:t,counts:r})};return s=setTimeout(a,0),()=>clearTimeout(s)},t),n}function ps({sides:t,selection:e}){let n=Cc(t),{labels:o}=t[0].block;if(o.length<3)return null;let r=n?.counts??t.map(()=>o.map(()=>0)),i=Math.max(1,...r.flat());return d`<figure class="harm-by-update" aria-label="Facts that each update broke">
    <figcaption>Broken by each update, at most ${i}</figcaption>
    <div class=${`harm-bars${o.length>40?" dense":""}`}>
      ${o.map((s,a)=>{if(a===0)return null;let l=t.map((c,u)=>`${"AB"[u]} ${r[u][a]??0}`).join(", ");return d`<button
          type="button"
          key=${a}
          aria-label=${`Update ${a}, ${s}: ${l} broken`}
          aria-pressed=${e.s===a}
          title=${`Update ${a} (${s}): ${l}`}
          onClick=${()=>x({s:a})}
        >
          ${t.map((c,u)=>d`<i
              class=${`bar-${"ab"[u]}`}
              style=${{height:`${100*(r[u][a]??0)/i}%`}}
            />`)}
          ${o.length<=24&&d`<span>${a}</span>`}
        </button>`})}
    </div>
  </figure>`}var Rc={broken:"valid facts of earlier steps: right less often than before","turned outdated":"valid facts of earlier steps: newly a superseded object",resurfaced:"erased and gone earlier: produced again","not learned":"taught by this update: not right after it","not forgotten":"erased by this update: still produced","still wrong":"valid facts of earlier steps: not right before and after",learned:"taught by this update: right after it",regained:"valid facts of earlier steps: not right before, right after",forgotten:"erased by this update: not produced any more"},Lc={q:"",relation:null,group:null,learned:null,state:null,d:!1};function jc(t,e){let n=new Uint32Array($t.length);for(let o of t.changes(e))if(o!==0)for(let r=0;r<$t.length;r++)n[r]+=o>>r&1;return n}function ds(){let t=F.value,{block:e,selection:n}=t,o=["a","b"].map(c=>B(t,c)).filter(c=>c!==null),r=n.s,i=e.labels[r];if(r===0)return d`<section class="update" aria-labelledby="update-title">
      <h2 id="update-title">What update 1 did</h2>
      <p class="note">
        Step 0 is what the model knew before the updates.${" "}
        ${e.steps>1&&d`<button type="button" class="plain-button" onClick=${()=>x({s:1})}>
          Go to update 1
        </button>`}
      </p>
    </section>`;let s=o.map(c=>jc(c,r)),a=Math.max(1,...s.flatMap(c=>[...c])),l=$t.map((c,u)=>({...c,place:u})).filter(({name:c,place:u})=>Pc.has(c)||s.some(f=>f[u]>0));return d`<section class="update" aria-labelledby="update-title">
    <h2 id="update-title">What update ${r} did <small>${i}</small></h2>
    <p class="note">${Bc(t)} A number lists its facts.</p>
    <div class="update-parts">
    <table class="changes">
      <thead>
        <tr>
          <th scope="col">facts</th>
          ${o.map((c,u)=>d`<th scope="col"><${dt} side=${c} at=${u} /></th>`)}
          <th scope="col" class="meaning">meaning</th>
        </tr>
      </thead>
      <tbody>
        ${l.map(({name:c,bad:u,place:f})=>d`<tr class=${u?"harm":"good"}>
            <th scope="row">${c}</th>
            ${s.map((p,h)=>d`<td>
                <${Uc} now=${t} name=${c} side=${"ab"[h]} count=${p[f]} most=${a} />
              </td>`)}
            <td class="meaning">${Rc[c]}</td>
          </tr>`)}
      </tbody>
    </table>
    <${ps} sides=${o} selection=${n} />
    </div>
  </section>`}var Pc=new Set(["broken","turned outdated","not learned","learned","regained"]);function dt({side:t,at:e}){return d`<span class=${`side side-${"ab"[e]}`}>${"AB"[e]}</span>${" "}
    <bdi class="side-name" title=${t.name}>${fe(t.name,100)}</bdi>`}function Uc({now:t,name:e,side:n,count:o,most:r}){let i=n==="a"?e:`b.${e}`,s=t.selection.change?.includes(i)??!1;return d`<button
    type="button"
    class="count"
    aria-pressed=${s}
    aria-label=${`${o} ${e}, ${n.toUpperCase()}`}
    disabled=${o===0&&!s}
    style=${{"--share":o/r}}
    onClick=${()=>x(s?{change:null}:{...Lc,change:[i],k:null})}
  >
    ${o}
  </button>`}function Bc({data:t,selection:e}){let n=t?.views?.settings?.updates?.[e.s];if(typeof n?.learn!="number")return"";let o=n.forget>0?` and was to erase ${Tt(n.forget,"fact")}`:"";return`It taught ${Tt(n.learn,"fact")}${o}.`}function Tt(t,e){return`${t.toLocaleString("en")} ${e}${t===1?"":"s"}`}var ms=60;function _s({now:t,sides:e}){let{block:n,selection:o}=t,{k:r,s:i}=o;return d`<h3>Its life</h3>
    <div class="drawer-wide" tabindex="0" role="region" aria-label="Life of the fact">
      <table class="life">
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">object</th>
            ${e.map((s,a)=>d`<th scope="col"><${dt} side=${s} at=${a} /></th>`)}
          </tr>
        </thead>
        <tbody>
          ${n.labels.map((s,a)=>{let l=n.object(a,r);return d`<tr class=${a===i?"current":null}>
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
                ${l===null?"\u2013":d`<${j} of=${l} most=${ms} />`}${" "}
                <small>${n.group(a,r)}</small>
              </td>
              ${e.map(c=>d`<td><${Fc} side=${c} step=${a} fact=${r} /></td>`)}
            </tr>`})}
        </tbody>
      </table>
    </div>`}function Fc({side:t,step:e,fact:n}){let o=T[t.state(e,n)];if(o==="none")return"\u2013";let{right:r,asked:i}=t.countsAt(e,n),s=t.answer(e,n),a=t.margin(e,n);return d`<span class="moment">
    <${he} state=${o} />
    <span>
      <span class=${`said-${o}`}
        >${s===null?o:d`<${j} of=${s.text===""?"(nothing)":s.text} most=${ms} />`}</span
      >${" "}
      <small>${r}/${i}${a===null?"":`, ${po(a)}`}</small>
    </span>
  </span>`}var qc=8;function gs(t,e,n){let o=t.column("object"),r=t.column("group"),i=new Set;for(let s=0;s<=e;s++){let a=s*t.facts+n;(r[a]===O.new||r[a]===O.retained)&&i.add(o[a]);let l=t.column("outdated")[a];l!==Ue&&i.add(l)}return i.delete(o[e*t.facts+n]),i.delete(Ue),[...i].map(s=>t.text(s))}var Dc=xt("broken")|xt("resurfaced");function ys(t,e,n){for(let o=e;o>0;o--)if(t.changes(o)[n]&Dc)return{step:o,before:t.state(o-1,n),after:t.state(o,n)};return null}function vs(t,e,n,o){let{facts:r}=t,i=e*r,[s,a]=["subject","relation"].map(h=>t.column(h)),[l,c,u]=["object","group","learned"].map(h=>t.column(h)),f=new Set(o.filter(h=>h!==null)),p=[];for(let h=0;h<r;h++){let m=i+h;if(c[m]!==O.new||u[m]!==e||h===n)continue;let y=[],g=0,_=(b,v)=>{g+=b,y.push(v)};f.size>0&&f.has(t.text(l[m]))&&_(8,"its object is the answer given"),s[h]===s[n]&&_(4,"same subject"),l[m]===l[i+n]&&_(2,"same object"),a[h]===a[n]&&_(1,"same relation"),g>0&&p.push({key:h,near:g,shared:y})}return p.sort((h,m)=>m.near-h.near||h.key-m.key),{all:p.length,listed:p.slice(0,qc)}}function bs(t,e,n){let{block:o}=t,r=t.runs(e).filter(a=>o.has(`rehearsed.${a}`));if(r.length===0)return null;let i=e*o.facts+n;return{times:r.filter(a=>o.column(`rehearsed.${a}`)[i]===1).length,runs:r.length}}function mo(t,e){let{text:n,ends:o}=t.searchable(),r=new Uint8Array(t.length);for(let u of e)u<r.length&&(r[u]=1);let i=new Uint32Array(r.reduce((u,f)=>u+f,0)),s=0;for(let u=0;u<r.length;u++)r[u]&&(i[s++]=u);let a=(u,f)=>{let p=(u===0?0:o[u-1])+f;return p<o[u]?n.charCodeAt(p):-1},l=[[0,i.length,0]];for(;l.length>0;){let[u,f,p]=l.pop();if(f-u<2)continue;let h=a(i[u+f>>1],p),m=u,y=f,g=u;for(;g<y;){let _=a(i[g],p);_<h?$s(i,m++,g++):_>h?$s(i,g,--y):g++}l.push([u,m,p],[y,f,p]),h>=0&&l.push([m,y,p+1])}let c=new Uint32Array(t.length);return i.forEach((u,f)=>{c[u]=f}),c}function $s(t,e,n){let o=t[e];t[e]=t[n],t[n]=o}var xs=[{name:"fact",title:"fact"},{name:"learned",title:"taught at"},{name:"a",title:"state of A"},{name:"b",title:"state of B"},{name:"answer",title:"answer of A"},{name:"margin",title:"margin of A"},{name:"banswer",title:"answer of B"},{name:"bmargin",title:"margin of B"}],Ic=[8,7,5,4,3,2,6,1,0];function ws(t,e){let{sort:n}=t.selection;if(n===null)return e;let o=n.startsWith("-"),r=Wc(t,o?n.slice(1):n);if(r===null)return e;let i=e.length+1,s=new Float64Array(e.length);for(let a=0;a<e.length;a++){let l=r(e[a]),c=l===_o?Hc:o?-l:l;s[a]=(c+Ss)*i+a}return s.sort(),Uint32Array.from(s,a=>e[a%i])}var _o=1/0,Ss=2**24,Hc=Ss-1;function Wc(t,e){let{block:n,selection:o}=t,r=o.s*n.facts;if(e==="fact")return Gc(n);if(e==="learned"){let s=n.column("learned");return a=>s[r+a]}let i=B(t,e.startsWith("b")?"b":"a");if(i===null)return null;if(e==="a"||e==="b"){let s=i.states(o.s);return a=>Ic.indexOf(s[a])}return e.endsWith("answer")?Vc(n,i,o.s):e.endsWith("margin")?zc(n,i,o.s):null}function Gc(t){let e=t.column("subject"),n=t.remember("subject ranks",()=>mo(t.texts,e));return o=>n[e[o]]}function Vc(t,e,n){let[o]=e.runs(n),r=t.column(`answer.${o}`),i=t.place(r,o,n,0,t.facts);if(i<0)return null;let s=t.column("object").subarray(n*t.facts,(n+1)*t.facts),l=r.subarray(i,i+t.facts).map((u,f)=>u===Rn?s[f]:u),c=t.remember(`answer ranks ${o} ${n}`,()=>mo(t.texts,l));return u=>l[u]<c.length?c[l[u]]:_o}function zc(t,e,n){let o=[];for(let r of e.runs(n)){let i=t.column(`margin.${r}`),s=t.place(i,r,n,0,t.facts);s>=0&&o.push(i.subarray(s,s+t.facts))}return r=>{let i=0,s=0;for(let a of o)a[r]!==jn&&(i+=a[r],s++);return s===0?_o:Math.round(16*i/s)}}var Yc=z(()=>F.value===null?null:JSON.stringify({...F.value.selection,k:null})),Qe=z(()=>Yc.value===null?null:F.peek()),At=z(()=>{let t=Qe.value;return t===null?new Uint32Array(0):ws(t,Nr(t))}),Ms=z(()=>{let t=At.value,e=Qe.value,n=o=>{let r=e===null?null:B(e,o);if(r===null)return null;let i=r.states(e.selection.s),s=new Uint32Array(T.length);for(let a of t)s[i[a]]++;return Object.fromEntries(T.map((a,l)=>[a,s[l]]))};return{a:n("a"),b:n("b")}});function Xc({before:t,after:e}){return t===e?"left fewer of its wordings right: still":`turned it from ${T[t]} to`}function ks({now:t,sides:e}){return d`<div class="flips">
    ${e.map((n,o)=>d`<${Kc} now=${t} side=${n} at=${o} />`)}
  </div>`}function Kc({now:t,side:e,at:n}){let{block:o,selection:r}=t,{s:i,k:s}=r,a=ys(e,i,s);if(a===null)return d`<p><${dt} side=${e} at=${n} />: no update up to here made it worse.</p>`;let l=e.runs(a.step).map(p=>o.answer(p,a.step,s)),c=vs(o,a.step,s,l),u=bs(e,a.step,s),f=o.labels[a.step];return d`<div class="flip">
    <p>
      <${dt} side=${e} at=${n} />: ${" "}
      <button type="button" class="plain-button" onClick=${()=>x({s:a.step})}>
        update ${a.step}
      </button>
      ${" "}<bdi>${f}</bdi> ${Xc(a)}
      ${" "}<b class=${`said-${T[a.after]}`}>${T[a.after]}</b>.
      ${u!==null&&` The update rehearsed it in ${u.times} of ${Tt(u.runs,"run")}.`}
    </p>
    ${c.all>0?d`<p class="term">Suspects, not proof: the nearest facts that update ${a.step} taught
          ${c.all>c.listed.length?` (${c.listed.length} of ${c.all})`:""}</p>
          <ul class="suspects">
            ${c.listed.map(({key:p,shared:h})=>d`<li>
                <button type="button" class="plain-button" onClick=${()=>x({k:p})}>
                  <${j} of=${o.subject(p)} most=${80} />${" "}
                  <${j} of=${o.relation(p)} class="relation" />${" "}
                  <${j} of=${o.object(a.step,p)??""} most=${80} />
                </button>
                <small>${h.join(", ")}</small>
              </li>`)}
          </ul>`:d`<p class="note">No fact that the update taught shares its subject, relation or object.</p>`}
  </div>`}var go=300;function Jc(t){ot(()=>{let e=n=>{n.key==="Escape"&&n.target.type!=="search"&&x({k:null})};return t.current.focus({preventScroll:!0}),document.addEventListener("keydown",e),()=>{document.removeEventListener("keydown",e),document.getElementById("facts-grid")?.focus({preventScroll:!0})}},[])}function Ts({now:t}){let{block:e,selection:n}=t,{k:o,s:r}=n,i=oe(null),s=["a","b"].map(u=>B(t,u)).filter(u=>u!==null);Jc(i),ot(()=>{i.current.scrollTop=0},[o]);let a=e.subject(o),l=e.object(r,o),c=gs(e,r,o);return d`<div
    class="drawer"
    role="dialog"
    aria-labelledby="drawer-title"
    tabindex="-1"
    ref=${i}
  >
    <header>
      <h2 id="drawer-title">
        <${j} of=${a} most=${go} />${" "}
        <${j} of=${e.relation(o)} class="relation" />${" "}
        ${l!==null&&d`<${j} of=${l} class="object" most=${go} />`}
      </h2>
      <${Zc} fact=${o} />
    </header>
    ${a.length>go&&d`<p class="note">The subject has ${a.length.toLocaleString("en")} characters.</p>`}
    ${c.length>0&&d`<p class="older">
      <span class="term">Superseded:</span>${" "}
      ${c.map(u=>d`<${j} of=${fe(u,80)} />`)}
    </p>`}
    <${ks} now=${t} sides=${s} />
    <${_s} now=${t} sides=${s} />
    <${cs} now=${t} sides=${s} />
  </div>`}function Zc({fact:t}){let e=At.value,n=e.indexOf(t),o=r=>x({k:e[r]});return d`<div class="drawer-moves">
    <button type="button" class="icon" aria-label="Fact before" disabled=${n<=0} onClick=${()=>o(n-1)}>
      ↑
    </button>
    <button
      type="button"
      class="icon"
      aria-label="Next fact"
      disabled=${n<0||n===e.length-1}
      onClick=${()=>o(n+1)}
    >
      ↓
    </button>
    <button type="button" class="icon" aria-label="Close" onClick=${()=>x({k:null})}>×</button>
  </div>`}function As(t,e,{rows:n,columns:o,page:r}){let{row:i,column:s}=t,a=n-1,l=(f,p,h)=>Math.max(p,Math.min(h,f)),c=(f,p)=>({row:l(f,-1,a),column:l(p,0,o-1)}),u=e.ctrlKey||e.metaKey;switch(e.key){case"ArrowDown":return c(i+1,s);case"ArrowUp":return c(i-1,s);case"ArrowRight":return c(i,s+1);case"ArrowLeft":return c(i,s-1);case"PageDown":return c(Math.max(i,0)+r,s);case"PageUp":return c(i<0?i:Math.max(0,i-r),s);case"Home":return c(u?a<0?-1:0:i,0);case"End":return c(u?a:i,o-1);default:return null}}function Es(t,e,{rowHeight:n,height:o}){if(t<0)return e;let r=t*n;return r<e?r:r+n>e+o?r+n-o:e}var yo=5,Os=34,vo={one:34,two:52,narrow:76},bo=globalThis.matchMedia?.("(max-width: 46rem)");function Qc(t){return bo?.matches?vo.narrow:t.b>=0?vo.two:vo.one}function tu(t){let[e,n]=V(600),[,o]=V(0);return ot(()=>{let r=new ResizeObserver(()=>n(t.current?.clientHeight??600));r.observe(t.current);let i=()=>o(s=>s+1);return bo?.addEventListener("change",i),()=>{r.disconnect(),bo?.removeEventListener("change",i)}},[]),e}function Ns(){let t=Qe.value,e=At.value,{selection:n}=t,o=F.value.selection.k,r=oe(null),[i,s]=V(0),[a,l]=V({row:0,column:0}),c=tu(r),u=Qc(n),f=Math.max(u,c-Os);fr(()=>{i>0&&(r.current.scrollTop=0),s(0);let v=Math.min(0,e.length-1,a.row);v!==a.row&&l({...a,row:v})},[e]);let p=v=>{l(v);let $=Es(v.row,r.current.scrollTop,{rowHeight:u,height:f});$!==r.current.scrollTop&&(r.current.scrollTop=$),s($)};ot(()=>{let v=o===null?-1:e.indexOf(o);v>=0&&v!==a.row&&p({...a,row:v})},[o,e]);let h=v=>{if(v.key==="Enter"||v.key===" ")a.row<0?Cs(Yt[a.column].sort,n):a.row<e.length&&x({k:e[a.row]});else{let $=Math.max(1,Math.floor(f/u)-1),E=As(a,v,{rows:e.length,columns:Yt.length,page:$});if(E===null)return;p(E)}v.preventDefault()},m=v=>{let $=Number(v.target.closest("[data-place]")?.dataset.place??-1);$<0||(l({row:$,column:0}),x({k:e[$]}))},y=Math.max(0,Math.floor(i/u)-yo),g=Math.min(e.length,Math.ceil((i+f)/u)+yo),_=[];for(let v=y;v<g;v++)_.push(v);let b=Math.ceil(f/u)+2*yo+1;return d`<div
    class=${`facts-grid${n.b>=0?" two":""}`}
    id="facts-grid"
    role="grid"
    aria-label="Facts"
    aria-rowcount=${e.length+1}
    aria-colcount=${Yt.length}
    aria-activedescendant=${`cell-${a.row}-${a.column}`}
    tabindex="0"
    style=${{"--strip":`max(4.5rem, ${fo(t.block.steps)}px)`,height:`min(72vh, 46rem, ${Os+2+Math.max(1.2,e.length)*u}px)`}}
    ref=${r}
    onKeyDown=${h}
    onScroll=${v=>s(v.currentTarget.scrollTop)}
  >
    <div role="rowgroup" class="facts-head">
      <${eu} selection=${n} cursor=${a} />
    </div>
    <div
      role="rowgroup"
      class="facts-body"
      onClick=${m}
      style=${{height:`${e.length*u}px`}}
    >
      ${_.map(v=>d`<${Ze}
          key=${v%b}
          now=${t}
          fact=${e[v]}
          place=${v}
          height=${u}
          column=${a.row===v?a.column:null}
          open=${o===e[v]}
        />`)}
      ${e.length===0&&d`<p class="nothing-listed">No fact passes the filters.</p>`}
    </div>
  </div>`}function eu({selection:t,cursor:e}){return d`<div role="row" aria-rowindex="1" class="fact-row">
    ${Yt.map(({name:n,title:o,sort:r},i)=>{let s=e.row===-1&&e.column===i;return d`<div
        role="columnheader"
        id=${`cell--1-${i}`}
        class=${`cell-${n}${s?" cursor":""}`}
        aria-sort=${nu(r,t)}
        onClick=${()=>Cs(r,t)}
      >
        ${o(t)}<span class="arrow" aria-hidden="true"></span>
      </div>`})}
  </div>`}function nu(t,e){return e.sort===t?"ascending":e.sort===`-${t}`?"descending":"none"}function Cs(t,e){e.sort===t?x({sort:`-${t}`}):x({sort:e.sort===`-${t}`?null:t})}var Xt=class extends Y{componentDidCatch(e){console.error(e),this.setState({failed:this.props.of,why:e.message})}render({of:e,children:n}){let{failed:o,why:r}=this.state;return o===void 0||o!==e?n:d`<p class="note" role="alert">This part could not be drawn: ${r}.</p>`}};function Rs(){if(F.value===null)return d`<p class="note" role="status">Reading the facts…</p>`;let t=F.value;if(t.block.facts===0)return null;let e=JSON.stringify(t.selection);return d`
    <${Xt} of=${e}><${ds} /><//>
    <section class="facts" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <${ou} block=${t.block} />
      <${Xt} of=${e}>
        <${ru} now=${t} />
        <${Ns} />
      <//>
      <${lu} />
    </section>
    <${Xt} of=${e}>
      ${t.selection.k!==null&&d`<${Ts} now=${t} />`}
    <//>
  `}function ou({block:t}){let{sampled:e,notes:n}=t.header,o=[...n??[]];return e&&o.push(`${Tt(e.of,"fact")} in the runs. ${e.how}`),o.map(r=>d`<p class="note">${r}</p>`)}function ru({now:t}){let{block:e,selection:n}=t,o=At.value.length,r=o===e.facts;return d`<div class="facts-summary">
      <p class="facts-count" role="status">
        <b>${Tt(o,"fact")}</b>${r?"":` of ${e.facts.toLocaleString("en")}`}, at
        ${" "}<b>${n.s===0?"the base":`update ${n.s}`}</b>
        ${" "}<bdi>${e.labels[n.s]}</bdi>
      </p>
      <${su} selection=${n} />
    </div>
    <${Br} now=${t} />
    <div class="tallies">
      ${["a","b"].map((i,s)=>{let a=B(t,i);return a&&d`<${iu} side=${a} at=${s} counts=${Ms.value[i]} now=${t} />`})}
    </div>`}function iu({side:t,at:e,counts:n,now:o}){let r=e===0?"":"b.",i=T.filter(a=>a!=="none"&&n[a]>0),s=o.selection.state;return d`<div class="tally-line" role="group" aria-label=${`States of ${t.name}`}>
    <span class="tally-name"><${dt} side=${t} at=${e} /></span>
    ${i.map(a=>{let l=r+a,c=s?.length===1&&s[0]===l;return d`<button
        type="button"
        class="tally-count"
        aria-pressed=${c}
        onClick=${()=>x({state:c?null:[l],k:null})}
      >
        <${he} state=${a} /> ${n[a].toLocaleString("en")} ${a}
      </button>`})}
  </div>`}function su({selection:t}){let n=xs.filter(({name:o})=>t.b>=0||!o.startsWith("b")).flatMap(({name:o,title:r})=>[{value:o,text:`${r}, ${o.length===1?"worst first":"ascending"}`},{value:`-${o}`,text:`${r}, ${o.length===1?"best first":"descending"}`}]);return d`<label class="pick"
    ><span>Sort by</span>
    <select
      value=${t.sort??""}
      onChange=${o=>x({sort:o.currentTarget.value||null})}
    >
      <option value="">order of the stream</option>
      ${n.map(({value:o,text:r})=>d`<option value=${o}>${r}</option>`)}
    </select></label
  >`}var au={right:"all wordings right",partly:"some wordings right",outdated:"a superseded object",wrong:"wrong",future:"not taught yet",forgotten:"erased, not produced",produced:"erased, still produced",resurfaced:"erased, produced again"};function lu(){return d`<ul class="state-legend">
    ${Object.entries(au).map(([t,e])=>d`<li><${he} state=${t} /> ${e}</li>`)}
    <li>
      Strip: one mark a step, A above B; the band is the step shown. Margin: mean log-probability of
      the object over that of the outdated one, in nats; without an outdated object, its
      log-probability.
    </li>
  </ul>`}var cu=2e3,uu=8e3,Ls="cltool-live-version",Et=I(null),tn=I(!0),en=I(!1);function fu(t){let e=Math.round(t/60);if(e<1)return"less than a minute";if(e<60)return`${e} min`;let n=Math.floor(e/60);return e%60===0?`${n} h`:`${n} h ${e%60} min`}function hu(t){let e=`step ${t.step} of ${t.steps-1} (${t.label})`;if(!t.goes_on)return`${e}: stopped, its process is gone`;let n=t.share===null?"":` ${Math.floor(100*t.share)}%`,o=[`${e}: ${t.phase}${n}`];return t.tokens_per_second!==null&&o.push(`${Math.round(t.tokens_per_second).toLocaleString("en")} tokens/s`),t.seconds_left!==null&&o.push(`about ${fu(t.seconds_left)} left`),o.join(", ")}function pu(t,e){return e?t===null?"":t.error!==null?`The report cannot be made anew: ${t.error}`:t.building?"A step has finished: the report is being made anew.":t.runs.some(n=>n.goes_on)?"":"No run is in progress.":"The server has ended: this page shows what it had."}function du(){let t=pu(Et.value,tn.value),e=Et.value!==null&&tn.value?Et.value.runs:[];return d`<section class="live" aria-label="Runs in progress">
    ${(t!==""||en.value)&&d`<p>
      ${t}
      ${en.value&&d` <button type="button" onClick=${()=>location.reload()}>Show the new results</button>`}
    </p>`}
    ${e.length>0&&d`<ul>
      ${e.map(n=>d`<li key=${n.folder}>
            <bdi class="live-name" title=${n.folder}>${n.strategy}, seed ${n.seed}</bdi>
            <progress
              max="1"
              value=${n.done}
              aria-label=${`${n.strategy}, seed ${n.seed}`}
            ></progress>
            <span>${hu(n)}</span>
          </li>`)}
    </ul>`}
  </section>`}function mu(t){return sessionStorage.getItem(Ls)===t?!1:(sessionStorage.setItem(Ls,t),!0)}function js(t,e){let{live:n,version:o}=t.documentElement.dataset;if(n===void 0)return;let r=0,i=()=>{r=Date.now()};for(let l of["keydown","pointerdown","pointermove","wheel","touchmove"])e.addEventListener(l,i,{passive:!0});let s=t.createElement("div");t.querySelector("main").prepend(s),ee(nt(du),s);async function a(){try{let l=await e.fetch(n,{cache:"no-store"});if(!l.ok)throw new Error(l.statusText);Et.value=await l.json(),tn.value=!0,en.value=Et.value.version!==null&&Et.value.version!==o;let c=t.hidden||Date.now()-r>uu;en.value&&c&&mu(Et.value.version)&&e.location.reload()}catch{tn.value=!1}e.setTimeout(a,cu)}a()}function Ps(t){let e=H(()=>{F.value!==null&&(requestAnimationFrame(()=>{setTimeout(()=>{t.dataset.ready=String(Math.round(performance.now()))},0)}),queueMicrotask(()=>e()))})}var Us=new Set;async function _u(t){if(Us.has(t))return;Us.add(t);let e=document.getElementById(`cltool-facts-${t}`);if(e===null)return;let n=await Wr(e.textContent);e.remove(),je.value=new Map(je.value).set(t,n),setTimeout(()=>n.texts.searchable(),1e3)}async function gu(){if(typeof DecompressionStream!="function")return;if(Ar(window),document.querySelector("[id^=cltool-facts-]")===null){st.value=JSON.parse(await Nt(document)),lo(document,qr);return}is(document),H(()=>{_u(q.value.g??0)}),st.value=JSON.parse(await Nt(document)),ee(nt(Ir),document.getElementById("cltool-bar"));let t=document.getElementById("cltool-view");ee(nt(Rs),t);for(let e of document.querySelectorAll(".fact-place"))t.before(e);lo(document,Nn),Ps(document.documentElement)}js(document,window);gu();})();
