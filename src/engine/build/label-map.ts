import type { KnownIntent } from '../intent/rules.ts'

/** What a foreign label means here: the intents that count as right, and the one to train on (null: evaluate only). */
export interface Mapping {
  readonly accept: readonly KnownIntent[]
  readonly train: KnownIntent | null
}

/** A label without a counterpart among our intents. */
const none = null
const one = (intent: KnownIntent): Mapping => ({ accept: [intent], train: intent })
const judged = (...accept: KnownIntent[]): Mapping => ({ accept, train: null })

const listed = (intent: KnownIntent, labels: string): Record<string, Mapping> =>
  Object.fromEntries(labels.split(' ').map((label) => [label, one(intent)]))

/** clinc150: 150 intents of a voice assistant. Account, travel and car questions that need private data map to none. */
export const CLINC150: Readonly<Record<string, Mapping | null>> = {
  translate: one('translate'),
  ...listed('math', 'calculator measurement_conversion'),
  ...listed(
    'qa.knowledge',
    'definition nutrition_info calories vaccines plug_type oil_change_how jump_start tire_change international_visa ' +
      'food_last ingredient_substitution cook_time improve_credit_score gas_type',
  ),
  ...listed(
    'chat',
    'greeting goodbye thank_you tell_joke what_is_your_name how_old_are_you who_made_you where_are_you_from are_you_a_bot ' +
      'what_are_your_hobbies do_you_have_pets meaning_of_life yes no maybe who_do_you_work_for what_can_i_ask_you',
  ),
  ...listed(
    'agent.tools',
    'alarm timer reminder reminder_update book_flight book_hotel calendar_update schedule_meeting make_call play_music ' +
      'next_song uber smart_home text transfer pay_bill order shopping_list_update todo_list_update ' +
      'restaurant_reservation cancel_reservation find_phone freeze_account schedule_maintenance update_playlist ' +
      'change_volume car_rental sync_device pto_request share_location',
  ),
  oos: none,
}

/** banking77: one domain, questions to a bank. None of its labels names one of our tasks: used as a probe only. */
export const BANKING77: Readonly<Record<string, Mapping | null>> = {}

/** BELLE: task types. Its "rewrite" holds translations, its "code" every kind of code task. */
export const BELLE: Readonly<Record<string, Mapping | null>> = {
  'open qa': one('qa.knowledge'),
  'closed qa': one('qa.context'),
  rewrite: judged('rewrite', 'translate'),
  generation: one('write.creative'),
  brainstorming: none,
  math: one('math'),
  classification: one('classify'),
  summarization: judged('doc.summarize', 'conversation.summarize'),
  code: judged('code.generate', 'code.edit', 'code.explain'),
  extract: one('extract'),
}

/** self-instruct's T0 sample: the label was derived from the template's name. */
export const INTENT_T0: Readonly<Record<string, Mapping | null>> = {
  classify: one('classify'),
  'creative-writing': one('write.creative'),
  'summarize-doc': one('doc.summarize'),
  'summarize-chat': one('conversation.summarize'),
  rewrite: one('rewrite'),
  'extract/closed-qa': { accept: ['qa.context', 'extract'], train: 'qa.context' },
  null: none,
}

/** Outcome sets by dataset, or `dataset/category` where one dataset holds several tasks. */
export const OUTCOMES: Readonly<Record<string, Mapping | null>> = {
  'agentverse-mgsm': one('math'),
  gsm8k: one('math'),
  gsm: one('math'),
  math: one('math'),
  'math-l5': one('math'),
  mbpp: one('code.generate'),
  human_eval: one('code.generate'),
  trivia_qa: one('qa.knowledge'),
  natural_qa: one('qa.knowledge'),
  arc_challenge: { accept: ['qa.knowledge', 'reasoning'], train: 'qa.knowledge' },
  openbook_qa: { accept: ['qa.knowledge', 'reasoning'], train: 'qa.knowledge' },
  commonsense_qa: { accept: ['reasoning', 'qa.knowledge'], train: 'reasoning' },
  // Predicting what code prints is reading code.
  crux: one('code.explain'),
  // Exams of many subjects: only those whose questions are plainly of one kind.
  mmlu: none,
  'mmlu-pro': none,
  'mmlu-pro/math': one('math'),
  'mmlu-pro/history': judged('qa.knowledge', 'qa.context', 'reasoning'),
  'mmlu-pro/biology': judged('qa.knowledge', 'reasoning'),
  'mmlu-pro/health': judged('qa.knowledge', 'reasoning'),
  'mmlu-pro/psychology': judged('qa.knowledge', 'reasoning'),
  'mmlu/elementary_mathematics': one('math'),
  'mmlu/high_school_mathematics': one('math'),
  'mmlu/marketing': one('qa.knowledge'),
  'mmlu/high_school_geography': one('qa.knowledge'),
  'mmlu/astronomy': one('qa.knowledge'),
  'mmlu/virology': one('qa.knowledge'),
}

/** vllm-project/semantic-router test cases: evaluated only, nothing derived from them ships. */
export const VLLM_CASES: Readonly<Record<string, Mapping | null>> = {
  math: judged('math'),
  biology: judged('qa.knowledge', 'reasoning'),
  health: judged('qa.knowledge', 'reasoning'),
  history: judged('qa.knowledge', 'reasoning'),
  psychology: judged('qa.knowledge', 'reasoning'),
  philosophy: judged('qa.knowledge', 'reasoning'),
  economics: judged('qa.knowledge', 'reasoning'),
  law: judged('qa.knowledge', 'reasoning'),
  coding: judged('code.generate', 'code.edit', 'code.explain', 'code.review'),
}

/** Our intents for a foreign label, null when it has none. */
export function mappingOf(table: Readonly<Record<string, Mapping | null>>, label: string): Mapping | null {
  return table[label] ?? null
}
