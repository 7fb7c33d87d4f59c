# SPDX-License-Identifier: Apache-2.0
# Goldens of Firth's penalised logistic regression, written out from Firth (Biometrika 1993;80:27) and Heinze &
# Schemper (Stat Med 2002;21:2409); the estimates and errors are checked against brglm2 while they are made:
#   Rscript tools/golden/firth.R tests/golden/r
# writes firth.txt (lines `case NAME` and `NAME COUNT v1 v2 ...`). Package: brglm2.
out <- file(file.path(commandArgs(TRUE)[1], "firth.txt"), "w")
kase <- function(name) cat("case", name, "\n", file = out, sep = c(" ", ""))
put <- function(name, v) cat(name, length(v), sprintf("%.15g", as.numeric(v)), "\n", file = out,
                             sep = c(rep(" ", length(v) + 1), ""))

# Estimates with the coefficients `fixed` held at `at`; the penalty is that of the whole matrix, as in logistf.
fit <- function(x, y, w, fixed = integer(0), at = 0) {
  free <- setdiff(seq_len(ncol(x)), fixed)
  state <- function(b) {
    p <- plogis(c(x %*% b)); xw <- x * sqrt(w * p * (1 - p)); info <- crossprod(xw)
    if (rcond(info) < 1e-15) return(list(value = -Inf)) # a step went too far
    h <- rowSums((xw %*% solve(info)) * xw) # of all copies of a row together
    list(info = info, score = c(crossprod(x, w * (y - p) + h * (.5 - p))),
         value = sum(w * ifelse(y == 1, plogis(c(x %*% b), log.p = TRUE), plogis(-c(x %*% b), log.p = TRUE))) +
           c(determinant(info)$modulus) / 2)
  }
  b <- rep(0, ncol(x)); b[fixed] <- at
  s <- state(b)
  for (k in 1:500) {
    step <- rep(0, ncol(x))
    if (length(free)) step[free] <- solve(s$info[free, free, drop = FALSE], s$score[free])
    for (halving in 1:40) {
      t <- state(b + step)
      if (is.finite(t$value) && t$value >= s$value - 1e-12) break
      step <- step / 2
    }
    b <- b + step; s <- t
    if (max(abs(step)) < 1e-12) break
  }
  stopifnot(max(abs(s$score[free])) < 1e-8)
  list(coefficient = b, se = sqrt(diag(solve(s$info))), loglik = s$value)
}

golden <- function(name, d, model, group, weights = rep(1, nrow(d))) {
  x <- model.matrix(model, d); y <- d$y
  f <- fit(x, y, weights)
  peer <- suppressWarnings(glm(model, binomial, d[rep(seq_len(nrow(d)), weights), ], method = brglm2::brglmFit,
                               type = "AS_mean", epsilon = 1e-13, maxit = 1000))
  stopifnot(all.equal(unname(coef(peer)), f$coefficient, tolerance = 1e-8),
            all.equal(unname(sqrt(diag(vcov(peer)))), unname(f$se), tolerance = 1e-6))
  test <- function(j) { chi2 <- 2 * (f$loglik - fit(x, y, weights, j)$loglik); c(chi2, pchisq(chi2, length(j), lower.tail = FALSE)) }
  end <- function(j, sign) {
    over <- function(b) 2 * (f$loglik - fit(x, y, weights, j, b)$loglik) - qchisq(.95, 1)
    near <- f$coefficient[j]; far <- near + sign * 2 * f$se[j]
    while (over(far) < 0) far <- far + sign * f$se[j]
    uniroot(over, sort(c(near, far)), tol = 1e-12)$root
  }
  columns <- seq_len(ncol(x))
  kase(name)
  put("y", y); put("weight", weights)
  for (j in columns[-1]) put(paste0("x", j - 1), x[, j])
  put("coefficient", f$coefficient); put("se", f$se)
  put("loglik", f$loglik); put("null_loglik", fit(x, y, weights, columns[-1])$loglik)
  put("lo", sapply(columns, end, -1)); put("hi", sapply(columns, end, 1))
  put("p", sapply(columns, function(j) test(j)[2]))
  put("group", c(range(group) - 1, test(group)))
}

set.seed(31)
n <- 70
d <- data.frame(age = round(rnorm(n, 62, 11), 1), marker = round(rlnorm(n, 1, .8), 3), stage = factor(sample(3, n, TRUE)))
d$y <- rbinom(n, 1, plogis(-4 + .05 * d$age + .2 * d$marker + .6 * (d$stage == 2)))
golden("plain", d, y ~ age + marker + stage, 4:5)
# every row of stage 3 is a case: no finite maximum likelihood estimate
d$y[d$stage == 3] <- 1
golden("separated", d, y ~ age + marker + stage, 4:5)
golden("weighted", d, y ~ age + stage, 3:4, weights = sample(1:4, n, TRUE))
close(out)
