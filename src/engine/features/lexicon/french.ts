import type { WordList } from './words.ts'

/** French phrases by cue; see `english.ts`. */
export const FRENCH: WordList = {
  'verb.summarize':
    'résume|résumez|résumer|résumé|résumés|synthèse|synthétise|points clés|points principaux|points essentiels|l essentiel|en bref|compte rendu|condense|en quelques lignes|idée principale|récapitule|récapitulatif',
  'verb.translate':
    'traduis|traduisez|traduire|traduction|traduit|en anglais|en français|en espagnol|en allemand|en italien|en chinois|vers l anglais|vers le français|comment dit on|comment on dit',
  'verb.extract':
    'extrais|extrayez|extraire|extraction|relève|relevez|liste tous|liste toutes|listez|récupère|tous les noms|toutes les dates|repère|identifie tous|identifie les|les montants|dégage',
  'verb.classify':
    'classe|classez|classer|classifie|classifiez|classification|catégorise|catégorisez|catégorie|catégories|sentiment|positif ou négatif|étiquette|range|attribue|dans quelle catégorie|quel service|spam|urgent ou',
  'verb.rewrite':
    'réécris|réécrivez|réécrire|reformule|reformulez|reformuler|paraphrase|corrige|corrigez|corriger|orthographe|grammaire|plus formel|plus poli|plus simple|plus court|plus concis|améliore le style|améliore ce texte|simplifie|simplifiez|raccourcis|ton plus|tournure|rends ce texte|rends ce message|langage clair',
  'verb.write':
    'écris|écrivez|écrire|rédige|rédigez|rédiger|crée|créez|créer|génère|générez|compose|invente|imagine|raconte|conçois|développe|implémente|programme|prépare|fais moi|il me faut un|il me faut une|j ai besoin d un|j ai besoin d une|propose un',
  'verb.fix':
    'répare|débogue|déboguer|bogue|bug|erreur|erreurs|ne marche pas|ne fonctionne pas|plante|échoue|résous ce bug|corrige le bug|corrige cette fonction|corrige ce code|exception|mauvais résultat|ne compile pas|lève une',
  'verb.edit':
    'refactorise|refactoriser|optimise|optimiser|modifie|modifier|ajoute|ajouter|remplace|supprime|renomme|convertis|convertir|transforme|adapte|migre|porte ce|rends cette fonction|extrais une fonction|passe ce code|accélère',
  'verb.explain':
    'explique|expliquez|expliquer|explication|que fait|que signifie|que veut dire|comment fonctionne|comprends pas|comprendre|décris|décrivez|ligne par ligne|à quoi sert|pourquoi ce code|qu affiche',
  'verb.review':
    'relis|relisez|vérifie|vérifier|revue de code|revue|relecture|passe en revue|critique|avis sur|failles|vulnérabilités|des problèmes|améliorations|bonnes pratiques|pull request|avant de fusionner|avant de merger|cas limites|audite',
  'verb.solve':
    'calcule|calculez|calculer|résous|résolvez|résoudre|démontre|démontrer|démontrez|prouve|prouver|détermine|combien|dérivée|au total|divisé par|multiplié par|montre que|montrer que|trouve la valeur|intègre',
  'verb.act':
    'réserve|réserver|envoie|envoyer|rappelle moi|mets un|mets le|programme un|programme une|allume|éteins|joue|commande|cherche sur|recherche sur|ouvre|appelle|lance|exécute|télécharge|déploie|ajoute à mon|mon agenda|mon calendrier|crée un ticket|puis envoie|annule|vérifie mon',
  'verb.answer': 'réponds|répondez|répondre|question|questions',
  'verb.compare': 'compare|comparez|comparaison|différence entre|différences entre|avantages|inconvénients',
  'verb.reason':
    'déduis|déduire|logique|énigme|devinette|suppose|supposons|si et seulement|qui ment|menteur|à gauche de|à droite de|plus âgé|plus grand que|plus petit que|exactement un|au moins un|étape par étape|raisonne|raisonnement|devrais je|devons nous|décision|décider|peut on conclure|conclure|cause profonde|stratégie|analyse|contradiction|que se passerait|suite logique|argumente|dans quel ordre|tous les|aucun',
  'verb.brainstorm': 'idées|suggère|propose|recommande|conseils|suggestions',
  'noun.code':
    'code|script|programme|fonction|méthode|classe|composant|module|bibliothèque|api|regex|expression régulière|requête|requête sql|test unitaire|tests unitaires|tests|algorithme|base de données|boucle|variable|tableau|page web|dépôt|récursive|récursif|commande',
  'noun.doc':
    'article|texte|textes|document|rapport|chapitre|contrat|paragraphe|étude|livre|communiqué|page|extrait|passage|manuel|règlement|avis',
  'noun.talk':
    'conversation|discussion|dialogue|réunion|échange|échanges|transcription|entretien|chat|appel|fil de discussion|messages|débat',
  'noun.creative':
    'poème|haïku|histoire|conte|nouvelle|chanson|paroles|récit|roman|scène|blague|slogan|discours|lettre|mail|courriel|e mail|article de blog|invitation|publicité|personnage|dragon|rime|sonnet|légende|description de produit|accroche|annonce|monologue|lettre de motivation',
  'noun.math':
    'équation|équations|intégrale|dérivée|matrice|triangle|cercle|rayon|périmètre|aire|surface|volume|angle|probabilité|fraction|pourcentage|racine|racine carrée|somme|produit|moyenne|polynôme|nombre premier|entiers|divisible|théorème|km h|remise|intérêts',
  'noun.message': 'mail|courriel|e mail|lettre|message|publication|invitation|annonce',
  'noun.labels':
    'positif|négatif|neutre|catégorie|catégories|thème|thèmes|réclamation|facturation|technique|urgent|priorité|parmi|une des|l une des',
  'noun.fields':
    'noms|dates|montants|adresses|numéros|numéro de facture|champs|mots clés|téléphone|en json|au format json|lieux|entreprises|quantités|échéance',
  'noun.context':
    'd après|selon|selon le|en te basant|à partir du|dans le texte|dans le document|du contrat|le contexte|contexte|le passage|texte suivant|uniquement|l extrait|extrait|le règlement|le document|l article',
  'noun.tool':
    'outil|outils|agenda|calendrier|navigateur|terminal|ticket|lumière|lumières|chauffage|réveil|minuteur|table pour|vol|train|hôtel|rendez vous|rappel|playlist',
  'noun.tongue':
    'anglais|français|française|espagnol|allemand|italien|chinois|japonais|portugais|russe|arabe|néerlandais|latin',
  'noun.number':
    'deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|moitié|double|triple|chaque|euros|heures|minutes|jours|litres|coûte|gagne',
  'ask.what': 'qu est ce que|qu est ce qu|quel est|quelle est|quels sont|quelles sont|quel|quelle|que|quoi|c est quoi',
  'ask.who': 'qui|qui est|qui a|à qui',
  'ask.when': 'quand|en quelle année|à quelle date|depuis quand',
  'ask.where': 'où|où se trouve|dans quel pays|capitale de|capitale du|quelle ville',
  'ask.why': 'pourquoi|pour quelle raison',
  'ask.how': 'comment|comment faire|de quelle manière',
  'ask.many': 'combien|combien de|quelle distance',
  'social.greeting':
    'bonjour|salut|bonsoir|coucou|ça va|comment ça va|comment vas tu|comment allez vous|au revoir|bonne nuit|à bientôt|à plus|bonne journée',
  'social.thanks': 'merci|merci beaucoup|super|parfait|génial|d accord|ok|cool|bravo|tant pis|haha|top',
  'social.self':
    'qui es tu|comment t appelles|es tu un|es tu une|que peux tu faire|tu aimes|ton préféré|ta préférée|je m ennuie|je me sens|je suis triste|je suis fatigué|je suis fatiguée|ma journée|on discute|tu penses quoi|week end|raconte moi une blague|parle moi de toi|tu as des|je stresse|je suis content|je suis contente',
  'out.json': 'json|en json|au format json',
  'out.short':
    'en une phrase|en deux phrases|en trois phrases|brièvement|court|courte|maximum|seulement|un seul mot|en un mot',
  'out.steps': 'étape par étape|étapes|justifie|détaille',
  'out.list': 'liste|puces|tableau|sous forme de liste',
  polite:
    's il te plaît|s il vous plaît|peux tu|pouvez vous|pourrais tu|pourriez vous|tu peux|tu pourrais|je veux que tu|je voudrais que|j aimerais que tu|aide moi à|merci de|moi|maintenant|je voudrais|j aimerais|j ai besoin|il faut|veuillez|peux tu me|ta tâche est de|vous pouvez|tu peux me',
  'role.you': 'tu es|vous êtes|ton rôle|ta tâche|assistant|agis comme',
  'lang.fr':
    'le|la|les|des|et|est|un|une|du|de|en|que|qui|pour|dans|sur|avec|ce|cette|ces|je|tu|vous|nous|il|elle|pas|ne|au|aux|par|plus|se|son|sa|ses|mon|ma|mes|suivant|suivante|comment|quel|quelle|bonjour|merci|écris|moi|où|à|été|être|sont|ont|quels',
}
