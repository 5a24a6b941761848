/** Where the cursor of a list goes; null for actions that do not move it. */
export function moved(cursor: number, action: string, list: { count: number; page: number }): number | null {
  const last = Math.max(0, list.count - 1)
  const within = (index: number): number => Math.max(0, Math.min(last, index))
  switch (action) {
    case 'up':
      return within(cursor - 1)
    case 'down':
      return within(cursor + 1)
    case 'page_up':
      return within(cursor - list.page)
    case 'page_down':
      return within(cursor + list.page)
    case 'first':
      return 0
    case 'last':
      return last
    default:
      return null
  }
}
