import type { WordList } from './words.ts'

/** Spanish phrases by cue; see `english.ts`. */
export const SPANISH: WordList = {
  'verb.summarize':
    'resume|resúmeme|resumir|resúmelo|resumen|resumid|síntesis|sintetiza|puntos clave|puntos principales|puntos más importantes|ideas principales|en pocas palabras|en resumen|acta|lo esencial|condensa|idea principal',
  'verb.translate':
    'traduce|traduzca|traducir|tradúceme|traducción|traducido|traduzcas|al inglés|al español|al francés|al alemán|al italiano|al chino|en inglés|cómo se dice|del inglés',
  'verb.extract':
    'extrae|extraer|extráeme|extracción|saca|sácame|lista todos|lista todas|enumera los|todos los nombres|todas las fechas|identifica todos|identifica los|recopila|obtén los|localiza',
  'verb.classify':
    'clasifica|clasificar|clasifícalo|clasifique|clasificación|categoriza|categoría|categorías|sentimiento|positivo o negativo|positiva o negativa|etiqueta|asigna|a qué categoría|qué departamento|spam|es urgente',
  'verb.rewrite':
    'reescribe|reescribir|reescríbelo|reformula|parafrasea|corrige|corregir|ortografía|gramática|más formal|más educado|más cortés|más sencillo|más corto|más conciso|más claro|mejora el estilo|mejora este texto|mejora la redacción|redacción|simplifica este texto|tono|suene|lenguaje sencillo|acorta',
  'verb.write':
    'escribe|escribir|escríbeme|redacta|redactar|crea|crear|genera|generar|compón|inventa|imagina|cuéntame un|cuéntame una|diseña|desarrolla|implementa|programa|prepara|necesito un|necesito una|hazme un|hazme una|elabora',
  'verb.fix':
    'arregla|arreglar|depura|repara|error|errores|fallo|falla|no funciona|no compila|se cuelga|se bloquea|lanza|excepción|bug|resultado incorrecto|soluciona|me da error|corrige esta función|corrige este código|corrige el error',
  'verb.edit':
    'refactoriza|refactorizar|optimiza|optimizar|modifica|modificar|añade|añadir|agrega|agregar|reemplaza|sustituye|elimina|quita|renombra|convierte|convertir|transforma|adapta|migra|cambia|cambiar|amplía|acelera|pasa este código|separa',
  'verb.explain':
    'explica|explicar|explícame|explicación|qué hace|qué significa|cómo funciona|no entiendo|entender|describe|línea por línea|para qué sirve|por qué este código|qué imprime',
  'verb.review':
    'revisa|revisar|revisión|revisión de código|revísalo|comprueba|critica|opinión sobre|vulnerabilidades|problemas|mejoras|buenas prácticas|pull request|antes de fusionar|casos límite|audita|échale un vistazo|hay algo mal',
  'verb.solve':
    'calcula|calcular|resuelve|resolver|demuestra|demostrar|prueba que|halla|determina|cuánto|cuántos|cuántas|cuánta|derivada|en total|dividido|multiplicado|encuentra el valor|integra',
  'verb.act':
    'reserva|resérvame|reservar|envía|enviar|mándale|manda|recuérdame|pon una|pon un|pon la|programa una|programa un|enciende|apaga|reproduce|pide|busca en|busca vuelos|abre|llama|ejecuta|lanza el|descarga|despliega|añade a mi|mi calendario|mi agenda|crea un ticket|y luego|cancela',
  'verb.answer': 'responde|contesta|pregunta|preguntas|responder',
  'verb.compare': 'compara|comparación|diferencia entre|diferencias entre|ventajas|desventajas|inconvenientes',
  'verb.reason':
    'deduce|deducir|lógica|lógico|acertijo|adivinanza|supongamos|supón|quién miente|mentiroso|a la izquierda|a la derecha|mayor que|más alto que|más bajo que|exactamente uno|al menos uno|paso a paso|razona|razonamiento|debería|deberíamos|decisión|decidir|se puede concluir|concluir|causa raíz|estrategia|analiza|contradicción|qué pasaría|qué sigue|siguiente en la serie|argumenta|en qué orden|todos los|ninguno',
  'verb.brainstorm': 'ideas|sugiere|propón|recomienda|consejos|sugerencias',
  'noun.code':
    'código|script|programa|función|método|clase|componente|módulo|biblioteca|librería|api|regex|expresión regular|consulta|consulta sql|prueba unitaria|pruebas unitarias|pruebas|tests|algoritmo|base de datos|bucle|variable|array|página web|repositorio|recursiva|recursivo|comando',
  'noun.doc':
    'artículo|texto|textos|documento|informe|capítulo|contrato|párrafo|estudio|libro|noticia|comunicado|página|fragmento|pasaje|manual|reglamento|reseña',
  'noun.talk':
    'conversación|diálogo|reunión|charla|chat|transcripción|entrevista|hilo|llamada|debate|mensajes|discusión',
  'noun.creative':
    'poema|haiku|cuento|historia|relato|canción|letra de|novela|escena|chiste|eslogan|discurso|carta|correo|email|publicación|invitación|anuncio|personaje|dragón|rima|soneto|leyenda|descripción del producto|microrrelato|guion|carta de presentación',
  'noun.math':
    'ecuación|ecuaciones|integral|derivada|matriz|triángulo|círculo|radio|perímetro|área|volumen|ángulo|probabilidad|fracción|porcentaje|raíz|raíz cuadrada|suma|producto de|promedio|polinomio|número primo|enteros|divisible|teorema|km h|descuento|interés',
  'noun.message': 'correo|email|carta|mensaje|publicación|invitación|anuncio',
  'noun.labels':
    'positivo|negativo|neutro|positiva|negativa|categoría|categorías|tema|temas|queja|facturación|técnico|urgente|prioridad|una de|uno de',
  'noun.fields':
    'nombres|fechas|importes|direcciones|números|número de factura|campos|palabras clave|teléfono|teléfonos|en json|formato json|lugares|empresas|cantidades|vencimiento',
  'noun.context':
    'según|según el|de acuerdo con|basándote en|a partir del|en el texto|en el documento|del contrato|contexto|el pasaje|siguiente texto|únicamente|fragmento|el reglamento|el artículo|el documento',
  'noun.tool':
    'herramienta|herramientas|calendario|navegador|terminal|ticket|luz|luces|calefacción|alarma|temporizador|mesa para|vuelo|vuelos|tren|hotel|cita|recordatorio|lista de reproducción',
  'noun.tongue': 'inglés|español|francés|alemán|italiano|chino|japonés|portugués|ruso|árabe|catalán',
  'noun.number':
    'dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|mitad|doble|triple|cada|euros|horas|minutos|días|litros|cuesta|gana',
  'ask.what': 'qué es|qué son|cuál es|cuál fue|cuáles son|qué|cuál',
  'ask.who': 'quién|quién es|quién fue|quién escribió|quiénes',
  'ask.when': 'cuándo|en qué año|en qué fecha|desde cuándo',
  'ask.where': 'dónde|dónde está|en qué país|capital de|qué ciudad',
  'ask.why': 'por qué|a qué se debe',
  'ask.how': 'cómo|cómo puedo|de qué manera',
  'ask.many': 'cuánto|cuántos|cuántas|a qué distancia',
  'social.greeting':
    'hola|buenos días|buenas tardes|buenas noches|buenas|qué tal|cómo estás|cómo está|cómo te va|adiós|hasta luego|hasta pronto|nos vemos|qué onda',
  'social.thanks': 'gracias|muchas gracias|genial|perfecto|vale|ok|estupendo|guay|bien hecho|jaja|jajaja|de acuerdo',
  'social.self':
    'quién eres|cómo te llamas|eres un|eres una|qué puedes hacer|te gusta|tu favorito|tu favorita|estoy aburrido|estoy aburrida|me siento|estoy triste|estoy cansado|estoy cansada|mi día|hablemos|charlar|qué opinas|fin de semana|cuéntame un chiste|háblame de ti|estoy nervioso|estoy nerviosa|estoy feliz',
  'out.json': 'json|en json|formato json',
  'out.short': 'en una frase|en dos frases|en tres frases|brevemente|breve|máximo|solo|una palabra',
  'out.steps': 'paso a paso|pasos|justifica|muestra el procedimiento',
  'out.list': 'lista|viñetas|tabla|en forma de lista',
  polite:
    'por favor|puedes|podrías|puede|podría|quiero que|necesito que|me gustaría que|ayúdame a|me|ahora|quiero|necesito|quisiera|me puedes|puedes ayudarme a|tu tarea es|hay que',
  'role.you': 'eres un|eres una|usted es|tu tarea|tu función|asistente|actúa como',
  'lang.es':
    'el|la|los|las|de|y|es|un|una|que|en|por|para|con|del|al|se|no|lo|su|sus|mi|me|tu|este|esta|estos|qué|cómo|cuál|más|pero|hola|gracias|escribe|siguiente|está|son|fue|como|entre|sobre|cuántos|yo|hay',
}
