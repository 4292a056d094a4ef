// The pages that CAPTCHA and Challenge answer a browser with. The browser works out the solution, puts the token in a cookie and asks
// again. No resource of anybody else is loaded, and nothing of the request is in the page.

import { type IssuedPuzzle, PROOF_BITS, TOKEN_COOKIE } from './challenge-tokens.ts';

/** The hash is in the page: browsers have crypto.subtle only behind TLS. */
const SHA256 = `function sha(s){var K=[],H=[],n=0,c={},i,j;for(i=2;n<64;i++){if(!c[i]){for(j=i*i;j<313;j+=i)c[j]=1;
if(n<8)H[n]=Math.pow(i,.5)*4294967296|0;K[n++]=Math.pow(i,1/3)*4294967296|0}}
var l=s.length*8,w=[];for(s+='\\x80';s.length%64-56;)s+='\\0';for(i=0;i<s.length;i++)w[i>>2]|=s.charCodeAt(i)<<((3-i)%4)*8;
w.push(l/4294967296|0,l|0);for(j=0;j<w.length;){var v=w.slice(j,j+=16),h=H.slice();
for(i=0;i<64;i++){var a=v[i-15],b=v[i-2],e=h[4],f=h[0];
var t=h[7]+(r(e,6)^r(e,11)^r(e,25))+(e&h[5]^~e&h[6])+K[i]+(v[i]=i<16?v[i]:v[i-16]+(r(a,7)^r(a,18)^a>>>3)+v[i-7]+(r(b,17)^r(b,19)^b>>>10)|0);
h=[t+((r(f,2)^r(f,13)^r(f,22))+(f&h[1]^f&h[2]^h[1]&h[2]))|0].concat(h);h[4]=h[4]+t|0;h.length=8}
for(i=0;i<8;i++)H[i]=H[i]+h[i]|0}return H[0]>>>0}function r(x,n){return x>>>n|x<<32-n}`;

export function challengePage({ token }: IssuedPuzzle, immunitySeconds: number): string {
  return page(
    'Checking your browser',
    '<p id="m">One moment …</p>',
    `${SHA256}
var t=${JSON.stringify(`${token}.`)},n=0;function go(){for(var e=n+2000;n<e;n++)if(sha(t+n.toString(36))>>>${32 - PROOF_BITS}===0)return done(t+n.toString(36));
setTimeout(go)}go();`,
    immunitySeconds,
  );
}

export function captchaPage({ token, digits }: IssuedPuzzle, immunitySeconds: number): string {
  return page(
    'Let us confirm you are human',
    `${drawing(digits)}<form id="f"><label>Type the digits you see <input id="i" inputmode="numeric" autocomplete="off" autofocus></label>
<button>Confirm</button></form><p id="m"></p>`,
    `document.getElementById('f').onsubmit=function(e){e.preventDefault();done(${JSON.stringify(`${token}.`)}+document.getElementById('i').value.replace(/\\D/g,''))};`,
    immunitySeconds,
  );
}

function page(title: string, body: string, script: string, immunitySeconds: number): string {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:15vh auto;padding:0 1rem;color:#222}input,button{font:inherit;padding:.3rem .6rem}
svg{display:block;background:#f2f2f2;margin:1rem 0}h1{font-size:1.3rem}</style></head>
<body><h1>${title}</h1>${body}<noscript>This page needs JavaScript.</noscript>
<script>function done(v){document.cookie='${TOKEN_COOKIE}='+v+'; path=/; max-age=${immunitySeconds}; SameSite=Lax';
if(document.cookie.indexOf('${TOKEN_COOKIE}=')<0)document.getElementById('m').textContent='Cookies are needed.';else location.reload()}
${script}</script></body></html>`;
}

/** Strokes of the digits on a grid of 2 by 4. */
const strokes: readonly string[] = [
  '0,0 2,0 2,4 0,4 0,0',
  '0,1 1,0 1,4',
  '0,1 1,0 2,1 0,4 2,4',
  '0,0 2,0 1,2 2,3 1,4 0,4',
  '2,4 2,0 0,3 3,3',
  '2,0 0,0 0,2 2,2 2,4 0,4',
  '2,0 0,1 0,4 2,4 2,2 0,2',
  '0,0 2,0 1,4',
  '0,2 0,0 2,0 2,2 0,2 0,4 2,4 2,2',
  '2,2 0,2 0,0 2,0 2,3 0,4',
];

/** As lines, each a little off its place: the digits are nowhere in the text of the page. */
function drawing(digits: string): string {
  const off = (): number => Math.random() * 6 - 3;
  const lines = [...digits].map((digit, at) => {
    const points = (strokes[Number(digit)] as string).split(' ').map((point) => {
      const [x = 0, y = 0] = point.split(',').map(Number);
      return `${(20 + at * 38 + x * 11 + off()).toFixed(1)},${(18 + y * 11 + off()).toFixed(1)}`;
    });
    return `<polyline points="${points.join(' ')}"/>`;
  });
  const noise = Array.from({ length: 3 }, () => {
    const y = (): string => (Math.random() * 80).toFixed(1);
    return `<polyline points="0,${y()} 130,${y()} 260,${y()}" stroke-width="1"/>`;
  });
  return `<svg width="260" height="80" role="img" aria-label="six digits"><g fill="none" stroke="#333" stroke-width="3">${lines.join('')}${noise.join('')}</g></svg>`;
}
