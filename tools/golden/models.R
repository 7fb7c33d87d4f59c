# SPDX-License-Identifier: Apache-2.0
# Goldens of logistic models, nomograms, clustered AUCs and bootstrap validation from R:
#   Rscript tools/golden/models.R tests/golden/r
# writes models.txt (lines `case NAME` and `NAME COUNT v1 v2 ...`). Package: rms, Hmisc.
suppressMessages(library(rms))
out <- file(file.path(commandArgs(TRUE)[1], "models.txt"), "w")
kase <- function(name) cat("case", name, "\n", file = out, sep = c(" ", ""))
put <- function(name, v) cat(name, length(v), sprintf("%.15g", as.numeric(v)), "\n", file = out,
                             sep = c(rep(" ", length(v) + 1), ""))

# ---- a cohort: a number, a skewed number, three levels ----
set.seed(20)
n <- 260
age <- round(rnorm(n, 62, 11), 1)
marker <- round(rlnorm(n, 1, .8), 3)
race <- sample(1:3, n, TRUE, c(.5, .3, .2))
y <- rbinom(n, 1, plogis(-6 + .06 * age + .9 * log1p(marker) + .5 * (race == 2) - .4 * (race == 3)))
patient <- sample(90, n, TRUE)
group <- factor(race)
d <- data.frame(y, age, marker, group)
dd <- datadist(d); options(datadist = "dd")
kase("cohort"); put("y", y); put("age", age); put("marker", marker); put("race", race); put("patient", patient)

exact <- glm.control(epsilon = 1e-15, maxit = 100)
describe <- function(f, r) {
  put("coefficient", coef(f)); put("se", sqrt(diag(vcov(f)))); put("loglik", logLik(f))
  put("null_deviance", f$null.deviance); put("deviance", deviance(f)); put("aic", AIC(f))
  put("c_index", somers2(fitted(f), y)["C"]); put("vif", vif(r))
  put("robust_se", sqrt(diag(robcov(r, patient)$var)))
}
kase("factor")
f <- glm(y ~ age + log1p(marker) + group, binomial, control = exact)
r <- lrm(y ~ age + log1p(marker) + group, x = TRUE, y = TRUE, eps = 1e-13, tol = 1e-14, maxit = 50)
describe(f, r)
lr <- anova(glm(y ~ age + log1p(marker), binomial, control = exact), f, test = "LRT")
put("lr_group", c(lr$Deviance[2], lr$Df[2], lr$`Pr(>Chi)`[2]))

for (k in 3:5) {
  kase(paste0("rcs", k))
  knots <- rcspline.eval(age, nk = k, knots.only = TRUE)
  b <- rcspline.eval(age, knots, inclx = TRUE)
  put("knots", knots); put("basis1", b[1, ]); put("basis9", b[9, ])
  f <- glm(y ~ b, binomial, control = exact)
  put("coefficient", coef(f)); put("se", sqrt(diag(vcov(f)))); put("loglik", logLik(f))
}

# ---- the nomogram's ticks, points and total axis ----
kase("nomogram")
put("coefficient", coef(r))
nom <- nomogram(r, fun = plogis, funlabel = "risk")
for (term in c("age", "marker", "group")) {
  put(paste0(term, "_ticks"), nom[[term]][[1]]); put(paste0(term, "_points"), nom[[term]]$points)
}
put("total", nom$total.points$x)
put("lp_at", nom$lp$x); put("lp", nom$lp$x.real)

# ---- Obuchowski's variance, written out from the paper (Biometrics 1997;53:567) ----
# structural components V10(X_ij) and V01(Y_ik); sums over a cluster's members
obuchowski <- function(a, b, y, cluster) {
  psi <- function(x, z) outer(x, z, function(u, v) (u > v) + (u == v) / 2)
  case <- which(y == 1); control <- which(y == 0); M <- length(case); N <- length(control)
  sums <- function(s) {
    k <- psi(s[case], s[control]); theta <- mean(k)
    ids <- unique(cluster)
    list(theta = theta,
      x = sapply(ids, function(i) sum((rowMeans(k) - theta)[cluster[case] == i])),
      z = sapply(ids, function(i) sum((colMeans(k) - theta)[cluster[control] == i])))
  }
  ids <- unique(cluster); I <- length(ids)
  I10 <- length(unique(cluster[case])); I01 <- length(unique(cluster[control]))
  A <- sums(a); B <- sums(b)
  cv <- function(p, q) I10 / ((I10 - 1) * M) * sum(p$x * q$x) / M + I01 / ((I01 - 1) * N) * sum(p$z * q$z) / N +
    I / ((I - 1) * M * N) * (sum(p$x * q$z) + sum(p$z * q$x))
  c(A$theta, B$theta, cv(A, A), cv(B, B), cv(A, B))
}
kase("clusters")
a <- round(age + 14 * y + 6 * (patient %% 4), 0); b <- round(log1p(marker), 1)
mixed <- tapply(y, patient, function(v) length(unique(v)) == 2)
stopifnot(sum(mixed) > 20)
put("a", a); put("b", b); put("obuchowski", obuchowski(a, b, y, patient))

# ---- bootstrap validation: rms with many replicates; band = 5 standard errors of its mean ----
kase("validate")
x <- cbind(age = age, marker = log1p(marker), two = race == 2, three = race == 3)
r <- lrm(y ~ x, x = TRUE, y = TRUE)
set.seed(3)
reps <- replicate(10, unclass(validate(r, B = 400))[, c("index.orig", "training", "test", "index.corrected")])
for (k in 1:4) put(dimnames(reps)[[2]][k], apply(reps[, k, ], 1, mean))
put("band", 5 * sqrt(2 / 10) * apply(reps[, "index.corrected", ], 1, sd))
curve <- function(x, y) { l <- loess(y ~ x, control = loess.control(surface = "direct")); o <- order(x); list(x = x[o], y = fitted(l)[o]) }
cals <- replicate(6, { c0 <- unclass(calibrate(r, B = 200, smoother = curve)); cbind(c0[, "predy"], c0[, "calibrated.orig"], c0[, "calibrated.corrected"]) })
at <- c(1, 10, 20, 30, 40, 50)
put("predicted", cals[at, 1, 1]); put("apparent", cals[at, 2, 1]); put("corrected", apply(cals[at, 3, ], 1, mean))
put("curve_band", 5 * apply(cals[at, 3, ], 1, sd) * sqrt(200 / 4000 + 1 / 6))
close(out)
