import { argumentsObject } from '../arguments-json.ts'
import type { Block, CanonicalAnswer, FinishReason, Signed } from '../canonical.ts'
import { hasError, readProviderError, type ProviderError } from '../error-body.ts'
import { GatewayError } from '../errors.ts'
import { isJsonObject, textOr, type JsonObject } from '../json.ts'
import type { AnswerReading } from '../reading.ts'
import { writeSignature } from '../signatures.ts'
import { readFinishReason, writeFinishReason } from './finish.ts'
import { groundedBlocks, groundingOf } from './grounding.ts'
import { mediaBlock } from './parse-parts.ts'
import { generatedCallId, providerCallId } from './tool-ids.ts'
import { readGenerateUsage, writeGenerateUsage } from './usage.ts'

/** Reads a provider's answer leniently: only what is used has to be there. Of several candidates the first is read. */
export function readGenerateAnswer(body: unknown): AnswerReading {
  if (!isJsonObject(body)) return malformed('body', 'not a JSON object')
  if (hasError(body)) return { kind: 'error', error: readProviderError(body) }
  const head = { id: textOr(body['responseId'], ''), model: textOr(body['modelVersion'], '') }
  const usage = readGenerateUsage(body['usageMetadata'])
  const blocked = blockedPrompt(body)
  if (blocked !== null) {
    const blocks: Block[] = [{ kind: 'refusal', text: blocked }]
    return { kind: 'answer', answer: { ...head, blocks, finish: 'content_filter', usage } }
  }
  const candidate = firstCandidate(body)
  if (candidate === null) return malformed('candidates', 'not an array of objects')
  const blocks = groundedBlocks(
    candidateParts(candidate).map((part, index) => readAnswerPart(part, generatedCallId(head.id, index))),
    candidate['groundingMetadata'],
  )
  const finish = readFinishReason(
    candidate['finishReason'],
    blocks.some(({ kind }) => kind === 'tool_use'),
  )
  if (finish === 'error') return { kind: 'error', error: candidateError(candidate) }
  const refusal = finish === 'content_filter' ? textOr(candidate['finishMessage'], '') : ''
  if (refusal !== '') blocks.push({ kind: 'refusal', text: refusal })
  return { kind: 'answer', answer: { ...head, blocks, finish, usage } }
}

/** As `readGenerateAnswer`, for a body that has to be an answer; throws `invalid_request_error` when it is not. */
export function parseGenerateAnswer(body: unknown): CanonicalAnswer {
  const reading = readGenerateAnswer(body)
  if (reading.kind === 'answer') return reading.answer
  const param = reading.kind === 'malformed' ? reading.path : 'error'
  const what = reading.kind === 'malformed' ? reading.message : 'it holds an error'
  throw new GatewayError('invalid_request_error', `the answer can not be read: ${what}`, { param })
}

/** Why the prompt was refused; null when it was not. Such a body has no candidates. */
export function blockedPrompt(body: JsonObject): string | null {
  const feedback = body['promptFeedback']
  if (!isJsonObject(feedback) || firstCandidate(body) !== null) return null
  const reason = textOr(feedback['blockReason'], '')
  if (reason === '') return null
  return textOr(feedback['blockReasonMessage'], '') || `the prompt was blocked: ${reason}`
}

/** The candidate with index 0 if there is one, else the first. */
export function firstCandidate(body: JsonObject): JsonObject | null {
  const { candidates } = body
  if (!Array.isArray(candidates)) return null
  const objects: JsonObject[] = candidates.filter(isJsonObject)
  return objects.find((candidate) => (candidate['index'] ?? 0) === 0) ?? objects[0] ?? null
}

export function candidateParts(candidate: JsonObject): JsonObject[] {
  const content = isJsonObject(candidate['content']) ? candidate['content'] : {}
  return Array.isArray(content['parts']) ? content['parts'].filter(isJsonObject) : []
}

/** The model gave up: what it says about it, if anything. */
export function candidateError(candidate: JsonObject): ProviderError {
  const reason = textOr(candidate['finishReason'], '')
  const message = textOr(candidate['finishMessage'], '') || `the model ended with ${reason}`
  return { message, type: reason, code: null, param: null, status: null, retryAfterMs: null }
}

/** One part of an answer; `callId` is for a call without an id. */
export function readAnswerPart(part: JsonObject, callId: string): Block[] {
  const seal = readSeal(part)
  const { text, functionCall: call, inlineData: data } = part
  if (typeof text === 'string') {
    if (text === '' && seal.signature === undefined) return []
    return [{ kind: part['thought'] === true || text === '' ? 'reasoning' : 'text', text, ...seal }]
  }
  if (isJsonObject(call)) {
    const name = textOr(call['name'], '')
    const argumentsJson = JSON.stringify(isJsonObject(call['args']) ? call['args'] : {})
    return [{ kind: 'tool_use', id: textOr(call['id'], '') || callId, name, argumentsJson, ...seal }]
  }
  if (isJsonObject(data)) {
    const mime = textOr(data['mimeType'], '')
    return [mediaBlock(mime, { kind: 'data', mime, base64: textOr(data['data'], '') }, seal)]
  }
  return [{ kind: 'opaque', format: 'gemini', value: part }]
}

export function readSeal(part: JsonObject): Signed {
  const signature = textOr(part['thoughtSignature'], '')
  return signature === '' ? {} : { signature, signedBy: 'gemini' }
}

export interface EncodeGenerateAnswer {
  /** The name that the client shall see. */
  readonly model: string
  /** Used when the answer has no id of its own. */
  readonly id?: string
}

/** A complete answer for a client of the format. */
export function encodeGenerateAnswer(answer: CanonicalAnswer, { model, id }: EncodeGenerateAnswer): JsonObject {
  const refusal = answer.blocks.flatMap((block) => (block.kind === 'refusal' ? [block.text] : [])).join('')
  const finish: FinishReason = answer.finish ?? 'stop'
  const grounding = groundingOf(answer.blocks, answerPart)
  const candidate = {
    content: { role: 'model', parts: answer.blocks.flatMap((block) => answerPart(block)) },
    ...(grounding === null ? {} : { groundingMetadata: grounding }),
    finishReason: writeFinishReason(refusal !== '' && finish === 'stop' ? 'content_filter' : finish),
    ...(refusal === '' ? {} : { finishMessage: refusal }),
    index: 0,
  }
  return {
    candidates: [candidate],
    ...(answer.usage === null ? {} : { usageMetadata: writeGenerateUsage(answer.usage) }),
    modelVersion: model,
    responseId: answer.id === '' ? (id ?? 'gateway') : answer.id,
  }
}

/** A block as a part for a client. */
export function answerPart(block: Block): JsonObject[] {
  switch (block.kind) {
    case 'text':
      return block.text === '' && block.signature === undefined ? [] : [{ text: block.text, ...writeSeal(block) }]
    case 'reasoning': {
      const { text, redacted } = block
      // Hidden thought of another provider has no place here that it could come back from.
      if (redacted !== undefined) return []
      return [{ text, ...(text === '' ? {} : { thought: true }), ...writeSeal(block) }]
    }
    case 'tool_use': {
      const functionCall = {
        ...providerCallId(block.id),
        name: block.name,
        args: argumentsObject(block.argumentsJson),
      }
      return [{ functionCall, ...writeSeal(block) }]
    }
    case 'image':
    case 'audio':
    case 'file':
      return block.source.kind === 'data'
        ? [{ inlineData: { mimeType: block.source.mime, data: block.source.base64 } }]
        : []
    case 'opaque':
      return block.format === 'gemini' ? [block.value] : []
    // The refusal stands beside the candidate's content.
    case 'refusal':
    case 'tool_result':
      return []
  }
}

/** The seal of a part, marked when another provider put it. */
export function writeSeal(signed: Signed): JsonObject {
  const signature = writeSignature(signed, 'gemini')
  return signature === null ? {} : { thoughtSignature: signature }
}

function malformed(path: string, problem: string): AnswerReading {
  return { kind: 'malformed', message: `"${path}" is ${problem}`, path }
}
