/** Distribution functions, computed; accurate to about 1e-13 relative, which the golden tests check against R. */

/** Bernoulli terms B(2k) / (2k(2k−1)) of Stirling's series. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156]

/** ln Γ(x) for x > 0: recurrence up to 10, then Stirling's series (Abramowitz & Stegun 6.1.15, 6.1.41). */
export function lnGamma(x: number): number {
  let shift = 0
  let z = x
  while (z < 10) {
    shift += Math.log(z)
    z += 1
  }
  const inverse = 1 / (z * z)
  let series = 0
  for (const term of STIRLING.toReversed()) series = series * inverse + term
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series / z - shift
}

/** Regularised incomplete beta I_x(a, b), x in [0, 1], a and b > 0. Continued fraction of DLMF 8.17.22. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast only below the mean; the symmetry gives the other side.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  return front * betaFraction(x, a, b)
}

/** Lentz's evaluation; `tiny` stands in for zero denominators. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  const nonZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let result = d
  for (let m = 1; m <= 1000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    result *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    result *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return result
}

/** Φ(x), the standard normal distribution function. */
export function normalCdf(x: number): number {
  return x < 0 ? upperTail(-x) : 1 - upperTail(x)
}

/** 1 − Φ(x) for x >= 0: series near 0 (A&S 26.2.11), continued fraction further out (A&S 26.2.14). */
function upperTail(x: number): number {
  const density = normalDensity(x)
  if (x < 3) {
    let term = x
    let sum = x
    for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && k < 200; k += 2) {
      term *= (x * x) / k
      sum += term
    }
    return 0.5 - density * sum
  }
  let fraction = 0
  for (let k = 200; k >= 1; k -= 1) fraction = k / (x + fraction)
  return density / (x + fraction)
}

function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)
}

/** Φ⁻¹(p), p in (0, 1); ±Infinity at the ends. */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity
  if (p >= 1) return Infinity
  if (p > 0.5) return -normalQuantile(1 - p)
  return invert(normalCdf, p, { from: -40, to: 0 })
}

/** Student t distribution function with `df` > 0 degrees of freedom (A&S 26.7.1). */
export function studentCdf(t: number, df: number): number {
  if (t === 0) return 0.5
  const tail = 0.5 * incompleteBeta(df / (df + t * t), df / 2, 0.5)
  return t < 0 ? tail : 1 - tail
}

/** Quantile of Student's t, p in (0, 1). */
export function studentQuantile(p: number, df: number): number {
  if (p <= 0) return -Infinity
  if (p >= 1) return Infinity
  if (p > 0.5) return -studentQuantile(1 - p, df)
  let from = -2
  while (studentCdf(from, df) > p) from *= 2
  return invert((t) => studentCdf(t, df), p, { from, to: 0 })
}

/** P(X <= k) for X binomial(n, p), through the incomplete beta function (A&S 26.5.24). */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0
  if (k >= n) return 1
  return incompleteBeta(1 - p, n - k, k + 1)
}

/** Root of an increasing function by bisection down to neighbouring doubles; slow is fine, a wrong root is not. */
function invert(cdf: (x: number) => number, p: number, range: { from: number; to: number }): number {
  let { from, to } = range
  for (let step = 0; step < 200; step += 1) {
    const middle = (from + to) / 2
    if (middle === from || middle === to) break
    if (cdf(middle) < p) from = middle
    else to = middle
  }
  return (from + to) / 2
}
