import type { Account, Held, Slot } from './account.ts'
import type { Window } from './windows.ts'

/** The account with one more reservation in a slot. */
export function heldIn(account: Account, start: number, nanoUsd: number): Held {
  const known = account.slots.some((slot) => slot.start === start)
  const slots = known ? account.slots : withSlot(account.slots, start)
  const next = changed({ ...account, slots }, start, (slot) => ({
    ...slot,
    reservedNanoUsd: plus(slot.reservedNanoUsd, nanoUsd),
  }))
  return { account: next, hold: { slot: start, nanoUsd, expired: false } }
}

function withSlot(slots: readonly Slot[], start: number): readonly Slot[] {
  const at = slots.findLastIndex((slot) => slot.start < start) + 1
  return slots.toSpliced(at, 0, { start, spentNanoUsd: 0, reservedNanoUsd: 0 })
}

/** The account with one slot changed. A slot that is outside the window is gone, and its holds touch nothing any more. */
export function changed(account: Account, start: number, change: (slot: Slot) => Slot): Account {
  const at = account.slots.findIndex((slot) => slot.start === start)
  const slot = account.slots[at]
  if (slot === undefined) return account
  return accountOf(account.window, account.slots.with(at, change(slot)), account.overshootNanoUsd)
}

/** An account of these slots, with their sums. */
export function accountOf(window: Window, slots: readonly Slot[], overshootNanoUsd: number): Account {
  let spentNanoUsd = 0
  let reservedNanoUsd = 0
  for (const slot of slots) {
    spentNanoUsd = plus(spentNanoUsd, slot.spentNanoUsd)
    reservedNanoUsd = plus(reservedNanoUsd, slot.reservedNanoUsd)
  }
  return { window, slots, spentNanoUsd, reservedNanoUsd, overshootNanoUsd }
}

/** An amount as an integer that is safe to add. */
export function whole(nanoUsd: number): number {
  // Whatever is no amount counts as the most there is: money must not vanish in a mistake.
  return Number.isNaN(nanoUsd)
    ? Number.MAX_SAFE_INTEGER
    : Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.ceil(nanoUsd)))
}

/** A sum that stops at the largest safe integer. */
export function plus(a: number, b: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, a + b)
}

/** A difference that stops at zero. */
export function minus(a: number, b: number): number {
  return Math.max(0, a - b)
}
