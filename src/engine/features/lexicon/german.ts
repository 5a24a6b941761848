import type { WordList } from './words.ts'

/** German phrases by cue; see `english.ts`. */
export const GERMAN: WordList = {
  'verb.summarize':
    'fasse|fass|fassen sie|zusammenfassen|zusammenfassung|zusammengefasst|kernaussagen|kernpunkte|wichtigsten punkte|das wichtigste|in kurzform|kurz gesagt|stichpunkte aus|protokoll|ergebnisprotokoll|was wurde beschlossen|kurzfassung|überblick über|resümee|auf den punkt',
  'verb.translate':
    'übersetze|übersetz|übersetzen|übersetzung|übersetzt|ins englische|ins deutsche|ins französische|ins spanische|ins italienische|ins chinesische|ins polnische|auf englisch|auf deutsch|auf französisch|auf spanisch|auf italienisch|wie sagt man|wie heißt auf|aus dem englischen',
  'verb.extract':
    'extrahiere|extrahieren|extrahier|ziehe heraus|herausziehen|liste alle|liste mir alle|lies heraus|lies die|entnimm|entnehmen|alle namen|alle termine|alle daten|alle beträge|suche alle|finde alle|heraussuchen|such mir alle|auslesen|welche personen',
  'verb.classify':
    'klassifiziere|klassifizieren|klassifikation|kategorisiere|kategorisieren|kategorie|kategorien|ordne|einordnen|zuordnen|stimmung|positiv oder negativ|stufe ein|einstufen|welche kategorie|welcher kategorie|welche abteilung|spam|label|bewerte ob|sortiere in|dringend oder|sentiment',
  'verb.rewrite':
    'formuliere|umformulieren|umformuliere|formuliere um|schreibe um|schreib um|umschreiben|überarbeite|überarbeiten|korrigiere|korrigier|rechtschreibung|grammatik|höflicher|förmlicher|freundlicher|kürzer|verständlicher|einfacher formulieren|lektoriere|verbessere den text|verbessere den stil|stilistisch|umgangssprachlich|professioneller|sachlicher|klinge|klingt|in einfacher sprache|einfache sprache|ton',
  'verb.write':
    'schreibe|schreib|schreiben sie|verfasse|verfassen|erstelle|erstell|erstellen|erzeuge|generiere|entwirf|entwerfen|dichte|erfinde|denk dir|denke dir|baue|bau|implementiere|implementier|entwickle|programmiere|programmier|erzähl|erzähle|ich brauche ein|ich brauche eine|ich brauche einen|gestalte|setze fort',
  'verb.fix':
    'behebe|beheb|beheben|repariere|debugge|fehler|fehlermeldung|funktioniert nicht|geht nicht|klappt nicht|stürzt ab|absturz|schlägt fehl|kaputt|bekomme den fehler|wirft|exception|falsches ergebnis|bug|läuft nicht|hängt sich auf',
  'verb.edit':
    'refaktoriere|refaktorieren|optimiere|optimieren|ändere|ändern|füge|hinzufügen|ergänze|ersetze|entferne|benenne|umbenennen|portiere|konvertiere|wandle|wandle um|umwandeln|baue um|umbauen|passe|anpassen|erweitere|erweitern|schneller machen|stelle um|umstellen|zerlege|vereinfache die funktion|migriere|auslagern|lagere aus',
  'verb.explain':
    'erkläre|erklär|erklären|erklärung|erläutere|erläutern|was macht|was bedeutet|was passiert|wie funktioniert|verstehe nicht|verstehen|beschreibe|beschreib|warum wird|wofür ist|wozu dient|zeile für zeile|ausgabe',
  'verb.review':
    'prüfe|prüf|prüfen|überprüfe|begutachte|review|code review|rückmeldung zu|feedback|schwachstellen|sicherheitslücken|verbesserungsvorschläge|was haltet|was hältst du von|schau drüber|schau mal über|drüberschauen|drüber schauen|pull request|merge request|mr|pr|freigeben|stimmt etwas nicht|übersehen|randfälle|kritisch',
  'verb.solve':
    'berechne|berechnen|rechne|rechnen|löse|lösen|beweise|beweisen|bestimme|ermittle|wie viel|wie viele|wieviel|wieviele|leite her|ableitung|wie groß|wie hoch ist|wie lange braucht|insgesamt|multipliziert|geteilt durch|zeige dass|integriere',
  'verb.act':
    'buche|buch mir|reserviere|schicke|schick|sende|erinnere|erinnere mich|stelle einen|stell einen|stell den|schalte|schalt|spiele|spiel|bestelle|bestell|suche im|such im|suche nach|öffne|rufe|führe aus|führe|starte|lade herunter|lade hoch|trage ein|trag|termin|deploye|lege ein ticket|leg ein|in meinen kalender|mein kalender|meinem kalender|im netz|verschiebe|überweise|und schick|und sende|danach',
  'verb.answer': 'beantworte|beantworten|antworte|frage|fragen|antwort',
  'verb.compare': 'vergleiche|vergleich|unterschied zwischen|unterschiede|vorteile|nachteile|vor und nachteile',
  'verb.reason':
    'schlussfolgere|schließe|folgt daraus|folgere|logisch|logik|rätsel|knobelaufgabe|angenommen|nehmen wir an|wer lügt|lügner|links von|rechts von|älter als|größer als|kleiner als|genau einer|mindestens einer|mindestens eine|schritt für schritt|abwägen|wäge|soll ich|sollte ich|sollten wir|entscheidung|ursache|strategie|analysiere|begründe|reihenfolge|überlege|setzt die reihe|widerspruch|was wäre wenn|alle|keine der',
  'verb.brainstorm': 'ideen|vorschläge|schlage|schlag|empfiehl|tipps|empfehlung',
  'noun.code':
    'code|quellcode|skript|programm|funktion|methode|klasse|komponente|modul|bibliothek|schnittstelle|api|endpunkt|regex|regulären ausdruck|regulärer ausdruck|sql abfrage|abfrage|unit test|unit tests|tests|testfälle|algorithmus|datenbank|schleife|variable|variablen|array|liste sortiert|webseite|befehl|kommandozeile|repository|dockerfile|rekursiv',
  'noun.doc':
    'artikel|text|texte|dokument|bericht|kapitel|vertrag|absatz|abschnitt|studie|paper|aufsatz|buch|pressemitteilung|seite|protokoll|anleitung|richtlinie|mail unten|nachricht|rezension|bewertung',
  'noun.talk':
    'gespräch|unterhaltung|besprechung|meeting|dialog|chat|chatverlauf|verlauf|transkript|interview|diskussion|telefonat|sitzung|mitschrift|thread|wortwechsel',
  'noun.creative':
    'gedicht|haiku|geschichte|kurzgeschichte|märchen|lied|liedtext|songtext|erzählung|roman|szene|witz|slogan|werbetext|rede|einladung|brief|e mail|mail|blogbeitrag|beitrag|reim|limerick|figur|drache|gutenachtgeschichte|glückwunsch|anzeige|stellenanzeige|produktbeschreibung|anschreiben|bewerbung|sonett|dialog zwischen|krimi',
  'noun.math':
    'gleichung|gleichungssystem|integral|ableitung|matrix|dreieck|kreis|radius|umfang|fläche|flächeninhalt|volumen|winkel|wahrscheinlichkeit|bruch|prozent|wurzel|quadratisch|zinsen|zinssatz|primzahl|summe|produkt|mittelwert|polynom|ganze zahlen|teilbar|würfel|euro kosten|km h|stunden|rabatt',
  'noun.message': 'e mail|mail|brief|nachricht|beitrag|einladung|anschreiben|entschuldigung',
  'noun.labels':
    'positiv|negativ|neutral|kategorie|kategorien|thema|themen|beschwerde|anfrage|rechnung|technik|vertrieb|dringend|dringlichkeit|entweder|eine der|hoch mittel niedrig|lob',
  'noun.fields':
    'namen|daten|beträge|termine|adressen|telefonnummern|rechnungsnummer|felder|schlüsselwörter|iban|kundennummer|als json|rechnungsdatum|fälligkeit|orte|firmen|mengen',
  'noun.context':
    'laut|gemäß|anhand|auf grundlage|basierend auf|aus dem text|im text|im dokument|im vertrag|dem vertrag|folgenden text|folgender text|kontext|textstelle|steht im|steht da|nur mit|ausschließlich|auszug|handbuch|richtlinie|hausordnung',
  'noun.tool':
    'werkzeug|werkzeuge|kalender|postfach|browser|terminal|ticket|licht|heizung|wecker|timer|tisch|flug|zug|hotel|termin|erinnerung|playlist|slack|jira|protokolle im server|logs',
  'noun.tongue':
    'englisch|englische|deutsch|deutsche|französisch|französische|spanisch|spanische|italienisch|polnisch|russisch|türkisch|chinesisch|japanisch|portugiesisch|niederländisch|latein',
  'noun.number':
    'zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|hälfte|doppelt|dreimal|jeweils|pro|euro|stunden|minuten|tage|kilometer|liter|kostet|kosten|verdient',
  'ask.what': 'was ist|was sind|was war|was|welche|welcher|welches|worin|wofür|womit|erzähl mir über',
  'ask.who': 'wer|wer ist|wer war|wer hat|wem|wen',
  'ask.when': 'wann|wann wurde|wann war|in welchem jahr|seit wann|bis wann',
  'ask.where': 'wo|wo ist|wo liegt|woher|wohin|hauptstadt von|welches land',
  'ask.why': 'warum|weshalb|wieso|woran liegt',
  'ask.how': 'wie|wie kann|wie funktioniert|wie lange|wie oft',
  'ask.many': 'wie viel|wie viele|wieviel|wie weit|wie hoch|wie lange',
  'social.greeting':
    'hallo|guten morgen|guten tag|guten abend|servus|moin|grüß gott|grüß dich|wie geht s|wie geht es dir|na|tschüss|bis später|gute nacht|bis bald|alles klar',
  'social.thanks': 'danke|vielen dank|dankeschön|super|prima|toll|perfekt|passt|okay|genau|schade|haha|klasse',
  'social.self':
    'wer bist du|wie heißt du|bist du ein|bist du eine|was kannst du|hast du gefühle|magst du|mir ist langweilig|ich fühle|ich bin traurig|ich bin müde|mein tag|dein lieblings|was machst du|wie war dein|lass uns reden|einfach reden|was denkst du|wochenende|erzähl mir einen witz|kannst du mir helfen|ich bin nervös|ich freue mich',
  'out.json': 'als json|im json format|json',
  'out.short': 'in einem satz|in zwei sätzen|in drei sätzen|kurz|knapp|höchstens|maximal|nur|ein wort',
  'out.steps': 'schritt für schritt|rechenweg|lösungsweg|begründe|mit begründung',
  'out.list': 'liste|stichpunkte|stichpunkten|aufzählung|tabelle|tabellarisch',
  polite:
    'bitte|kannst du|könntest du|können sie|könnten sie|würdest du|ich möchte dass du|ich will dass du|hilf mir|mal|mir|uns|ich möchte|ich brauche|ich muss|wir brauchen|nun|jetzt|kannst du mir|könntest du mir|magst du mir|deine aufgabe ist es',
  'role.you': 'du bist|sie sind ein|deine aufgabe|deine rolle|assistent',
  'lang.de':
    'der|die|das|und|ist|nicht|ich|ein|eine|einen|einer|einem|mit|für|auf|von|zu|den|dem|des|im|wie|was|sie|du|mir|wir|es|sich|auch|aus|bei|nach|dass|wenn|hat|sind|war|bitte|kannst|welche|zum|zur|oder|wird|werden|über|diesen|diese|folgenden|hallo|danke',
}
