#!/usr/bin/env python3
"""Writes contracts with labels by construction: 456 Dutch and 100 English ones, born digital, for calibration.

    python3 sample-docs/generate.py FOLDER      (needs what make.py needs)
    griffie rules calibrate REAL… FOLDER        or: griffie rules stats FOLDER

Each family has a set of wordings, a layout and a typeface of its own; two families may share one sentence, never the
set, and calibration leaves whole families out. What one document of a family differs in from the next: parties, dates, amounts, which clauses are there and in
which order, how numbers are written, and decoys (other periods, dates and amounts). The families in families.py are
whole contracts with places to fill in: tables, letters, policies, deeds and forms. Figures over these contracts
flatter, since whoever wrote the rules could have written the wordings; griffie lets them say little (`MADE_UP`).
The same contracts come out each time. All names are invented; no trade register number is in use (they start with 00).
"""
import datetime as dt
import json
import pathlib
import random
import sys

from families import FAMILIES
from make import typeset

NL_MONTHS = "januari februari maart april mei juni juli augustus september oktober november december".split()
EN_MONTHS = "January February March April May June July August September October November December".split()
NL_NUMBERS = "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf".split()
EN_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
PLACES = "Meppel Zutphen Deventer Weert Goes Sneek Hoorn Tiel Venray Assen Kampen Oss Veere Winschoten".split()
STREETS = ["Kerkstraat", "Industrieweg", "Stationsplein", "Havenkade", "Molenweg", "Raadhuisplein"]
FIRST = ["Helder", "Noorder", "Vecht", "Duin", "Polder", "Linden", "Zonne", "Rijn", "Kromme", "Delta", "Wester"]
SECOND = ["licht", "bouw", "groen", "wonen", "zorg", "data", "vast", "techniek", "stroom", "mark", "haven"]
PEOPLE = ["de heer J. van Dalen", "mevrouw A.M. de Wit", "de heer P.J. Hoekstra", "mevrouw S. Bakker", "mevrouw mr. L. Vos"]
EN_PEOPLE = ["Anna Whitcombe", "Peter Lindqvist", "Maria Gale", "John Ferrars", "Ruth Okafor"]


def day_after(start, months):
    """The day on which a term of so many months is over."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = [31, 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return dt.date(year, month + 1, min(start.day, last[month]))


class Contract:
    """What one contract says: chosen at random, and the label that follows."""

    def __init__(self, rng, english, kind, signed_in=(1996, 2024)):
        self.rng, self.english, self.kind = rng, english, kind
        self.signed = dt.date(rng.randint(*signed_in), rng.randint(1, 12), rng.randint(1, 28))
        start = self.signed + dt.timedelta(days=rng.choice([0, 3, 9, 17, 34, 61]))
        self.start = start if rng.random() < 0.4 else day_after(start.replace(day=1), 1)
        self.years = rng.random() < 0.75
        self.months = 12 * rng.choice([1, 2, 3, 4, 5]) if self.years else rng.choice([6, 18, 30, 36])
        self.end = day_after(self.start, self.months) - dt.timedelta(days=1)
        self.renewal = rng.choice(["tacit", "tacit", "option", "none", None])
        self.renew_years = rng.choice([1, 1, 2])
        self.notice = rng.choice([1, 2, 3, 3, 6, 12])
        self.has_notice = self.renewal == "tacit" or rng.random() < 0.3
        self.conflict = self.has_notice and rng.random() < 0.05
        self.blank_signature = rng.random() < 0.06
        self.amount = rng.randint(40, 9000) * 50
        self.per = rng.choice(["year", "total", "month"])
        self.reference = rng.choice([None, f"{self.signed.year}/{rng.randint(100, 9999)}", f"K-{rng.randint(10000, 99999)}",
                                     f"{self.signed:%y}.{rng.randint(1, 999):03d}"])
        self.style = rng.choice(["word", "figure", "both"])
        self.parties = []

    # ---- how values are written
    def date(self, day):
        if self.english:
            return f"{day.day} {EN_MONTHS[day.month - 1]} {day.year}"
        return f"{day.day} {NL_MONTHS[day.month - 1]} {day.year}"

    def number(self, n, other=None):
        word = (EN_NUMBERS if self.english else NL_NUMBERS)[n] if n <= 12 else str(n)
        if other is not None:
            return f"{word} ({other})"
        return {"word": word, "figure": str(n), "both": f"{word} ({n})" if n <= 12 else str(n)}[self.style]

    def period(self, months, other=None):
        if months % 12 == 0 and months > 12 or months == 12 and self.rng.random() < 0.5 and other is None:
            n = months // 12
            unit = ("year" if n == 1 else "years") if self.english else "jaar"
            return f"{self.number(n)} {unit}"
        unit = ("month" if months == 1 else "months") if self.english else ("maand" if months == 1 else "maanden")
        return f"{self.number(months, other)} {unit}"

    def term(self):
        return self.period(self.months)

    def notice_period(self):
        return self.period(self.notice, self.notice + 1) if self.conflict else self.period(self.notice)

    def renewed(self):
        return self.period(12 * self.renew_years)

    def money(self):
        return f"{self.amount:,.2f}" if self.english else f"{self.amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")

    def per_words(self):
        nl = {"year": "per jaar", "total": "in totaal", "month": "per maand"}
        return {"year": "per year", "total": "in total", "month": "per month"}[self.per] if self.english else nl[self.per]

    def address(self):
        return f"{self.rng.choice(STREETS)} {self.rng.randint(1, 240)}"

    def company(self):
        stem = self.rng.choice(FIRST) + self.rng.choice(SECOND)
        if self.english:
            return f"{stem} {self.rng.choice(['Systems', 'Holdings', 'Trading', 'Services'])} {self.rng.choice(['Inc.', 'Ltd.', 'LLC', 'B.V.'])}"
        return self.rng.choice([f"{stem} B.V.", f"{stem} Advies B.V.", f"Stichting {stem}", f"{stem} Nederland N.V."])

    def label(self, title, contract_type, court, has_law, states_end):
        iso = lambda months, years: f"P{months // 12}Y" if years else f"P{months}M"
        look = ["notice"] if self.conflict else []
        look += ["signing_date"] if self.blank_signature else []
        renewal = {"tacit": {"kind": "tacit", "period": f"P{self.renew_years}Y", "max_times": None},
                   "option": {"kind": "option", "period": f"P{self.renew_years}Y", "max_times": 1},
                   "none": {"kind": "none", "period": None, "max_times": None}, None: None}[self.renewal]
        against = "end_of_term" if self.renewal == "tacit" else "any_time"
        notice = [{"period": f"P{self.notice}M", "by": "any", "against": against}] if self.has_notice else []
        return {"made_up": True, "language": "en" if self.english else "nl", "title": title,
                "contract_type": contract_type, "reference": self.reference,
                "parties": [{"name": n, "role": r, "kvk": k} for n, r, k in self.parties],
                "signing_date": None if self.blank_signature else self.signed.isoformat(),
                "effective_date": self.start.isoformat(), "end_date": self.end.isoformat(),
                "term": None if states_end else iso(self.months, self.years), "renewal": renewal, "notice": notice,
                "value": {"amount": f"{self.amount}.00", "currency": "USD" if self.english else "EUR", "per": self.per},
                "governing_law": ("US-NY" if self.english else "NL") if has_law else None, "court": court,
                "relates_to": None, "needs_review": look}


# Wordings in the order of the families, which go round where a list is shorter; {braces} name what the contract fills in.
NL = {
    "opening": [
        "De ondergetekenden:|{A}, zetelend te {pa}, ten deze vertegenwoordigd door {man}, hierna te noemen: {ra},|en|{B}, gevestigd te {pb} aan de {adr}, ingeschreven bij de Kamer van Koophandel onder nummer {kvk}, hierna te noemen: {rb},|verklaren het volgende te zijn overeengekomen:",
        "Ondergetekenden,|1. {A}, gevestigd te {pa}, hierna: “{ra}”, vertegenwoordigd door {man};|2. {B}, statutair gevestigd te {pb}, KvK-nummer {kvk}, hierna: “{rb}”;|komen overeen als volgt:",
        "Partijen:|{A}, te {pa}, verder te noemen “{ra}”;|en|{B}, kantoorhoudende te {pb}, {adr}, handelsregister {kvk}, verder te noemen “{rb}”;|zijn het volgende overeengekomen:",
        "Tussen|{A} te {pa}, vertegenwoordigd door {man} (hierna “{ra}”)|en|{B} te {pb}, ingeschreven in het handelsregister onder nummer {kvk} (hierna “{rb}”)|is de volgende overeenkomst gesloten:",
        "De partijen|a. {A}, gevestigd te {pa}, hierna te noemen {ra}, en|b. {B}, gevestigd te {pb}, ingeschreven in het handelsregister van de Kamer van Koophandel onder dossiernummer {kvk}, hierna te noemen {rb},|overwegende dat partijen hun afspraken willen vastleggen,|komen het volgende overeen:",
        "Partijen bij deze overeenkomst zijn:|{A}, met adres te {pa} ({ra}), rechtsgeldig vertegenwoordigd door {man};|{B}, met adres {adr} te {pb}, KvK {kvk} ({rb}).|Zij spreken af:",
    ],
    "start": [
        "Deze overeenkomst gaat in op {start}.", "De ingangsdatum van deze overeenkomst is {start}.",
        "De overeenkomst treedt in werking op {start}.", "Deze overeenkomst vangt aan op {start}.",
        "De overeenkomst gaat in met ingang van {start}.", "Met ingang van {start} is deze overeenkomst van kracht.",
        "De overeenkomst begint op {start}.", "Aanvangsdatum: {start}.", "Deze overeenkomst loopt vanaf {start}.",
        "Ingangsdatum: {start}.", "De overeenkomst wordt van kracht op {start}.", "Partijen starten de uitvoering op {start}, de ingangsdatum."],
    "term": [
        "Zij wordt aangegaan voor de duur van {term}.", "De looptijd bedraagt {term}.", "De overeenkomst geldt voor een periode van {term}.",
        "Zij is gesloten voor {term}.", "De overeenkomst heeft een looptijd van {term}.", "De contractduur is {term}.",
        "Zij duurt {term}.", "Looptijd: {term}.", "Partijen gaan haar aan voor een tijdvak van {term}.",
        "De initiële looptijd is {term}.", "De duur van de overeenkomst bedraagt {term}.", "De overeenkomst is aangegaan voor bepaalde tijd, te weten {term}."],
    "end": [
        "Zij eindigt van rechtswege op {end}.", "De overeenkomst loopt tot en met {end}.", "De einddatum is {end}.",
        "De overeenkomst eindigt op {end}, behoudens verlenging.", "Zij loopt af op {end}.", "De overeenkomst duurt tot en met {end}.",
        "Op {end} eindigt de overeenkomst.", "Einddatum: {end}.", "De laatste dag van de overeenkomst is {end}.",
        "Zij geldt tot en met {end}.", "De overeenkomst expireert op {end}.", "Het einde van de looptijd valt op {end}."],
    "tacit": [
        "Na afloop wordt zij stilzwijgend verlengd met telkens {renewed}.", "Zonder opzegging wordt de overeenkomst steeds met {renewed} verlengd.",
        "Behoudens opzegging wordt zij stilzwijgend voortgezet voor telkens {renewed}.", "Daarna wordt zij automatisch verlengd met perioden van {renewed}.",
        "Indien geen der partijen opzegt, wordt de overeenkomst stilzwijgend verlengd voor {renewed}.", "De overeenkomst wordt telkens stilzwijgend met {renewed} verlengd.",
        "Na het verstrijken van de looptijd volgt stilzwijgende verlenging met {renewed}.", "Verlenging: stilzwijgend, telkens met {renewed}.",
        "Zij wordt na de looptijd geacht te zijn verlengd met {renewed}, tenzij zij is opgezegd.", "De overeenkomst verlengt zich stilzwijgend met {renewed}.",
        "Vervolgens wordt de overeenkomst voortgezet voor aansluitende perioden van {renewed}.", "Wordt niet opgezegd, dan wordt de overeenkomst met {renewed} verlengd."],
    "option": [
        "{ra} heeft de optie de overeenkomst eenmaal met {renewed} te verlengen.", "De overeenkomst kan door {ra} eenmaal met {renewed} worden verlengd.",
        "{ra} is gerechtigd de overeenkomst één keer te verlengen met {renewed}.", "Er is een optie tot verlenging van één maal {renewed}.",
        "{ra} kan de overeenkomst onder gelijkblijvende voorwaarden eenmaal verlengen met {renewed}.", "{ra} heeft de mogelijkheid de overeenkomst 1 x met {renewed} te verlengen."],
    "none": [
        "Verlenging is niet mogelijk.", "Stilzwijgende verlenging is uitgesloten.", "De overeenkomst wordt niet stilzwijgend verlengd.",
        "Van stilzwijgende verlenging is geen sprake.", "De overeenkomst kan niet worden verlengd.", "Zij wordt na afloop niet verlengd."],
    "notice_end": [
        "Opzegging geschiedt tegen het einde van de looptijd, met inachtneming van een opzegtermijn van {notice}.",
        "Ieder der partijen kan uiterlijk {notice} voor het einde van de looptijd schriftelijk opzeggen.",
        "Partijen kunnen de overeenkomst tegen de einddatum opzeggen met een termijn van ten minste {notice}.",
        "De opzegtermijn bedraagt {notice}; opgezegd wordt tegen het einde van de lopende periode.",
        "Opzegging dient ten minste {notice} vóór de afloop van de overeenkomst bij aangetekende brief plaats te vinden.",
        "Tegen het einde van de termijn kan door elke partij worden opgezegd, mits {notice} tevoren."],
    "notice_any": [
        "Elk der partijen kan de overeenkomst tussentijds opzeggen met een opzegtermijn van {notice}.",
        "De overeenkomst is te allen tijde opzegbaar met inachtneming van een termijn van {notice}.",
        "Partijen mogen op ieder moment opzeggen, met een opzegtermijn van {notice}.",
        "Tussentijdse opzegging is voor beide partijen mogelijk; de opzegtermijn is {notice}.",
        "Opzegging kan te allen tijde schriftelijk geschieden met een opzegtermijn van {notice}.",
        "Beide partijen kunnen deze overeenkomst op elk moment beëindigen door opzegging met een termijn van {notice}."],
    "price": [
        "De prijs bedraagt € {money} {per}, exclusief btw.", "De vergoeding is € {money} {per} (exclusief btw).",
        "Voor de prestatie is een bedrag van € {money} {per} verschuldigd.", "De totale contractwaarde is vastgesteld op € {money} {per}.",
        "{ra} betaalt een vergoeding van € {money} {per}, te vermeerderen met btw.", "Prijs: € {money} {per}."],
    "law": [
        "Op deze overeenkomst is Nederlands recht van toepassing.", "Deze overeenkomst wordt beheerst door Nederlands recht.",
        "Uitsluitend Nederlands recht is van toepassing.", "Nederlands recht is op deze overeenkomst van toepassing.",
        "Toepasselijk is het Nederlandse recht.", "De overeenkomst is onderworpen aan Nederlands recht."],
    "court": [
        "Geschillen worden voorgelegd aan de bevoegde rechter van de {court}.", "Geschillen worden beslecht door de {court}.",
        "De {court} is bij uitsluiting bevoegd.", "Bevoegd is de {court}.",
        "Geschillen worden uitsluitend voorgelegd aan de {court}.", "Partijen leggen een geschil voor aan de {court}."],
    "decoy": [
        "Facturen worden betaald binnen 30 dagen na ontvangst.", "De geheimhouding duurt voort gedurende vijf jaar na het einde van de overeenkomst.",
        "De aansprakelijkheid is beperkt tot € 1.000.000,00 per gebeurtenis.", "Op 4 april 2011 heeft een bespreking plaatsgevonden, waarvan het verslag bekend is.",
        "Bij overtreding is een boete verschuldigd van € 5.000,00 per dag.", "De garantie geldt voor een periode van twee jaar na levering.",
        "Ingeval van een tekortkoming krijgt de ander een termijn van veertien dagen om die te herstellen.",
        "De tarieven worden jaarlijks per 1 januari aangepast aan het indexcijfer.", "De verzekering dekt ten minste € 2.500.000,00 per jaar."],
    "signed": ["Aldus overeengekomen en in tweevoud ondertekend te {pa} op {signed}.", "Getekend te {pa}, {signed}.",
               "Ondertekend op {signed} te {pb}.", "Aldus opgemaakt en ondertekend te {pa} d.d. {signed}."],
}
EN = {
    "opening": [
        "This Agreement is made on {signed} between:|(1) {A}, whose registered office is at {adr}, {pa} (“{ra}”); and|(2) {B}, whose registered office is in {pb} (“{rb}”).",
        "THIS AGREEMENT is entered into by and between {A}, having its principal office in {pa} (the “{ra}”), and {B}, having its principal office in {pb} (the “{rb}”).",
        "Parties:|{A}, with offices at {adr}, {pa}, hereinafter “{ra}”; and|{B}, with offices in {pb}, hereinafter “{rb}”.",
        "This Agreement, dated {signed}, is between {A}, a company of {pa} (“{ra}”) and {B}, a company of {pb} (“{rb}”)."],
    "start": ["This Agreement commences on {start}.", "This Agreement shall become effective on {start}.",
              "The effective date of this Agreement is {start}.", "This Agreement takes effect on {start}."],
    "term": ["It shall continue for a period of {term}.", "The initial term of this Agreement is {term}.",
             "This Agreement shall remain in force for {term}.", "The term shall be {term} from that date."],
    "end": ["It expires on {end}.", "This Agreement shall terminate on {end}.", "The term ends on {end}.", "It shall remain in force until and including {end}."],
    "tacit": ["It shall renew automatically for successive periods of {renewed} unless terminated.", "Thereafter this Agreement renews automatically for further terms of {renewed}.",
              "Unless notice is given, the term is automatically extended by {renewed}.", "The term shall be automatically renewed for additional periods of {renewed}."],
    "option": ["The {ra} may renew this Agreement once for {renewed}.", "The {ra} has the option to extend the term once by {renewed}."],
    "none": ["This Agreement shall not renew automatically.", "There shall be no renewal of the term."],
    "notice_end": ["Either party may prevent renewal by giving at least {notice} written notice before the end of the term.", "Notice of non-renewal must be given not less than {notice} prior to the end of the term.",
                   "Either party may terminate at the end of the term on {notice} prior written notice.", "Notice must be given at least {notice} before the expiry of the then current term."],
    "notice_any": ["Either party may terminate this Agreement at any time upon {notice} written notice.", "This Agreement may be terminated by either party at any time by giving {notice} notice in writing."],
    "price": ["The fee is USD {money} {per}.", "The price payable is USD {money} {per}, excluding taxes.", "The {ra} shall pay a fee of USD {money} {per}.", "Fees: USD {money} {per}."],
    "law": ["This Agreement shall be governed by the laws of the State of New York.", "This Agreement is governed by and construed in accordance with the laws of the State of New York.",
            "New York law governs this Agreement.", "The laws of the State of New York apply to this Agreement."],
    "court": [],
    "decoy": ["Invoices are payable within 30 days of receipt.", "The obligations of confidentiality survive for five years after termination.",
              "Liability is limited to USD 1,000,000.00 for each event.", "A breach must be cured within fourteen days of written notice.",
              "The warranty runs for two years from delivery.", "Rates may be adjusted on 1 January of each year."],
    "signed": ["Signed on {signed}.", "IN WITNESS WHEREOF the parties have signed this Agreement on {signed}.", "Executed on {signed} by the parties.", "Date: {signed}"],
}
NL_KINDS = [("Overeenkomst van opdracht", "services", "Opdrachtgever", "Opdrachtnemer"), ("Huurovereenkomst", "lease", "Verhuurder", "Huurder"),
            ("Onderhoudsovereenkomst", "maintenance", "Opdrachtgever", "Aannemer"), ("Dienstverleningsovereenkomst", "services", "Opdrachtgever", "Dienstverlener"),
            ("Samenwerkingsovereenkomst", "cooperation", "Gemeente", "Partner"), ("Licentieovereenkomst", "licence", "Licentiegever", "Licentienemer"),
            ("Raamovereenkomst", "framework", "Opdrachtgever", "Leverancier"), ("Sponsorovereenkomst", "sponsorship", "Sponsor", "Gesponsorde"),
            ("Leveringsovereenkomst", "purchase", "Koper", "Leverancier"), ("Pachtovereenkomst", "lease", "Verpachter", "Pachter"),
            ("Verwerkersovereenkomst", "data_processing", "Verwerkingsverantwoordelijke", "Verwerker"), ("Subsidieovereenkomst", "grant", "Subsidieverlener", "Subsidieontvanger")]
EN_KINDS = [("Services Agreement", "services", "Customer", "Supplier"), ("License Agreement", "licence", "Licensor", "Licensee"),
            ("Maintenance Agreement", "maintenance", "Client", "Contractor"), ("Lease Agreement", "lease", "Lessor", "Lessee")]
FACES = ["serif", "sans", "humanist", "typewriter"]


def compose(rng, english, family):
    """The source text of one contract of a family, and its label."""
    words, kinds = (EN, EN_KINDS) if english else (NL, NL_KINDS)
    title, contract_type, ra, rb = kinds[family % len(kinds)]
    one = Contract(rng, english, contract_type)
    pa, pb = rng.sample(PLACES, 2)
    first = one.company() if english or rng.random() < 0.3 else f"Gemeente {pa}"
    second = one.company()
    while second == first:
        second = one.company()
    kvk = None if english else f"00{rng.randint(100000, 999999)}"
    one.parties = [(first, ra, None), (second, rb, kvk)]
    if not english and "{kvk}" not in words["opening"][family % len(words["opening"])]:
        one.parties[1] = (second, rb, None)
    court = f"rechtbank {rng.choice(['Overijssel', 'Gelderland', 'Noord-Nederland', 'Limburg'])}" if not english and rng.random() < 0.7 else None
    has_law, states_end = rng.random() < 0.85, rng.random() < 0.3
    fill = {"A": first, "B": second, "ra": ra, "rb": rb, "pa": pa, "pb": pb, "kvk": kvk, "adr": one.address(),
            "man": rng.choice(EN_PEOPLE if english else PEOPLE), "start": one.date(one.start), "end": one.date(one.end),
            "term": one.term(), "renewed": one.renewed(), "notice": one.notice_period(), "money": one.money(),
            "per": one.per_words(), "court": court, "signed": "__________ 20__" if one.blank_signature else one.date(one.signed)}
    say = lambda key: words[key][family % len(words[key])].format(**fill)
    run = [say("start"), say("end") if states_end else say("term")]
    run += [say(one.renewal)] if one.renewal else []
    run += [say("notice_end" if one.renewal == "tacit" else "notice_any")] if one.has_notice else []
    heads = {"run": "Term" if english else ["Duur", "Looptijd", "Duur en opzegging", "Ingang en einde"][family % 4],
             "price": "Price" if english else ["Prijs", "Vergoeding", "Prijs en betaling"][family % 3],
             "law": "Governing law" if english else ["Toepasselijk recht", "Geschillen", "Slotbepalingen"][family % 3],
             "decoy": "General" if english else ["Overige bepalingen", "Algemeen", "Uitvoering"][family % 3]}
    clauses = [(heads["run"], run), (heads["price"], [say("price")])]
    for decoy in rng.sample(words["decoy"], rng.randint(2, 4)):
        clauses.append((heads["decoy"], [decoy]))
    rng.shuffle(clauses)
    last = ([say("law")] if has_law else []) + ([say("court")] if court else [])
    clauses += [(heads["law"], last)] if last else []
    shown = title.upper() if family % 3 == 1 else title
    lines = [f"= {shown}"]
    if one.reference:
        lines.append(("- Reference: " if english else ["- Kenmerk: ", "- Contractnummer: ", "- Zaaknummer: "][family % 3]) + one.reference)
    lines += [""] + [line for part in say("opening").split("|") for line in (part, "")]
    for number, (head, sentences) in enumerate(clauses, 1):
        article = ["Artikel {}", "{}.", "Artikel {} -"][family % 3] if not english else ["{}.", "Article {}", "Section {}."][family % 3]
        lines.append(f"== {article.format(number)} {head}")
        if family % 2:
            lines += [f"{number}.{n} {sentence}" for n, sentence in enumerate(sentences, 1)] + [""]
        else:
            lines += [" ".join(sentences), ""]
    lines += [say("signed"), "", f"|| {ra} || {rb}", f"|| {first} || {second}", "~~", f"|| {fill['man']} || {rng.choice(EN_PEOPLE if english else PEOPLE)}"]
    return "\n".join(lines) + "\n", one.label(shown, contract_type, court, has_law, states_end)


NL_TENS = {20: "twintig", 30: "dertig", 40: "veertig", 50: "vijftig", 60: "zestig", 70: "zeventig", 80: "tachtig", 90: "negentig"}
NL_TEENS = NL_NUMBERS + "dertien veertien vijftien zestien zeventien achttien negentien".split()


def in_words(day):
    """A date as a notary writes it: eenendertig mei tweeduizend zesenveertig."""
    def below_hundred(n):
        if n < 20:
            return NL_TEENS[n]
        ten, one = NL_TENS[n - n % 10], NL_TEENS[n % 10]
        return f"{one}{'ën' if one.endswith('e') else 'en'}{ten}" if n % 10 else ten

    century = "tweeduizend" if day.year >= 2000 else "negentienhonderd"
    year = f"{century} {below_hundred(day.year % 100)}" if day.year % 100 else century
    return f"{below_hundred(day.day)} {NL_MONTHS[day.month - 1]} {year}"


def compose_whole(rng, family):
    """The source text of one contract of families.py, and its label."""
    is_old = family.get("typed", False)
    one = Contract(rng, False, family["kind"], (1975, 1993) if is_old else (2003, 2023))
    one.years = family["years"]
    lengths = [20, 25, 30, 40] if family["kind"] == "real_estate" else [1, 2, 3, 4, 5, 10]
    one.months = 12 * rng.choice(lengths) if one.years else rng.choice([18, 24, 30, 36, 48, 60])
    one.end = day_after(one.start, one.months) - dt.timedelta(days=1)
    one.renewal, one.per, one.style = family["renewal"], family["per"], rng.choice(["word", "figure", "both"])
    one.notice = rng.choice([1, 2, 3, 6] if one.months > 12 else [1, 2, 3])
    one.has_notice, one.conflict, one.blank_signature = family["against"] is not None, False, False
    number = rng.randint(1000, 99999)
    one.reference = family.get("reference", "").format(n=number) or None
    pa, pb = rng.sample(PLACES, 2)
    first = f"Gemeente {pa}" if family["kind"] in ("services", "other", "real_estate") and family["roles"][1] != "Klant" else one.company()
    second = f"Gemeente {pb}" if family.get("public") else one.company()
    if family.get("person"):
        second = rng.choice(["Anna Maria de Wit", "Petra Hoekstra", "Samira el Khatib", "Johanna van Dalen"])
    while second == first:
        second = one.company()
    text, kvk = family["text"], f"00{rng.randint(100000, 999999)}"
    one.parties = [(first, family["roles"][0], None), (second, family["roles"][1], kvk if "{kvk}" in text else None)]
    days = {"start": one.start, "end": one.end, "over": one.end + dt.timedelta(days=1), "signed": one.signed,
            "before": one.signed - dt.timedelta(days=rng.randint(1, 20)), "old": one.signed - dt.timedelta(days=rng.randint(90, 900)),
            "later": day_after(one.start, 12), "birth": dt.date(rng.randint(1955, 1985), rng.randint(1, 12), rng.randint(1, 28))}
    fill = {name: one.date(day) for name, day in days.items()} | {f"{name}_w": in_words(day) for name, day in days.items()}
    fill |= {"A": first, "B": second, "pa": pa, "pb": pb, "kvk": kvk, "adr": one.address(), "man": rng.choice(PEOPLE), "term": one.term(),
             "renewed": one.renewed(), "notice": one.notice_period(), "money": one.money(), "ref": one.reference, "n": number, "page": "{page}"}
    has_law = "recht van toepassing" in text
    label = one.label(family["title"], family["kind"], None, has_law, family["states_end"])
    for notice in label["notice"]:
        notice |= {"against": family["against"], "by": family.get("by", "any")}
    if family.get("parent"):
        label["relates_to"] = {"reference": family["parent"], "date": days["old"].isoformat()}
    if family.get("indefinite"):
        label |= {"term": "indefinite", "end_date": None}
    if is_old:
        label["value"]["currency"] = "NLG"
    return text.format(**fill), label


def write(folder, name, text, label, **look):
    label["family"] = name.split("-")[0]
    home = pathlib.Path(folder) / name
    home.mkdir(parents=True, exist_ok=True)
    (home / "gold.json").write_text(json.dumps(label, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (home / "contract.digital.pdf").write_bytes(typeset(name, text=text, **look))


def main(folder):
    for family, whole in enumerate(FAMILIES):
        for number in range(12):
            name = f"nlw{family:02d}-{number:02d}"
            text, label = compose_whole(random.Random(name), whole)
            face = "typewriter" if whole.get("typed") else FACES[family % 3]
            write(folder, name, text, label, face=face, size=9.5 + family % 3, justify=family % 2 == 1)
    for english, families, each in [(False, 12, 26), (True, 4, 25)]:
        for family in range(families):
            for number in range(each):
                name = f"{'en' if english else 'nl'}{family:02d}-{number:02d}"
                rng = random.Random(name)
                text, label = compose(rng, english, family)
                write(folder, name, text, label, face=FACES[family % 4], size=9.5 + family % 3, justify=family % 2 == 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
