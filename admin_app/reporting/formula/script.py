"""Blocks → an ES module for the browser. No eval, no imports: an immutable file under a strict CSP."""

import json
from collections.abc import Iterator
from typing import Any

from .blocks import Block
from .form import Form
from .places import Places
from .render import JAVASCRIPT, Renderer, Run, runs

PIECE = 50
PRELUDE = """
const rnd=(x,p)=>{let a=Math.abs(x*p);if(!(a<4503599627370496))return x;
a=Math.floor(a<8796093022208?a+.5+a*(1/1125899906842624):a+.5)/p;return x<0&&a!==0?-a:a};
const div=(a,b)=>b!==0?a/b:NaN,floor=x=>Math.abs(x)<4503599627370496?Math.floor(x):x;
const low=(a,b)=>a<b?a:b,high=(a,b)=>a>b?a:b,differ=(a,b)=>a<b||a>b,some=(a,k,b)=>k&&a===a?a:b;
const total=(v,a,n,q)=>{let s=0;for(let j=0;j<n;j++)s+=v[a+j*q];return s};
const any=(m,a,n,q)=>{for(let j=0;j<n;j++)if(m[a+j*q])return 1;return 0};
const set=(v,m,t,x,k)=>{if(x===x){v[t]=x;m[t]=k}else{v[t]=0;m[t]=0}};
""".strip()
EPILOGUE = """
export function calc(v,m){for(const part of calcParts)part(v,m)}
export function check(v,m){const found=[],fail=(rule,slot,left,op,right)=>{found.push({id:rules[rule][0],
severity:rules[rule][1],text:rules[rule][2],slot,left,op,right,
uncomputable:left!==left||right!==right})};for(const part of checkParts)part(v,m,fail);return found}
export function applies(v,m){const says=conditions(v,m);return Object.fromEntries(conditional.map((code,i)=>[code,says[i]]))}
export const quantise=(slot,x)=>rnd(x,10**Number(decimals[slot]));
export const section=slot=>{let low=0,high=sections.length-1;while(low<high){const mid=(low+high+1)>>1;
if(sections[mid][1]<=slot)low=mid;else high=mid-1}return sections[low]};
const maps=new Map;
const map=s=>{if(!maps.has(s)){const rows=s[2].split(' '),columns=s[3].split(' '),n=columns.length,found=new Map,list=[];
let at=0,slot=s[1];s[4].forEach((count,i)=>{for(let j=0;j<count;j++,at++)if(i%2===0){
const name=[s[0],rows[Math.floor(at/n)],columns[at%n]].join('/');list.push(name);found.set(name,slot++)}});
maps.set(s,[list,found])}return maps.get(s)};
export const address=slot=>{const s=section(slot);return map(s)[0][slot-s[1]]};
export const slot=name=>{const s=sections.find(s=>s[0]===name.slice(0,name.indexOf('/')));return s&&map(s)[1].get(name)};
""".strip()


def build(form: Form, places: Places, formulas: list[Block], rules: list[Block], conditions: list[Block], digest: str) -> str:
    """The module's text. See docs/forms.md, “In the browser”, for what it exports."""
    return "\n".join(_module(form, places, formulas, rules, conditions, digest))


def _module(
    form: Form, places: Places, formulas: list[Block], rules: list[Block], conditions: list[Block], digest: str
) -> Iterator[str]:
    yield f"// {digest}\nexport const digest='{digest}',size={places.size};\n{PRELUDE}"
    yield f"const rules={_json([[check.id, check.severity, check.text] for check in form.checks])};"
    yield f"export const sections={_json(list(_sections(places)))};"
    yield f"const decimals='{''.join(map(str, places.decimals))}';"
    yield f"const conditional={_json([section.code for section in form.sections if section.condition])};"
    yield from _pieces("c", "v,m", [_formula(block) for block in formulas])
    yield from _pieces("k", "v,m,fail", [_rule(block) for block in rules])
    yield f"const calcParts=[{_names('c', len(formulas))}],checkParts=[{_names('k', len(rules))}];"
    truths = [Renderer(block, ScriptLeaves(block), JAVASCRIPT)(block.form[0]) for block in conditions]
    yield f"const conditions=(v,m)=>[{','.join(f'!!{truth}' for truth in truths)}];\n{EPILOGUE}\n"


def _json(value: Any) -> str:
    """JSON that is also JavaScript and can't close a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _sections(places: Places) -> Iterator[list[Any]]:
    """Code, first slot, rows, columns, and how many cells in turn have and don't have a slot."""
    for place in places.sections:
        lengths, has = [0], True
        for slot in place.slots:
            if (slot >= 0) != has:
                lengths.append(0)
                has = not has
            lengths[-1] += 1
        yield [place.code, place.first, " ".join(place.rows), " ".join(place.columns), lengths]


def _names(letter: str, count: int) -> str:
    return ",".join(f"{letter}{at}" for at in range(0, count, PIECE))


def _pieces(letter: str, params: str, statements: list[str]) -> Iterator[str]:
    for at in range(0, len(statements), PIECE):
        yield f"function {letter}{at}({params}){{let l,r;\n" + "\n".join(statements[at : at + PIECE]) + "}"


class ScriptLeaves:
    """Leaves are subscripts in the loop's variables ``o`` and ``i``."""

    def __init__(self, block: Block) -> None:
        self.block = block

    def index(self, leaf: int) -> str:
        block = self.block
        outer = f"{block.outer_step[leaf]:+}*o" if block.outer > 1 and block.outer_step[leaf] else ""
        inner = f"{block.inner_step[leaf]:+}*i" if block.inner > 1 and block.inner_step[leaf] else ""
        return f"{block.start[leaf]}{outer}{inner}".replace("+1*", "+")

    def value(self, leaf: int) -> str:
        return f"v[{self.index(leaf)}]"

    def total(self, run: Run) -> str:
        return f"total(v,{self.index(run.leaf)},{run.count},{run.stride})"

    def known(self, runs: list[Run]) -> str:
        parts = [
            f"any(m,{self.index(run.leaf)},{run.count},{run.stride})" if run.count > 1 else f"m[{self.index(run.leaf)}]"
            for run in runs
        ]
        return f"({'|'.join(parts)})" if parts else "1"

    def loop(self, body: str) -> str:
        block = self.block
        outer = f"for(let o=0;o<{block.outer};o++)" if block.outer > 1 else ""
        inner = f"for(let i=0;i<{block.inner};i++)" if block.inner > 1 else ""
        return f"{outer}{inner}{{{body}}}" if outer or inner else body


def _formula(block: Block) -> str:
    leaves = ScriptLeaves(block)
    text = Renderer(block, leaves, JAVASCRIPT, 1)(block.form[0])
    known = leaves.known(list(runs(block, 1, len(block.start) - 1)))
    target = leaves.index(0)
    if block.form[1]:
        return leaves.loop(f"set(v,m,{target},{text},{known});")
    return leaves.loop(f"v[{target}]={text};m[{target}]={known};")


def _rule(block: Block) -> str:
    condition, sign, left, right, jump, flags, count = block.form
    leaves = ScriptLeaves(block)
    render = Renderer(block, leaves, JAVASCRIPT)
    tests = [render(condition)] if condition is not None else []
    if sign:
        a, b = render(left), render(right)
        tests.append(f"!{JAVASCRIPT[sign].format(f'(l={a})', f'(r={b})')}")
    else:
        tests.append(f"!{render(left)}")
    if sign and "n" in flags:
        tests.append("l===l&&r===r")
    if "k" in flags:
        tests.append(leaves.known(list(runs(block, 0, count))))
    sides = f"l,'{sign}',r" if sign else "null,'',null"
    return leaves.loop(f"if({'&&'.join(tests)})fail({block.owner},{leaves.index(jump)},{sides});")
