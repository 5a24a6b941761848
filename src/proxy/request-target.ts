import { GatewayError } from '../wire/errors.ts'

/**
 * The one normalised path of a request, used by every check and by the router alike: decoded once, without the query,
 * without a trailing slash. Whatever could mean two things to two readers is refused, not repaired.
 */
export function normalPath(target: string): string {
  if (!target.startsWith('/')) throw bad('the request target must be a path, not a whole address')
  const end = target.search(/[?#]/)
  const decoded = decodeOnce(end === -1 ? target : target.slice(0, end))
  if (/[\\%?#]|[^\u0020-\u007e]/.test(decoded)) throw bad('the path holds a character that is not allowed')
  const path = decoded.length > 1 && decoded.endsWith('/') ? decoded.slice(0, -1) : decoded
  const segments = path.slice(1).split('/')
  const odd = path !== '/' && segments.some((segment) => segment === '' || segment === '.' || segment === '..')
  if (odd) throw bad('the path holds an empty or dot segment')
  return path
}

function decodeOnce(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw bad('the path is not valid percent-encoding')
  }
}

function bad(message: string): GatewayError {
  return new GatewayError('invalid_request_error', message)
}
