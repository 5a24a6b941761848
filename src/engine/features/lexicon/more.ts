import type { WordList } from './words.ts'

/** The commonest task words of Portuguese, Italian and Dutch. */
export const MORE_LATIN: WordList = {
  'verb.summarize':
    'resuma|resumo|resumir|pontos principais|riassumi|riassunto|riassumere|vat samen|samenvatting|samenvatten|punti chiave',
  'verb.translate':
    'traduza|traduzir|tradução|para o inglês|para inglês|para o português|para o espanhol|em inglês|traduci|tradurre|traduzione|in inglese|in italiano|vertaal|vertalen|vertaling|naar het engels|como se diz',
  'verb.extract': 'extraia|extrair|liste todos|liste todas|estrai|estrarre|haal uit|alle namen',
  'verb.classify':
    'classifique|classificar|classificação|categoria|sentimento|positivo ou negativo|classifica|classificare|categoriseer|sentimento|categoria',
  'verb.rewrite':
    'reescreva|reescrever|reformule|corrija|gramática|mais formal|mais curto|riscrivi|riscrivere|correggi|più formale|herschrijf|herformuleer|verbeter de tekst|parafraseie',
  'verb.write':
    'escreva|escrever|crie|criar|gere|gerar|componha|invente|elabore|redija|preciso de um|preciso de uma|scrivi|scrivere|crea|genera|componi|schrijf|maak een|bedenk|implemente|desenvolva|conte uma',
  'verb.fix':
    'corrija o erro|corrija esta função|erro|não funciona|falha|errore|non funziona|fout|werkt niet|conserte|lança',
  'verb.edit':
    'refatore|otimize|modifique|adicione|substitua|remova|converta|rifattorizza|ottimizza|aggiungi|modifica|converti|voeg toe|wijzig|altere|mude',
  'verb.explain':
    'explique|explica|explicar|o que faz|o que significa|como funciona|spiega|spiegami|cosa fa|cosa significa|come funziona|leg uit|wat doet|wat betekent|hoe werkt|descreva',
  'verb.review':
    'revise este código|revisar|avalie|problemas|vulnerabilidades|rivedi|controlla|beoordeel|controleer|antes de fazer merge|revise o código|revise a',
  'verb.solve':
    'calcule|resolva|prove que|quanto é|quantos|quantas|calcola|risolvi|dimostra|quanto fa|quanti|bereken|los op|hoeveel|bewijs|demonstre',
  'verb.act':
    'reserve|envie|lembre me|agende|marque|ligue|desligue|toque|procure|abra|execute|prenota|invia|ricordami|accendi|boek|stuur|zet een|herinner me|na minha agenda|minha agenda',
  'verb.answer': 'responda|pergunta|rispondi|domanda|beantwoord|vraag',
  'verb.reason':
    'lógica|enigma|charada|suponha|quem está mentindo|passo a passo|raciocine|devo|decisão|logica|indovinello|supponiamo|passo dopo passo|raadsel|stap voor stap|analise|à esquerda|à direita',
  'noun.code':
    'código|função|classe|consulta|banco de dados|algoritmo|testes|codice|funzione|database|algoritmo|functie|programma|teste unitário|expressão regular',
  'noun.doc':
    'texto|artigo|documento|relatório|contrato|parágrafo|testo|articolo|relazione|tekst|artikel|verslag|notícia|trecho',
  'noun.talk': 'conversa|reunião|diálogo|transcrição|conversazione|riunione|gesprek|vergadering|entrevista',
  'noun.creative':
    'poema|conto|história|canção|piada|carta|e mail|discurso|poesia|storia|racconto|canzone|lettera|gedicht|verhaal|liedje|brief|slogan|legenda|anúncio|roteiro|soneto|haicai|convite|filastrocca',
  'noun.math':
    'equação|triângulo|área|perímetro|probabilidade|porcentagem|raiz|soma|equazione|triangolo|probabilità|radice|percentuale|vergelijking|driehoek|kans|desconto|integral|derivada|km h',
  'noun.labels': 'positivo|negativo|neutro|categoria|categorias|urgente|reclamação|elogio|assunto',
  'noun.fields': 'nomes|datas|valores|endereços|telefones|em json|campos|nomi|date|importi|namen|empresas|cnpj',
  'noun.context':
    'de acordo com|com base no|segundo o|no texto|no contrato|contexto|secondo il|in base al|nel testo|volgens de|trecho',
  'noun.tool':
    'agenda|calendário|navegador|ferramenta|luz|luzes|alarme|voo|mesa para|lembrete|promemoria|sveglia|wekker',
  'noun.tongue': 'inglês|espanhol|francês|alemão|italiano|inglese|spagnolo|tedesco|engels|duits|frans',
  'ask.what': 'o que é|o que são|qual é|qual|quais|cos è|che cos è|qual è|quali|wat is|wat zijn|welke',
  'ask.who': 'quem|quem foi|quem é|chi|chi è|chi ha|wie is|wie was',
  'ask.when': 'quando|em que ano|in che anno|wanneer',
  'ask.where': 'onde|onde fica|dove|dov è|waar|capital do|capital da|capitale',
  'ask.why': 'por que|porque|perché|waarom',
  'ask.how': 'como|come|hoe',
  'ask.many': 'quantos|quantas|quanto|quanti|quante|hoeveel',
  'social.greeting':
    'olá|oi|bom dia|boa tarde|boa noite|tudo bem|tchau|ciao|buongiorno|buonasera|come stai|arrivederci|hoi|goedemorgen|hoe gaat het|até logo|e aí',
  'social.thanks': 'obrigado|obrigada|valeu|ótimo|perfeito|grazie|grazie mille|perfetto|dank je|bedankt|legal|beleza',
  'social.self':
    'quem é você|qual é o seu nome|você gosta|você é|estou entediado|estou triste|estou cansado|estou cansada|chi sei|come ti chiami|sono triste|mi annoio|wie ben je|vamos conversar|meu dia|me sinto|conte uma piada|fim de semana',
  polite:
    'por favor|você pode|você poderia|pode|poderia|preciso que|me ajude a|per favore|puoi|potresti|ho bisogno|alsjeblieft|kun je|zou je|quero|preciso|me|agora',
  'lang.pt':
    'o|os|as|do|da|dos|das|em|no|na|um|uma|não|é|com|para|que|você|por|mais|ao|se|como|são|está|seu|sua|este|isso|qual|olá|obrigado|escreva|foi|eu|meu|minha|pelo|esta|entre',
  'lang.it':
    'il|lo|gli|di|che|è|un|una|per|non|con|del|della|dei|delle|nel|sono|questo|questa|come|più|si|ho|ciao|grazie|scrivi|cosa|anche|mi|alla|ha|e|dal',
  'lang.nl':
    'de|het|een|van|en|is|dat|op|te|in|voor|met|niet|zijn|ik|je|naar|er|maar|om|ook|aan|bij|wat|hoe|deze|dit|wordt|hallo|schrijf|of|kun|mijn',
  'lang.pl': 'i|w|na|nie|z|że|do|jest|się|jak|co|to|dla|czy|po|od|proszę|cześć|napisz|jest|tego|które',
  'lang.tr': 've|bir|bu|için|ile|ne|mi|de|da|çok|nasıl|bana|merhaba|lütfen|olarak|var|yaz',
  'lang.sv': 'och|att|det|som|är|en|på|för|med|inte|av|jag|den|till|ett|om|hej|vad|hur|skriv',
}

/** The commonest task words of Japanese, Korean and Russian. */
export const MORE_SCRIPTS: WordList = {
  'verb.summarize':
    '要約|まとめて|要点|要旨|議事録|ポイントを|요약|정리해|кратко изложи|краткое содержание|резюмируй|суммируй|перескажи|выжимка',
  'verb.translate':
    '翻訳|訳して|英語に|日本語に|中国語に|フランス語に|和訳|英訳|번역|영어로|переведи|перевод|на английский|на русский|перевести',
  'verb.extract': '抽出|抜き出|取り出し|リストアップ|추출|뽑아|извлеки|выпиши|извлечь|найди все',
  'verb.classify':
    '分類|カテゴリ|感情分析|ポジティブ|ネガティブ|どの部署|분류|감정|классифицируй|категория|категорию|категории|определи тональность|тональность',
  'verb.rewrite':
    '書き直し|言い換え|添削|校正|丁寧な|敬語|推敲|自然な日本語|もっと短く|다시 써|고쳐|교정|перепиши|перефразируй|исправь ошибки|грамматику|более формально|отредактируй',
  'verb.write':
    '書いて|作成して|作って|作成|生成|考えて|써줘|작성|만들어|напиши|создай|сгенерируй|придумай|сочини|составь|реализуй',
  'verb.fix':
    'エラー|修正して|直して|動かない|動きません|デバッグ|バグ|落ちる|오류|에러|버그|исправь|ошибка|не работает|падает|почини',
  'verb.edit':
    'リファクタ|最適化|追加して|変更して|置き換え|変換して|書き換えて|리팩토링|추가해|변경해|отрефактори|оптимизируй|добавь|измени|замени|переделай',
  'verb.explain':
    '説明|解説|とは何|どういう意味|どう動|仕組み|教えて|설명|무슨 뜻|объясни|что делает|что значит|как работает|поясни|расскажи',
  'verb.review':
    'レビュー|問題点|改善点|確認して|脆弱性|レビューして|검토|리뷰|проверь код|ревью|найди ошибки|уязвимости',
  'verb.solve':
    '計算|求めよ|求めなさい|解いて|証明|いくら|何個|何人|合計|いくつ|方程式|確率|계산|풀어|증명|몇 개|вычисли|реши|посчитай|докажи|сколько|найди значение|рассчитай',
  'verb.act':
    '予約して|送って|送信して|リマインド|アラーム|設定して|つけて|消して|再生して|検索して|調べて|実行して|開いて|カレンダー|예약|보내|알람|검색|забронируй|отправь|напомни|поставь|включи|выключи|найди в интернете|запусти|открой',
  'verb.answer': '答えて|質問|回答|답해|질문|ответь|вопрос',
  'verb.compare': '比較|違いは|違い|비교|차이|сравни|разница между|отличается',
  'verb.reason':
    '論理|推理|なぞなぞ|パズル|仮定|嘘つき|順に考えて|ステップ|すべきか|どちらを選|分析|結論|논리|추론|логика|загадка|предположим|шаг за шагом|кто лжет|стоит ли|вывод|проанализируй',
  'noun.code':
    'コード|関数|プログラム|スクリプト|クラス|アルゴリズム|正規表現|データベース|クエリ|テスト|変数|코드|함수|프로그램|код|функцию|функция|программу|скрипт|класс|алгоритм|запрос|тесты|метод',
  'noun.doc':
    '文章|記事|文書|テキスト|論文|契約書|報告書|レポート|규정|기사|문서|글|текст|статью|статья|документ|отчет|договор|абзац',
  'noun.talk': '会話|会議|議事|チャット|対話|やり取り|대화|회의|разговор|диалог|встречи|переписку|совещания|чат',
  'noun.creative':
    '詩|俳句|物語|小説|歌詞|キャッチコピー|メール|手紙|短編|スピーチ|ブログ|童話|시|소설|이야기|편지|стихотворение|рассказ|сказку|песню|письмо|историю|слоган|поздравление|стих',
  'noun.math':
    '面積|体積|三角形|円周|確率|割合|平方根|方程式|積分|微分|整数|時速|割引|넓이|확률|방정식|уравнение|площадь|треугольник|вероятность|процент|интеграл|производную|корень|число',
  'noun.labels': 'ポジティブ|ネガティブ|カテゴリ|のいずれか|緊急|긍정|부정|положительный|отрицательный|нейтральный',
  'noun.fields': '日付|名前|金額|電話番号|住所|jsonで|json形式|会社名|이름|날짜|имена|даты|суммы|номера',
  'noun.context':
    'によると|に基づいて|以下の文|次の文|本文|文中|資料|規約|에 따르면|다음 글|согласно|на основе|в тексте|в документе|контекст|по тексту',
  'noun.tongue': '英語|日本語|中国語|フランス語|영어|한국어|английский|русский|немецкий',
  'ask.what': '何ですか|とは|なに|何|どの|どれ|무엇|뭐|что такое|какой|какая|какие|что',
  'ask.who': '誰|だれ|누구|кто|кому',
  'ask.when': 'いつ|何年|언제|когда|в каком году',
  'ask.where': 'どこ|首都|어디|где|столица',
  'ask.why': 'なぜ|どうして|왜|почему|зачем',
  'ask.how': 'どうやって|どのように|어떻게|как',
  'ask.many': 'いくつ|何個|いくら|몇|сколько',
  'social.greeting':
    'こんにちは|おはよう|こんばんは|元気ですか|さようなら|おやすみ|やあ|はじめまして|안녕|привет|здравствуй|здравствуйте|как дела|доброе утро|добрый день|пока|до свидания',
  'social.thanks': 'ありがとう|どうも|了解|すごい|助かりました|お疲れ|감사|고마워|спасибо|отлично|супер|понятно|круто',
  'social.self':
    'あなたは誰|お名前|名前は何|暇です|暇だ|疲れた|寂しい|好きな食べ物|雑談|どう思う|気分|週末|너는|кто ты|как тебя зовут|мне скучно|мне грустно|ты любишь|что ты умеешь|поболтаем|устал|устала',
  polite:
    'お願いします|ください|してください|して|してもらえますか|해줘|해주세요|пожалуйста|можешь|помоги|мне|не мог бы ты|сможешь',
  'role.you': 'あなたは|당신은|ты|вы',
}
