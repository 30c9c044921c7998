"""Whole contracts with places to fill in: families whose layout is part of what has to be read (tables, letters,
policies, deeds, forms), which sentences put together at random do not show.

Each family is one text in the notation of make.py, with what is always true of it; generate.py fills the places and
writes the labels. All names are invented.
"""

# {A} and {B} are the parties, {pa} and {pb} their places, {kvk} the number of the second, {start} and {end} the first
# and last day, {over} the day after the last, {signed} the last signature, {before} an earlier one, {old} a date long
# before, {later} one in between; dates in words end in _w. {term}, {renewed} and {notice} are periods.
FAMILIES = [
    # A shop lease after the brokers' model: two periods in a row, the model's own dates, rent per quarter beside the price.
    dict(title="Huurovereenkomst winkelruimte", kind="lease", roles=("verhuurder", "huurder"), renewal="tacit", against="end_of_term",
         per="year", years=True, states_end=False, text="""= HUUROVEREENKOMST WINKELRUIMTE
- Model vastgesteld op {old} en gedeponeerd ter griffie onder nummer 12/58
{A}, gevestigd te {pa}, hierna te noemen ‘verhuurder’, vertegenwoordigd door {man},

EN

{B}, gevestigd te {pb}, ingeschreven in het handelsregister onder nummer {kvk}, hierna te noemen ‘huurder’,

zijn overeengekomen:

3.1 Deze overeenkomst is aangegaan voor de duur van {term}, ingaande op {start} en lopende tot en met {end}.
3.2 Na het verstrijken van de in 3.1 genoemde periode wordt deze overeenkomst behoudens opzegging voortgezet voor een aansluitende periode van {renewed}. Vervolgens wordt deze overeenkomst voortgezet voor aansluitende perioden van telkens {renewed}.
3.3 Beëindiging van deze overeenkomst vindt plaats door opzegging tegen het einde van een huurperiode met inachtneming van een termijn van ten minste {notice}.
4.1 De aanvangshuurprijs van het gehuurde bedraagt op jaarbasis € {money}, exclusief omzetbelasting.
4.2 De huurprijs wordt jaarlijks aangepast, voor het eerst met ingang van {later}.
6.1 Huurder stelt een bankgarantie ter grootte van € 11.616,00.

Aldus opgemaakt en ondertekend in tweevoud

|| plaats: {pa} || plaats: {pb}
|| datum: {before} || datum: {signed}
~~
|| verhuurder || huurder
"""),
    # A contractor's letter with an offer's validity beside the term, signed below by the customer.
    dict(title="onderhoudscontract groenvoorziening", kind="maintenance", roles=(None, None), renewal="tacit", against="end_of_term",
         per="month", years=True, states_end=False, text="""{B}
{adr}, {pb}
KvK {kvk}

{A}
{pa}

{pb}, {before}

Betreft: onderhoudscontract groenvoorziening
De offerte is geldig tot en met {later}.

Geachte heer, mevrouw,

Zoals besproken doen wij u hierbij het onderhoudscontract toekomen voor de tuin rond uw pand.

Wij rekenen voor dit onderhoud een vast bedrag van € {money} per maand, exclusief 21% btw. Meerwerk wordt verricht tegen € 42,50 per uur.

Het contract gaat in op {start} en geldt voor {term}. Als u of wij niet uiterlijk {notice} voor het einde van de looptijd schriftelijk opzeggen, loopt het contract automatisch weer {renewed} door.

Betaling binnen 14 dagen na factuurdatum.

Met vriendelijke groet,

{B}

Voor akkoord:
{A}
datum: {signed}
"""),
    # An insurance policy: a table, a day on which the term is over, and no preamble.
    dict(title="Aansprakelijkheidsverzekering", kind="insurance", roles=("Verzekeraar", "Verzekeringnemer"), renewal="tacit",
         against="end_of_term", per="year", years=False, states_end=False, reference="BA-{n}", text="""{A}
= Aansprakelijkheidsverzekering
|| Polisnummer || {ref}
|| Verzekeraar || {A}
|| Verzekeringnemer || {B}
|| Ingangsdatum || {start}
|| Contractvervaldatum || {over}
|| Contracttermijn || {term}
|| Verzekerd bedrag || € 2.500.000 per aanspraak
|| Eigen risico || € 1.000 per aanspraak
|| Jaarpremie || € {money}
|| Datum opmaak polis || {signed}

De verzekering wordt telkens op de contractvervaldatum stilzwijgend verlengd met een termijn van {renewed}, tenzij zij door een van partijen uiterlijk {notice} vóór de contractvervaldatum schriftelijk is opgezegd.

Na melding van een schade kan de verzekering tot uiterlijk 30 dagen na afwikkeling worden opgezegd.

Op deze verzekering is Nederlands recht van toepassing.

{pa}, {signed}

{A}
"""),
    # A call-off under a framework that has dates of its own: cover sheet, delivery within two dates, two signatures.
    dict(title="Nadere Overeenkomst", kind="services", roles=("Opdrachtgever", "Opdrachtnemer"), renewal="option", against="any_time",
         per="total", years=True, states_end=True, reference="NOK-{n}", by="Opdrachtgever", parent="2011-00123", text="""= Nadere Overeenkomst
onder de Raamovereenkomst Inhuur professionals met kenmerk 2011-00123

|| Nummer Nadere Overeenkomst || {ref}
|| Datum document || {before}
{page}
De ondergetekenden:

{A}, waarvan de zetel is gevestigd te {pa}, te dezen vertegenwoordigd door {man}, hierna te noemen: Opdrachtgever,

en

de besloten vennootschap met beperkte aansprakelijkheid {B}, (statutair) gevestigd te {pb}, KvK-nummer {kvk}, hierna te noemen: Opdrachtnemer,

OVERWEGENDE DAT:
a. Opdrachtgever en Opdrachtnemer op {old} de Raamovereenkomst hebben gesloten;

KOMEN OVEREEN:

== 3. Tijdsplanning of duur
3.1 De Diensten vangen aan op {start} en worden uiterlijk {end} afgerond.
3.2 Opdrachtgever heeft de mogelijkheid deze Nadere Overeenkomst onder dezelfde voorwaarden eenmaal met {renewed} te verlengen. Opdrachtgever maakt dit uiterlijk één maand voor het verstrijken van de looptijd schriftelijk kenbaar.
3.3 Opdrachtgever kan de Nadere Overeenkomst tussentijds opzeggen met inachtneming van een opzegtermijn van {notice}.

== 4. Prijs
4.1 De totale prijs bedraagt € {money} exclusief btw. Facturen worden binnen 30 dagen na ontvangst voldaan.

|| {pa}, {signed} || {pb}, {before}
~~
|| Opdrachtgever || Opdrachtnemer
"""),
    # A form with tables for the customer and the prices, the term in a sentence.
    dict(title="Overeenkomst Zakelijk Glasvezel", kind="services", roles=("Leverancier", "Klant"), renewal="tacit", against="end_of_term",
         per="month", years=False, states_end=False, reference="ORD-{n}", text="""= Overeenkomst Zakelijk Glasvezel
|| Contractnummer || {ref}
|| Aanvraagdatum || {old}
|| Leverancier || {A}
|| Klant || {B}
|| Adres || {adr}, {pb}
|| KvK-nummer || {kvk}
|| Ingangsdatum || {start}
|| Contractduur || {term}
|| Maandbedrag || € {money}

Na afloop van de contractduur wordt de overeenkomst stilzwijgend verlengd met telkens {renewed}. Opzegging tegen het einde van de contractduur geschiedt met inachtneming van een termijn van {notice}.

De eenmalige aansluitkosten bedragen € 250,00. Alle prijzen zijn exclusief btw.

|| Getekend voor Leverancier || Getekend voor Klant
|| Plaats: {pa} || Plaats: {pb}
|| Datum: {signed} || Datum: {before}
~~
"""),
    # A typed contract in guilders in the spelling of its time.
    dict(title="Onderhoudskontrakt", kind="maintenance", roles=("uitvoerder", "kliënt"), renewal="tacit", against="end_of_term", per="year",
         years=True, states_end=False, typed=True, reference="B {n}", text="""= ONDERHOUDSKONTRAKT
Kontrakt nr. {ref}

De ondergetekenden:

{A}, gevestigd te {pa}, verder te noemen “uitvoerder”, en

{B}, gevestigd te {pb}, verder te noemen “kliënt”,

verklaren een kontrakt te hebben gesloten terzake van het periodiek onderhoud van de installatie, opgeleverd op {old}.

Artikel 1. De onderhoudsprijs bedraagt f {money} per jaar, exklusief omzetbelasting. De prijs is gebaseerd op het loonpeil van {old}.

Artikel 2. Dit kontrakt treedt in werking op {start} en wordt aangegaan voor een periode van {term}. Het wordt daarna geacht telkens voor {renewed} te zijn verlengd, behoudens opzegging door een der partijen bij aangetekend schrijven, tenminste {notice} voor de afloop van de lopende termijn.

Artikel 3. Bij niet tijdige betaling is een rente van 1% per maand verschuldigd.

Aldus in duplo opgemaakt te {pa}, {signed}

|| {A} || {B}
"""),
    # A notary's deed: dates in words, persons who act for the parties, notice against the end of a year.
    dict(title="Akte van vestiging erfpacht", kind="real_estate", roles=("de eigenaar", "de erfpachter"), renewal=None, against="end_of_year",
         per="year", years=True, states_end=False, by="de erfpachter", reference="20{n}/MvH", text="""Dossiernummer: {ref}
= AKTE VAN VESTIGING ERFPACHT
Heden, {signed_w}, verschenen voor mij, mr. M.A. van Hout, notaris te {pa}:

1. de heer J.C. Bijpost, geboren te {pa} op {birth_w}, te dezen handelend als schriftelijk gevolmachtigde van {A}, hierna te noemen: “de eigenaar”;

2. mevrouw E.G. Komen, geboren te {pb} op {birth_w}, te dezen handelend als voorzitter van {B}, statutair gevestigd te {pb}, ingeschreven in het handelsregister onder nummer {kvk}, hierna te noemen: “de erfpachter”.

De comparanten, handelend als gemeld, verklaarden:

Tussen partijen is op {old_w} een overeenkomst tot uitgifte in erfpacht gesloten.

== Duur
De erfpacht wordt gevestigd voor de tijd van {term}, ingaande op {start_w} en mitsdien eindigende op {end_w}.
De erfpachter kan de erfpacht opzeggen tegen het einde van een kalenderjaar. De opzegging geschiedt ten minste {notice} vóór het tijdstip waartegen wordt opgezegd.

== Canon
De jaarlijkse canon bedraagt € {money}, te voldoen vóór één januari van elk jaar.

WAARVAN AKTE, verleden te {pa} op de datum in het hoofd van deze akte vermeld.
"""),
    # A private loan: redeemed in parts, a rate that is reviewed on another day.
    dict(title="Overeenkomst van geldlening", kind="loan", roles=("geldgever", "geldnemer"), renewal=None, against=None, per="total", years=True,
         states_end=False, text="""= Overeenkomst van geldlening
De ondergetekenden

A. {A}, gevestigd te {pa}, hierna te noemen: geldgever, vertegenwoordigd door {man}; en

B. {B}, gevestigd te {pb}, hierna te noemen: geldnemer;

zijn overeengekomen:

1. Geldgever verstrekt aan geldnemer een lening groot € {money}, ter beschikking te stellen op {start}.
2. De looptijd van de lening is {term}, te rekenen vanaf de dag van storting.
3. Over het niet afgeloste gedeelte is een rente verschuldigd van 4,85% per jaar. De rente wordt per {later} herzien.
4. Vervroegde aflossing is toegestaan op elke rentevervaldag, mits daarvan ten minste een maand tevoren schriftelijk is kennisgegeven.
5. De lening is terstond opeisbaar indien geldnemer na aanmaning gedurende 14 dagen nalatig blijft.

Opgemaakt in tweevoud te {pa} op {signed}.
"""),
    # Between two municipalities, for an indefinite time, terminable against the first day of a year.
    dict(title="Dienstverleningsovereenkomst Leerplicht", kind="services", roles=("dienstverlener", "afnemer"), renewal=None, against="other",
         per="year", years=True, indefinite=True, states_end=False, public=True, text="""= Dienstverleningsovereenkomst Leerplicht
{A}, vertegenwoordigd door wethouder E. te Selle, handelend namens het college van burgemeester en wethouders van die gemeente (hierna: dienstverlener)

en

{B}, vertegenwoordigd door wethouder M. Frank, handelend namens het college van burgemeester en wethouders van die gemeente (hierna: afnemer)

hebben, gelet op de mandaatregeling van {old}, de volgende afspraken gemaakt:

1 Inhoud. Dienstverlener voert voor afnemer de Leerplichtwet uit.
2 Ingang en duur. Deze overeenkomst wordt aangegaan voor onbepaalde tijd en gaat in op {start}.
3 Opzegging. Ieder van de gemeenten is bevoegd de overeenkomst op te zeggen. Opzegging geschiedt uitsluitend tegen 1 januari van enig jaar, waarbij een opzegtermijn van ten minste {notice} in acht wordt genomen.
4 Vergoeding. Afnemer betaalt een bijdrage van € {money} per kalenderjaar.
5 Frictiekosten. Bij opzegging worden frictiekosten verrekend over een periode van maximaal twee jaar.

|| {pa}, {signed} || {pb}, {before}
~~
|| E. te Selle || M. Frank
"""),
    # Definitions that hold the start and the end; a concession that one party may end.
    dict(title="Concessieovereenkomst", kind="other", roles=("Gemeente", "Concessiehouder"), renewal=None, against="any_time", per="year",
         years=True, states_end=False, by="Gemeente", text="""= CONCESSIEOVEREENKOMST
- tussen
- {A}
- en
- {B}
- D.d. {signed}
{page}
DE ONDERGETEKENDEN:

(1) {A}, gevestigd te {pa}, vertegenwoordigd door {man}, hierna: de “Gemeente”; en

(2) {B}, een besloten vennootschap met beperkte aansprakelijkheid, statutair gevestigd te {pb}, handelsregisternummer {kvk}, hierna: de “Concessiehouder”.

OVERWEGENDE DAT:

(A) de Gemeente op {old} een concessie voor diensten heeft aanbesteed;

VERKLAREN ALS VOLGT TE ZIJN OVEREENGEKOMEN:

== 1 Definities
“Ingangsdatum”: {start};
“Contractjaar”: een periode van twaalf maanden, voor het eerst aanvangend op de Ingangsdatum;
“Einddatum”: {end}.

== 2 Duur
2.1 De Overeenkomst gaat in op de Ingangsdatum, heeft een duur van {term} en eindigt derhalve op de Einddatum van rechtswege, zonder dat opzegging is vereist.
2.2 De Gemeente kan de Overeenkomst na het eerste jaar tussentijds opzeggen met een opzegtermijn van {notice}.

== 3 Vergoeding
3.1 De Concessiehouder betaalt de Gemeente een concessievergoeding van EUR {money} per jaar.
3.2 De aansprakelijkheid is beperkt tot EUR 500.000 per gebeurtenis.

|| {A} || {B}
|| Datum: {signed} || Datum: {before}
~~
"""),
    # Particulars in front, whose words the clauses use.
    dict(title="Overeenkomst Belastingapplicatie (SaaS)", kind="licence", roles=("Opdrachtgever", "Leverancier"), renewal="option", against="any_time",
         per="year", years=False, states_end=False, by="Opdrachtgever", reference="ZK-{n}", text="""= OVEREENKOMST BELASTINGAPPLICATIE (SaaS)
|| Opdrachtgever || {A}, gevestigd te {pa}, vertegenwoordigd door {man}
|| Leverancier || {B}, gevestigd te {pb}, KvK {kvk}
|| Zaaknummer || {ref}
|| Ingangsdatum || {start}
|| Initiële looptijd || {term}
|| Verlengingsopties || 1 x {renewed}
|| Jaarlijkse vergoeding || € {money} excl. btw
|| Eenmalige vergoeding || € 78.250,00 excl. btw

Partijen komen het volgende overeen:

== Artikel 1 - Onderwerp
Leverancier stelt de ICT Prestatie ter beschikking als beschreven in Bijlage 1 (Programma van Eisen d.d. {old}).

== Artikel 2 - Duur en beëindiging
2.1 De overeenkomst geldt vanaf de Ingangsdatum voor de Initiële looptijd.
2.2 Opdrachtgever is gerechtigd de overeenkomst te verlengen met de Verlengingsopties, door dit ten minste drie maanden voor het verstrijken van de lopende termijn schriftelijk te melden.
2.3 Opdrachtgever kan de overeenkomst tussentijds opzeggen met een opzegtermijn van {notice}. Leverancier kan gedurende de looptijd niet opzeggen.

== Artikel 3 - Boete
Bij overschrijding van de fatale termijn is Leverancier een boete van € 500 per dag verschuldigd.

|| {pa}, {signed} || {pb}, {before}
~~
|| Opdrachtgever || Leverancier
"""),
    # Employment for a fixed time: the end by operation of law, a word to the employee that is no notice.
    dict(title="Arbeidsovereenkomst voor bepaalde tijd", kind="employment", roles=("de werkgever", "de werknemer"), renewal=None,
         against="end_of_month", per="month", years=False, states_end=False, person=True, text="""= Arbeidsovereenkomst voor bepaalde tijd
De ondergetekenden,

{A}, gevestigd te {pa}, te dezen vertegenwoordigd door {man}, hierna te noemen “de werkgever”,

en

mevrouw {B}, geboren op {birth}, wonende te {pb}, hierna te noemen “de werknemer”,

zijn een arbeidsovereenkomst aangegaan onder de volgende voorwaarden:

1. De werknemer treedt met ingang van {start} in dienst van de werkgever.
2. De arbeidsovereenkomst wordt aangegaan voor de duur van {term} en eindigt derhalve van rechtswege op {end}, zonder dat daartoe opzegging is vereist. De werkgever informeert de werknemer uiterlijk een maand voor het einde over het al dan niet voortzetten.
3. De eerste maand geldt als proeftijd.
4. De arbeidsovereenkomst kan tussentijds worden opgezegd tegen het einde van de kalendermaand met een opzegtermijn van {notice}.
5. Het salaris bedraagt bij aanvang € {money} bruto per maand.

Aldus overeengekomen en in tweevoud getekend te {pa}, {signed}.

|| de werkgever || de werknemer
"""),
]
