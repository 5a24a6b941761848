import type { CanonicalRequest } from '../../wire/canonical.ts'
import type { Features } from '../features.ts'
import type { Modality } from '../matrix.ts'
import type { Conversation } from './conversation.ts'

/** What a model must be able to do for this request. */
export function needsOf(request: CanonicalRequest): Features['needs'] {
  const parameters: string[] = []
  for (const [name, value] of Object.entries(request.sampling)) if (value !== undefined) parameters.push(name)
  const wantsTools = request.tools.length > 0 && request.toolChoice?.kind !== 'none'
  return {
    tools: wantsTools,
    parallelTools: wantsTools && request.parallelToolCalls === true,
    jsonMode: request.responseFormat.kind !== 'text',
    jsonSchema: request.responseFormat.kind === 'json_schema',
    stream: request.stream,
    choices: request.choices,
    parameters: parameters.sort(),
  }
}

/** Kinds of input, text first. */
export function modalitiesOf(conversation: Conversation): readonly Modality[] {
  const modalities: Modality[] = ['text']
  if (conversation.images > 0) modalities.push('image')
  if (conversation.audios > 0) modalities.push('audio')
  // Providers take files as PDF; another kind of file has no modality of its own.
  if (conversation.files > 0) modalities.push('pdf')
  return modalities
}
