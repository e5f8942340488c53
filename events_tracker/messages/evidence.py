"""What a recount found, in words; and the README.txt of a pack, for those it is handed to."""

from collections import Counter
from collections.abc import Sequence

from events_tracker.base.text import many, visible
from events_tracker.base.times import Instant, utc
from events_tracker.messages.words import Language
from events_tracker.model.evidence import Evidence, Proof, Recount, Verdict

_ENGLISH = {
    Verdict.SAME: "as stored",
    Verdict.MORE: "{more} arrived after it opened",
    Verdict.EXPLAINED: "{fewer} fewer count today: {why}",
    Verdict.FEWER: "{fewer} fewer than were counted, and nothing explains it",
    Verdict.NOTHING_ANSWERED: "Segware answered nothing for this span",
    Verdict.NOT_EVENTS: "it counted alerts, not events",
    Verdict.NO_RULE: "its rule was changed before versions were kept: it cannot be counted again",
}
_RAISED = "{raised} carry a code that the tracker raises itself"
_CLOSED = "{closed} of an occurrence closed since"

_SUMMARY = {
    Verdict.SAME: "igual ao registrado",
    Verdict.MORE: "maior que o registrado: eventos que chegaram depois da abertura",
    Verdict.EXPLAINED: "menor, com explicação: ocorrência fechada depois, ou código deste sistema",
    Verdict.FEWER: "MENOR que o registrado, sem explicação",
    Verdict.NOTHING_ANSWERED: "a Segware não respondeu evento algum para o período",
    Verdict.NOT_EVENTS: "de alarmes que contam alertas, e não eventos: nada a recontar",
    Verdict.NO_RULE: "a regra da época não foi guardada: não pôde ser recontado",
}


def difference(found: Recount) -> str:
    """Say in English how today's count compares with the stored one."""
    change = (found.today or 0) - found.alert.quantity
    why = [_CLOSED.format(closed=found.closed)] if found.closed else []
    why += [_RAISED.format(raised=found.raised)] if found.raised else []
    return _ENGLISH[found.verdict].format(more=change, fewer=-change, why=" and ".join(why))


def summary(found: Sequence[Recount]) -> str:
    """Say in English how many alerts were counted again, and what came of it."""
    if not found:
        return "no alert in this span"
    each = Counter(one.verdict for one in found)
    number = many(len(found), "alert")
    if len(found) == 1:
        return f"{number}, counted again: {difference(found[0])}"
    words = {
        Verdict.SAME: "as stored",
        Verdict.MORE: "with more today",
        Verdict.EXPLAINED: "with fewer, explained",
        Verdict.FEWER: "with FEWER, not explained",
        Verdict.NOTHING_ANSWERED: "that Segware answered nothing for",
        Verdict.NOT_EVENTS: "that counted alerts, not events",
        Verdict.NO_RULE: "without the rule of then",
    }
    told = ", ".join(f"{each[verdict]} {text}" for verdict, text in words.items() if each[verdict])
    return f"{number}, counted again: {told}"


_README = """\
EVIDÊNCIAS DA CONTA {account}

Período: de {since}
         a  {until}
Reunidas em {at}
pelo Events Tracker {version}. Nos arquivos, os horários são UTC (terminam em Z).

RESULTADO DA RECONTAGEM
{verdicts}

O QUE HÁ AQUI, E O QUE PROVA
  entries.json     os alertas como estão no registro: o que foi contado, quando abriu,
  entries.csv      quando e por que acabou, e o arquivo da regra de cada um
  rule-N.json      a regra que valia: prova por que o alerta abriu. Com que número a
                   conta foi comparada diz "threshold" do alerta: o da regra, ou um
                   próprio da conta, se ela era uma exceção
  recount.json     os eventos de cada alerta contados de novo, hoje, na Segware:
                   prova que o registro não inventou eventos
  counts.csv       os eventos da conta por trecho de tempo, CUC e código; "origin"
                   diz se foram lidos agora (segware), se são de uma leitura anterior
                   (memory) ou das contagens guardadas (kept), que de armes e desarmes
                   têm só a soma da hora (openings)
  deliveries.json  quem foi avisado, por qual canal, quando, e com que resultado
                   (endereços abreviados)
  runs.csv         as leituras feitas no período: prova que se vigiava
{records}  MANIFEST.sha256  o SHA-256 de cada arquivo

O QUE NÃO PROVA
  - A hora exata de um evento: a Segware não a informa. Sabe-se apenas o trecho de
    tempo em que ele veio.
  - Qual evento é qual: eventos não têm número conhecido, só podem ser contados.
  - O que aconteceu no local: um evento diz o que o painel transmitiu.
  - Que não houve mais eventos: podem chegar atrasados, e um painel sem comunicação
    não transmite nada.
  - Que um aviso foi lido: apenas que o provedor do canal o aceitou.
  - Quem fez estes arquivos: os SHA-256 mostram que nada mudou desde que foram
    anotados. Ao entregar os arquivos, anote em outro lugar o do MANIFEST.sha256.

COMO CONFERIR
  Extraia tudo em uma pasta e, nela:   sha256sum -c MANIFEST.sha256
  No Windows, arquivo por arquivo:     certutil -hashfile entries.json SHA256

CUIDADO
  {presence}
  Entregue estes arquivos somente a quem tem direito de saber.
"""
_RECORDS = """\
  records.jsonl    os eventos da conta exatamente como a Segware os enviou, cada um
                   com o trecho de tempo em que veio
"""
_ARMED = "counts.csv diz quando o local foi armado e desarmado, e quando fica vazio."
_ARMED_RECORDS = (
    "records.jsonl e counts.csv dizem quando o local foi armado e desarmado, e quando\n"
    "  fica vazio."
)


def readme(proof: Proof, language: Language, *, records: bool, version: str) -> str:
    """Write README.txt, in Portuguese whatever language messages speak: it is for the client."""
    evidence = proof.evidence
    each = Counter(one.verdict for one in proof.recounts)
    verdicts = [f"  {each[one]:>4}  {text}" for one, text in _SUMMARY.items() if each[one]]
    silent = [
        f"  A Segware nada respondeu, de conta alguma, de {_time(span.start, language)}\n"
        f"  a {_time(span.end, language)}: desse tempo nada se sabe."
        for span in proof.silent
    ]
    return _README.format(
        account=_account(evidence),
        since=_time(evidence.span.start, language),
        until=_time(evidence.span.end, language),
        at=_time(evidence.at, language),
        version=version,
        verdicts="\n".join([*(verdicts or ["  nenhum alerta aberto no período"]), *silent]),
        records=_RECORDS if records else "",
        presence=_ARMED_RECORDS if records else _ARMED,
    )


def _time(at: Instant, language: Language) -> str:
    return f"{language.time(at)} {utc(at).astimezone(language.zone):%z}"


def _account(evidence: Evidence) -> str:
    facts = evidence.account
    named = [facts.account_code or str(evidence.account_id), facts.trade_name or ""]
    of = f" ({visible(facts.company)})" if facts.company else ""
    return visible(" ".join(filter(None, named))) + of
