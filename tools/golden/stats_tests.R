# SPDX-License-Identifier: Apache-2.0
# Goldens of describe, tests, p.adjust, correlations, ICC and ComBat from R:
#   Rscript tools/golden/stats_tests.R tests/golden/r
# writes stats_tests.json. Packages: jsonlite, psych, sva.
suppressMessages({library(jsonlite); library(psych)})
out <- commandArgs(TRUE)[1]
set.seed(5)
two <- function(t) list(statistic = unname(t$statistic), p = t$p.value)

samples <- list(
  list(a = round(rnorm(20), 6), b = round(rnorm(25, .6, 2), 6)),
  list(a = c(1, 2, 2, 3, 3, 3), b = c(2, 3, 4, 4, 5, 5, 5, 6)),
  list(a = round(rexp(60), 3), b = round(rexp(71, .7), 3)),
  list(a = c(0, 0, 1, 0, 1), b = c(1, 1, 0, 1)))
tests <- lapply(samples, function(s) {
  student <- t.test(s$a, s$b, var.equal = TRUE)
  welch <- t.test(s$a, s$b)
  c(s, list(mann_whitney = two(suppressWarnings(wilcox.test(s$a, s$b, exact = FALSE))),
    student = c(two(student), df = unname(student$parameter)),
    welch = c(two(welch), df = unname(welch$parameter)),
    quantiles = unname(quantile(s$a, c(.25, .5, .75))), mean = mean(s$a), sd = sd(s$a)))
})

normality <- lapply(list(c(1, 2, 4), c(1.5, 2, 2.5, 4), round(rnorm(5), 4), round(rexp(6), 4),
  round(rnorm(11), 4), round(rexp(12), 4), round(rnorm(50), 4), round(rlnorm(300), 3),
  rep(1:4, c(3, 5, 2, 7)), 1000 + round(rnorm(40), 3)),
  function(v) c(list(v = v), two(shapiro.test(v))))

tables <- lapply(list(
  matrix(c(10, 4, 3, 12), 2), matrix(c(3, 0, 1, 5), 2), matrix(c(0, 7, 7, 0), 2),
  matrix(c(120, 80, 95, 140), 2), matrix(c(5, 3, 9, 2, 8, 1), 3), matrix(c(30, 41, 12, 7, 25, 50, 9, 3), 4),
  matrix(c(1, 0, 2, 6, 4, 0, 3, 1, 1, 7), 5),
  matrix(c(1, 2, 1, 0, 3, 3, 6, 1, 10, 10, 14, 9, 6, 7, 12, 11), 4), # Agresti 1990, p. 57: Job
  matrix(c(3, 0, 1, 2, 5, 1, 0, 2, 4, 1, 1, 6), 3), diag(3) * 5, matrix(5, 3, 3),
  matrix(c(0, 9, 2, 1, 4, 4, 7, 0, 1, 3, 0, 5, 2, 2, 8), 5), matrix(c(2, 0, 3, 0, 0, 0, 4, 0, 1, 5, 0, 2), 4)), function(m) {
  kept <- m[rowSums(m) > 0, colSums(m) > 0]
  chi <- suppressWarnings(chisq.test(kept, correct = FALSE))
  list(rows = nrow(m), cols = ncol(m), counts = as.vector(t(m)),
    chi2 = unname(chi$statistic), df = unname(chi$parameter), p = chi$p.value,
    fisher = fisher.test(kept)$p.value)
})

p <- c(0.01, 0.02, 0.03, 0.04, 0.05, 0.8, 0.001, NA, 0.02, 0.5)
adjust <- list(p = p)
for (m in c("holm", "hochberg", "bonferroni", "BH", "BY")) adjust[[tolower(m)]] <- p.adjust(p, m)

x <- cbind(rnorm(30), round(rnorm(30)), rexp(30), sample(0:1, 30, TRUE))
x[, 3] <- x[, 3] + x[, 1]
x <- round(x, 5)
correlation <- list(n = nrow(x), m = ncol(x), x = as.vector(t(x)))
for (m in c("pearson", "spearman", "kendall")) {
  pm <- matrix(NA, 4, 4)
  for (i in 1:4) for (j in 1:4) if (i != j)
    pm[i, j] <- suppressWarnings(cor.test(x[, i], x[, j], method = m, exact = FALSE))$p.value
  correlation[[m]] <- list(r = as.vector(cor(x, method = m)), p = as.vector(pm))
}

sf <- matrix(c(9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7), 6, byrow = TRUE)
ratings <- list(sf, round(cbind(r1 <- rnorm(40), r1 + rnorm(40, .2, .3)), 5),
  round(matrix(rnorm(30), 10), 4))
icc <- lapply(ratings, function(m) {
  r <- ICC(m, lmer = FALSE)$results
  list(subjects = nrow(m), readers = ncol(m), v = as.vector(t(m)), value = r$ICC, f = r$F,
    df1 = r$df1, df2 = r$df2, p = r$p, lo = r$`lower bound`, hi = r$`upper bound`)
})

suppressMessages(library(sva))
batch <- rep(1:3, c(14, 9, 12))
feat <- round(matrix(rnorm(35 * 6), 6) * c(1, 2, .5, 1, 3, 1) + outer(1:6, c(0, .8, -.5)[batch]), 5)
cov <- round(rnorm(35), 4)
flat <- rbind(feat, c(rep(2, 14), round(rnorm(21), 4)))
adjusted <- function(d = feat, ...) as.vector(suppressMessages(ComBat(d, batch, ...)))
combat <- list(n = 35, batch = batch - 1, x = as.vector(feat), covariate = cov, plain = adjusted(),
  covariates = adjusted(mod = cbind(cov)), mean_only = adjusted(mean.only = TRUE),
  reference = adjusted(ref.batch = 2), nonparametric = adjusted(par.prior = FALSE),
  flat_x = as.vector(flat), flat = { sink("/dev/null"); a <- adjusted(flat); sink(); a })

json <- toJSON(list(combat = combat, tests = tests, normality = normality, tables = tables, adjust = adjust,
  correlation = correlation, icc = icc), digits = I(17), auto_unbox = TRUE, na = "null")
writeLines(json, file.path(out, "stats_tests.json"))
