# Golden values for the statistics of replay, computed by R and not by this project.
# Regenerate: Rscript golden.R > golden.json   (Debian: apt-get install r-base-core r-cran-boot; R 4.2, boot 1.3)
suppressMessages(library(boot))
num <- function(x) paste0("[", paste(ifelse(is.finite(x), sprintf("%.17g", x), "null"), collapse = ","), "]")
one <- function(x) sprintf("%.17g", x)
out <- character()
put <- function(name, json) out <<- c(out, paste0('"', name, '":', json))

# Distributions
put("studentQuantile", paste0("[", paste(sapply(c(1, 2, 3.5, 9, 19, 127, 9999), function(df)
  sapply(c(0.005, 0.05, 0.2, 0.8, 0.95, 0.975), function(p) num(c(p, df, qt(p, df))))), collapse = ","), "]"))
put("studentCdf", paste0("[", paste(sapply(c(1, 4, 30.5, 400), function(df)
  sapply(c(-8, -2.1, -0.3, 0.7, 3), function(t) num(c(t, df, pt(t, df))))), collapse = ","), "]"))
put("normalQuantile", paste0("[", paste(sapply(c(1e-9, 1e-4, 0.05, 0.3, 0.5, 0.8, 0.975, 0.99999), function(p)
  num(c(p, qnorm(p)))), collapse = ","), "]"))
put("normalCdf", paste0("[", paste(sapply(c(-9, -5, -3.01, -2.99, -1, 0, 0.5, 2.5, 6), function(x)
  num(c(x, pnorm(x)))), collapse = ","), "]"))
put("binomialCdf", paste0("[", paste(apply(rbind(c(0, 5, .5), c(3, 10, .5), c(40, 100, .5), c(7, 9, .2), c(499, 1000, .5)), 1,
  function(v) num(c(v, pbinom(v[1], v[2], v[3])))), collapse = ","), "]"))
put("lnGamma", paste0("[", paste(sapply(c(0.1, 0.5, 1, 2.5, 7, 10, 33.3, 1000), function(x) num(c(x, lgamma(x)))), collapse = ","), "]"))

# Paired t and log ratio on fixed data
before <- c(1.2, 3.4, 0.7, 2.2, 5.1, 1.9, 2.8, 0.4, 3.3, 1.1, 4.2, 2.6)
after <- c(1.0, 2.1, 0.9, 1.7, 3.3, 1.8, 2.2, 0.5, 2.4, 0.8, 4.4, 1.6)
pt90 <- t.test(after, before, paired = TRUE, conf.level = .9)
pt95 <- t.test(after, before, paired = TRUE, conf.level = .95)
greater <- t.test(after, before, paired = TRUE, alternative = "greater", mu = -0.2)
put("pairedT", paste0('{"before":', num(before), ',"after":', num(after), ',"point":', one(pt90$estimate),
  ',"i90":', num(pt90$conf.int), ',"i95":', num(pt95$conf.int), ',"pAboveMinus02":', one(greater$p.value), "}"))
lr90 <- t.test(log(after / before), conf.level = .9)
put("logRatio", paste0('{"point":', one(exp(lr90$estimate) - 1), ',"i90":', num(exp(lr90$conf.int) - 1), "}"))

# Cluster-robust mean: intercept-only regression, sandwich variance with the G/(G-1) factor, t with G - 1
value <- c(0, 1, 0, -1, 0, 0, 1, 1, 0, 0, 0, -1, 0, 0.5, 0.25, 0, 0, 1)
group <- c(1, 1, 1, 2, 2, 3, 3, 3, 3, 4, 5, 5, 6, 6, 6, 7, 8, 8)
fit <- lm(value ~ 1)
u <- residuals(fit); G <- length(unique(group))
X <- model.matrix(fit); bread <- solve(crossprod(X))
meat <- Reduce(`+`, lapply(split(seq_along(u), group), function(i) { s <- t(X[i, , drop = FALSE]) %*% u[i]; s %*% t(s) }))
se <- sqrt(as.numeric(G / (G - 1) * bread %*% meat %*% bread))
put("clusterT", paste0('{"values":', num(value), ',"groups":', num(group - 1), ',"point":', one(coef(fit)), ',"se":', one(se),
  ',"i90":', num(coef(fit) + c(-1, 1) * qt(.95, G - 1) * se), ',"i95":', num(coef(fit) + c(-1, 1) * qt(.975, G - 1) * se), "}"))

# Paired proportions: full 2x2 tables, so that the adjusted cells are seen to be the discordant ones
bp <- function(a, b, c, d, level) { # a both pass, b only baseline, c only candidate, d none
  tab <- matrix(c(a, c + 1, b + 1, d), 2); n <- sum(tab); p <- tab / n
  est <- p[2, 1] - p[1, 2]; v <- (p[2, 1] + p[1, 2] - est^2) / n
  pmin(1, pmax(-1, est + c(-1, 1) * qnorm((1 + level) / 2) * sqrt(v)))
}
cells <- list(c(10, 2, 5, 3), c(20, 0, 0, 0), c(80, 9, 4, 35), c(0, 6, 0, 0), c(300, 21, 30, 49))
put("bonettPrice", paste0("[", paste(sapply(cells, function(v) paste0('{"n":', sum(v), ',"onlyBaseline":', v[2], ',"onlyCandidate":', v[3],
  ',"i90":', num(bp(v[1], v[2], v[3], v[4], .9)), ',"i95":', num(bp(v[1], v[2], v[3], v[4], .95)),
  ',"mcnemar":', one(if (v[2] + v[3] == 0) 1 else binom.test(v[2], v[2] + v[3])$p.value), "}")), collapse = ","), "]"))
put("wilson", paste0("[", paste(apply(rbind(c(0, 128), c(1, 128), c(21, 128), c(7, 9), c(9, 9)), 1, function(v)
  num(c(v, suppressWarnings(prop.test(v[1], v[2], conf.level = .9, correct = FALSE)$conf.int)))), collapse = ","), "]"))

# Several looks
p <- c(0.012, 0.6, 0.0004, 0.049, 0.03, 0.03, 0.9)
put("multiple", paste0('{"p":', num(p), ',"holm":', num(p.adjust(p, "holm")), ',"bh":', num(p.adjust(p, "BH")), "}"))

# Power: n for non-inferiority of paired shares, 80 %, one-sided 5 %
k <- qnorm(.95) + qnorm(.8)
put("power", paste0('{"k2":', one(k^2), ',"needed":[', paste(apply(rbind(c(.05, .10), c(.05, .05), c(.10, .05), c(.10, .03), c(.20, .05), c(.10, .02)), 1,
  function(v) num(c(v, ceiling(k^2 * v[1] / v[2]^2)))), collapse = ","), '],"detectableT":', one((qt(.95, 11) + qt(.8, 11)) * sd(after - before) / sqrt(12)), "}"))

# BCa with the replicates that boot drew, so that both sides work on the same numbers
set.seed(20)
x <- round(rexp(40) - rexp(40, 2), 6)
b <- boot(x, function(d, i) mean(d[i]), R = 799)
ci <- boot.ci(b, conf = c(.9, .95), type = "bca", L = x - mean(x))
put("bca", paste0('{"values":', num(x), ',"replicates":', num(b$t[, 1]), ',"i90":', num(ci$bca[1, 4:5]), ',"i95":', num(ci$bca[2, 4:5]), "}"))

# Bootstraps with own draws on both sides: 100 000 resamples here, compared with a tolerance
set.seed(21)
cost <- round(exp(rnorm(60)) * 1e6); dear <- round(cost * exp(rnorm(60, -.3, .4)))
session <- rep(1:30, each = 2)
B <- tapply(cost, session, sum); C <- tapply(dear, session, sum)
lr <- replicate(1e5, { i <- sample.int(30, replace = TRUE); log(sum(C[i]) / sum(B[i])) })
neff <- min(sum(B)^2 / sum(B^2), sum(C)^2 / sum(C^2)); df <- neff - 1
tails <- pnorm(sqrt((df + 1) / df) * qt(c(.05, .95), df))
put("ratioOfSums", paste0('{"baseline":', num(cost), ',"candidate":', num(dear), ',"cluster":', num(session - 1),
  ',"point":', one(sum(C) / sum(B) - 1), ',"i90":', num(exp(quantile(lr, tails)) - 1), ',"se":', one(sd(lr)), "}"))
q95 <- function(v) sort(v)[ceiling(.95 * length(v))]
slow <- round(exp(rnorm(200, 7, .6))); fast <- round(slow * exp(rnorm(200, -.1, .3)))
lp <- replicate(1e5, { i <- sample.int(200, replace = TRUE); log(q95(fast[i]) / q95(slow[i])) })
put("p95Ratio", paste0('{"baseline":', num(slow), ',"candidate":', num(fast), ',"point":', one(q95(fast) / q95(slow) - 1),
  ',"i90":', num(exp(quantile(lp, c(.05, .95))) - 1), "}"))

cat("{\n", paste(out, collapse = ",\n"), "\n}\n", sep = "")
