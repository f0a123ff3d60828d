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
(()=>{function io(e,t){for(let n of e.querySelectorAll(".panels [data-s]")){let o=n.getAttribute("data-s")===t;n.classList.toggle("dim",t!==null&&!o),n.classList.toggle("lit",t!==null&&o)}}function lo(e){for(let t of e.querySelectorAll(".legend"))for(let n of t.querySelectorAll("li")){let o=n.getAttribute("data-s");n.addEventListener("mouseenter",()=>io(t.parentNode,o)),n.addEventListener("mouseleave",()=>io(t.parentNode,null))}}function Js(e){if(typeof Uint8Array.fromBase64=="function")return Uint8Array.fromBase64(e);let t=atob(e),n=new Uint8Array(t.length);for(let o=0;o<t.length;o++)n[o]=t.charCodeAt(o);return n}async function ie(e){let t=new Blob([Js(e.trim())]).stream();return new Response(t.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()}var Zs="cltool-data";async function Et(e){return new TextDecoder().decode(await ie(e.getElementById(Zs).textContent))}function Wt(e,t,n){Je(new Blob([e],{type:n}),t)}function Je(e,t){let n=document.createElement("a");n.href=URL.createObjectURL(e),n.download=t,n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),1e3)}function co(e){let t=e.getElementById("save");t===null||typeof DecompressionStream!="function"||(t.hidden=!1,t.addEventListener("click",async()=>{Wt(await Et(e),"report.json","application/json")}))}function uo(e,t,n){let o=e.cells[t],r=o.getAttribute("data-value");return n?r===null?o.textContent:r:r===null?null:Number(r)}function Qs(e,t,n,o){let r=e.tBodies[0],s=t.getAttribute("data-sort")==="text",a=o==="ascending"?1:-1,i=[...r.rows];i.sort((l,c)=>{let u=uo(l,n,s),p=uo(c,n,s);return u===null||p===null?(u===null)-(p===null):a*(s?u.localeCompare(p):u-p)}),r.append(...i);for(let l of e.querySelectorAll("th[aria-sort]"))l.removeAttribute("aria-sort");t.setAttribute("aria-sort",o)}function ta(e,t,n){let o=document.createElement("button");o.type="button",o.append(...t.childNodes),t.append(o),o.addEventListener("click",()=>{let r=t.getAttribute("data-sort")==="descending"?"descending":"ascending",s=t.getAttribute("aria-sort");Qs(e,t,n,s?s==="ascending"?"descending":"ascending":r)})}function fo(e){for(let t of e.querySelectorAll("table.sortable"))t.querySelectorAll("thead th").forEach((n,o)=>{ta(t,n,o)})}var ea="http://www.w3.org/2000/svg";function po(e){return e.querySelectorAll("li").length*18+6}function ho(e,t,n){return[...e.querySelectorAll("li")].flatMap((o,r)=>{let s=o.querySelector("svg"),a=s.cloneNode(!0);n(s,a,null);let i={x:0,y:t+r*18,width:34,height:14,viewBox:"0 0 34 14"};for(let[p,d]of Object.entries(i))a.setAttribute(p,String(d));let l=document.createElementNS(ea,"text"),c=getComputedStyle(o),u={x:42,y:t+r*18+11,fill:c.color,"font-size":11};for(let[p,d]of Object.entries(u))l.setAttribute(p,String(d));return l.textContent=o.textContent.trim(),[a,l]})}var na=["font-family","font-size","font-style","font-weight","font-variant-numeric","text-anchor","fill","fill-opacity","stroke","stroke-width","stroke-dasharray","stroke-linecap","stroke-linejoin","stroke-opacity","visibility"],oa={opacity:"1",display:"inline","dominant-baseline":"auto","unicode-bidi":"normal"},ra=["class","style","tabindex","data-s","role","aria-describedby"],Gt=8,mo="http://www.w3.org/2000/svg";function sa(e){let t=new Map;for(let n of e.styleSheets)for(let o of n.cssRules)if(o.selectorText===":root")for(let r of o.style)r.startsWith("--")&&t.set(r,o.style.getPropertyValue(r).trim());return t}function aa(e,t){let{style:n}=e.documentElement,o=n.cssText;for(let[r,s]of sa(e))n.setProperty(r,s);n.setProperty("color-scheme","light");try{return t()}finally{n.cssText=o}}function le(e,t=null){let n=e.ownerDocument,o=e.getAttribute("aria-label")??"",{x:r,y:s,width:a,height:i}=Qe(e,t),l=aa(n,()=>{let p=e.cloneNode(!0);return Ze(e,p,null),t!==null&&p.append(...ho(t,s+Gt,Ze)),p});for(let p of l.querySelectorAll(".pointing, [data-gone]"))p.remove();for(let p of[l,...l.querySelectorAll("*")])ia(p);let c=n.createElementNS(mo,"rect");Object.entries({x:r,y:s,width:a,height:i}).forEach(([p,d])=>{c.setAttribute(p,String(d))}),c.setAttribute("fill","#ffffff");let u=n.createElementNS(mo,"title");return u.textContent=o,l.prepend(u,c),l.setAttribute("width",String(a)),l.setAttribute("height",String(i)),l.setAttribute("viewBox",[r,s,a,i].join(" ")),new XMLSerializer().serializeToString(l)}function Qe(e,t=null){let{width:n,height:o}=e.getBoundingClientRect(),r=e.getAttribute("viewBox")?.split(/[ ,]+/).map(Number)??[0,0,n,o],s=t===null?0:po(t);return{x:r[0]-Gt,y:r[1]-s-Gt,width:Math.ceil(r[2])+2*Gt,height:Math.ceil(r[3])+s+2*Gt}}function Ze(e,t,n){if(e.localName==="style"||e.localName==="title")return;let o=getComputedStyle(e),r={};for(let s of na)r[s]=o.getPropertyValue(s),r[s]!==n?.[s]?t.setAttribute(s,r[s]):t.removeAttribute(s);for(let[s,a]of Object.entries(oa)){let i=o.getPropertyValue(s);i!==a?t.setAttribute(s,i):t.removeAttribute(s)}r.fill==="rgba(0, 0, 0, 0)"&&t.setAttribute("fill","none"),o.display==="none"&&t.setAttribute("data-gone","");for(let s=0;s<e.children.length;s++)Ze(e.children[s],t.children[s],r)}function ia(e){if(e.localName==="style")return e.remove();for(let t of ra)e.removeAttribute(t)}var go=3;async function _o(e,t=null){let{width:n,height:o}=Qe(e,t),r=new Image;r.src=`data:image/svg+xml;charset=utf-8,${encodeURIComponent(le(e,t))}`,await r.decode();let s=document.createElement("canvas");return s.width=n*go,s.height=o*go,s.getContext("2d").drawImage(r,0,0,s.width,s.height),new Promise(a=>s.toBlob(a,"image/png"))}var la=/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i;function ca(e){let t=String(e).replace(/^−(?=\d)/,"-"),n=/^[=+\-@\t\r]/.test(t)&&!la.test(t)?`'${t}`:t;return/[",\n\r]/.test(n)?`"${n.replaceAll('"','""')}"`:n}function $o(e){return e.map(t=>`${t.map(ca).join(",")}\r
`).join("")}var ua={"\\":"\\textbackslash{}","&":"\\&","%":"\\%",$:"\\$","#":"\\#",_:"\\_","{":"\\{","}":"\\}","~":"\\textasciitilde{}","^":"\\textasciicircum{}","\u2212":"$-$","\u2013":"--","\xB1":"$\\pm$","\u2009":"\\,","\u2248":"$\\approx$","\u2191":"$\\uparrow$","\u2193":"$\\downarrow$","<":"\\textless{}",">":"\\textgreater{}","|":"\\textbar{}","\u2192":"$\\rightarrow$","\u2265":"$\\geq$","\u2264":"$\\leq$"};function bo([e,...t]){let n=s=>tn(s).replace(/./gu,a=>ua[a]??a),o=s=>`${s.map(n).join(" & ")} \\\\`;return[`\\begin{tabular}{${`l${"r".repeat(Math.max(0,e.length-1))}`}}`,"\\toprule",o(e),"\\midrule",...t.map(o),"\\bottomrule","\\end{tabular}",""].join(`
`)}function vo([e,...t]){let n=s=>tn(s).replace(/[\\`*_{}[\]<>#|~&]/g,"\\$&"),o=s=>`| ${s.map(n).join(" | ")} |`,r=`| --- |${" --: |".repeat(Math.max(0,e.length-1))}`;return[o(e),r,...t.map(o),""].join(`
`)}var tn=e=>String(e).replace(/\s*[\n\r]+\s*/g," ").trim();function en({columns:e,rows:t},n=!1){let o=r=>typeof r=="string"?r:n?r.value??r.text:r.text;return[e,...t.map(r=>r.map(o))]}function xo(e,t=()=>!0){return[...e.rows].map(n=>[...n.cells].filter(t).flatMap(o=>[tn([...yo(o)].join(" ").replace(/ {2,}/g," ")),...Array.from({length:o.colSpan-1},()=>"")]))}function*yo(e){for(let t of e.childNodes)t.nodeType===3?t.data.trim()!==""&&(yield t.data.trim()):(t.getAttribute?.("aria-hidden")!=="true"||t.classList?.contains("way"))&&(yield*yo(t))}function wo(e,t){let n=Object.entries(e).flatMap(([s,a])=>a.map(i=>({strategy:s,...i}))),o=n.some(({stream:s})=>s!==null);return[["strategy",...o?["stream"]:[],"seed",...t],...n.map(s=>[s.strategy,...o?[s.stream??""]:[],s.seed,...t.map(a=>s.scores[a]??"")])]}var fa=2e3;function Vt(e,t,n){let o=document.createElement("button");return o.type="button",o.textContent=e,o.title=t,o.addEventListener("click",async()=>{let r=await n();r&&(o.textContent=r,setTimeout(()=>o.textContent=e,fa))}),o}function nn(e,...t){let n=document.createElement("div");return n.className="take",n.setAttribute("role","group"),n.setAttribute("aria-label",`Take away: ${e}`),n.append(...t),n}async function So(e,t,n){try{return await navigator.clipboard.writeText(e),"Copied"}catch{return Wt(e,t,n),"Saved"}}function ko(e,t,n){return[Vt("CSV","Save the numbers for a spreadsheet",async()=>Wt(`\uFEFF${$o(await n())}`,`${e}.csv`,"text/csv")),Vt("LaTeX","Copy the table for LaTeX (package booktabs)",()=>So(bo(t()),`${e}.tex`,"text/plain")),Vt("Markdown","Copy the table as Markdown",()=>So(vo(t()),`${e}.md`,"text/plain"))]}function Ao(e,t,n=null){return[Vt("SVG","Save the chart as SVG",()=>{Wt(le(t(),n),`${e}.svg`,"image/svg+xml")}),Vt("PNG","Save the chart as PNG",async()=>{Je(await _o(t(),n),`${e}.png`)})]}function To({svg:e,table:t,file:n,title:o,exact:r=()=>en(t(),!0)}){let s=ko(n,()=>en(t()),r);return nn(o,...Ao(n,e),...s)}function Mo(e){return e.toLowerCase().replace(/[^\p{L}\p{N}]+/gu,"-").replace(/^-|-$/g,"").slice(0,60)||"table"}function Eo(e,t=()=>null){for(let n of e.querySelectorAll(".wide, .tall")){let o=n.querySelector("table");if(o===null||n.closest("figure.chart")!==null)continue;let r=n.getAttribute("aria-label")??"table",s=()=>xo(o,l=>getComputedStyle(l).display!=="none"),a=async()=>await t(o)??s(),i=nn(r,...ko(Mo(r),s,a));n.classList.contains("tall")?n.after(i):n.append(i)}for(let n of e.querySelectorAll("figure svg[role=img]")){let o=n.closest("figure");if(o.classList.contains("chart")||n.classList.contains("small"))continue;let r=o.querySelector("figcaption b")?.textContent??"chart",s=o.closest(".panels")?.parentElement.querySelector(".legend")??null;n.after(nn(r,...Ao(Mo(r),()=>n,s)))}}function ce(e,t){let n=t.closest("div.group");return n===null?null:[...e.querySelectorAll("div.group")].indexOf(n)}async function Oo(e,t){if(!t.classList.contains("scores"))return null;let n=ce(e,t);if(n===null)return null;let{views:o}=JSON.parse(await Et(e)).groups[n],r=o.front?.seeds;if(r===void 0)return null;let s=new Set(Object.values(o.scores.means).flatMap(a=>Object.keys(a)));return wo(r,[...s])}function pa(e){fo(e),lo(e),co(e),Eo(e,t=>Oo(e,t))}pa(document);var S,jo,sn,it,on,de,Lo,fe,Ro,an,rn,da,Yt=Symbol.for("pv"),he={},me=[],ha=/^m(i|n|o|s|text|space)$/,ln=Array.isArray,cn=me.slice,mt=Object.assign;function ht(e){e&&e.parentNode&&e.remove()}function gt(e,t,n){var o,r,s,a={},i=arguments.length;for(s in t)s=="key"?o=t[s]:s=="ref"&&typeof e!="function"?r=t[s]:a[s]=t[s];return i>2&&(a.children=i>3?cn.call(arguments,2):n),zt(e,a,o,r,null)}function zt(e,t,n,o,r){var s={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Yt,__v:r||++jo,__i:-1,__u:0};return!r&&S.vnode&&S.vnode(s),s}function _t(e){return e.children}function z(e,t){this.props=e,this.context=t,this.__g=0}function lt(e,t){if(t==null)return e.__&&lt(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:lt(e)}function ma(e){var t,n=e.__v,o=n.__e,r=[],s=[],a=e.__P;a&&((t=mt({constructor:Yt},n)).__v=n.__v+1,S.vnode&&S.vnode(t),un(a,t,n,e.__n,a.namespaceURI,32&n.__u?[o]:null,r,o||lt(n),32&n.__u,s),t.__v=n.__v,t.__.__k[t.__i]=t,Ho(r,t,s),n.__=n.__e=null,t.__e!=o&&Uo(t))}function Uo(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),Uo(e)}function Co(e){(8&e.__g||(e.__g|=8,it.push(e),de++))&&on==S.debounceRendering||((on=S.debounceRendering)||queueMicrotask)(Bo)}function Bo(){try{for(var e,t=1;it.length;)it.length>t&&it.sort(Lo),e=it.shift(),t=it.length,8&e.__g&&ma(e)}finally{(de=it.length)&&(on||queueMicrotask)(Bo)}}function Fo(e,t,n,o,r,s,a,i,l,c,u){var p,d,f,m,$,_,g=o.__k||me,v=t.length;for(l=ga(n,t,g,l,v),p=0;p<v;p++)(f=n.__k[p])!=null&&(d=~f.__i&&g[f.__i]||he,f.__i=p,_=un(e,f,d,r,s,a,i,l,c,u),m=f.__e,(d.ref!=f.ref||8&d.__u)&&(d.ref&&fn(d.ref,null,f,d),f.ref&&u.push(f.ref,f.__c||m,f)),$=$||m,4&f.__u?(l=Po(f,l,e,!d.__v),d.__e&&(d.__e=null)):typeof f.type=="function"&&_!==void 0?l=_:m&&(l=m.nextSibling),f.__u&=-21);return n.__e=$,l}function ga(e,t,n,o,r){var s,a,i,l,c,u,p,d,f,m=n.length,$=m,_=0,g=0,v=e.__k=Array(r);for(s=0;s<r;s++)(a=t[s])!=null&&typeof a!="boolean"&&typeof a!="function"?(typeof a!="object"||a.constructor===String?a=v[s]=zt(null,a):ln(a)?a=v[s]=zt(_t,{children:a}):a.constructor===Yt&&a.__b?a=v[s]=zt(a.type,a.props,a.key,a.ref,a.__v):v[s]=a,l=s+_,a.__=e,a.__b=e.__b+1,i=null,~(c=a.__i=_a(a,n,l,$))&&($--,(i=n[c])&&(i.__u|=2)),i&&i.__v?(a.__u|=16,c==l-1?_--:c==l+1?_++:c!=l&&(c>l?_--:_++,g=1)):(~c||(r>m?_--:r<m&&_++),typeof a.type!="function"&&(a.__u|=4))):v[s]=null;if(g){for(u=[],p=[],s=0;s<r;s++)if((a=v[s])&&16&a.__u){for(_=0,d=u.length;_<d;)u[f=_+d>>1]<a.__i?_=f+1:d=f;u[_]=a.__i,p[s]=_+1}for(_=u.length;s--;)p[s]&&(p[s]==_?_--:v[s].__u|=4)}if($)for(s=0;s<m;s++)!(i=n[s])||2&i.__u||(i.__e==o&&(o=lt(i)),pn(i,i));return o}function Po(e,t,n,o){var r,s,a,i;if(typeof e.type=="function"){if(e.props.__P)return t;if(r=e.__k)for(s=0;s<r.length;s++)r[s]&&(r[s].__=e,t=Po(r[s],t,n,!1));return t}for(t&&!t.parentNode&&(t=lt(e))&&!t.parentNode&&(t=null),a=e.__e,i=t;i&&i.nodeType==8;)i=i.nextSibling;for(a!=i&&(!o&&n.moveBefore&&a.parentNode?n.moveBefore(a,t):n.insertBefore(a,t||null)),t=a;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function _a(e,t,n,o){var r,s=e.key,a=e.type,i=t[n],l=i&&!(2&i.__u);if(i===null&&s==null||l&&s==i.key&&a==i.type)return n;if(o>(l?1:0)){for(r=n-1;r>=0;r--)if((i=t[r])&&!(2&i.__u)&&s==i.key&&a==i.type)return r;for(r=n+1;r<t.length;r++)if((i=t[r])&&!(2&i.__u)&&s==i.key&&a==i.type)return r}return-1}function No(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function ue(e,t,n,o,r){var s,a;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||No(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||No(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(a=rn[t]||(rn[t]=$a(t)),(e.__a||(e.__a={}))[t]=an,s=t!=(t=t.replace(Ro,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,a,s):e.removeEventListener(t,a,s));else{if(r=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function $a(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[fe]==null)t[fe]=an++;else if(t[fe]<this.__a[e])return;return n(S.event?S.event(t):t)}}}function un(e,t,n,o,r,s,a,i,l,c){var u,p,d,f,m,$,_,g,v,b,x,E,C,dt,Z,Tt,W,Q,tt=t.type;if(t.constructor!==Yt)return null;128&n.__u&&(l=32&n.__u,u=n.__c.__z)&&(t.__u|=l,p=s=[],u.nodeType==8?i=pe(u,s):s.push(u),i=s[0]||i),(u=S.__b)&&u(t);t:if(typeof tt=="function"){d=a.length;try{if(g=t.props,v=(u=tt.prototype)&&u.render,b=(u=tt.contextType)&&o[u.__c],x=u?b?b.props.value:u.__:o,(f=n.__c)?(t.__c=f,2&f.__g&&(f.__g|=1)):(v?t.__c=f=new tt(g,x):(t.__c=f=new z(g,x),f.constructor=tt,f.render=va),b&&b.sub(f),f.state||(f.state={}),f.__n=o,f.__g|=8,f.__h=[],f.__k=[]),v&&(f.__s||(f.__s=f.state),tt.getDerivedStateFromProps&&(f.__s==f.state&&(f.__s=mt({},f.__s)),mt(f.__s,tt.getDerivedStateFromProps(g,f.__s)))),m=f.props,$=f.state,f.__v=t,n.__c){if(g!==m&&v&&!tt.getDerivedStateFromProps&&f.componentWillReceiveProps&&f.componentWillReceiveProps(g,x),t.__v==n.__v&&!(8&f.__g)||!(4&f.__g)&&f.shouldComponentUpdate&&f.shouldComponentUpdate(g,f.__s,x)===!1){t.__v!=n.__v&&(f.props=g,f.state=f.__s,f.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(q){q&&(q.__=t)}),me.push.apply(f.__h,f.__k),f.__k=[],f.__h.length&&a.push(f),i=lt(n);break t}f.componentWillUpdate&&f.componentWillUpdate(g,f.__s,x),v&&f.componentDidUpdate&&f.__h.push(function(){f.componentDidUpdate(m,$,_)})}else v&&!tt.getDerivedStateFromProps&&f.componentWillMount&&f.componentWillMount(),v&&f.componentDidMount&&f.__h.push(f.componentDidMount);f.context=x,f.props=g,f.__P=e,f.__g&=-5,E=S.__r,C=v?25:0;do f.__g&=-9,E&&E(t),u=f.render(f.props,f.state=f.__s,f.context);while(8&f.__g&&++C<25);v&&(me.push.apply(f.__h,f.__k),f.__k=[]),f.state=f.__s,f.getChildContext&&(o=mt({},o,f.getChildContext())),v&&n.__c&&f.getSnapshotBeforeUpdate&&(_=f.getSnapshotBeforeUpdate(m,$)),dt=u&&u.type===_t&&u.key==null?u.props.children:u,g.__P&&(u=i,r=(e=g.__P).namespaceURI,l=s=null,n.props&&n.props.__P!=e&&(n.__k.some(function(q){q&&pn(q,q)}),n.__k=null),i=n.__k?lt(n,0):null),i=Fo(e,ln(dt)?dt:[dt],t,n,o,r,s,a,i,l,c),g.__P&&(t.__e=null,i=u),t.__u&=-161,p&&p.some(ht),f.__h.length&&a.push(f),1&f.__g&&(f.__g&=-4)}catch(q){if(a.length=d,t.__v=null,l||s)if(q&&q.then){if(t.__u|=128|l,s){for(~(W=s.indexOf(i||void 0))||(W=s.length);(Q=s[W-1])&&Q.nodeType==8;)W--;for(;W<s.length;W++)if(Q=s[W])if(s[W]=null,Z){if(Q==Tt)break}else{if(Q.nodeType!=8)break;Q.data.startsWith("$s")&&(Tt=pe(Z=Q))}}if(!Z){for(;i&&i.nodeType==8&&i.nextSibling;)i=i.nextSibling;Z=i}(u=pe(Z=t.__c.__z||(t.__c.__z=Z)))?(t.__e=Z,i=u):t.__e=i,i=i&&i.nextSibling}else s&&s.some(ht);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),q&&q.then||Do(t),S.__e(q,t,n)}}else i=t.__e=ba(n.__e,t,n,o,r,s,a,l,c,e);return(u=S.diffed)&&u(t),i}function pe(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function Do(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(Do))}function Ho(e,t,n){for(var o=0;o<n.length;)fn(n[o++],n[o++],n[o++]);S.__c&&S.__c(t,e),e.some(function(r){try{e=r.__h,r.__h=[],e.some(function(s){s.call(r)})}catch(s){S.__e(s,r.__v)}})}function ba(e,t,n,o,r,s,a,i,l,c){var u,p,d,f,m,$,_,g,v=n.props||he,b=t.props,x=t.type;if(x=="svg"?r="http://www.w3.org/2000/svg":x=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),s){for(u=0;u<s.length;u++)if((m=s[u])&&(x?m.localName==x:m.nodeType==3)){e=m,s[u]=null;break}}if(!e){if(g=c.ownerDocument||document,!x)return g.createTextNode(b);e=g.createElementNS(r,x,b.is?b:c),i&&(S.__m&&S.__m(t,s),i=!1),s=null}if(x){if(c=x=="template"&&e.content||e,s=x=="textarea"&&b.defaultValue!=null?null:s&&cn.call(c.childNodes),!i&&s)for(v={},u=0;u<e.attributes.length;u++)v[(m=e.attributes[u]).name]=m.value;for(u in v)m=v[u],u=="dangerouslySetInnerHTML"?d=m:u=="children"||u in b||u=="value"&&"defaultValue"in b||u=="checked"&&"defaultChecked"in b||ue(e,u,null,m,r);for(u in b)m=b[u],u=="children"?f=m:u=="dangerouslySetInnerHTML"?p=m:u=="value"?$=m:u=="checked"?_=m:i&&typeof m!="function"||v[u]===m||ue(e,u,m,v[u],r);p?(i||d&&(p.__html==d.__html||p.__html==e.innerHTML)||(e.innerHTML=p.__html),t.__k=[]):(d&&(e.textContent=""),(x=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&ha.test(x))&&(r="http://www.w3.org/1999/xhtml"),Fo(c,ln(f)?f:[f],t,n,o,r,s,a,s?s[0]:n.__k&&lt(n,0),i,l),s&&s.some(ht)),i&&x!="textarea"||(u="value",x=="progress"&&$==null?e.removeAttribute(u):$==null||$===e[u]&&(x!="progress"||$)||ue(e,u,$,v[u],r),u="checked",_!=null&&_!=e[u]&&ue(e,u,_,v[u],r))}else v===b||i&&e.data==b||(e.data=b);return e}function fn(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(r){S.__e(r,n)}}function pn(e,t,n){var o,r,s,a;if(S.unmount&&S.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||fn(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(i){S.__e(i,t)}o.__P=o.__n=null}if(o=e.__k)for(a=0;a<o.length;a++)o[a]&&pn(o[a],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(r=pe(o,s=[]))&&(o==e.__e&&s.some(ht),ht(r),ht(o)),n||ht(e.__e),e.__e=e.__c=e.__=null}function va(e,t,n){return this.constructor(e,n)}function dn(e,t){var n,o,r,s;S.__&&S.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=zt(_t,{children:[e]}),r=[],s=[],un(t,t.__k,o||he,he,t.namespaceURI,o?null:t.firstChild?cn.call(t.childNodes):null,r,o?o.__e:t.firstChild,n,s),Ho(r,t.__k,s),t.__k.props.children=null}S={__e:function(e,t,n,o){for(var r,s,a;t=t.__;)if((r=t.__c)&&!(1&r.__g)){r.__g|=4;try{if((a=(s=r.constructor)&&s.getDerivedStateFromError)&&r.setState(s.getDerivedStateFromError(e)),r.componentDidCatch&&(r.componentDidCatch(e,o||{}),a=1),a&&8&r.__g)return void(r.__g|=2)}catch(i){e=i}}throw de=0,e}},jo=0,sn=function(e){return e!=null&&e.constructor===Yt},z.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=mt({},this.state)),typeof e=="function"&&(e=e(mt({},n),this.props)),e&&(mt(n,e),this.__v&&(t&&this.__k.push(t),Co(this)))},z.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),Co(this))},z.prototype.render=_t,it=[],de=0,Lo=function(e,t){return e.__v.__b-t.__v.__b},fe=Symbol(),Ro=/(PointerCapture)$|Capture$/i,an=0,rn={},da=0;var Ot,j,hn,Io,mn=Object.is,ge=0,Jo=[],gn=[],N=S,qo=N.__b,Wo=N.__r,Go=N.diffed,Vo=N.__c,zo=N.unmount,Yo=N.__;function _e(e,t){N.__h&&N.__h(j,e,ge||t),ge=0;var n=j.__H||(j.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function G(e){return ge=1,xa(Qo,e)}function xa(e,t,n){var o=_e(Ot++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):Qo(void 0,t),function(s){var a=(o.__N||o.__)[0],i=o.t(a,s);mn(a,i)||(o.__N=[i,o.__[1]],o.__c.setState({}))}],o.__c=j,!j.__f)){j.__f=!0;var r=j.shouldComponentUpdate;j.shouldComponentUpdate=function(s,a,i){var l=this.__H;if(!l)return!0;var c=!1,u=this.props!=s;if(l.__.some(function(d){d.__N&&(c=!0,mn(d.__[0],d.__N[0])||(u=!0))}),r){var p=r.call(this,s,a,i);return c?p||u:p}return!c||u}}return o.__}function et(e,t){var n=_e(Ot++,3);!N.__s&&$n(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,j.__H.__h.push(n))}function Zo(e,t){var n=_e(Ot++,4);!N.__s&&$n(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,j.__h.push(n))}function Kt(e){return ge=5,$e(function(){return{current:e}},[])}function $e(e,t){var n=_e(Ot++,7);return $n(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function ya(){var e;do{for(;e=gn.shift();)try{Xt(e)}catch(n){N.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=Jo.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(Xt),t.__h.some(_n),t.__h=[]}catch(n){t.__h=[],N.__e(n,e.__v)}}}while(gn.length)}N.__b=function(e){j=null,qo&&qo(e)},N.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),Yo&&Yo(e,t)},N.__r=function(e){Wo&&Wo(e),Ot=0;var t=(j=e.__c).__H;t&&(hn==j?j.__h=[]:(t.__h.some(Xt),t.__h.some(_n),Ot=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),hn=j},N.diffed=function(e){Go&&Go(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&Ko(Jo.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),hn=j=null},N.__c=function(e,t){t.some(function(n){try{n.__h.some(Xt),n.__h=n.__h.filter(function(o){return!o.__||_n(o)})}catch(o){n.__h=[function(){throw o}]}}),Vo&&Vo(e,t)},N.unmount=function(e){zo&&zo(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}r.__P=n,Ko(gn.push(r))}else Xt(r)}catch(s){t=s}}),o.__H=void 0,t&&N.__e(t,o.__v))};var Xo=typeof requestAnimationFrame=="function";function wa(e){var t,n=function(){clearTimeout(o),Xo&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);Xo&&(t=requestAnimationFrame(n))}function Ko(e){e!=1&&Io==N.requestAnimationFrame||((Io=N.requestAnimationFrame)||wa)(ya)}function Xt(e){var t=j,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),j=t}function _n(e){var t=j;e.__c=e.__(),j=t}function $n(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!mn(n,e[o])})}function Qo(e,t){return typeof t=="function"?t(e):t}var Sa=Symbol.for("preact-signals");function ye(){if(nt>1)nt--;else{var e,t=!1;for((function(){var r=ve;for(ve=void 0;r!==void 0;){var s=r.S;if(s.v===r.v)for(var a=s.t;a!==void 0;a=a.x)a.i===r.i&&(a.i=s.i);r=r.o}})();Zt!==void 0;){var n=Zt;for(Zt=void 0,be++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&er(n))try{n.c()}catch(r){t||(e=r,t=!0)}n=o}}if(be=0,nt--,t)throw e}}function vn(e){if(nt>0)return e();bn=++Ma,nt++;try{return e()}finally{ye()}}var Jt,M=void 0;function Qt(e){var t=M,n=Jt;M=void 0,Jt=void 0;try{return e()}finally{M=t,Jt=n}}var Zt=void 0,nt=0,be=0,Ma=0,bn=0,ve=void 0,xe=0;function tr(e){if(M!==void 0){var t=e.n;if(t===void 0||t.t!==M)return t={i:0,S:e,p:M.s,n:void 0,t:M,e:void 0,x:void 0,r:t},M.s!==void 0&&(M.s.n=t),M.s=t,e.n=t,32&M.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=M.s,t.n=void 0,M.s.n=t,M.s=t),t}}function B(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}B.prototype.brand=Sa;B.prototype.h=function(){return!0};B.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:Qt(function(){var o;(o=t.W)==null||o.call(t)}))};B.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&Qt(function(){var r;(r=t.Z)==null||r.call(t)}))}};B.prototype.subscribe=function(e){var t=this;return I(function(){var n=t.value;Qt(function(){return e(n)})},{name:"sub"})};B.prototype.valueOf=function(){return this.value};B.prototype.toString=function(){return this.value+""};B.prototype.toJSON=function(){return this.value};B.prototype.peek=function(){var e=this;return Qt(function(){return e.value})};Object.defineProperty(B.prototype,"value",{get:function(){var e=tr(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(be>100)throw new Error("Cycle detected");(function(n){nt!==0&&be===0&&n.l!==bn&&(n.l=bn,ve={S:n,v:n.v,i:n.i,o:ve})})(this),this.v=e,this.i++,xe++,nt++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{ye()}}}});function ot(e,t){return new B(e,t)}function er(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function nr(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function or(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function $t(e,t){B.call(this,void 0,t),this.x=e,this.s=void 0,this.g=xe-1,this.f=4}$t.prototype=new B;$t.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===xe))return!0;if(this.g=xe,this.f|=1,this.i>0&&!er(this))return this.f&=-2,!0;var e=M;try{nr(this),M=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return M=e,or(this),this.f&=-2,!0};$t.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}B.prototype.S.call(this,e)};$t.prototype.U=function(e){if(this.t!==void 0&&(B.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};$t.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty($t.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=tr(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function V(e,t){return new $t(e,t)}function rr(e){var t=e.j;if(e.j=void 0,typeof t=="function"){nt++;var n=M;M=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,xn(e),o}finally{M=n,ye()}}}function xn(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,rr(e)}function ka(e){if(M!==this)throw new Error("Out-of-order effect");or(this),M=e,this.f&=-2;try{8&this.f&&xn(this)}finally{ye()}}function Ct(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,Jt&&Jt.push(this)}Ct.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};Ct.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,rr(this),nr(this),nt++;var e=M;return M=this,ka.bind(this,e)};Ct.prototype.N=function(){2&this.f||(this.f|=2,this.u=Zt,Zt=this)};Ct.prototype.d=function(){this.f|=8,1&this.f||xn(this)};Ct.prototype.dispose=function(){this.d()};function I(e,t){var n=new Ct(e,t);try{n.c()}catch(r){throw n.d(),r}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var sr,Se,we,Aa=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var ar=[];I(function(){sr=this.N})();function Nt(e,t){S[e]=t.bind(null,S[e]||function(){})}function te(e){if(we){var t=we;we=void 0,t()}we=e&&e.S()}function ir(e){var t=this,n=e.data,o=Ea(n);o.name="ReactiveDom",o.value=n;var r=$e(function(){for(var i=t,l=t.__v;l=l.__;)if(l.__c){l.__c.__$f|=4;break}var c=V(function(){var f=o.value.value;return f===0?0:f===!0?"":f||""}),u=V(function(){return!Array.isArray(c.value)&&!sn(c.value)}),p=I(function(){if(this.N=lr,u.value){var f=c.value;i.__v&&i.__v.__e&&i.__v.__e.nodeType===3&&(i.__v.__e.data=f)}}),d=t.__$u.d;return t.__$u.d=function(){p(),d.call(this)},[u,c]},[]),s=r[0],a=r[1];return s.value?a.peek():a.value}ir.displayName="ReactiveTextNode";Object.defineProperties(B.prototype,{constructor:{configurable:!0,value:gt(_t,null).constructor},type:{configurable:!0,value:ir},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});Nt("__b",function(e,t){if(te(),Se=void 0,typeof t.type=="string"){var n,o=t.props;for(var r in o)if(r!=="children"){var s=o[r];s instanceof B&&(n||(t.__np=n={}),n[r]=s,o[r]=s.peek())}}e(t)});Nt("__r",function(e,t){if(e(t),t.type!==_t){te();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=(function(r,s){var a;return I(function(){a=this},{name:s}),a.c=r,a})((function(r){return function(){var s;Aa&&((s=this.y)==null||s.call(this)),r.__$f|=1,r.setState({})}})(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),Se=o,te(n)}});Nt("__e",function(e,t,n,o){te(),Se=void 0,e(t,n,o)});Nt("diffed",function(e,t){te(),Se=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,r=t.props,s=n.U;if(s)for(var a in s){var i=s[a];i===void 0||o&&a in o||(i.d(),s[a]=void 0)}if(o){s||(s={},n.U=s);for(var l in o){var c=s[l],u=o[l];c===void 0?(c=Ta(n,l,u,r),s[l]=c):c.o(u,r)}}}e(t)});function Ta(e,t,n,o){var r=t in e&&e.ownerSVGElement===void 0,s=ot(n);return{o:function(a,i){s.value=a,o=i},d:I(function(){this.N=lr;var a=s.value.value;o[t]!==a&&(o[t]=a,r?e[t]=a:a!=null&&(a!==!1||t[4]==="-")?e.setAttribute(t,a):e.removeAttribute(t))})}}Nt("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var r in o){var s=o[r];s&&s.d()}}}var a=t.__np;if(a){var i=t.props;for(var l in a)i[l]=a[l]}t.__np=void 0}else{var c=t.__c;if(c){c.__$f|=8;var u=c.__$u;u&&(c.__$u=void 0,u.d())}}e(t)});Nt("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});z.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var r in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var s=2&this.__$f;if(!(o||s||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var a in e)if(a!=="__source"&&e[a]!==this.props[a])return!0;for(var i in this.props)if(!(i in e))return!0;return!1};function Ea(e,t){return $e(function(){return ot(e,t)},[])}var Oa=function(e){queueMicrotask(function(){queueMicrotask(e)})};function Ca(){vn(function(){for(var e;e=ar.shift();)sr.call(e)})}function lr(){ar.push(this)===1&&(S.requestAnimationFrame||Oa)(Ca)}function bt(e,t,n=null){return e.remember(`counted ${t} ${n}`,()=>n===null?{asked:e.column(`asked.${t}`),right:e.column(`right.${t}`),stale:e.column(`stale.${t}`)}:Ra(e,t,n))}function ee(e){let{detail:t,all_forms:n}=e.header;return t?.wordings==="all"&&e.has("probe.key")?n??[]:[]}var Na=1,ja=2,La=0;function Ra(e,t,n){let o=e.steps*e.facts,r={asked:new Uint8Array(o),right:new Uint8Array(o),stale:new Uint8Array(o)},s=ee(e).indexOf(n),a=e.column(`verdict.${t}`);if(s<0||a===null)return r;let i=e.column("probe.key"),l=e.column("probe.form");for(let c=0;c<i.length;c++)if(l[c]===s)for(let u=0;u<e.steps;u++){let p=a[u*i.length+c],d=u*e.facts+i[c];if(p===Na)r.right[d]++;else if(p===ja)r.stale[d]++;else if(p!==La)continue;r.asked[d]++}return r}var Ua=0,Ba=1,jt=2,Fa=3,Pa=4,Da=5,yn=6,Lt=7,Me=8,A=["none","future","right","partly","outdated","wrong","forgotten","produced","resurfaced"],O={none:0,new:1,retained:2,future:3,erased:4};function rt(e,t,n,o=null){return e.remember(`counts ${t} ${n} ${o}`,()=>{let r=n*e.facts,s=a=>{let i=t.length===0?null:bt(e,t[0],o)[a];if(t.length===1)return i.subarray(r,r+e.facts);let l=new Uint16Array(e.facts);for(let c of t){let u=bt(e,c,o)[a];for(let p=0;p<l.length;p++)l[p]+=u[r+p]}return l};return{asked:s("asked"),right:s("right"),stale:s("stale")}})}function Ha(e,t,n,o,r=null){let s=n*e.facts+o,a={asked:0,right:0,stale:0};for(let i of t){let l=bt(e,i,r);a.asked+=l.asked[s],a.right+=l.right[s],a.stale+=l.stale[s]}return a}function cr(e,t,n,o){return e===O.none||t===0?Ua:e===O.future?Ba:e===O.erased?n===0?yn:Lt:n>0?n===t?jt:Fa:o>0?Pa:Da}function ke(e,t,n,o=null){return e.remember(`states ${t} ${n} ${o}`,()=>{let r=new Uint8Array(e.facts),{asked:s,right:a,stale:i}=rt(e,t,n,o),l=e.column("group"),c=n*e.facts;for(let u=0;u<r.length;u++){let p=cr(l[c+u],s[u],a[u],i[u]);r[u]=p===Lt?fr(e,t,n,u,o):p}return r})}function ur(e,t,n,o,r=null){let{asked:s,right:a,stale:i}=Ha(e,t,n,o,r),l=e.column("group")[n*e.facts+o],c=cr(l,s,a,i);return c===Lt?fr(e,t,n,o,r):c}function wn(e,t,n){let o=e.column("group"),r=e.column("learned"),s=t;for(;s>0&&o[(s-1)*e.facts+n]===O.erased&&r[(s-1)*e.facts+n]===r[t*e.facts+n];)s--;return s}function fr(e,t,n,o,r){let s=wn(e,n,o)*e.facts+o,a=n*e.facts+o;return t.some(l=>{let{right:c}=bt(e,l,r);return c[a]>0&&c[s]===0})?Me:Lt}var vt=[{name:"broken",bad:!0},{name:"turned outdated",bad:!0},{name:"resurfaced",bad:!0},{name:"not learned",bad:!0},{name:"not forgotten",bad:!0},{name:"still wrong",bad:!0},{name:"learned",bad:!1},{name:"regained",bad:!1},{name:"forgotten",bad:!1}],Y=Object.fromEntries(vt.map(({name:e},t)=>[e,1<<t]));function dr(e,t,n,o=null){return e.remember(`changes ${t} ${n} ${o}`,()=>{let r=new Uint16Array(e.facts);if(n<1||t.length===0)return r;let s=pr(e,t,n-1,o),a=pr(e,t,n,o);for(let i=0;i<r.length;i++){if(a.asked[i]===0)continue;let l=a.group[i];if(l===O.new)r[i]=Ia(a,n,i);else if(l===O.retained)r[i]=qa(s,a,n,i);else if(l===O.erased){let c=wn(e,n,i)===n;r[i]=Wa(s.states[i],a.states[i],c)}}return r})}function xt(e){return Y[e]??0}function pr(e,t,n,o){let r=s=>e.column(s).subarray(n*e.facts,(n+1)*e.facts);return{...rt(e,t,n,o),states:ke(e,t,n,o),group:r("group"),learned:r("learned")}}function Ia(e,t,n){return e.learned[n]!==t?0:e.states[n]===jt?Y.learned:Y["not learned"]}function qa(e,t,n,o){let r=e.group[o];if(r!==O.new&&r!==O.retained||e.asked[o]===0||e.learned[o]!==t.learned[o]||t.learned[o]>=n)return 0;let s=t.states[o]===jt,a=t.right[o]*e.asked[o]<e.right[o]*t.asked[o],i=0;return!s&&a?i|=Y.broken:!s&&e.states[o]!==jt?i|=Y["still wrong"]:s&&e.states[o]!==jt&&(i|=Y.regained),e.stale[o]===0&&t.stale[o]>0&&(i|=Y["turned outdated"]),i}function Wa(e,t,n){return t===Me?e===Me?0:Y.resurfaced:n?t===yn?Y.forgotten:t===Lt?Y["not forgotten"]:0:0}var Sn=["group","state","change"],Ga=["relation","form","learned","seed"],Ee=[...Ga,...Sn],Va=["g","a","b","s","k","learned","seed"],Ae=Object.freeze({g:null,a:null,b:null,s:null,q:"",relation:null,group:null,learned:null,state:null,change:null,form:null,seed:null,d:!1,k:null,sort:null});function hr(e){let t=new URLSearchParams(e.replace(/^#/,"")),n={...Ae};for(let[o,r]of t)!Object.hasOwn(Ae,o)||r===""||(Va.includes(o)?/^-?\d{1,9}$/.test(r)&&(n[o]=Number(r)):o==="d"?n.d=r==="1":Sn.includes(o)?n[o]=r.split(","):n[o]=r);return n}function Te(e){let t=new URLSearchParams;for(let o of Object.keys(Ae)){let r=e[o];r===Ae[o]||r===null||r===""||t.set(o,r===!0?"1":String(r))}let n=t.toString();return n===""?"":`#${n}`}var D=ot(hr(globalThis.location?.hash??""));function y(e,{replace:t=!1}={}){let n={...D.value,...e},o=Te(n);if(o===Te(D.value))return;D.value=n;let{pathname:r,search:s}=location;history[t?"replaceState":"pushState"](null,"",o===""?r+s:o)}function mr(e){let t=()=>{let{hash:n}=e.location;if(n!==""&&!n.includes("="))return;let o=hr(n);Te(o)!==Te(D.value)&&(D.value=o)};e.addEventListener("popstate",t),e.addEventListener("hashchange",t)}var Mn=class{constructor(t,n,o,r){this.block=t,this.variant=n,this.form=r,this.name=t.variants[n]?.name??"",this.runsOf=t.labels.map((s,a)=>t.runs(n,a,o))}runs(t){return this.runsOf[t]}states(t){return ke(this.block,this.runs(t),t,this.form)}state(t,n){return ur(this.block,this.runs(t),t,n,this.form)}counts(t){return rt(this.block,this.runs(t),t,this.form)}changes(t){return dr(this.block,this.runs(t),t,this.form)}countsAt(t,n){let o=t*this.block.facts+n,r={asked:0,right:0,stale:0};for(let s of this.runs(t)){let a=bt(this.block,s,this.form);r.asked+=a.asked[o],r.right+=a.right[o],r.stale+=a.stale[o]}return r}answer(t,n){let o=new Map;for(let a of this.runs(t)){let i=this.block.answer(a,t,n);i!==null&&o.set(i,(o.get(i)??0)+1)}let r=null,s=0;for(let[a,i]of o)s+=i,(r===null||i>r.times)&&(r={text:a,times:i});return r===null?null:{...r,runs:s}}margin(t,n){let o=0,r=0;for(let s of this.runs(t)){let a=this.block.margin(s,t,n);a!==null&&(o+=a,r++)}return r===0?null:o/r}};function F({block:e,selection:t},n){let o=t[n];if(o<0)return null;let{seed:r,form:s}=t;return e.remember(`side ${o} ${r} ${s}`,()=>new Mn(e,o,r,s))}var za=["partly","outdated","wrong"],kn={"not right":za};function gr(e){let t={a:[],b:[]};for(let n of e??[])n.startsWith("b.")?t.b.push(n.slice(2)):t.a.push(n.replace(/^a\./,""));return t}function $r(e){let{block:t,selection:n}=e,o=[...Ya(t,n),..._r(e,"a"),..._r(e,"b"),...Xa(e)];if(n.d&&n.b>=0){let a=F(e,"a").states(n.s),i=F(e,"b").states(n.s);o.push(l=>a[l]!==i[l])}let r=new Uint32Array(t.facts),s=0;t:for(let a=0;a<t.facts;a++){for(let i of o)if(!i(a))continue t;r[s++]=a}return r.subarray(0,s)}function Ya(e,{s:t,relation:n,group:o,learned:r}){let s=t*e.facts,a=[];if(n!==null){let i=e.column("relation"),l=e.relations.indexOf(n);a.push(c=>i[c]===l)}if(o!==null){let i=e.column("group"),l=new Set(o.map(c=>O[c]));a.push(c=>l.has(i[s+c]))}if(r!==null){let i=e.column("learned");a.push(l=>i[s+l]===r)}return a}function _r(e,t){let{selection:n}=e,o=F(e,t),r=gr(n.state)[t],s=gr(n.change)[t],a=[];if(o===null)return a;if(r.length>0){let i=o.states(n.s),l=A.map(c=>r.includes(c));a.push(c=>l[i[c]])}if(s.length>0){let i=o.changes(n.s),l=s.reduce((c,u)=>c|xt(u),0);a.push(c=>(i[c]&l)!==0)}return a}function Xa(e){return e.selection.q.toLowerCase().split(/\s+/).filter(Boolean).map(n=>Ka(e,n))}function Ka(e,t){let{block:n}=e,{holding:o,relations:r}=n.remember(`holding ${t}`,()=>({holding:n.texts.holding(t),relations:n.relations.map(l=>l.toLowerCase().includes(t))})),[s,a]=["subject","relation"].map(l=>n.column(l)),i=Ja(e);return l=>{if(o[s[l]]===1||r[a[l]])return!0;for(let c=0;c<i.length;c++)if(o[i[c][l]]===1)return!0;return!1}}function Ja(e){let{block:t,selection:n}=e,{s:o}=n,r=(a,i)=>a.subarray(i,i+t.facts),s=["object","outdated"].map(a=>r(t.column(a),o*t.facts));for(let a of["a","b"])for(let i of F(e,a)?.runs(o)??[]){let l=t.column(`answer.${i}`),c=t.place(l,i,o,0,t.facts);c>=0&&s.push(r(l,c))}return s}var vr=function(e,t,n,o){var r;t[0]=0;for(var s=1;s<t.length;s++){var a=t[s++],i=t[s]?(t[0]|=a?1:2,n[t[s++]]):t[++s];a===3?o[0]=i:a===4?o[1]=Object.assign(o[1]||{},i):a===5?(o[1]=o[1]||{})[t[++s]]=i:a===6?o[1][t[++s]]+=i+"":a?(r=e.apply(i,vr(e,i,n,["",null])),o.push(r),i[0]?t[0]|=2:(t[s-2]=0,t[s]=r)):o.push(i)}return o},br=new Map;function xr(e){var t=br.get(this);return t||(t=new Map,br.set(this,t)),(t=vr(this,t.get(e)||(t.set(e,t=(function(n){for(var o,r,s=1,a="",i="",l=[0],c=function(d){s===1&&(d||(a=a.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?l.push(0,d,a):s===3&&(d||a)?(l.push(3,d,a),s=2):s===2&&a==="..."&&d?l.push(4,d,0):s===2&&a&&!d?l.push(5,0,!0,a):s>=5&&((a||!d&&s===5)&&(l.push(s,0,a,r),s=6),d&&(l.push(s,d,0,r),s=6)),a=""},u=0;u<n.length;u++){u&&(s===1&&c(),c(u));for(var p=0;p<n[u].length;p++)o=n[u][p],s===1?o==="<"?(c(),l=[l],s=3):a+=o:s===4?a==="--"&&o===">"?(s=1,a=""):a=o+a[0]:i?o===i?i="":a+=o:o==='"'||o==="'"?i=o:o===">"?(c(),s=1):s&&(o==="="?(s=5,r=a,a=""):o==="/"&&(s<5||n[u][p+1]===">")?(c(),s===3&&(l=l[0]),s=l,(l=l[0]).push(2,0,s),s=0):o===" "||o==="	"||o===`
`||o==="\r"?(c(),s=2):a+=o),s===3&&a==="!--"&&(s=4,l=l[0])}return c(),l})(e)),t),arguments,[])).length>1?t:t[0]}var h=xr.bind(gt);var Za=Object.freeze({q:"",d:!1,...Object.fromEntries(Ee.map(e=>[e,null]))});function wr(e){return Ee.filter(t=>e[t]!==null).length}function yt({label:e,name:t,value:n,options:o,disabled:r=!1,title:s=null}){let a=l=>{let c=o.flatMap(u=>u.options??[u]).find(u=>String(u.value)===l.currentTarget.value);y({[t]:c===void 0?null:c.value})},i=l=>h`<option value=${String(l.value)}>${l.text}</option>`;return h`<label class="pick" title=${s}
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
  >`}function yr({block:e,selection:t},n){return["a","b"].filter(o=>t[o]>=0).map(o=>({label:`${o.toUpperCase()}: ${e.variants[t[o]].name}`,options:n.map(([r,s])=>({text:r,value:s.map(a=>o==="a"?a:`b.${a}`)}))}))}function Sr({now:e}){let{block:t,selection:n}=e,o=ee(t),r=[...new Set(t.variants.flatMap(({runs:c})=>c.map(u=>u.seed)))],s=[...Object.entries(kn),...A.slice(1).map(c=>[c,[c]])],a=vt.map(({name:c})=>[c,[c]]),i=c=>c.map(u=>({value:u,text:String(u)})),l=c=>c.map(u=>({value:[u],text:u}));return h`
    <${yt} label="Relation" name="relation" value=${n.relation} options=${i(t.relations)} />
    <${yt} label="Group" name="group" value=${n.group} options=${l(t.groups.slice(1))} />
    <${yt}
      label="Taught at"
      name="learned"
      value=${n.learned}
      options=${t.labels.map((c,u)=>({value:u,text:c}))}
    />
    <${yt} label="State" name="state" value=${n.state} options=${yr(e,s)} />
    <${yt} label="Change" name="change" value=${n.change} options=${yr(e,a)} />
    <${yt}
      label="Form"
      name="form"
      value=${n.form}
      options=${i(o)}
      disabled=${o.length===0}
      title=${o.length===0?"The page does not carry the answers to each wording at every step":"Judge the facts by their answers to this form of wording only"}
    />
    <${yt}
      label="Seed"
      name="seed"
      value=${n.seed}
      options=${i(r.sort((c,u)=>c-u))}
      disabled=${r.length<2}
      title="Count the runs with this seed only"
    />
  `}function Mr({now:e}){let{block:t,selection:n}=e,o=[];n.q!==""&&o.push(["search",n.q,{q:""}]),n.d&&n.b>=0&&o.push(["only","where A and B differ",{d:!1}]);for(let r of Ee){let s=n[r];if(s===null)continue;let a=r==="learned"?t.labels[s]??s:Qa(s,r);o.push([r==="learned"?"taught at":r,a,{[r]:null}])}return o.length===0?null:h`<div class="chips">
    ${o.map(([r,s,a])=>h`<button
        type="button"
        class="chip"
        aria-label=${`Remove the filter ${r}: ${s}`}
        onClick=${()=>y(a)}
      >
        <small>${r}</small> <bdi>${s}</bdi> <span aria-hidden="true">×</span>
      </button>`)}
    <button type="button" class="plain-button" onClick=${()=>y(Za)}>
      Remove all
    </button>
  </div>`}function Qa(e,t){if(!Array.isArray(e))return String(e);if(t==="group")return e.join(" or ");let n=Object.entries(kn);return["a","b"].map(o=>{let r=e.filter(a=>a.startsWith("b.")===(o==="b")).map(a=>a.replace(/^[ab]\./,"")),s=n.find(([,a])=>a.join()===r.join());return r.length>0?`${s?.[0]??r.join(" or ")} (${o.toUpperCase()})`:""}).filter(Boolean).join(", ")}var st=ot(null),Oe=ot(new Map);function kr(e,t){let n=(i,l,c)=>i===null||i<0||i>c?l:i,o=Math.max(0,...t.done.map(i=>i-1)),r=t.variants.length-1,s=n(e.a,e.b===0&&r>0?1:0,r),a=r<1?-1:s===1?0:1;return{...e,g:e.g??0,a:s,b:e.b===-1?-1:n(e.b,a,r),s:n(e.s,o,t.steps-1),k:n(e.k,null,t.facts-1)}}function An(e=null){let t=e??D.value.g??0,n=Oe.value.get(t);return n===void 0||st.value===null?null:{block:n,data:st.value.groups[t],selection:kr({...D.value,g:t},n)}}function Ar(e=null){let t=e??D.value.g??0,n=st.value.groups[t],o={done:n.strategies.map(r=>r.done),variants:n.strategies,steps:n.labels.length,facts:0};return{block:null,data:n,selection:kr({...D.value,g:t},o)}}var P=V(()=>An());function Er(){let[e,t]=G(!1);if(P.value===null)return null;let n=P.value,{block:o,selection:r}=n,s=wr(r);return h`<div class=${`bar${e?" opened":""}`} role="region" aria-label="What is shown">
    <div class="bar-line">
      ${st.value.groups.length>1&&h`<${ti} selection=${r} />`}
      <${Tr} now=${n} side="a" />
      ${r.b>=0&&h`<button
        type="button"
        class="icon"
        title="Swap A and B"
        aria-label="Swap A and B"
        onClick=${()=>y({a:r.b,b:r.a})}
      >
        ⇄
      </button>`}
      ${o.variants.length>1&&h`<${Tr} now=${n} side="b" />`}
      <${ni} now=${n} />
      <${oi} value=${r.q} />
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
      <${ri} />
    </div>
    <div class="bar-line filters" id="bar-filters" hidden=${!e}>
      ${e&&h`<${Sr} now=${n} />`}
    </div>
  </div>`}function ti({selection:e}){return h`<label class="pick whole"
    ><span>Runs</span>
    <select
      value=${e.g}
      onChange=${t=>y({...ei,g:Number(t.currentTarget.value)})}
    >
      ${st.value.groups.map((t,n)=>h`<option value=${n}>${t.scenario} on ${t.model}, ${t.match}</option>`)}
    </select></label
  >`}var ei={a:null,b:null,s:null,k:null,relation:null,learned:null,form:null};function Tr({now:e,side:t}){let{block:n,selection:o}=e;return h`<label class="pick"
    ><span class=${`side side-${t}`}>${t.toUpperCase()}</span>
    <select
      aria-label=${`Run ${t.toUpperCase()}`}
      value=${o[t]}
      onChange=${r=>y({[t]:Number(r.currentTarget.value)})}
    >
      ${t==="b"&&h`<option value="-1">none</option>`}
      ${n.variants.map(({name:r},s)=>h`<option value=${s}>${r}</option>`)}
    </select></label
  >`}function Or(){let[e]=G({on:!1});return{change(t){y(t,{replace:e.on}),e.on=!0},end(){e.on=!1}}}function ni({now:e}){let{block:t,selection:n}=e,o=Or(),r=n.s,s=t.steps-1,a=r===0?"base":`update ${r}`,i=l=>y({s:Math.max(0,Math.min(s,l))});return h`<div class="stepper">
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
  </div>`}function oi({value:e}){let t=Or();return h`<input
    type="search"
    class="search"
    aria-label="Search facts"
    placeholder="Search"
    value=${e}
    onInput=${n=>t.change({q:n.currentTarget.value})}
    onBlur=${t.end}
  />`}function ri(){let[e,t]=G("");return h`<button type="button" class="copy" onClick=${async()=>{let o=await si(location.href);t(o?"Copied":"Copy the address of the page"),setTimeout(()=>t(""),2e3)}}>
    <span aria-live="polite">${e||"Copy link"}</span>
  </button>`}async function si(e){try{return await navigator.clipboard.writeText(e),!0}catch{return!1}}var Ce=class{constructor(t,n){this.bytes=t,this.byteEnds=n,this.length=n.length,this.decoder=new TextDecoder("utf-8",{ignoreBOM:!0}),this.folded=null}at(t){let n=t===0?0:this.byteEnds[t-1];return this.decoder.decode(this.bytes.subarray(n,this.byteEnds[t]))}searchable(){if(this.folded===null){let t=this.decoder.decode(this.bytes),n=t.toLowerCase();this.folded=n.length===t.length?{text:n,ends:ii(this.bytes,this.byteEnds)}:li(this)}return this.folded}holding(t){let n=new Uint8Array(this.length),{text:o,ends:r}=this.searchable(),s=0,a=o.indexOf(t);for(;a>=0;)s=ai(r,s,a),a+t.length<=r[s]?(n[s]=1,a=o.indexOf(t,Math.max(r[s],a+1))):a=o.indexOf(t,a+1);return n}};function ai(e,t,n){let o=t,r=e.length-1;for(;o<r;){let s=o+r>>1;e[s]>n?r=s:o=s+1}return o}function ii(e,t){let n=new Uint32Array(t.length),o=0,r=0;for(let s=0;s<t.length;s++){for(let a=t[s];r<a;r++){let i=e[r];(i&192)!==128&&(o+=i>=240?2:1)}n[s]=o}return n}function li(e){let t=new Uint32Array(e.length),n=[],o=0;for(let r=0;r<e.length;r++){let s=e.at(r).toLowerCase();n.push(s),o+=s.length,t[r]=o}return{text:n.join(""),ends:t}}var ci={u8:Uint8Array,u16:Uint16Array,u32:Uint32Array,i8:Int8Array},Ne=4294967295,En=4294967295,ui=4294967294,On=65535,Cn=-128,fi=200;function pi(e,t){for(let n=t;n<e.length;n++)e[n]+=e[n-t];return e}var Tn=class{constructor(t){let n=new DataView(t).getUint32(0,!0);if(this.header=JSON.parse(new TextDecoder().decode(new Uint8Array(t,4,n))),this.header.format!==1)throw new Error(`facts of format ${this.header.format}`);this.buffer=t,this.start=4+n,this.labels=this.header.labels,this.steps=this.labels.length,this.facts=this.header.facts,this.relations=this.header.relations,this.groups=this.header.groups,this.variants=this.header.variants,this.done=[];for(let{runs:o}of this.variants)for(let{run:r,done:s}of o)this.done[r]=s;this.made=new Map,this.kept=new Map,this.texts=new Ce(this.column("strings.bytes"),this.column("strings.ends"))}has(t){return Object.hasOwn(this.header.columns,t)}column(t){if(this.made.has(t))return this.made.get(t);let n=this.has(t)?this.header.columns[t]:null,o=null;return n!==null&&(o=new ci[n.type](this.buffer,this.start+n.offset,n.length),n.delta&&(o=pi(o,n.length/this.steps))),this.made.set(t,o),o}remember(t,n){let o=this.kept.get(t);return o===void 0?o=n():this.kept.delete(t),this.kept.set(t,o),this.kept.size>fi&&this.kept.delete(this.kept.keys().next().value),o}text(t){return this.texts.at(t)}subject(t){return this.text(this.column("subject")[t])}relation(t){return this.relations[this.column("relation")[t]]}object(t,n){let o=this.column("object")[t*this.facts+n];return o===Ne?null:this.text(o)}group(t,n){return this.groups[this.column("group")[t*this.facts+n]]}runs(t,n,o=null){return t<0||t>=this.variants.length?[]:this.variants[t].runs.filter(r=>!r.diverged&&r.done>n&&(o===null||r.seed===o)).map(r=>r.run)}place(t,n,o,r,s){return t===null?-1:t.length!==s||this.steps===1?o*s+r:o===this.done[n]-1?r:-1}answer(t,n,o){let r=this.column(`answer.${t}`),s=this.place(r,t,n,o,this.facts);return s<0?null:this.said(r[s],n,o)}said(t,n,o){return t===ui?null:t===En?this.object(n,o):this.text(t)}margin(t,n,o){let r=this.column(`margin.${t}`),s=this.place(r,t,n,o,this.facts);return s<0||r[s]===Cn?null:r[s]/4}};async function Cr(e){return new Tn(await ie(e))}function Lr(e,t,n,o=null){let r=Ur(e,t,n,o);for(;!Br(r););return{updates:jr(r.updates),base:jr(r.base)}}function Rr(e,t,n,o,r){let s=Ur(e,t,n,o),a=performance.now()+r;for(;!Br(s);)if(performance.now()>a)return!1;return!0}function Ur(e,t,n,o){return e.remember(`ages ${t} ${n} ${o}`,()=>({block:e,runs:t,form:o,steps:t.length===0?0:n,next:0,updates:Nr(n),base:Nr(n),sound:new Uint16Array(e.facts).fill(On)}))}function Br(e){return e.next<e.steps&&di(e,e.next++),e.next>=e.steps}var Nr=e=>({right:new Float64Array(e),facts:new Uint32Array(e)});function di({block:e,runs:t,form:n,updates:o,base:r,sound:s},a){let{asked:i,right:l}=rt(e,t,a,n),c=a*e.facts,u=e.column("group").subarray(c,c+e.facts),p=e.column("learned").subarray(c,c+e.facts);for(let d=0;d<e.facts;d++){if(u[d]!==O.new&&u[d]!==O.retained||i[d]===0)continue;let f=p[d];if(f===a&&(s[d]=l[d]===i[d]?a:On),s[d]!==f)continue;let m=f===0?r:o;m.right[a-f]+=l[d]/i[d],m.facts[a-f]++}}function jr({right:e,facts:t}){let n=[];return t.forEach((o,r)=>{o>0&&n.push({age:r,share:e[r]/o,facts:o})}),n}function Nn(e,{s:t}){return e>t?null:{q:"",relation:null,state:null,change:null,group:e===0?["new"]:["retained"],learned:t-e,k:null}}var hi=Math.sqrt(50),mi=Math.sqrt(10),gi=Math.sqrt(2);function jn(e,t,n){let o=(t-e)/Math.max(0,n),r=Math.floor(Math.log10(o)),s=o/Math.pow(10,r),a=s>=hi?10:s>=mi?5:s>=gi?2:1,i,l,c;return r<0?(c=Math.pow(10,-r)/a,i=Math.round(e*c),l=Math.round(t*c),i/c<e&&++i,l/c>t&&--l,c=-c):(c=Math.pow(10,r)*a,i=Math.round(e/c),l=Math.round(t/c),i*c<e&&++i,l*c>t&&--l),l<i&&.5<=n&&n<2?jn(e,t,n*2):[i,l,c]}function je(e,t,n){if(t=+t,e=+e,n=+n,!(n>0))return[];if(e===t)return[e];let o=t<e,[r,s,a]=o?jn(t,e,n):jn(e,t,n);if(!(s>=r))return[];let i=s-r+1,l=new Array(i);if(o)if(a<0)for(let c=0;c<i;++c)l[c]=(s-c)/-a;else for(let c=0;c<i;++c)l[c]=(s-c)*a;else if(a<0)for(let c=0;c<i;++c)l[c]=(r+c)/-a;else for(let c=0;c<i;++c)l[c]=(r+c)*a;return l}function L(e){return function(){return e}}var ne=Math.PI,Ln=2*ne,wt=1e-6,_i=Ln-wt;function Fr(e){this._+=e[0];for(let t=1,n=e.length;t<n;++t)this._+=arguments[t]+e[t]}function $i(e){let t=Math.floor(e);if(!(t>=0))throw new Error(`invalid digits: ${e}`);if(t>15)return Fr;let n=10**t;return function(o){this._+=o[0];for(let r=1,s=o.length;r<s;++r)this._+=Math.round(arguments[r]*n)/n+o[r]}}function Pr(e,t,n,o){return e===n&&t===o}function bi(e){let t=Math.floor(e);if(!(t<=15))return Pr;let n=10**t,o=function(r){return Math.round(r*n)};return function(r,s,a,i){return o(r)===o(a)&&o(s)===o(i)}}var Rt=class{constructor(t){this._x0=this._y0=this._x1=this._y1=null,this._="",this._append=t==null?Fr:$i(t),this._equal=t==null?Pr:bi(t)}moveTo(t,n){this._append`M${this._x0=this._x1=+t},${this._y0=this._y1=+n}`}closePath(){this._x1!==null&&(this._x1=this._x0,this._y1=this._y0,this._append`Z`)}lineTo(t,n){this._append`L${this._x1=+t},${this._y1=+n}`}quadraticCurveTo(t,n,o,r){this._append`Q${+t},${+n},${this._x1=+o},${this._y1=+r}`}bezierCurveTo(t,n,o,r,s,a){this._append`C${+t},${+n},${+o},${+r},${this._x1=+s},${this._y1=+a}`}arcTo(t,n,o,r,s){if(t=+t,n=+n,o=+o,r=+r,s=+s,s<0)throw new Error(`negative radius: ${s}`);let a=this._x1,i=this._y1,l=o-t,c=r-n,u=a-t,p=i-n,d=u*u+p*p;if(this._x1===null)this._append`M${this._x1=t},${this._y1=n}`;else if(d>wt)if(!(Math.abs(p*l-c*u)>wt)||!s)this._append`L${this._x1=t},${this._y1=n}`;else{let f=o-a,m=r-i,$=l*l+c*c,_=f*f+m*m,g=Math.sqrt($),v=Math.sqrt(d),b=s*Math.tan((ne-Math.acos(($+d-_)/(2*g*v)))/2),x=b/v,E=b/g;Math.abs(x-1)>wt&&this._append`L${t+x*u},${n+x*p}`,this._append`A${s},${s},0,0,${+(p*f>u*m)},${this._x1=t+E*l},${this._y1=n+E*c}`}}arc(t,n,o,r,s,a){if(t=+t,n=+n,o=+o,a=!!a,o<0)throw new Error(`negative radius: ${o}`);let i=o*Math.cos(r),l=o*Math.sin(r),c=t+i,u=n+l,p=1^a,d=a?r-s:s-r;if(this._x1===null?this._append`M${c},${u}`:(Math.abs(this._x1-c)>wt||Math.abs(this._y1-u)>wt)&&this._append`L${c},${u}`,!!o){if(d<0&&(d=d%Ln+Ln),d>_i)this._append`A${o},${o},0,1,${p},${t-i},${n-l}A${o},${o},0,1,${p},${this._x1=c},${this._y1=u}`;else if(d>wt){let f=t+o*Math.cos(s),m=n+o*Math.sin(s);if(d>=ne&&this._equal(c,u,f,m)){d/=2;let $=r+d;this._append`A${o},${o},0,${+(d>=ne)},${p},${t+o*Math.cos($)},${n+o*Math.sin($)}`}this._append`A${o},${o},0,${+(d>=ne)},${p},${this._x1=f},${this._y1=m}`}}}rect(t,n,o,r){this._append`M${this._x0=this._x1=+t},${this._y0=this._y1=+n}h${o=+o}v${+r}h${-o}Z`}toString(){return this._}};function vi(){return new Rt}vi.prototype=Rt.prototype;function Le(e){let t=3;return e.digits=function(n){if(!arguments.length)return t;if(n==null)t=null;else{let o=Math.floor(n);if(!(o>=0))throw new RangeError(`invalid digits: ${n}`);t=o}return e},()=>new Rt(t)}var Vu=Array.prototype.slice;function Re(e){return typeof e=="object"&&"length"in e?e:Array.from(e)}function Dr(e){this._context=e}Dr.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._point=0},lineEnd:function(){(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line=1-this._line},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;default:this._context.lineTo(e,t);break}}};function Ue(e){return new Dr(e)}function Be(e){return e[0]}function Fe(e){return e[1]}function oe(e,t){var n=L(!0),o=null,r=Ue,s=null,a=Le(i);e=typeof e=="function"?e:e===void 0?Be:L(e),t=typeof t=="function"?t:t===void 0?Fe:L(t);function i(l){var c,u=(l=Re(l)).length,p,d=!1,f;for(o==null&&(s=r(f=a())),c=0;c<=u;++c)!(c<u&&n(p=l[c],c,l))===d&&((d=!d)?s.lineStart():s.lineEnd()),d&&s.point(+e(p,c,l),+t(p,c,l));if(f)return s=null,f+""||null}return i.x=function(l){return arguments.length?(e=typeof l=="function"?l:L(+l),i):e},i.y=function(l){return arguments.length?(t=typeof l=="function"?l:L(+l),i):t},i.defined=function(l){return arguments.length?(n=typeof l=="function"?l:L(!!l),i):n},i.curve=function(l){return arguments.length?(r=l,o!=null&&(s=r(o)),i):r},i.context=function(l){return arguments.length?(l==null?o=s=null:s=r(o=l),i):o},i}function Rn(e,t,n){var o=null,r=L(!0),s=null,a=Ue,i=null,l=Le(c);e=typeof e=="function"?e:e===void 0?Be:L(+e),t=typeof t=="function"?t:t===void 0?L(0):L(+t),n=typeof n=="function"?n:n===void 0?Fe:L(+n);function c(p){var d,f,m,$=(p=Re(p)).length,_,g=!1,v,b=new Array($),x=new Array($);for(s==null&&(i=a(v=l())),d=0;d<=$;++d){if(!(d<$&&r(_=p[d],d,p))===g)if(g=!g)f=d,i.areaStart(),i.lineStart();else{for(i.lineEnd(),i.lineStart(),m=d-1;m>=f;--m)i.point(b[m],x[m]);i.lineEnd(),i.areaEnd()}g&&(b[d]=+e(_,d,p),x[d]=+t(_,d,p),i.point(o?+o(_,d,p):b[d],n?+n(_,d,p):x[d]))}if(v)return i=null,v+""||null}function u(){return oe().defined(r).curve(a).context(s)}return c.x=function(p){return arguments.length?(e=typeof p=="function"?p:L(+p),o=null,c):e},c.x0=function(p){return arguments.length?(e=typeof p=="function"?p:L(+p),c):e},c.x1=function(p){return arguments.length?(o=p==null?null:typeof p=="function"?p:L(+p),c):o},c.y=function(p){return arguments.length?(t=typeof p=="function"?p:L(+p),n=null,c):t},c.y0=function(p){return arguments.length?(t=typeof p=="function"?p:L(+p),c):t},c.y1=function(p){return arguments.length?(n=p==null?null:typeof p=="function"?p:L(+p),c):n},c.lineX0=c.lineY0=function(){return u().x(e).y(t)},c.lineY1=function(){return u().x(e).y(n)},c.lineX1=function(){return u().x(o).y(t)},c.defined=function(p){return arguments.length?(r=typeof p=="function"?p:L(!!p),c):r},c.curve=function(p){return arguments.length?(a=p,s!=null&&(i=a(s)),c):a},c.context=function(p){return arguments.length?(p==null?s=i=null:i=a(s=p),c):s},c}function Hr(e,t){this._context=e,this._t=t}Hr.prototype={areaStart:function(){this._line=0},areaEnd:function(){this._line=NaN},lineStart:function(){this._x=this._y=NaN,this._point=0},lineEnd:function(){0<this._t&&this._t<1&&this._point===2&&this._context.lineTo(this._x,this._y),(this._line||this._line!==0&&this._point===1)&&this._context.closePath(),this._line>=0&&(this._t=1-this._t,this._line=1-this._line)},point:function(e,t){switch(e=+e,t=+t,this._point){case 0:this._point=1,this._line?this._context.lineTo(e,t):this._context.moveTo(e,t);break;case 1:this._point=2;default:{if(this._t<=0)this._context.lineTo(this._x,t),this._context.lineTo(e,t);else{var n=this._x*(1-this._t)+e*this._t;this._context.lineTo(n,this._y),this._context.lineTo(n,t)}break}}this._x=e,this._y=t}};function Un(e){return new Hr(e,0)}var xi="http://www.w3.org/2000/svg";function w(e,t={},...n){let o=document.createElementNS(xi,e);for(let[r,s]of Object.entries(t))s!=null&&o.setAttribute(r,s);return o.append(...n.filter(r=>r!==null)),o}function k(e,t){return w("text",{"unicode-bidi":"isolate",fill:"var(--ink)",...t},e)}function X(e,t,n,...o){return w("svg",{viewBox:`0 0 ${e} ${t}`,width:e,height:t,role:"img","aria-label":n,"font-size":11},...o)}var St=e=>e.length*6.1;function K(e,t){return e.length<=t?e:`${e.slice(0,t-1)}\u2026`}var yi={circle:"M-3.3 0a3.3 3.3 0 1 0 6.6 0a3.3 3.3 0 1 0-6.6 0z",square:"M-3-3h6v6h-6z",triangle:"M0-4L3.8 2.9H-3.8z",diamond:"M0-4.2L4.2 0 0 4.2-4.2 0z",star:"M0-4.6L1.3-1.4 4.6-1.4 2 .7 3 4 0 2-3 4-2 .7-4.6-1.4-1.3-1.4z",times:"M-3-3L3 3M3-3L-3 3",plus:"M0-4V4M-4 0H4",wye:"M0 0V4.2M0 0L-3.7-2.4M0 0L3.7-2.4"};function at({colour:e,symbol:t,filled:n},o,r,s=1){return w("path",{d:yi[t],transform:`translate(${o.toFixed(1)} ${r.toFixed(1)})${s===1?"":` scale(${s.toFixed(2)})`}`,fill:n?e:"var(--paper)",stroke:e,"stroke-width":(1.5/s).toFixed(2)})}function Ut(e,t){let n=w("g",{}),o=0,r=8;for(let{text:s,look:a}of e){let i=K(s,30),l=34+St(i)+20;o>0&&o+l>t&&(o=0,r+=18);let c=a.dash??null;n.append(w("path",{d:`M${o} ${r}h28`,stroke:a.colour,"stroke-width":a.symbol?1.8:1,"stroke-dasharray":c})),a.symbol&&n.append(at(a,o+14,r)),n.append(k(i,{x:o+34,y:r+4})),o+=l}return{node:n,height:r+14}}var Pe={fill:"var(--muted)"};function Bt({width:e,height:t,margin:n,x:o,y:r,gridX:s=!1}){let a={x:Ir(o.domain,[n.left,e-n.right]),y:Ir(r.domain,[t-n.bottom,n.top])},i=w("g",{"stroke-linecap":"butt"}),[l,c]=[n.left,e-n.right],[u,p]=[t-n.bottom,n.top];for(let d of qr(r)){let f=Bn(a.y(d));i.append(w("path",{d:`M${l} ${f}H${c}`,stroke:"var(--rule)"}),k(r.text(d),{...Pe,x:l-7,y:Bn(a.y(d)+4),"text-anchor":"end"}))}for(let d of qr(o)){let f=Bn(a.x(d));s&&i.append(w("path",{d:`M${f} ${p}V${u}`,stroke:"var(--rule)"})),i.append(w("path",{d:`M${f} ${u}v4`,stroke:"var(--muted)"}),k(o.text(d),{...Pe,x:f,y:u+17,"text-anchor":"middle"}))}return o.name&&i.append(k(o.name,{...Pe,x:c,y:t-4,"text-anchor":"end"})),r.name&&i.append(k(r.name,{...Pe,x:0,y:10})),{node:i,...a}}function Ir([e,t],[n,o]){return r=>n+(r-e)/(t-e)*(o-n)}function qr({domain:e,ticks:t}){let n=o=>o>=0&&o<=1;return Array.isArray(t)?t:je(...e,t).filter(n)}var Bn=e=>Math.round(e*10)/10;function De(e,t){let n=Math.max(1,Math.ceil(e*26/t));return Array.from({length:Math.floor(e/n)+1},(o,r)=>r*n)}function Mt(e,t,n,o,{step:r=!1}={}){let s=oe().x(t).y(n).digits(1);return r&&s.curve(Un),w("path",{fill:"none","stroke-linejoin":"round",d:s(e),...o})}function Wr(e,t,n,o,r){return w("path",{d:Rn().x(t).y0(n).y1(o).digits(1)(e),...r})}function R(e,t={},...n){let o=document.createElement(e);for(let[r,s]of Object.entries(t))o.setAttribute(r,s);return o.append(...n),o}function J({title:e,reading:t,draw:n,table:o,file:r,exact:s,select:a,titled:i=!0}){let l=R("div",{class:"chart-drawing"}),c=R("figcaption",{},R("span",{},t));i&&c.prepend(R("b",{},e));let u=R("figure",{class:"chart"},c,l),p=0;return new ResizeObserver(([d])=>{let f=Math.floor(d.contentRect.width);f===p||f<1||(p=f,l.replaceChildren(n(f)))}).observe(l),u.append(To({svg:()=>l.querySelector("svg"),table:o,file:r,exact:s,title:e})),u.append(wi(o,`${e}: ${t}`,a)),u}function wi(e,t,n){let o=R("details",{},R("summary",{},"Table"));return o.addEventListener("toggle",()=>{if(!o.open||o.querySelector("table")!==null)return;let r=R("div",{class:"wide",tabindex:"0",role:"group","aria-label":t},Si(e(),t,n));o.append(r)}),o}function Si({columns:e,rows:t},n,o){let r=R("tr",{},...e.map(a=>R("th",{scope:"col"},a))),s=t.map(a=>R("tr",{},...a.map((i,l)=>R(l===0?"th":"td",l===0?{scope:"row"}:{},Mi(i,o)))));return R("table",{class:"numbers"},R("caption",{},n),R("thead",{},r),R("tbody",{},...s))}function Mi(e,t){let n=typeof e=="string"?e:e.text;if(typeof e=="string"||!e.patch)return R("bdi",{},n);let o=R("button",{type:"button",class:"number-button"},n);return o.addEventListener("click",()=>t(e.patch)),o}function Gr(...e){return R("div",{class:"charts"},...e)}function He(e){return R("p",{class:"note"},e)}var ki=26;function ct(e,t,n,{ring:o=!0}={}){let r=w("g",{class:"pointing","pointer-events":"none"});e.append(r);let s=null,a=c=>{let u=e.getScreenCTM();return u===null?{x:0,y:0}:new DOMPoint(c.clientX,c.clientY).matrixTransform(u.inverse())},i=c=>{let u=a(c),p=null,d=ki;for(let f of t){let m=Math.hypot(f.x-u.x,f.y-u.y);m<d&&([p,d]=[f,m])}return p},l=c=>{c!==s&&(s=c,e.style.cursor=c?.patch?"pointer":"default",r.replaceChildren(...c===null?[]:Fn(e,c,o)))};e.addEventListener("pointermove",c=>l(i(c))),e.addEventListener("pointerleave",()=>l(null)),e.addEventListener("click",c=>{let u=i(c);u?.patch&&n(u.patch)})}function Fn(e,{x:t,y:n,title:o},r){let[,,s]=e.getAttribute("viewBox").split(" ").map(Number),a=K(o,Math.floor((s-20)/6.1)),i=St(a)+14,l=Math.max(2,Math.min(s-i-2,t-i/2)),c=n>36?n-34:n+12,u=[w("rect",{x:l,y:c,width:i,height:20,rx:4,fill:"var(--paper)",stroke:"var(--muted)"}),k(a,{x:l+7,y:c+14})];return r&&u.unshift(w("circle",{cx:t,cy:n,r:7,fill:"none",stroke:"var(--ink)"})),u}var Ai={"":["","k","M","G","T"],B:["B","kB","MB","GB","TB"]};function T(e){if(e==null||Number.isNaN(e))return"\u2013";let t=e.toFixed(2);return t==="-0.00"?"0.00":t.replace("-","\u2212")}function Vr(e){let t=T(e);return t==="\u2013"||t==="0.00"||t.startsWith("\u2212")?t:`+${t}`}function Ft(e,t){return t==null||e===null?T(e):`${T(e)} \xB1\u2009${T(t)}`}function re(e,t=""){if(e==null)return"\u2013";let n=0,o=Math.abs(e);for(;o>=999.5&&n<4;)o/=1e3,n++;let r=n>0&&o<9.95?1:0;return`${o.toFixed(r)}\u2009${Ai[t][n]}`.trimEnd()}function Pt(e,t){return`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`}var Ti=[null,"7 3","2 2.5","9 3 2 3","12 3","4 2 1 2","1 3","14 3 2 3 2 3"],Ei=["circle","square","triangle","diamond","star","times","plus","wye"],Dt="var(--grey-line)";function zr(e,t,n){return e.views.scores?.means[t]?.[n]?.mean??null}function Ie(e,{a:t,b:n}){let o=e.strategies.map(i=>i.name),r=[...new Set([t,n])].filter(i=>i>=0&&i<o.length),s=i=>(zr(e,o[i],"new")??0)+(zr(e,o[i],"retained")??0),a=o.map((i,l)=>l).filter(i=>!r.includes(i));return a.sort((i,l)=>s(l)-s(i)||i-l),[...r,...a].slice(0,6).sort((i,l)=>i-l)}function ut(e){let t=new Map,n=new Set;for(let o of e){let r=o%8;for(;n.has(r);)r=(r+1)%8;n.add(r),t.set(o,{colour:`var(--c${r})`,dash:Ti[r],symbol:Ei[r],filled:r%2===0})}return t}function H(e,t,{a:n,b:o}){return(t===n?"A: ":t===o?"B: ":"")+e.strategies[t].name}function Pn(e,{a:t,b:n}){return e===t?{}:e===n?{a:n,b:t}:{a:e}}var Oi=12;function Yr(e){let t=document.createElement("div"),n=ft(e.selection).map(({place:r})=>Ci(e,r)),o=()=>{n.every(r=>Rr(...r,Oi))?t.replaceChildren(Ni(e,n)):setTimeout(o,0)};return o(),t}function Ci({block:e,selection:t},n){let o=Math.max(0,...e.variants[n].runs.map(r=>r.diverged?0:r.done));return[e,e.runs(n,o-1,t.seed),o,t.form]}function Ni({data:e,selection:t,select:n},o){let r=ft(t).flatMap(({place:s},a)=>{let{updates:i,base:l}=Lr(...o[a]);return[{place:s,what:"facts of updates",points:i},{place:s,what:"base facts",points:l}].filter(({points:c})=>c.length>0)});return J({title:"Forgetting by age",reading:"Of the facts that were right when they were taught and are still valid, the share that is right so many updates later. A click lists those of this age at the step shown.",draw:s=>ji({data:e,selection:t,select:n,lines:r,width:s}),table:()=>({columns:["strategy","facts","updates since","still right","facts, each step counted"],rows:r.flatMap(({place:s,what:a,points:i})=>i.map(({age:l,share:c,facts:u})=>[H(e,s,t),a,String(l),{text:T(c),value:c,patch:Nn(l,t)},{text:u.toLocaleString("en"),value:u}]))}),file:"forgetting-by-age",select:n})}function ft({a:e,b:t}){return[{side:"a",place:e},{side:"b",place:t}].filter(({place:n})=>n>=0)}function ji({data:e,selection:t,select:n,lines:o,width:r}){let s=ut(ft(t).map(({place:_})=>_)),a=o.map(({place:_,what:g})=>({text:`${H(e,_,t)}, ${g}`,look:Dn(s.get(_),g)})),i=Ut(a,r),l=Math.round(Math.min(280,Math.max(200,r*.5))),c=Math.max(1,...o.flatMap(({points:_})=>_.map(({age:g})=>g))),{node:u,x:p,y:d}=Bt({width:r,height:l,margin:{left:36,right:12,top:20,bottom:38},x:{domain:[0,c],ticks:De(c,r-48),name:"updates since the fact was taught \u2192",text:String},y:{domain:[0,1],ticks:[0,.25,.5,.75,1],name:"\u2191 still right",text:T}});u.setAttribute("transform",`translate(0 ${i.height})`);let m=X(r,i.height+l,"Lines: the share of facts still right by age; the table has the numbers",i.node,u);for(let{place:_,what:g,points:v}of o){let{colour:b,dash:x}=Dn(s.get(_),g),E={stroke:b,"stroke-dasharray":x,"stroke-width":1.8};u.append(Mt(v,({age:C})=>p(C),C=>d(C.share),E))}let $=[];for(let{place:_,what:g,points:v}of o)for(let{age:b,share:x,facts:E}of v){let C={x:p(b),y:d(x)+i.height};v.length<=40&&m.append(at(Dn(s.get(_),g),C.x,C.y,.9)),$.push({...C,title:`${H(e,_,t)}, ${g}, ${b} later: ${T(x)} of ${Pt(E,"answer")}`,patch:Nn(b,t)})}return ct(m,$,n),m}function Dn(e,t){return t==="base facts"?{...e,dash:"1 4",filled:!1}:{...e,filled:!0}}var Kr=["tokens","seconds","stored_bytes"];function Hn(e,t="tokens"){let n=[];return e.strategies.forEach(({name:o},r)=>{let s=e.views.scores.means[o]??{},a=(i,l="mean")=>s[i]?.[l]??null;a("retained")===null||a("new")===null||n.push({place:r,name:o,retained:a("retained"),new:a("new"),retainedHalf:a("retained","half"),newHalf:a("new","half"),cost:a(t)})}),n}function In(e){let t=(n,o)=>n.retained>=o.retained&&n.new>=o.new&&(n.retained>o.retained||n.new>o.new);return e.filter(n=>!e.some(o=>t(o,n))).sort((n,o)=>n.retained-o.retained||n.new-o.new)}var Li=.2;function qn(e){let t=Math.min(...e),n=Math.max(...e),o=Math.max(Li,1.14*(n-t))/2,r=(t+n)/2,s=Math.max(0,-.03-(r-o))-Math.max(0,r+o-1.03);return[Math.max(-.03,r-o+s),Math.min(1.03,r+o+s)]}function Jr(e,t,n=9,o=2.5){return e===null||!(t>0)?4:Math.max(o,n*Math.sqrt(Math.max(0,e)/t))}var Xr=(e,t)=>t===null?null:[Math.max(0,e-t),Math.min(1,e+t)];function Wn(e){return{retained:Xr(e.retained,e.retainedHalf),new:Xr(e.new,e.newHalf)}}var Ri=[[1,0],[1,-1],[1,1],[-1,0],[-1,-1],[-1,1],[0,-1],[0,1]],Ui=[0,6,12,20,30],Bi=2,Zr=(e,t)=>e.left<t.right&&t.left<e.right&&e.top<t.bottom&&t.top<e.bottom;function Qr(e,t){let n=Math.max(t.left-e.x,0,e.x-t.right),o=Math.max(t.top-e.y,0,e.y-t.bottom);return Math.hypot(n,o)-e.r}function*Fi(e){for(let t of Ui){let n=e.r+Bi+t;for(let[o,r]of Ri){let s=n*(o&&r?.75:1),a=e.x+o*(s+e.width/2),i=e.y+r*((o?.75:1)*s+e.height/2);yield{left:a-e.width/2,right:a+e.width/2,top:i-e.height/2,bottom:i+e.height/2}}}}function ts(e,t,n=[],o=0){let r=e.map(({x:s,y:a,r:i})=>({left:s-i,right:s+i,top:a-i,bottom:a+i}));return e.map((s,a)=>{let i=null;for(let l of Fi(s))if(!(!(l.left>=t.left&&l.right<=t.right&&l.top>=t.top&&l.bottom<=t.bottom)||r.some(u=>Zr(l,u)))&&(i??=l,!n.some(u=>Zr(l,u))&&!e.some(u=>Qr(u,l)<Qr(s,l))))return r.push(l),l;return a>=o||i===null?null:(r.push(i),i)})}var Pi={tokens:"tokens",seconds:"seconds",stored_bytes:"bytes stored"};function es({data:e,selection:t,select:n}){let o=Kr.find(i=>Hn(e,i).some(l=>l.cost>0))??"tokens",r=Hn(e,o),s=r.map(i=>i.cost).filter(i=>i!==null),a=s.length===0?"":`area: ${Pi[o]}, ${re(Math.min(...s))} to ${re(Math.max(...s))}`;return J({title:"New against retained",titled:!1,reading:"Up and to the right is better; the line is the Pareto front. A click makes a strategy A.",draw:i=>Hi({data:e,selection:t,select:n,all:r,size:a,width:i}),table:()=>Di(r,o,t),file:"front",select:n})}function Di(e,t,n){let o=new Set(In(e).map(r=>r.place));return{columns:["strategy","retained","retained \xB1","new","new \xB1",t,"Pareto front"],rows:e.map(r=>[{text:r.name,patch:Pn(r.place,n)},{text:T(r.retained),value:r.retained},{text:T(r.retainedHalf),value:r.retainedHalf??""},{text:T(r.new),value:r.new},{text:T(r.newHalf),value:r.newHalf??""},{text:re(r.cost),value:r.cost??""},o.has(r.place)?"yes":"no"])}}function Hi({data:e,selection:t,select:n,all:o,size:r,width:s}){let a=Math.round(Math.min(460,Math.max(280,s*.52))),i=In(o),{node:l,x:c,y:u}=Bt({width:s,height:a,margin:{left:36,right:12,top:18,bottom:40},x:{domain:qn(o.map(v=>v.retained)),ticks:Math.max(3,Math.round(s/110)),name:"retained: earlier facts still right \u2192",text:T},y:{domain:qn(o.map(v=>v.new)),ticks:8,name:"\u2191 new: taught facts right",text:T},gridX:!0}),p=X(s,a,`New against retained of ${o.length} strategies`,l),d=[v=>c(v.retained),v=>u(v.new)];p.append(Mt(i,...d,{stroke:"var(--muted)"},{step:!0}),k(r,{x:s-12,y:10,"text-anchor":"end",fill:"var(--muted)"}));let f=ut(Ie(e,t)),m=Math.max(...o.map(v=>v.cost??0)),$=o.map(v=>({...v,at:[c(v.retained),u(v.new)],r:Jr(v.cost,m),look:f.get(v.place)??null})),_=$.toSorted((v,b)=>(v.look!==null)-(b.look!==null));for(let v of _)p.append(...Ii(v,c,u),qi(v));p.append(...Wi($,i,{data:e,selection:t,x:c,y:u,width:s,height:a}));let g=$.map(({at:v,...b})=>({x:v[0],y:v[1],title:`${H(e,b.place,t)}: retained ${Ft(b.retained,b.retainedHalf)}, new ${Ft(b.new,b.newHalf)}, ${re(b.cost)}`,patch:Pn(b.place,t)}));return ct(p,g,n),p}function Ii(e,t,n){let o=Wn(e),r=e.look?.colour??Dt,s=[],[a,i]=e.at.map(l=>l.toFixed(1));return o.retained&&s.push(`M${t(o.retained[0]).toFixed(1)} ${i}H${t(o.retained[1]).toFixed(1)}`),o.new&&s.push(`M${a} ${n(o.new[0]).toFixed(1)}V${n(o.new[1]).toFixed(1)}`),s.map(l=>w("path",{d:l,stroke:r,"stroke-width":.9}))}function qi({look:e,at:[t,n],r:o}){return e!==null?at(e,t,n,o/3.6):w("circle",{cx:t.toFixed(1),cy:n.toFixed(1),r:o.toFixed(1),fill:Dt})}function Wi(e,t,{data:n,selection:o,x:r,y:s,width:a,height:i}){let l=new Set(t.map(f=>f.place)),c=({look:f,place:m})=>(m===o.a||m===o.b?4:0)+(f?2:0)+(l.has(m)?1:0),u=e.toSorted((f,m)=>c(m)-c(f)),p=u.map(({place:f})=>K(H(n,f,o),28)),d=ts(u.map(({at:f,r:m},$)=>({x:f[0],y:f[1],r:m,width:St(p[$]),height:13})),{left:38,right:a,top:13,bottom:i-40},Gi(e,t,r,s),u.filter(({look:f})=>f!==null).length);return u.flatMap(({look:f,place:m},$)=>{let _=d[$];if(_===null)return[];let g=m===o.a||m===o.b?600:400,v={x:_.left.toFixed(1),y:(_.bottom-2.5).toFixed(1)};return[k(p[$],{...v,fill:f?"var(--ink)":"var(--muted)","font-weight":g})]})}function Gi(e,t,n,o){let r=(a,i,l,c)=>({left:Math.min(a,l)-.7,right:Math.max(a,l)+.7,top:Math.min(i,c)-.7,bottom:Math.max(i,c)+.7}),s=[];for(let a of e){let{retained:i,new:l}=Wn(a),[c,u]=a.at;i&&s.push(r(n(i[0]),u,n(i[1]),u)),l&&s.push(r(c,o(l[0]),c,o(l[1])))}return t.slice(1).forEach((a,i)=>{let l=t[i];s.push(r(n(l.retained),o(l.new),n(l.retained),o(a.new))),s.push(r(n(l.retained),o(a.new),n(a.retained),o(a.new)))}),s}function ns(e,t,n,o=null){let r=t.map(a=>zi(e,a,n,o)),s=e.relations.map((a,i)=>({name:a,facts:Math.max(...r.map(({facts:l})=>l[i])),...rs(r.map(({right:l,facts:c})=>c[i]?l[i]/c[i]:null))}));return Vi(s.filter(({facts:a})=>a>0))}function os(e,t,n){return ee(e).map(r=>{let s=t.map(a=>Yi(e,a,n,r));return{name:r,facts:Math.max(...s.map(({facts:a})=>a)),...rs(s.map(({right:a,facts:i})=>i?a/i:null))}}).filter(({facts:r})=>r>0)}var rs=([e,t=null])=>({a:e,b:t});function Vi(e){let t=({a:n,b:o})=>n===null||o===null?null:Math.abs(n-o);return e.sort((n,o)=>(t(o)??0)-(t(n)??0)||(n.a??2)-(o.a??2)||o.facts-n.facts)}function zi(e,t,n,o){return e.remember(`by relation ${t} ${n} ${o}`,()=>{let r=e.relations.length,s={right:new Float64Array(r),facts:new Uint32Array(r)},a=e.column("relation");return ss(e,t,n,o,(i,l)=>{s.right[a[i]]+=l,s.facts[a[i]]++}),s})}function Yi(e,t,n,o){return e.remember(`mean share ${t} ${n} ${o}`,()=>{let r={right:0,facts:0};return ss(e,t,n,o,(s,a)=>{r.right+=a,r.facts++}),r})}function ss(e,t,n,o,r){if(t.length===0)return;let{asked:s,right:a}=rt(e,t,n,o),i=e.column("group"),l=n*e.facts;for(let c=0;c<e.facts;c++){let u=i[l+c];s[c]===0||u!==O.new&&u!==O.retained||r(c,a[c]/s[c])}}function qe(e,t){return{...{q:"",state:null,change:null,learned:null,k:null},group:["new","retained"],[e]:t}}var Xi=16,Gn=22,is={relation:"By relation",form:"By wording"};function ls(e){let{block:t,selection:n}=e,o=ft(n).map(({place:s})=>t.runs(s,n.s,n.seed)),r=os(t,o,n.s);return Gr(as(e,"relation",ns(t,o,n.s,n.form)),r.length>0?as(e,"form",r):He("By wording: this page does not carry the answers to each wording at every step."))}function as({block:e,data:t,selection:n,select:o},r,s){let a=s.slice(0,Xi),i=s.length-a.length,l=r==="form"?"":n.b>=0?", the largest difference first":", the lowest first",c=i>0?` ${Pt(i,"more relation")} in the table.`:"";return J({title:is[r],reading:`The valid facts after ${e.labels[n.s]}: the share of right answers${l}.${c} A click lists the facts.`,draw:u=>Ki({data:t,selection:n,select:o,kind:r,shown:a,width:u}),table:()=>({columns:[r,"facts",...ft(n).map(({place:u})=>H(t,u,n))],rows:s.map(u=>[{text:u.name,patch:qe(r,u.name)},{text:u.facts.toLocaleString("en"),value:u.facts},...ft(n).map(({side:p})=>({text:T(u[p]),value:u[p]??""}))])}),file:`by-${r}`,select:o})}function Ki({data:e,selection:t,select:n,kind:o,shown:r,width:s}){let a=ft(t),i=ut(a.map(({place:g})=>g)),l=Ut(a.map(({place:g})=>({text:H(e,g,t),look:{...i.get(g),dash:null}})),s),c=Math.max(...r.map(({name:g})=>St(K(g,26))),40),u=Math.min(c+18,s*.42),p=46,d=l.height+18,f=g=>u+(s-u-p)*g,m=d+r.length*Gn+8,$=X(s,m,`Dots: the share of right answers ${is[o].toLowerCase()}; the table has the numbers`,l.node);for(let g of[0,.25,.5,.75,1])$.append(w("path",{d:`M${f(g)} ${d-4}V${m-8}`,stroke:"var(--rule)"}),k(T(g),{x:f(g),y:d-8,"text-anchor":"middle",fill:"var(--muted)"}));$.append(k("facts",{x:s-2,y:d-8,"text-anchor":"end",fill:"var(--muted)"}));let _=[];return r.forEach((g,v)=>{let b=d+v*Gn+Gn/2,x=Math.floor((u-10)/6.1);$.append(k(K(g.name,x),{x:u-10,y:b+4,"text-anchor":"end"}),k(g.facts.toLocaleString("en"),{x:s-2,y:b+4,"text-anchor":"end",fill:"var(--muted)"})),g.a!==null&&g.b!==null&&$.append(w("path",{d:`M${f(g.a)} ${b}H${f(g.b)}`,stroke:"var(--muted)","stroke-width":1.5}));for(let{side:E,place:C}of a.toReversed())g[E]!==null&&($.append(at(i.get(C),f(g[E]),b,1.2)),_.push({x:f(g[E]),y:b,title:`${g.name}: ${H(e,C,t)} ${T(g[E])} of ${Pt(g.facts,"fact")}`,patch:qe(o,g.name)}));_.push({x:u-20,y:b,title:`${g.name}: ${Pt(g.facts,"fact")}`,patch:qe(o,g.name)})}),ct($,_,n,{ring:!1}),$}function cs(e){let t=Math.round(Math.min(1,Math.max(0,e))*20);return{level:t,fill:`var(--h${t})`,text:`var(--h${t}-text)`}}function us(e){let t=Math.round((Math.min(1,Math.max(-1,e))+1)/2*20);return{level:t,fill:`var(--d${t})`,text:`var(--d${t}-text)`}}function fs(e,{a:t,b:n}){let o=a=>{let i=e.views.accuracy_matrix?.[e.strategies[a]?.name];return i===void 0||i.length===0?null:i},r=[],s={A:t,B:n};for(let[a,i]of Object.entries(s)){let l=o(i);if(l===null)continue;let c=`${a}: ${e.strategies[i].name}`;r.push({title:c,side:a,place:i,values:l,form:T,colours:cs})}if(r.length===2){let[a,i]=r.map(({values:l})=>l);r.push({title:"A \u2212 B",side:"A \u2212 B",place:t,values:Ji(a,i),form:Vr,colours:us})}return r}function Ji(e,t){let n=Math.min(e.length,t.length);return e.slice(0,n).map((o,r)=>o.slice(0,n).map((s,a)=>{let i=t[r][a];return s===null||i===null||i===void 0?null:s-i}))}function ps({values:e,colours:t}){let n=new Map;return e.forEach((o,r)=>o.forEach((s,a)=>{if(s===null)return;let{level:i,fill:l}=t(s);n.has(i)||n.set(i,{fill:l,cells:[]}),n.get(i).cells.push([r,a])})),n}function ds(e){let t=Math.abs(e).toFixed(2);return t==="0.00"?"0":(e<0?"\u2212":"")+(t.endsWith(".00")?t.slice(0,-3):t.slice(1))}function Vn(e,t,n,{b:o}){return{...e.side==="B"||e.place===o?{}:{a:e.place},q:"",relation:null,state:null,change:null,group:null,s:t,learned:n,k:null}}var Zi=34,hs=23,Qi=13,Ht=26,zn=40,Yn=22;function ms({block:e,data:t,selection:n,select:o}){let r=fs(t,n);return r.length===0?He("No step is finished yet."):J({title:"Accuracy matrix R[i, j]",titled:!1,reading:`Row i: after update i; column j: the facts of update j that are still valid at the end. The outlined diagonal is what was just taught; below it is what was retained, above it what the model knew before.${e===null?"":" A click on a cell lists its facts."}`,draw:s=>el({data:t,selection:n,select:o,all:r,width:s}),table:()=>tl(r,t,n),file:"accuracy-matrix",select:o})}function tl(e,t,n){let o=Math.max(...e.map(({values:r})=>r.length));return{columns:["strategy","after",...t.labels.slice(0,o).map(r=>`facts of ${r}`)],rows:e.flatMap(r=>r.values.map((s,a)=>[r.title,t.labels[a],...s.map((i,l)=>({text:r.form(i),value:i??"",patch:i===null?null:Vn(r,a,l,n)}))]))}}function el({data:e,selection:t,select:n,all:o,width:r}){let s=Math.max(...o.map(({values:f})=>f.length)),a=o.length;for(;a>1&&(r-Yn*(a-1))/a-Ht<Math.min(s*9,190);)a--;let i=Math.min(Zi,((r-Yn*(a-1))/a-Ht)/s),l=i*s,c=Math.ceil(o.length/a),u=`Heat maps: ${o.map(({title:f})=>f).join(", ")}; the table has the numbers`,p=X(r,Math.ceil(c*(zn+l+16)),u),d=o.map((f,m)=>{let $=m%a*(Ht+l+Yn)+Ht,_=Math.floor(m/a)*(zn+l+16)+zn;return p.append(nl(f,{data:e,size:i,left:$,top:_,room:Ht+l})),{map:f,left:$,top:_}});return rl(p,d,{data:e,selection:t,select:n,size:i}),p}function nl(e,{size:t,left:n,top:o,room:r}){let s=e.values.length,a=t>hs?t-1:t,i=w("g",{transform:`translate(${n} ${o})`});i.append(k(K(e.title,Math.floor(r/7)),{x:-Ht,y:-24,"font-weight":600,"font-size":13}));let l=Math.max(1,Math.ceil(17/t));for(let u=0;u<s;u+=l){let p=u*t+t/2,d={fill:"var(--muted)"};i.append(k(String(u),{...d,x:-6,y:p+4,"text-anchor":"end"})),i.append(k(String(u),{...d,x:p,y:-6,"text-anchor":"middle"}))}for(let{fill:u,cells:p}of ps(e).values()){let d=a.toFixed(2),f=p.map(([m,$])=>`M${($*t).toFixed(2)} ${(m*t).toFixed(2)}h${d}v${d}h-${d}z`);i.append(w("path",{d:f.join(""),fill:u}))}let c=Array.from({length:s},(u,p)=>`M${(p*t).toFixed(2)} ${(p*t).toFixed(2)}h${a.toFixed(2)}v${a.toFixed(2)}h-${a.toFixed(2)}z`);return i.append(w("path",{d:c.join(""),fill:"none",stroke:"var(--ink)","stroke-width":1.1})),t>=hs&&s<=Qi&&i.append(...ol(e,t)),i}function ol({values:e,colours:t},n){return e.flatMap((o,r)=>o.flatMap((s,a)=>{if(s===null)return[];let i={x:(a*n+n/2-.5).toFixed(1),y:(r*n+n/2+3.5).toFixed(1)};return[k(ds(s),{...i,fill:t(s).text,"text-anchor":"middle","font-size":10.5})]}))}function rl(e,t,{data:n,selection:o,select:r,size:s}){let a=w("g",{class:"pointing","pointer-events":"none"});e.append(a);let i=l=>{let c=e.getScreenCTM();if(c===null)return null;let u=new DOMPoint(l.clientX,l.clientY).matrixTransform(c.inverse());for(let{map:p,left:d,top:f}of t){let[m,$]=[Math.floor((u.y-f)/s),Math.floor((u.x-d)/s)],_=p.values[m]?.[$]??null;if(_!==null)return{map:p,i:m,j:$,value:_,left:d,top:f}}return null};e.addEventListener("pointermove",l=>{let c=i(l);if(e.style.cursor=c===null?"default":"pointer",c===null)return a.replaceChildren();let{map:u,i:p,j:d,value:f,left:m,top:$}=c,[_,g]=[m+d*s,$+p*s],v=`after ${n.labels[p]}, facts of ${n.labels[d]}: ${u.form(f)}`;return a.replaceChildren(w("rect",{x:_,y:g,width:s,height:s,fill:"none",stroke:"var(--ink)","stroke-width":2}),...Fn(e,{x:_+s/2,y:g,title:v},!1))}),e.addEventListener("pointerleave",()=>a.replaceChildren()),e.addEventListener("click",l=>{let c=i(l);c!==null&&r(Vn(c.map,c.i,c.j,o))})}var sl={new:["New facts","right just after they were taught; higher is better"],retained:["Retained facts","taught earlier and still valid; higher is better"],stale:["Outdated answers","superseded facts that are still given; lower is better"],erased:["Erased facts","to be forgotten, but still given; lower is better"],unlisted:["Unlisted questions","answered before the stream, never trained; higher is better"],protected:["Protected questions","answered before the stream; higher is better"],found:["Found facts","put before the prompts that ask for them; higher is better"],read:["Read facts","answered right, of those that were found; higher is better"]},al={new:{group:["new"]},retained:{group:["retained"]},stale:{state:["outdated"]},erased:{group:["erased"]}},il={q:"",relation:null,group:null,learned:null,state:null,change:null};function gs(e){let t=[];for(let[n,[o,r]]of Object.entries(sl)){let s=e.views.over_updates?.[n];if(s===void 0)continue;let a=e.strategies.map(({name:i},l)=>({place:l,name:i,points:ll(s[i]??{mean:[],half:[]})}));a.some(({points:i})=>i.length>0)&&t.push({score:n,title:o,reading:r,series:a})}return t}function ll({mean:e,half:t}){let n=[];return e.forEach((o,r)=>{if(o===null)return;let s=t[r]??null;n.push({step:r,mean:o,half:s,low:s===null?o:Math.max(0,o-s),high:s===null?o:Math.min(1,o+s)})}),n}function _s(e){let t=e.views.front?.seeds??{},n=[];for(let[o,r]of Object.entries(e.views.over_updates??{}))for(let[s,{mean:a,seeds:i=[a]}]of Object.entries(r))i.forEach((l,c)=>{let{seed:u="",stream:p=null}=t[s]?.[c]??{};l.forEach((d,f)=>{d!==null&&n.push([o,s,u,p??"",f,e.labels[f],d])})});return[["score","strategy","seed","stream","step","label","value"],...n]}function We(e){let t=[];return e.forEach((n,o)=>{o>0&&e[o-1].step===n.step-1?t.at(-1).push(n):t.push([n])}),t}function Xn(e,t,n,{a:o,b:r}){let s=t===r?{}:t===o?{}:{a:t},{state:a,...i}=al[e]??{},l=a?.map(c=>t===r?`b.${c}`:c)??null;return{...il,...s,...i,state:l,s:n,k:null}}var cl=300,Ge=36,Ve=26;function $s({block:e,data:t,selection:n,select:o}){let r=gs(t),s=ut(Ie(t,n)),a=t.strategies.length-s.size,i=a>0?` ${a} others in grey.`:"";return J({title:"Scores after each update",titled:!1,reading:`A share of answers. Bands are 95 % intervals.${i}${e===null?"":" A click on a point lists its facts."}`,draw:l=>fl({data:t,selection:n,select:o,all:r,chosen:s,width:l}),table:()=>ul(r,t,n),file:"scores-after-each-update",exact:()=>_s(t),select:o})}function ul(e,t,n){let o=e.flatMap(({score:r,series:s})=>s.map(({place:a,name:i,points:l})=>{let c=t.labels.map(()=>"\u2013");for(let{step:u,mean:p,half:d}of l){let f=Xn(r,a,u,n);c[u]={text:Ft(p,d),value:p,patch:f}}return[r,i,...c]}));return{columns:["score","strategy",...t.labels],rows:o}}function fl({data:e,selection:t,select:n,all:o,chosen:r,width:s}){let a=Math.max(1,Math.min(o.length,3,Math.floor((s+Ve)/(cl+Ve)))),i=Math.floor((s-Ve*(a-1))/a),l=Math.round(Math.min(250,i*.62)),c=[...r].map(([_,g])=>({text:H(e,_,t),look:g}));e.strategies.length>r.size&&c.push({text:"others",look:{colour:Dt}});let u=Ut(c,s),p=Math.ceil(o.length/a),d=u.height+p*(Ge+l+10),f=`Scores after each of ${e.labels.length} steps; the table has the numbers`,m=X(s,d,f,u.node),$=[];return o.forEach((_,g)=>{let v=g%a*(i+Ve),b=u.height+Math.floor(g/a)*(Ge+l+10);m.append(w("g",{transform:`translate(${v} ${b})`},k(_.title,{y:12,"font-weight":600,"font-size":13}),k(_.reading,{y:27,fill:"var(--muted)"})));let{node:x,x:E,y:C}=pl(_,{data:e,selection:t,chosen:r,wide:i,high:l});x.setAttribute("transform",`translate(${v} ${b+Ge})`),m.append(x);for(let{place:dt,points:Z}of _.series)for(let{step:Tt,mean:W,half:Q}of Z)$.push({x:v+E(Tt),y:b+Ge+C(Math.min(1,Math.max(0,W))),title:`${H(e,dt,t)}, ${e.labels[Tt]}: ${Ft(W,Q)}`,patch:Xn(_.score,dt,Tt,t)})}),$.reverse(),ct(m,$,n),m}function pl(e,{data:t,selection:n,chosen:o,wide:r,high:s}){let a=Math.max(1,t.labels.length-1),i={left:36,right:12,top:8,bottom:26},{node:l,x:c,y:u}=Bt({width:r,height:s,margin:i,x:{domain:[0,a],ticks:De(a,r-48),text:String},y:{domain:[0,1],ticks:[0,.25,.5,.75,1],text:T}}),p={d:`M${c(n.s)} ${i.top}V${s-i.bottom}`};l.append(w("path",{...p,stroke:"var(--muted)","stroke-dasharray":"2 3"}));let d=[({step:$})=>c($),({mean:$})=>u(Math.min(1,Math.max(0,$)))];for(let{place:$,points:_}of e.series)if(!o.has($))for(let g of We(_))l.append(Mt(g,...d,{stroke:Dt}));let f=e.series.filter(({place:$})=>o.has($));for(let{place:$,points:_}of f){let g={fill:o.get($).colour,"fill-opacity":.1};for(let v of We(_.filter(({half:b})=>b!==null)))l.append(Wr(v,d[0],({low:b})=>u(b),({high:b})=>u(b),g))}let m=Math.max(1,Math.ceil(t.labels.length/12));return f.forEach(({place:$,points:_},g)=>{let{colour:v,dash:b}=o.get($),x=$===n.a||$===n.b,E={stroke:v,"stroke-dasharray":b,"stroke-width":x?2.4:1.5};for(let C of We(_))l.append(Mt(C,...d,E));for(let C of _)(C.step+g)%m||l.append(at(o.get($),d[0](C),d[1](C)))}),{node:l,x:c,y:u}}var bs={front:{draw:es,uses:["g","a","b"]},steps:{draw:$s,uses:["g","a","b","s"]},matrix:{draw:ms,uses:["g","a","b"]},ages:{draw:Yr,uses:["g","a","b","s","seed","form"],facts:!0},kinds:{draw:ls,uses:["g","a","b","s","seed","form"],facts:!0}};function Kn(e,t){let n=new Set,o=!1,r=()=>{o=!1;for(let c of n)c.seen&&a(c)},s=()=>{o||setTimeout(r,0),o=!0},a=c=>{n.delete(c);let u=t(c.group);if(u===null||c.chart.facts&&u.block===null)return;let p=JSON.stringify(c.chart.uses.map(d=>u.selection[d]));c.key===p&&c.block===u.block||(Object.assign(c,{key:p,block:u.block}),c.element.replaceChildren(c.chart.draw({...u,select:y})))},i=new IntersectionObserver(c=>{for(let{target:u,isIntersecting:p}of c)l.get(u).seen=p;s()},{rootMargin:"300px"}),l=new Map;for(let c of e.querySelectorAll("[data-chart]")){let u=bs[c.dataset.chart];if(u===void 0)continue;let p=ce(e,c),d={element:c,chart:u,group:p,seen:!1,key:null,block:null};l.set(c,d),n.add(d),i.observe(c)}I(()=>{D.value;for(let c of l.values())n.add(c);s()})}var vs=400;function se(e,t=vs){return e.length>t?`${e.slice(0,t)}\u2026`:e}function U({of:e,class:t=null,most:n=vs}){return h`<bdi class=${t}>${se(e,n)}</bdi>`}var dl=["wrong","right","outdated","not judged",null];function hl(e,t){let n=0,o=e.length;for(;n<o;){let r=n+o>>1;e[r]<t?n=r+1:o=r}return n}function xs(e,t,n,o){let r=e.column("probe.key");if(r===null)return null;let[s,a]=["form","prompt"].map(c=>e.column(`probe.${c}`)),i=[],l=!1;for(let c=hl(r,o);r[c]===o;c++){let u=[];for(let p of t)for(let d of p.runs(n)){let f=e.column(`said.${d}`),m=e.place(f,d,n,c,r.length);if(m<0)continue;l=!0;let $=e.said(f[m],n,o),_=dl[e.column(`verdict.${d}`)[m]];$!==null&&u.push({side:p,run:d,text:$,verdict:_})}if(u.length>0){let p=ml(e,a[c],n,o);i.push({form:e.header.all_forms[s[c]],prompt:p,answers:u})}}return l?i:null}function ml(e,t,n,o){return e.text(t).replaceAll("",()=>e.subject(o)).replaceAll("",()=>e.object(n,o)??"\u2026")}var ys=160;function gl(e,t){for(let{runs:n}of e.variants){let o=n.find(r=>r.run===t);if(o)return o.stream===null?`seed ${o.seed}`:`stream ${o.stream}, seed ${o.seed}`}return""}function ws({now:e,sides:t}){let{block:n,selection:o}=e,r=xs(n,t,o.s,o.k);return r===null?h`<h3>Answers by wording</h3>
      <p class="note">The page does not carry the answers to each wording at this step.</p>`:h`<h3>Answers by wording, after <bdi>${n.labels[o.s]}</bdi></h3>
    ${r.length===0&&h`<p class="note">It is not asked at this step.</p>`}
    <dl class="wordings">
      ${r.map(({form:s,prompt:a,answers:i})=>h`<div>
          <dt><small>${s}</small> <${U} of=${a} most=${ys} /></dt>
          ${i.map(({side:l,run:c,text:u,verdict:p})=>h`<dd>
              <span class="who"
                ><span class=${`side side-${"ab"[t.indexOf(l)]}`}
                  >${"AB"[t.indexOf(l)]}</span
                >${" "}
                ${gl(n,c)}</span
              >${" "}
              <span class=${`said-${p}`}
                ><${U} of=${u===""?"(nothing)":u} most=${ys}
              /></span>
              ${p!=="right"&&h`<small>${p}</small>`}
            </dd>`)}
        </div>`)}
    </dl>`}var ze=15,Jn=4,_l=11,$l=190;function Zn(e){return Math.min(_l,$l/e)}function bl(e){return Math.ceil(e*Zn(e))}function Ss(e,t,n,o){let r=ze,s=(i,l)=>`M${t} ${i}h${o}v${l}h${-o}z`,a=i=>`M${t+o/2-i} ${n+r/2}a${i} ${i} 0 1 0 ${2*i} 0a${i} ${i} 0 1 0 ${-2*i} 0z`;switch(A[e]){case"right":return s(n,r);case"partly":return s(n+r/2,r/2);case"outdated":return`M${t} ${n}L${t+o} ${n+r}H${t}z`;case"wrong":{let i=Math.min(2,o/3);return`${s(n,r)}M${t+i} ${n+i}v${r-2*i}h${o-2*i}v${2*i-r}z`}case"future":return a(Math.min(1.4,o/2));case"forgotten":return`${a(Math.min(4,o/2))}${a(Math.min(2.4,o/3.4)).replaceAll(" 0 1 0 "," 0 1 1 ")}`;case"produced":return a(Math.min(4,o/2));case"resurfaced":return`${a(Math.min(4,o/2))}${s(n+r-2,2)}`;default:return""}}function vl(e,t){let n=Zn(e.length),o=n>4?n-1:n,r=new Map;return e.forEach((s,a)=>{let i=Ss(s,Ye(a*n),t,Ye(o));i!==""&&r.set(s,(r.get(s)??"")+i)}),[...r]}function Ye(e){return Math.round(e*100)/100}function Ms({rows:e,step:t}){let n=Zn(e[0].length),o=bl(e[0].length),r=e.length*(ze+Jn);return h`<svg class="strip" width=${o} height=${r} aria-hidden="true">
    <rect class="now" x=${Ye(t*n)-.5} width=${Ye(n>4?n:n+1)} height=${r} />
    ${e.map((s,a)=>vl(s,a*(ze+Jn)+Jn/2).map(([i,l])=>h`<path class=${`is-${A[i]}`} d=${l} fill-rule="evenodd" />`))}
  </svg>`}function ks(e,t){let n=[];return e.forEach((o,r)=>{(r===0||o!==e[r-1])&&n.push(`${A[o]==="none"?"not asked":A[o]} from ${t[r]}`)}),n.join(", ")}function ae({state:e}){let t=A.indexOf(e);return h`<svg class="sign-of-state" width="11" height=${ze} aria-hidden="true">
    <path class=${`is-${e}`} d=${Ss(t,.5,0,10)} fill-rule="evenodd" />
  </svg>`}var Qn="\u2013",It=[{name:"fact",title:()=>"Fact",sort:"fact"},{name:"learned",title:()=>"Taught",sort:"learned"},{name:"states",title:()=>"States",sort:"a"},{name:"answer",title:()=>"Answer",sort:"answer"},{name:"margin",title:()=>"Margin",sort:"margin"}];function to(e){return e===null?Qn:`${e<0?"\u2212":"+"}${Math.abs(e).toFixed(1)}`}var Xe=class extends z{shouldComponentUpdate(t){return Object.keys(t).some(n=>t[n]!==this.props[n])}render({now:t,fact:n,place:o,height:r,column:s,open:a}){return h`<div
      role="row"
      class=${`fact-row${a?" open":""}`}
      data-place=${o}
      aria-rowindex=${o+2}
      aria-selected=${a}
      style=${{height:`${r}px`,transform:`translateY(${o*r}px)`}}
    >
      ${xl(t,n).map((i,l)=>h`<div
          role="gridcell"
          id=${`cell-${o}-${l}`}
          class=${`cell-${It[l].name}${s===l?" cursor":""}`}
        >
          ${i}
        </div>`)}
    </div>`}};function xl(e,t){let{block:n,selection:o}=e,r=o.s,s=["a","b"].map(a=>F(e,a)).filter(a=>a!==null);return[h`<${yl} block=${n} fact=${t} step=${r} />`,h`<${wl} block=${n} fact=${t} step=${r} />`,h`<${Sl} sides=${s} fact=${t} step=${r} />`,s.map((a,i)=>h`<${Ml} key=${i} side=${a} fact=${t} step=${r} />`),s.map((a,i)=>h`<${kl} key=${i} side=${a} fact=${t} step=${r} />`)]}function yl({block:e,fact:t,step:n}){let o=e.object(n,t);return h`<span class="line">
      <${U} of=${e.subject(t)} class="subject" />${" "}
      <${U} of=${e.relation(t)} class="relation" />
    </span>
    <span class="line object">
      ${o===null?h`<i>not asked at this step</i>`:h`<${U} of=${o} />`}
    </span>`}function wl({block:e,fact:t,step:n}){let o=n*e.facts+t,r=e.column("learned")[o],s=e.labels[r]??Qn,a=e.group(n,t);return h`<span class="line"><bdi>${s}</bdi></span>
    ${(a==="future"||a==="erased")&&h`<small class="line">${a}</small>`}`}function Sl({sides:e,fact:t,step:n}){let{labels:o}=e[0].block,r=e.map(s=>o.map((a,i)=>s.state(i,t)));return h`<${Ms} rows=${r} step=${n} /><span class="unseen"
      >${r.map((s,a)=>`${"AB"[a]}: ${ks(s,o)}`).join(". ")}</span
    >`}function Ml({side:e,fact:t,step:n}){let o=A[e.state(n,t)],r=e.answer(n,t),{right:s,asked:a}=e.countsAt(n,t);return h`<span class=${`line answer said-${o}`}>
    ${r===null?h`<span class="nothing">${Qn}</span>`:h`<${U} of=${r.text===""?"(nothing)":r.text} />`}
    ${a>0&&h`<small>${s}/${a}</small>`}
  </span>`}function kl({side:e,fact:t,step:n}){return h`<span class="line">${to(e.margin(n,t))}</span>`}var Al=xt("broken"),Tl=8;function El(e,t){let n=0;for(let o of e.changes(t))o&Al&&n++;return n}function Ol(e){let t=e[0].block.steps,[n,o]=G(null);return et(()=>{let r=e.map(()=>new Array(t).fill(0)),s=1,a=0,i=()=>{let l=performance.now()+Tl;for(;s<t&&performance.now()<l;s++)e.forEach((c,u)=>{r[u][s]=El(c,s)});s<t?a=setTimeout(i,0):o({sides:e,counts:r})};return a=setTimeout(i,0),()=>clearTimeout(a)},e),n}function As({sides:e,selection:t}){let n=Ol(e),{labels:o}=e[0].block;if(o.length<3)return null;let r=n?.counts??e.map(()=>o.map(()=>0)),s=Math.max(1,...r.flat());return h`<figure class="harm-by-update" aria-label="Facts that each update broke">
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
  </figure>`}var Cl={broken:"valid facts of earlier steps: right less often than before","turned outdated":"valid facts of earlier steps: newly a superseded object",resurfaced:"erased and gone earlier: produced again","not learned":"taught by this update: not right after it","not forgotten":"erased by this update: still produced","still wrong":"valid facts of earlier steps: not right before and after",learned:"taught by this update: right after it",regained:"valid facts of earlier steps: not right before, right after",forgotten:"erased by this update: not produced any more"},Nl={q:"",relation:null,group:null,learned:null,state:null,d:!1};function jl(e,t){let n=new Uint32Array(vt.length);for(let o of e.changes(t))if(o!==0)for(let r=0;r<vt.length;r++)n[r]+=o>>r&1;return n}function Ts(){let e=P.value,{block:t,selection:n}=e,o=["a","b"].map(c=>F(e,c)).filter(c=>c!==null),r=n.s,s=t.labels[r];if(r===0)return h`<section class="update" aria-labelledby="update-title">
      <h2 id="update-title">What update 1 did</h2>
      <p class="note">
        Step 0 is what the model knew before the updates.${" "}
        ${t.steps>1&&h`<button type="button" class="plain-button" onClick=${()=>y({s:1})}>
          Go to update 1
        </button>`}
      </p>
    </section>`;let a=o.map(c=>jl(c,r)),i=Math.max(1,...a.flatMap(c=>[...c])),l=vt.map((c,u)=>({...c,place:u})).filter(({name:c,place:u})=>Ll.has(c)||a.some(p=>p[u]>0));return h`<section class="update" aria-labelledby="update-title">
    <h2 id="update-title">What update ${r} did <small>${s}</small></h2>
    <p class="note">${Ul(e)} A number lists its facts.</p>
    <div class="update-parts">
    <table class="changes">
      <thead>
        <tr>
          <th scope="col">facts</th>
          ${o.map((c,u)=>h`<th scope="col"><${pt} side=${c} at=${u} /></th>`)}
          <th scope="col" class="meaning">meaning</th>
        </tr>
      </thead>
      <tbody>
        ${l.map(({name:c,bad:u,place:p})=>h`<tr class=${u?"harm":"good"}>
            <th scope="row">${c}</th>
            ${a.map((d,f)=>h`<td>
                <${Rl} now=${e} name=${c} side=${"ab"[f]} count=${d[p]} most=${i} />
              </td>`)}
            <td class="meaning">${Cl[c]}</td>
          </tr>`)}
      </tbody>
    </table>
    <${As} sides=${o} selection=${n} />
    </div>
  </section>`}var Ll=new Set(["broken","turned outdated","not learned","learned","regained"]);function pt({side:e,at:t}){return h`<span class=${`side side-${"ab"[t]}`}>${"AB"[t]}</span>${" "}
    <bdi class="side-name" title=${e.name}>${se(e.name,100)}</bdi>`}function Rl({now:e,name:t,side:n,count:o,most:r}){let s=n==="a"?t:`b.${t}`,a=e.selection.change?.includes(s)??!1;return h`<button
    type="button"
    class="count"
    aria-pressed=${a}
    aria-label=${`${o} ${t}, ${n.toUpperCase()}`}
    disabled=${o===0&&!a}
    style=${{"--share":o/r}}
    onClick=${()=>y(a?{change:null}:{...Nl,change:[s],k:null})}
  >
    ${o}
  </button>`}function Ul({data:e,selection:t}){let n=e?.views?.settings?.updates?.[t.s];if(typeof n?.learn!="number")return"";let o=n.forget>0?` and was to erase ${kt(n.forget,"fact")}`:"";return`It taught ${kt(n.learn,"fact")}${o}.`}function kt(e,t){return`${e.toLocaleString("en")} ${t}${e===1?"":"s"}`}var Es=60;function Os({now:e,sides:t}){let{block:n,selection:o}=e,{k:r,s}=o;return h`<h3>Its life</h3>
    <div class="drawer-wide" tabindex="0" role="region" aria-label="Life of the fact">
      <table class="life">
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">object</th>
            ${t.map((a,i)=>h`<th scope="col"><${pt} side=${a} at=${i} /></th>`)}
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
                ${l===null?"\u2013":h`<${U} of=${l} most=${Es} />`}${" "}
                <small>${n.group(i,r)}</small>
              </td>
              ${t.map(c=>h`<td><${Bl} side=${c} step=${i} fact=${r} /></td>`)}
            </tr>`})}
        </tbody>
      </table>
    </div>`}function Bl({side:e,step:t,fact:n}){let o=A[e.state(t,n)];if(o==="none")return"\u2013";let{right:r,asked:s}=e.countsAt(t,n),a=e.answer(t,n),i=e.margin(t,n);return h`<span class="moment">
    <${ae} state=${o} />
    <span>
      <span class=${`said-${o}`}
        >${a===null?o:h`<${U} of=${a.text===""?"(nothing)":a.text} most=${Es} />`}</span
      >${" "}
      <small>${r}/${s}${i===null?"":`, ${to(i)}`}</small>
    </span>
  </span>`}var Fl=8;function Cs(e,t,n){let o=e.column("object"),r=e.column("group"),s=new Set;for(let a=0;a<=t;a++){let i=a*e.facts+n;(r[i]===O.new||r[i]===O.retained)&&s.add(o[i]);let l=e.column("outdated")[i];l!==Ne&&s.add(l)}return s.delete(o[t*e.facts+n]),s.delete(Ne),[...s].map(a=>e.text(a))}var Pl=xt("broken")|xt("resurfaced");function Ns(e,t,n){for(let o=t;o>0;o--)if(e.changes(o)[n]&Pl)return{step:o,before:e.state(o-1,n),after:e.state(o,n)};return null}function js(e,t,n,o){let{facts:r}=e,s=t*r,[a,i]=["subject","relation"].map(f=>e.column(f)),[l,c,u]=["object","group","learned"].map(f=>e.column(f)),p=new Set(o.filter(f=>f!==null)),d=[];for(let f=0;f<r;f++){let m=s+f;if(c[m]!==O.new||u[m]!==t||f===n)continue;let $=[],_=0,g=(v,b)=>{_+=v,$.push(b)};p.size>0&&p.has(e.text(l[m]))&&g(8,"its object is the answer given"),a[f]===a[n]&&g(4,"same subject"),l[m]===l[s+n]&&g(2,"same object"),i[f]===i[n]&&g(1,"same relation"),_>0&&d.push({key:f,near:_,shared:$})}return d.sort((f,m)=>m.near-f.near||f.key-m.key),{all:d.length,listed:d.slice(0,Fl)}}function Ls(e,t,n){let{block:o}=e,r=e.runs(t).filter(i=>o.has(`rehearsed.${i}`));if(r.length===0)return null;let s=t*o.facts+n;return{times:r.filter(i=>o.column(`rehearsed.${i}`)[s]===1).length,runs:r.length}}function eo(e,t){let{text:n,ends:o}=e.searchable(),r=new Uint8Array(e.length);for(let u of t)u<r.length&&(r[u]=1);let s=new Uint32Array(r.reduce((u,p)=>u+p,0)),a=0;for(let u=0;u<r.length;u++)r[u]&&(s[a++]=u);let i=(u,p)=>{let d=(u===0?0:o[u-1])+p;return d<o[u]?n.charCodeAt(d):-1},l=[[0,s.length,0]];for(;l.length>0;){let[u,p,d]=l.pop();if(p-u<2)continue;let f=i(s[u+p>>1],d),m=u,$=p,_=u;for(;_<$;){let g=i(s[_],d);g<f?Rs(s,m++,_++):g>f?Rs(s,_,--$):_++}l.push([u,m,d],[$,p,d]),f>=0&&l.push([m,$,d+1])}let c=new Uint32Array(e.length);return s.forEach((u,p)=>{c[u]=p}),c}function Rs(e,t,n){let o=e[t];e[t]=e[n],e[n]=o}var Us=[{name:"fact",title:"fact"},{name:"learned",title:"taught at"},{name:"a",title:"state of A"},{name:"b",title:"state of B"},{name:"answer",title:"answer of A"},{name:"margin",title:"margin of A"},{name:"banswer",title:"answer of B"},{name:"bmargin",title:"margin of B"}],Dl=[8,7,5,4,3,2,6,1,0];function Bs(e,t){let{sort:n}=e.selection;if(n===null)return t;let o=n.startsWith("-"),r=Il(e,o?n.slice(1):n);if(r===null)return t;let s=t.length+1,a=new Float64Array(t.length);for(let i=0;i<t.length;i++){let l=r(t[i]),c=l===no?Hl:o?-l:l;a[i]=(c+Fs)*s+i}return a.sort(),Uint32Array.from(a,i=>t[i%s])}var no=1/0,Fs=2**24,Hl=Fs-1;function Il(e,t){let{block:n,selection:o}=e,r=o.s*n.facts;if(t==="fact")return ql(n);if(t==="learned"){let a=n.column("learned");return i=>a[r+i]}let s=F(e,t.startsWith("b")?"b":"a");if(s===null)return null;if(t==="a"||t==="b"){let a=s.states(o.s);return i=>Dl.indexOf(a[i])}return t.endsWith("answer")?Wl(n,s,o.s):t.endsWith("margin")?Gl(n,s,o.s):null}function ql(e){let t=e.column("subject"),n=e.remember("subject ranks",()=>eo(e.texts,t));return o=>n[t[o]]}function Wl(e,t,n){let[o]=t.runs(n),r=e.column(`answer.${o}`),s=e.place(r,o,n,0,e.facts);if(s<0)return null;let a=e.column("object").subarray(n*e.facts,(n+1)*e.facts),l=r.subarray(s,s+e.facts).map((u,p)=>u===En?a[p]:u),c=e.remember(`answer ranks ${o} ${n}`,()=>eo(e.texts,l));return u=>l[u]<c.length?c[l[u]]:no}function Gl(e,t,n){let o=[];for(let r of t.runs(n)){let s=e.column(`margin.${r}`),a=e.place(s,r,n,0,e.facts);a>=0&&o.push(s.subarray(a,a+e.facts))}return r=>{let s=0,a=0;for(let i of o)i[r]!==Cn&&(s+=i[r],a++);return a===0?no:Math.round(16*s/a)}}var Vl=V(()=>P.value===null?null:JSON.stringify({...P.value.selection,k:null})),Ke=V(()=>Vl.value===null?null:P.peek()),At=V(()=>{let e=Ke.value;return e===null?new Uint32Array(0):Bs(e,$r(e))}),Ps=V(()=>{let e=At.value,t=Ke.value,n=o=>{let r=t===null?null:F(t,o);if(r===null)return null;let s=r.states(t.selection.s),a=new Uint32Array(A.length);for(let i of e)a[s[i]]++;return Object.fromEntries(A.map((i,l)=>[i,a[l]]))};return{a:n("a"),b:n("b")}});function zl({before:e,after:t}){return e===t?"left fewer of its wordings right: still":`turned it from ${A[e]} to`}function Ds({now:e,sides:t}){return h`<div class="flips">
    ${t.map((n,o)=>h`<${Yl} now=${e} side=${n} at=${o} />`)}
  </div>`}function Yl({now:e,side:t,at:n}){let{block:o,selection:r}=e,{s,k:a}=r,i=Ns(t,s,a);if(i===null)return h`<p><${pt} side=${t} at=${n} />: no update up to here made it worse.</p>`;let l=t.runs(i.step).map(d=>o.answer(d,i.step,a)),c=js(o,i.step,a,l),u=Ls(t,i.step,a),p=o.labels[i.step];return h`<div class="flip">
    <p>
      <${pt} side=${t} at=${n} />: ${" "}
      <button type="button" class="plain-button" onClick=${()=>y({s:i.step})}>
        update ${i.step}
      </button>
      ${" "}<bdi>${p}</bdi> ${zl(i)}
      ${" "}<b class=${`said-${A[i.after]}`}>${A[i.after]}</b>.
      ${u!==null&&` The update rehearsed it in ${u.times} of ${kt(u.runs,"run")}.`}
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
  </div>`}var oo=300;function Xl(e){et(()=>{let t=n=>{n.key==="Escape"&&n.target.type!=="search"&&y({k:null})};return e.current.focus({preventScroll:!0}),document.addEventListener("keydown",t),()=>{document.removeEventListener("keydown",t),document.getElementById("facts-grid")?.focus({preventScroll:!0})}},[])}function Hs({now:e}){let{block:t,selection:n}=e,{k:o,s:r}=n,s=Kt(null),a=["a","b"].map(u=>F(e,u)).filter(u=>u!==null);Xl(s),et(()=>{s.current.scrollTop=0},[o]);let i=t.subject(o),l=t.object(r,o),c=Cs(t,r,o);return h`<div
    class="drawer"
    role="dialog"
    aria-labelledby="drawer-title"
    tabindex="-1"
    ref=${s}
  >
    <header>
      <h2 id="drawer-title">
        <${U} of=${i} most=${oo} />${" "}
        <${U} of=${t.relation(o)} class="relation" />${" "}
        ${l!==null&&h`<${U} of=${l} class="object" most=${oo} />`}
      </h2>
      <${Kl} fact=${o} />
    </header>
    ${i.length>oo&&h`<p class="note">The subject has ${i.length.toLocaleString("en")} characters.</p>`}
    ${c.length>0&&h`<p class="older">
      <span class="term">Superseded:</span>${" "}
      ${c.map(u=>h`<${U} of=${se(u,80)} />`)}
    </p>`}
    <${Ds} now=${e} sides=${a} />
    <${Os} now=${e} sides=${a} />
    <${ws} now=${e} sides=${a} />
  </div>`}function Kl({fact:e}){let t=At.value,n=t.indexOf(e),o=r=>y({k:t[r]});return h`<div class="drawer-moves">
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
  </div>`}function Is(e,t,{rows:n,columns:o,page:r}){let{row:s,column:a}=e,i=n-1,l=(p,d,f)=>Math.max(d,Math.min(f,p)),c=(p,d)=>({row:l(p,-1,i),column:l(d,0,o-1)}),u=t.ctrlKey||t.metaKey;switch(t.key){case"ArrowDown":return c(s+1,a);case"ArrowUp":return c(s-1,a);case"ArrowRight":return c(s,a+1);case"ArrowLeft":return c(s,a-1);case"PageDown":return c(Math.max(s,0)+r,a);case"PageUp":return c(s<0?s:Math.max(0,s-r),a);case"Home":return c(u?i<0?-1:0:s,0);case"End":return c(u?i:s,o-1);default:return null}}function qs(e,t,{rowHeight:n,height:o}){if(e<0)return t;let r=e*n;return r<t?r:r+n>t+o?r+n-o:t}var ro=5,Ws=34,so={one:34,two:52,narrow:88},ao=globalThis.matchMedia?.("(max-width: 46rem)");function Jl(e){return ao?.matches?so.narrow:e.b>=0?so.two:so.one}function Zl(e){let[t,n]=G(600),[,o]=G(0);return et(()=>{let r=new ResizeObserver(()=>n(e.current?.clientHeight??600));r.observe(e.current);let s=()=>o(a=>a+1);return ao?.addEventListener("change",s),()=>{r.disconnect(),ao?.removeEventListener("change",s)}},[]),t}function Gs(){let e=Ke.value,t=At.value,{selection:n}=e,o=P.value.selection.k,r=Kt(null),[s,a]=G(0),[i,l]=G({row:0,column:0}),c=Zl(r),u=Jl(n),p=Math.max(u,c-Ws);Zo(()=>{s>0&&(r.current.scrollTop=0),a(0);let b=Math.min(0,t.length-1,i.row);b!==i.row&&l({...i,row:b})},[t]);let d=b=>{l(b);let x=qs(b.row,r.current.scrollTop,{rowHeight:u,height:p});x!==r.current.scrollTop&&(r.current.scrollTop=x),a(x)};et(()=>{let b=o===null?-1:t.indexOf(o);b>=0&&b!==i.row&&d({...i,row:b})},[o,t]);let f=b=>{if(b.key==="Enter"||b.key===" ")i.row<0?Vs(It[i.column].sort,n):i.row<t.length&&y({k:t[i.row]});else{let x=Math.max(1,Math.floor(p/u)-1),E=Is(i,b,{rows:t.length,columns:It.length,page:x});if(E===null)return;d(E)}b.preventDefault()},m=b=>{let x=Number(b.target.closest("[data-place]")?.dataset.place??-1);x<0||(l({row:x,column:0}),y({k:t[x]}))},$=Math.max(0,Math.floor(s/u)-ro),_=Math.min(t.length,Math.ceil((s+p)/u)+ro),g=[];for(let b=$;b<_;b++)g.push(b);let v=Math.ceil(p/u)+2*ro+1;return h`<div
    class=${`facts-grid${n.b>=0?" two":""}`}
    id="facts-grid"
    role="grid"
    aria-label="Facts"
    aria-rowcount=${t.length+1}
    aria-colcount=${It.length}
    aria-activedescendant=${`cell-${i.row}-${i.column}`}
    tabindex="0"
    style=${{height:`min(72vh, 46rem, ${Ws+2+Math.max(1.2,t.length)*u}px)`}}
    ref=${r}
    onKeyDown=${f}
    onScroll=${b=>a(b.currentTarget.scrollTop)}
  >
    <div role="rowgroup" class="facts-head">
      <${Ql} selection=${n} cursor=${i} />
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
          column=${i.row===b?i.column:null}
          open=${o===t[b]}
        />`)}
      ${t.length===0&&h`<p class="nothing-listed">No fact passes the filters.</p>`}
    </div>
  </div>`}function Ql({selection:e,cursor:t}){return h`<div role="row" aria-rowindex="1" class="fact-row">
    ${It.map(({name:n,title:o,sort:r},s)=>{let a=t.row===-1&&t.column===s;return h`<div
        role="columnheader"
        id=${`cell--1-${s}`}
        class=${`cell-${n}${a?" cursor":""}`}
        aria-sort=${tc(r,e)}
        onClick=${()=>Vs(r,e)}
      >
        ${o(e)}<span class="arrow" aria-hidden="true"></span>
      </div>`})}
  </div>`}function tc(e,t){return t.sort===e?"ascending":t.sort===`-${e}`?"descending":"none"}function Vs(e,t){t.sort===e?y({sort:`-${e}`}):y({sort:t.sort===`-${e}`?null:e})}var qt=class extends z{componentDidCatch(t){this.setState({failed:this.props.of,why:t.message})}render({of:t,children:n}){let{failed:o,why:r}=this.state;return o===void 0||o!==t?n:h`<p class="note" role="alert">This part could not be drawn: ${r}.</p>`}};function zs(){if(P.value===null)return h`<p class="note" role="status">Reading the facts…</p>`;let e=P.value;if(e.block.facts===0)return null;let t=JSON.stringify(e.selection);return h`
    <${qt} of=${t}><${Ts} /><//>
    <section class="facts" aria-labelledby="facts-title">
      <h2 id="facts-title">Facts</h2>
      <${ec} block=${e.block} />
      <${qt} of=${t}>
        <${nc} now=${e} />
        <${Gs} />
      <//>
      <${ac} />
    </section>
    <${qt} of=${t}>
      ${e.selection.k!==null&&h`<${Hs} now=${e} />`}
    <//>
  `}function ec({block:e}){let{sampled:t,notes:n}=e.header,o=[...n??[]];return t&&o.push(`${kt(t.of,"fact")} in the runs. ${t.how}`),o.map(r=>h`<p class="note">${r}</p>`)}function nc({now:e}){let{block:t,selection:n}=e,o=At.value.length,r=o===t.facts;return h`<div class="facts-summary">
      <p class="facts-count" role="status">
        <b>${kt(o,"fact")}</b>${r?"":` of ${t.facts.toLocaleString("en")}`}, at
        ${" "}<b>${n.s===0?"the base":`update ${n.s}`}</b>
        ${" "}<bdi>${t.labels[n.s]}</bdi>
      </p>
      <${rc} selection=${n} />
    </div>
    <${Mr} now=${e} />
    <div class="tallies">
      ${["a","b"].map((s,a)=>{let i=F(e,s);return i&&h`<${oc} side=${i} at=${a} counts=${Ps.value[s]} now=${e} />`})}
    </div>`}function oc({side:e,at:t,counts:n,now:o}){let r=t===0?"":"b.",s=A.filter(i=>i!=="none"&&n[i]>0),a=o.selection.state;return h`<div class="tally-line" role="group" aria-label=${`States of ${e.name}`}>
    <span class="tally-name"><${pt} side=${e} at=${t} /></span>
    ${s.map(i=>{let l=r+i,c=a?.length===1&&a[0]===l;return h`<button
        type="button"
        class="tally-count"
        aria-pressed=${c}
        onClick=${()=>y({state:c?null:[l],k:null})}
      >
        <${ae} state=${i} /> ${n[i].toLocaleString("en")} ${i}
      </button>`})}
  </div>`}function rc({selection:e}){let n=Us.filter(({name:o})=>e.b>=0||!o.startsWith("b")).flatMap(({name:o,title:r})=>[{value:o,text:`${r}, ${o.length===1?"worst first":"ascending"}`},{value:`-${o}`,text:`${r}, ${o.length===1?"best first":"descending"}`}]);return h`<label class="pick"
    ><span>Sort by</span>
    <select
      value=${e.sort??""}
      onChange=${o=>y({sort:o.currentTarget.value||null})}
    >
      <option value="">order of the stream</option>
      ${n.map(({value:o,text:r})=>h`<option value=${o}>${r}</option>`)}
    </select></label
  >`}var sc={right:"all wordings right",partly:"some wordings right",outdated:"a superseded object",wrong:"wrong",future:"not taught yet",forgotten:"erased, not produced",produced:"erased, still produced",resurfaced:"erased, produced again"};function ac(){return h`<ul class="state-legend">
    ${Object.entries(sc).map(([e,t])=>h`<li><${ae} state=${e} /> ${t}</li>`)}
    <li>
      Strip: one mark a step, A above B; the band is the step shown. Margin: mean log-probability of
      the object over that of the outdated one, in nats; without an outdated object, its
      log-probability.
    </li>
  </ul>`}function Ys(e){let t=I(()=>{P.value!==null&&(requestAnimationFrame(()=>{setTimeout(()=>{e.dataset.ready=String(Math.round(performance.now()))},0)}),queueMicrotask(()=>t()))})}function ic(e=document){let t=matchMedia("(prefers-reduced-motion: reduce)").matches;e.querySelector(".facts")?.scrollIntoView({block:"start",behavior:t?"auto":"smooth"})}function Xs(e){e.addEventListener("click",t=>{t.target.closest?.("a[href^='#']")?.getAttribute("href").includes("=")&&setTimeout(()=>ic(e),0)})}var Ks=new Set;async function lc(e){if(Ks.has(e))return;Ks.add(e);let t=document.getElementById(`cltool-facts-${e}`);if(t===null)return;let n=await Cr(t.textContent);t.remove(),Oe.value=new Map(Oe.value).set(e,n),setTimeout(()=>n.texts.searchable(),1e3)}async function cc(){if(typeof DecompressionStream!="function")return;if(mr(window),document.querySelector("[id^=cltool-facts-]")===null){st.value=JSON.parse(await Et(document)),Kn(document,Ar);return}Xs(document),I(()=>{lc(D.value.g??0)}),st.value=JSON.parse(await Et(document)),dn(gt(Er),document.getElementById("cltool-bar"));let e=document.getElementById("cltool-view");dn(gt(zs),e);for(let t of document.querySelectorAll(".fact-place"))e.before(t);Kn(document,An),Ys(document.documentElement)}cc();})();
