# SPDX-License-Identifier: Apache-2.0
# Random data sets through `dlrn stats` and through R, compared number by number:
#   Rscript tools/golden/campaign_models.R build/src/dlrn [DATA SETS] [SEED] [TEST ...]
# exits 1 where a number differs. Packages: rms, Hmisc, psych, sva, glmnet, brglm2, jsonlite.
# Closed forms are held to 1e-9 relative, iterated ones to 1e-6.
suppressMessages({library(jsonlite); library(rms); library(psych); library(sva); library(glmnet)})
args <- commandArgs(TRUE)
dlrn <- normalizePath(args[1])
sets <- if (length(args) > 1) as.integer(args[2]) else 300
seed <- if (length(args) > 2) as.integer(args[3]) else 1
chosen <- args[-(1:3)]
folder <- tempfile("campaign"); dir.create(folder); setwd(folder)
CLOSED <- 1e-9; ITERATED <- 1e-6
compared <- 0; misses <- 0; refusals <- list()

miss <- function(...) {
  misses <<- misses + 1
  if (misses <= 60) cat("MISS", sprintf("[set %d]", set), ..., "\n")
}
numbers <- function(v) vapply(v, function(x) if (is.null(x)) NA_real_ else as.numeric(x), 0)
same <- function(what, got, want, tol = CLOSED, floor = 0) {
  got <- numbers(as.list(got)); want <- as.numeric(want)
  want[!is.finite(want)] <- NA
  compared <<- compared + length(want)
  if (length(got) != length(want)) return(miss(what, length(got), "values, expected", length(want)))
  bad <- which(is.na(got) != is.na(want) | (!is.na(got) & abs(got - want) > tol * abs(want) + floor))
  if (length(bad)) miss(what, sprintf("%.15g, R has %.15g", got[bad[1]], want[bad[1]]))
}
# of values that sum to 0 nothing but rounding is left
same_mean <- function(what, got, x) same(what, list(got), mean(x), CLOSED, 1e-15 * max(abs(x)))
# The parsed answer, or NULL with the reason in `refused`.
refused <- ""
ask <- function(test, ...) {
  words <- c("stats", test, ..., "--json")
  out <- suppressWarnings(system2(dlrn, shQuote(words), stdout = TRUE, stderr = "err.txt"))
  status <- attr(out, "status")
  if (!is.null(status)) {
    refused <<- paste(readLines("err.txt", warn = FALSE), collapse = " ")
    if (status != 1) miss("exit code", status, paste(words, collapse = " "), refused)
    key <- paste(test, gsub("'[^']*'|[0-9.]+", "#", sub(".*\\.csv[:,] *", "", refused)))
    refusals[[key]] <<- c(refusals[[key]], set)
    return(NULL)
  }
  fromJSON(paste(out, collapse = "\n"), simplifyVector = FALSE)
}
pick <- function(list, key) lapply(list, `[[`, key)
write <- function(d, file = "d.csv") write.csv(d, file, row.names = FALSE, na = "", quote = TRUE)
digits15 <- function(v) as.numeric(sprintf("%.15g", v)) # what write.csv keeps

# ---- random tables ----
column <- function(n) {
  v <- switch(sample(7, 1), rnorm(n), rlnorm(n), round(rnorm(n), 1), rexp(n), rpois(n, 3),
              1e4 + rnorm(n), rnorm(n) * 1e-7)
  if (runif(1) < .2) v <- signif(v, 3)
  digits15(v)
}
label <- function(n) { repeat { y <- rbinom(n, 1, runif(1, .15, .85)); if (min(table(factor(y, 0:1))) > 2) return(y) } }
some_missing <- function(v, share = .08) { if (runif(1) < .4) v[runif(length(v)) < share] <- NA; v }

# ---- tests of one column ----
run_univariate <- function() {
  n <- sample(10:150, 1); y <- label(n)
  cat_of <- function() sample(head(LETTERS, sample(2:5, 1)), n, TRUE)
  d <- data.frame(y, a = some_missing(column(n)), b = some_missing(column(n)), c = some_missing(cat_of()),
                  e = sample(0:1, n, TRUE), f = cat_of())
  write(d)
  adjust <- sample(c("holm", "hochberg", "bonferroni", "bh", "by", "none"), 1)
  r <- ask("univariate", "d.csv", "--label", "y", "--adjust", adjust)
  if (is.null(r)) return(miss("univariate refused:", refused))
  same("p_adjusted", pick(r$columns, "p_adjusted"),
       p.adjust(numbers(pick(r$columns, "p")), c(bh = "BH", by = "BY")[adjust] |> (\(m) if (is.na(m)) adjust else m)()))
  for (col in r$columns) {
    v <- d[[col$name]]; ok <- !is.na(v); v <- v[ok]; g <- y[ok]
    what <- paste("univariate", col$test, col$name)
    is_count <- is.character(v) || length(unique(v)) <= 2
    if (!is.null(col$p_reason)) {
      if (is_count && length(unique(v)) > 1 && length(unique(g)) > 1) miss(what, col$p_reason)
      next
    }
    if (is_count) {
      t <- table(v, g); least <- min(outer(rowSums(t), colSums(t)) / sum(t))
      if ((col$test == "fisher") != (least < 5)) miss(what, "chosen with least expected", least)
      w <- suppressWarnings(if (col$test == "fisher") fisher.test(t, workspace = 2e7) else chisq.test(t, correct = FALSE))
      same(what, col$p, w$p.value)
      if (col$test == "chi_square") same(what, col$statistic, w$statistic)
      same(what, unlist(col$group0$levels), t[, 1]); same(what, unlist(col$group1$levels), t[, 2])
    } else {
      a <- v[g == 0]; b <- v[g == 1]
      flat <- function(x) length(x) < 3 || length(unique(x)) < 2
      normal <- !flat(a) && !flat(b) && shapiro.test(a)$p.value > .05 && shapiro.test(b)$p.value > .05
      if ((col$test == "welch") != normal) miss(what, "chosen, but normal is", normal)
      w <- suppressWarnings(if (normal) t.test(a, b) else wilcox.test(a, b, exact = FALSE))
      same(what, c(col$statistic, col$p), c(w$statistic, if (is.na(w$p.value)) 1 else w$p.value))
      for (k in 0:1) {
        x <- v[g == k]; o <- col[[paste0("group", k)]]
        same(paste(what, "group"), c(o$n, o$median, o$q1, o$q3), c(length(x), quantile(x, c(.5, .25, .75))))
        same_mean(paste(what, "mean"), o$mean, x)
        same(paste(what, "sd"), list(o$sd), sd(x), ITERATED * 1e-2)
      }
    }
  }
  r <- ask("univariate", "d.csv", "--label", "y", "--columns", "a,b", "--test", "mann_whitney", "--exact")
  for (col in r$columns) if (identical(col$p_method, "exact")) {
    v <- d[[col$name]]
    same("mann_whitney exact", list(col$p), wilcox.test(v[y == 0], v[y == 1], exact = TRUE)$p.value)
  }
  for (test in c("mann_whitney", "student", "welch", "shapiro")) {
    r <- ask("univariate", "d.csv", "--label", "y", "--columns", "a,b", "--test", test)
    if (is.null(r)) { miss(test, refused); next }
    for (col in r$columns) {
      ok <- !is.na(d[[col$name]]); v <- d[[col$name]][ok]; g <- y[ok]
      w <- tryCatch(suppressWarnings(switch(test, mann_whitney = wilcox.test(v[g == 0], v[g == 1], exact = FALSE),
        student = t.test(v[g == 0], v[g == 1], var.equal = TRUE), welch = t.test(v[g == 0], v[g == 1]),
        shapiro = shapiro.test(v))), error = function(e) NULL)
      if (is.null(w) != !is.null(col$p_reason)) miss(test, col$p_reason)
      else if (!is.null(w)) same(test, c(col$statistic, col$p), c(w$statistic, if (is.na(w$p.value)) 1 else w$p.value)) # p of equal values
    }
  }
}

run_describe <- function() {
  n <- sample(1:60, 1)
  d <- data.frame(a = some_missing(column(n), .3), b = some_missing(column(n)), g = sample(c("x", "y"), n, TRUE))
  if (all(is.na(d$a))) d$a[1] <- 1
  if (all(is.na(d$b))) d$b[1] <- 1
  write(d)
  check <- function(cols, e) for (col in cols) {
    v <- e[[col$name]]; x <- v[!is.na(v)]
    if (!length(x)) next
    same("describe", c(col$n, col$missing, col$min, col$q1, col$median, col$q3, col$max),
         c(length(x), sum(is.na(v)), min(x), quantile(x, c(.25, .5, .75)), max(x)))
    same_mean("describe mean", col$mean, x)
    same("describe sd", list(col$sd), sd(x), 1e-8)
  }
  r <- ask("describe", "d.csv"); if (is.null(r)) return(miss(refused))
  check(r$columns, d)
  r <- ask("describe", "d.csv", "--by", "g"); if (is.null(r)) return(miss(refused))
  for (g in names(r$groups)) check(r$groups[[g]]$columns, d[d$g == g, ])
}

run_padjust <- function() {
  p <- some_missing(c(runif(sample(1:30, 1)), rep(runif(1), sample(0:4, 1)), 0, 1))
  write(data.frame(id = seq_along(p), p))
  for (m in c("holm", "hochberg", "bonferroni", "bh", "by")) {
    r <- ask("padjust", "d.csv", "--method", m)
    if (is.null(r)) miss(refused)
    else same(paste("padjust", m), r$adjusted, p.adjust(p, switch(m, bh = "BH", by = "BY", m)), 1e-14)
  }
}

run_correlation <- function() {
  n <- sample(3:120, 1); m <- sample(2:5, 1)
  d <- as.data.frame(replicate(m, column(n))); names(d) <- paste0("v", 1:m)
  if (sd(d[[1]]) > 0 && sd(d[[2]]) > 0) d[[1]] <- round(scale(d[[1]])[, 1] + runif(1, -1, 1) * scale(d[[2]])[, 1], 6)
  if (runif(1) < .1) d[[2]] <- 3
  for (k in 1:m) if (n > 20) d[[k]] <- some_missing(d[[k]], .04)
  write(d); e <- as.matrix(d[complete.cases(d), ])
  for (method in c("pearson", "spearman", "kendall")) {
    r <- ask("correlation", "d.csv", "--method", method)
    if (is.null(r)) { if (nrow(e) > 1) miss(refused); next }
    want <- suppressWarnings(cor(e, method = method)); diag(want)[apply(e, 2, sd) == 0] <- NA # a column that does not vary
    same(paste("correlation", method), unlist(lapply(r$matrix, numbers)), want, CLOSED, 1e-13)
    for (i in 1:m) for (j in 1:m) if (i != j) {
      w <- suppressWarnings(tryCatch(cor.test(e[, i], e[, j], method = method, exact = FALSE), error = function(e) NULL))
      if (!is.null(w)) same(paste("correlation p", method), list(r$p[[i]][[j]]), w$p.value, 1e-8)
    }
  }
}

run_icc <- function() {
  n <- sample(3:60, 1); k <- sample(2:5, 1); subject <- rnorm(n, sd = runif(1, 0, 3))
  m <- round(subject + matrix(rnorm(n * k), n) + rep(rnorm(k, sd = runif(1, 0, 2)), each = n), sample(1:6, 1))
  d <- as.data.frame(m); names(d) <- paste0("r", 1:k)
  d$r1 <- some_missing(d$r1, .04); write(d)
  level <- sample(c(.95, .9), 1)
  r <- ask("icc", "d.csv", "--ci", level); if (is.null(r)) return(miss(refused))
  w <- suppressWarnings(ICC(as.matrix(d[complete.cases(d), ]), lmer = FALSE, alpha = 1 - level)$results)
  name <- c("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")
  for (i in 1:6) {
    o <- r[[name[i]]]
    same(name[i], c(o$value, o$f, o$df1, o$df2, o$p, o$ci), unlist(w[i, c("ICC", "F", "df1", "df2", "p", "lower bound", "upper bound")]), 1e-8, 1e-13)
  }
}

# ---- logistic ----
spline <- function(v, k) {
  b <- rcspline.eval(v, rcspline.eval(v, nk = k, knots.only = TRUE), inclx = TRUE)
  colnames(b) <- seq_len(ncol(b)); b # else two columns have one name
}
cohort <- function(n) {
  age <- round(rnorm(n, 60, 12), sample(0:2, 1)); marker <- signif(rlnorm(n), 4)
  race <- sample(c("a", "b", "c")[1:sample(2:3, 1)], n, TRUE); stage <- sample(1:3, n, TRUE)
  lp <- -3 + .05 * age + .3 * log(marker) + .5 * (race == "b") + runif(1, -1, 1)
  data.frame(y = rbinom(n, 1, plogis(lp)), age, marker, race, stage, patient = sample(n %/% 2, n, TRUE),
             w = sample(1:4, n, TRUE), u = round(runif(n, .2, 3), 3))
}
exact <- glm.control(epsilon = 1e-15, maxit = 100)
# far predictors alone are no sign of it: then some error is as large as the iterations let it grow
separated <- function(f) !f$converged || min(1 - abs(fitted(f) - f$y)) > 1 - 1e-6 ||
  (max(abs(f$linear.predictors)) > 14 && any(abs(coef(f)) < .02 * sqrt(diag(vcov(f)))))
run_logistic <- function() {
  d <- cohort(sample(c(30:60, 100:300), 1)); if (length(unique(d$y)) < 2) return()
  write(d)
  knots <- sample(3:5, 1)
  part <- list(c("age", "age"), c("marker", "marker"), c("race", "race"), c("factor(stage)", "factor(stage)"),
               c(sprintf("rcs(age,%d)", knots), sprintf("spline(age,%d)", knots)))
  take <- if (runif(1) < .3) sample(c(2, 3, 4, 5), sample(1:3, 1)) else sample(1:4, sample(1:4, 1))
  model <- reformulate(sapply(part[take], `[`, 2), "y")
  f <- tryCatch(suppressWarnings(eval(bquote(glm(.(model), binomial, d, control = exact)))), error = function(e) NULL)
  if (is.null(f)) return()
  # from where it ended once more: the standard errors are of the last step but one
  if (!anyNA(coef(f))) f <- suppressWarnings(eval(bquote(glm(.(model), binomial, d, control = exact, start = .(unname(coef(f)))))))
  terms <- paste(sapply(part[take], `[`, 1), collapse = ",")
  r <- ask("logistic", "d.csv", "--label", "y", "--terms", terms)
  if (is.null(r)) { if (!anyNA(coef(f)) && !separated(f)) miss("logistic", terms, refused); return() }
  if (anyNA(coef(f)) || separated(f)) return(miss("logistic", terms, "was fitted; R: separated or singular"))
  s <- coef(summary(f)); ci <- s[, 1] + outer(s[, 2], qnorm(c(.025, .975)))
  for (k in 1:4) same(paste("logistic", c("coefficient", "se", "z", "p")[k], terms),
                      pick(r$terms, c("coefficient", "se", "z", "p")[k]), s[, k], ITERATED, if (k != 4) 1e-9 else 0)
  same("logistic ci", unlist(pick(r$terms, "coefficient_ci")), t(ci), ITERATED, 1e-8)
  same("logistic or", unlist(pick(r$terms, "ci")), t(exp(ci)), ITERATED)
  same("logistic fit", c(r$loglik, r$null_deviance, r$deviance, r$aic), c(logLik(f), f$null.deviance, deviance(f), AIC(f)))
  same("c_index", r$c_index, somers2(fitted(f), d$y)["C"], ITERATED)
  v <- vcov(f)[-1, -1, drop = FALSE]; same("vif", unlist(r$vif), diag(solve(cov2cor(v))), ITERATED)
  w <- drop1(f, test = "LRT")
  if (!is.null(r$tests)) {
    same("lr test", pick(r$tests, "chi2"), w$LRT[-1], ITERATED, 1e-8); same("lr p", pick(r$tests, "p"), w$`Pr(>Chi)`[-1], ITERATED, 1e-12)
  }
  # the sandwich of rms::robcov, from its definition: sums of scores over clusters, no factor
  r <- ask("logistic", "d.csv", "--label", "y", "--terms", terms, "--cluster", "patient")
  u <- rowsum(model.matrix(f) * (d$y - fitted(f)), d$patient)
  v <- vcov(f) %*% crossprod(u) %*% vcov(f)
  if (is.null(r)) miss(refused) else same("robust se", pick(r$terms, "se"), sqrt(diag(v)), ITERATED)
  group <- attr(model.matrix(f), "assign")
  wald <- sapply(unique(group[group > 0]), function(g) { i <- which(group == g); c(coef(f)[i] %*% solve(v[i, i, drop = FALSE], coef(f)[i])) })
  if (!is.null(r)) same("wald", pick(r$tests, "chi2"), wald, 1e-5)
  weights <- sample(c("w", "u"), 1)
  fw <- suppressWarnings(eval(bquote(glm(.(model), binomial, d, weights = .(as.name(weights)), control = exact))))
  r <- ask("logistic", "d.csv", "--label", "y", "--terms", terms, "--weights", weights)
  if (is.null(r)) { if (!separated(fw)) miss(refused) } else {
    same(paste("weights", weights, terms), pick(r$terms, "coefficient"), coef(fw), ITERATED, 1e-9)
    same("weights se", pick(r$terms, "se"), sqrt(diag(vcov(fw))), ITERATED)
    same("weights fit", c(r$null_deviance, r$deviance), c(fw$null.deviance, deviance(fw)))
    i <- rep(seq_along(d$y), d$w)
    if (weights == "w") same("weights c", r$c_index, somers2(fitted(fw)[i], d$y[i])["C"], ITERATED)
  }
  if (set %% 5 == 0) profile_and_firth(d, f, terms)
}
# Firth's estimates with coefficient `fixed` at 0 and the penalty of the whole matrix, as logistf
firth_loglik <- function(x, y, fixed = 0) {
  free <- setdiff(seq_len(ncol(x)), fixed); b <- rep(0, ncol(x))
  value <- function(b) { p <- plogis(c(x %*% b)); i <- crossprod(x * sqrt(p * (1 - p))); sum(log(ifelse(y == 1, p, 1 - p))) + determinant(i)$modulus / 2 }
  for (k in 1:500) {
    p <- plogis(c(x %*% b)); xw <- x * sqrt(p * (1 - p)); info <- crossprod(xw); h <- rowSums((xw %*% solve(info)) * xw)
    step <- c(solve(info[free, free, drop = FALSE], crossprod(x[, free, drop = FALSE], y - p + h * (.5 - p))))
    step <- step / max(1, max(abs(step)) / 2); b[free] <- b[free] + step
    if (max(abs(step)) < 1e-11) break
  }
  value(b)
}
# profile intervals solved on refits with an offset; Firth's estimates of brglm2
profile_and_firth <- function(d, f, terms) {
  x <- model.matrix(f)
  r <- ask("logistic", "d.csv", "--label", "y", "--terms", terms, "--profile")
  if (is.null(r)) return(miss(refused))
  for (j in seq_len(ncol(x))) {
    rest <- function(b) suppressWarnings(if (ncol(x) > 1) deviance(glm.fit(x[, -j, drop = FALSE], d$y, offset = b * x[, j], family = binomial(), control = exact)))
    at <- coef(f)[j]; se <- sqrt(vcov(f)[j, j])
    end <- function(sign) tryCatch(uniroot(function(b) rest(b) - deviance(f) - qchisq(.95, 1), sort(at + sign * se * c(.5, 8)), tol = 1e-10 * se)$root, error = function(e) NA)
    want <- c(end(-1), end(1)); got <- numbers(r$terms[[j]]$coefficient_ci)
    same(paste("profile", terms), got[!is.na(want)], want[!is.na(want)], ITERATED, 1e-6 * se)
    same(paste("p_lr", terms), list(r$terms[[j]]$p_lr), pchisq(if (ncol(x) > 1) rest(0) - deviance(f) else f$null.deviance - deviance(f), 1, lower.tail = FALSE), ITERATED, 1e-12)
  }
  f1 <- suppressWarnings(glm(formula(f), binomial, d, method = brglm2::brglmFit, type = "AS_mean", epsilon = 1e-12, maxit = 500))
  r <- ask("logistic", "d.csv", "--label", "y", "--terms", terms, "--firth", "--profile")
  if (is.null(r)) return(miss(refused))
  z <- cbind(1, scale(x[, -1, drop = FALSE])) # same tests of slopes, better conditioned
  for (j in seq_len(ncol(x))[-1])
    same("firth p_lr", list(r$terms[[j]]$p_lr), pchisq(2 * (firth_loglik(z, d$y) - firth_loglik(z, d$y, j)), 1, lower.tail = FALSE), 1e-5, 1e-8)
  same("firth", pick(r$terms, "coefficient"), coef(f1), ITERATED, 1e-7); same("firth se", pick(r$terms, "se"), sqrt(diag(vcov(f1))), ITERATED)
}

run_nomogram <- function() {
  d <- cohort(sample(c(60:100, 200:400), 1)); d$few <- sample(1:6, nrow(d), TRUE)
  if (min(table(factor(d$y, 0:1))) < 15) return()
  write(d); d$stage <- factor(d$stage)
  part <- list(c("age", "age"), c("marker", "marker"), c("race", "race"), c("factor(stage)", "stage"), c("few", "few"), c("rcs(age,4)", "rcs(age,4)"))
  take <- sample(list(1:5, 2:6, c(1, 3), c(6, 4), c(5, 2), 3, 1, 6), 1)[[1]]
  dd <<- datadist(d[setdiff(names(d), "patient")]); options(datadist = "dd")
  model <- reformulate(sapply(part[take], `[`, 2), "y")
  f <- tryCatch(eval(bquote(lrm(.(model), d, eps = 1e-13, tol = 1e-14, maxit = 60))), error = function(e) NULL)
  if (is.null(f) || f$fail) return()
  w <- tryCatch(nomogram(f, fun = plogis), error = function(e) NULL)
  if (is.null(w)) return()
  r <- ask("nomogram", "d.csv", "--label", "y", "--terms", paste(sapply(part[take], `[`, 1), collapse = ","))
  if (is.null(r)) return(miss(refused))
  for (t in r$terms) {
    v <- w[[t$name]]; tick <- lapply(t$points, `[[`, 1)
    if (is.character(v[[1]])) { if (!identical(v[[1]], as.character(tick))) miss("nomogram levels", t$name) }
    else same(paste("nomogram ticks", t$name), tick, v[[1]], CLOSED, 1e-12)
    same(paste("nomogram points", t$name), lapply(t$points, `[[`, 2), v$points, ITERATED, 1e-6)
  }
  same("nomogram total", lapply(r$total, `[[`, 1), w$total.points$x, CLOSED)
  at <- approx(w$lp$x, w$lp$x.real, unlist(lapply(r$total, `[[`, 1)), rule = 1)$y; ok <- !is.na(at)
  same("nomogram probability", lapply(r$total, `[[`, 2)[ok], plogis(at)[ok], ITERATED)
}

# rms draws other rows: the same model's optimism within five standard errors of its mean
run_validate <- function() {
  if (set > 12) return() # R takes its time
  d <- cohort(sample(150:400, 1)); write(d)
  f <- tryCatch(lrm(y ~ rcs(age, 3) + marker + race, d, x = TRUE, y = TRUE, eps = 1e-9), error = function(e) NULL)
  if (is.null(f) || f$fail || min(table(d$y)) < 40) return()
  B <- 150; index <- c("Dxy", "R2", "Intercept", "Slope", "D", "U", "Q", "B", "g", "gp")
  runs <- replicate(6, unclass(validate(f, B = B))[index, c("index.orig", "optimism")])
  r <- ask("validate", "d.csv", "--label", "y", "--terms", "rcs(age,3),marker,race", "--bootstrap", 900)
  if (is.null(r)) return(miss(refused))
  names(r$indexes) <- pick(r$indexes, "name")
  same("validate original", pick(r$indexes[index], "original"), runs[, 1, 1], ITERATED, 1e-7)
  se <- apply(runs[, 2, ], 1, sd) / sqrt(6)
  for (i in index) same(paste("validate optimism", i), list(r$indexes[[i]]$optimism), mean(runs[i, 2, ]), 0, 8 * se[[i]] + 1e-6)
}

run_baseline <- function() {
  n <- sample(20:200, 1); y <- label(n)
  d <- data.frame(y, a = some_missing(column(n)), b = some_missing(rnorm(n)), c = some_missing(sample(LETTERS[1:3], n, TRUE)), e = sample(0:1, n, TRUE))
  write(d); r <- ask("baseline", "d.csv", "--label", "y"); if (is.null(r)) return(miss(refused))
  for (row in r$rows) {
    v <- d[[row$name]]; ok <- !is.na(v); part <- list(all = v[ok], negative = v[ok & y == 0], positive = v[ok & y == 1])
    for (g in names(part)) {
      o <- row[[g]]; x <- part[[g]]
      if (is.null(row$level)) same("baseline cell", c(o$n, o$mean, o$median, o$q1, o$q3), c(length(x), mean(x), quantile(x, c(.5, .25, .75))), CLOSED, 1e-13)
      else same("baseline count", c(o$count, o$percent), c(sum(x == row$level), 100 * mean(x == row$level)))
    }
    if (is.null(row$missing)) next
    same("baseline missing", row$missing, sum(!ok))
    if (is.null(row$level)) {
      a <- part$negative; b <- part$positive
      if (var(a) + var(b) > 0) same("baseline smd", row$standardised_difference, (mean(b) - mean(a)) / sqrt((var(a) + var(b)) / 2), 1e-8, 1e-12)
      if (!is.null(row$p)) same(paste("baseline", row$test), row$p, suppressWarnings(if (row$test == "welch") t.test(a, b) else wilcox.test(a, b, exact = FALSE))$p.value)
    } else if (!is.null(row$p)) {
      t <- table(v, y)
      same(paste("baseline", row$test), row$p, suppressWarnings(if (row$test == "fisher") fisher.test(t, workspace = 2e7) else chisq.test(t, correct = FALSE))$p.value)
      q <- prop.table(t, 2)[-1, , drop = FALSE]; s <- Reduce(`+`, lapply(1:2, function(k) diag(q[, k], nrow(q)) - tcrossprod(q[, k]))) / 2; e <- q[, 2] - q[, 1]
      same("baseline smd of levels", row$standardised_difference, sqrt(c(e %*% solve(s, e))), 1e-8)
    }
  }
}

run_lasso <- function() {
  n <- sample(60:150, 1); m <- sample(3:25, 1); x <- signif(matrix(rnorm(n * m), n) %*% diag(exp(rnorm(m))), 9)
  if (runif(1) < .3) x[, 1] <- round(x[, 1])
  if (runif(1) < .2) x[, 2] <- 5
  y <- rbinom(n, 1, plogis(x[, 1] - x[, 3])); if (min(table(factor(y, 0:1))) < 12) return()
  fold <- sample(rep(1:5, length.out = n))
  d <- data.frame(y, fold, x); write(d); x <- as.matrix(d[, -(1:2)])
  alpha <- sample(c(1, .5, .1), 1); loss <- sample(c("logistic", "linear"), 1)
  measure <- if (loss == "linear") sample(c("deviance", "mse"), 1) else sample(c("deviance", "auc", "class", "mse"), 1)
  r <- ask("lasso", "d.csv", "--label", "y", "--foldid", "fold", "--alpha", alpha, "--loss", loss, "--measure", measure)
  if (is.null(r)) return(miss(refused))
  f <- suppressWarnings(cv.glmnet(x, y, family = if (loss == "linear") "gaussian" else "binomial", alpha = alpha, foldid = fold, type.measure = measure, thresh = 1e-16, maxit = 1e7))
  k <- min(length(f$lambda), length(r$lambda))
  if (abs(length(f$lambda) - length(r$lambda)) > 1) miss("lasso path", length(r$lambda), length(f$lambda))
  same("lasso lambda", r$lambda[1:k], f$lambda[1:k], 1e-9)
  same("lasso cv", r$cv_mean[1:k], f$cvm[1:k], 1e-5, 1e-5); same("lasso se", r$cv_se[1:k], f$cvsd[1:k], 1e-4, 1e-5)
  same("lasso deviance", r$deviance_ratio[1:k], f$glmnet.fit$dev.ratio[1:k], ITERATED, 1e-6)
  at <- match(TRUE, abs(f$lambda - r$lambda_min) < 1e-8 * f$lambda)
  b <- as.matrix(coef(f$glmnet.fit))[, at]
  got <- setNames(rep(0, length(b)), names(b)); got[names(r$coefficients_min)] <- unlist(r$coefficients_min)
  same("lasso coefficients", got, b, 1e-4, 1e-5 * max(abs(b[-1]), 1e-3))
}

run_combat <- function() {
  n <- sample(12:60, 1); m <- sample(3:12, 1); b <- sample(2:4, 1)
  batch <- rep(letters[1:b], length.out = n); x <- round(matrix(rnorm(n * m, rnorm(b)[factor(batch)]), n) + rep(1:m, each = n), 8)
  if (runif(1) < .2) { batch[1] <- "z" }
  if (runif(1) < .2) x[batch == "a", 1] <- 2
  d <- data.frame(batch, age = round(rnorm(n, 50, 5)), sex = sample(c("f", "m"), n, TRUE), x); write(d)
  x <- as.matrix(d[, -(1:3)]); how <- sample(5, 1); extra <- list(); o <- c()
  if (how == 2) { extra <- list(mod = model.matrix(~ age + sex, d)); o <- c("--covariates", "age,sex") }
  if (how == 3) { extra <- list(ref.batch = "b"); o <- c("--reference", "b") }
  if (how == 4) { extra <- list(mean.only = TRUE); o <- "--mean-only" }
  if (how == 5) { extra <- list(par.prior = FALSE); o <- "--nonparametric" }
  sink("/dev/null"); w <- tryCatch(suppressMessages(do.call(ComBat, c(list(dat = t(x), batch = batch), extra))), error = function(e) NULL); sink()
  r <- ask("combat", "d.csv", "--batch", "batch", "--columns", paste(colnames(x), collapse = ","), o)
  if (is.null(r)) { if (!is.null(w)) miss("combat", how, refused); return() }
  # with a reference batch sva's own iteration ends in NaN now and then: nothing to compare
  if (is.null(w)) { if (how != 3) miss("combat", how, "was done; sva refuses"); return() }
  same(paste("combat", how), unlist(lapply(r$adjusted[colnames(x)], numbers)), t(w), 1e-9, 1e-9)
}

run_samplesize <- function() {
  prev <- round(runif(1, .03, .9), 3); par <- sample(2:40, 1); most <- 1 - (prev^prev * (1 - prev)^(1 - prev))^2
  r2 <- round(most * runif(1, .05, .6), 3); if (r2 <= 0) return()
  r <- ask("samplesize", "develop", "--prevalence", prev, "--parameters", par, "--r2cs", r2); if (is.null(r)) return(miss(refused))
  s <- r2 / (r2 + .05 * most)
  want <- ceiling(c(par / ((.9 - 1) * log(1 - r2 / .9)), par / ((s - 1) * log(1 - r2 / s)), (1.96 / .05)^2 * prev * (1 - prev)))
  same("samplesize develop", pick(r$criteria, "n"), want, 0); same("samplesize n", r$n, max(want), 0)
  # net benefit at a threshold, by pmvalsampsize's formula without its rounding of the standard error
  sens <- round(runif(1, .3, 1), 3); spec <- round(runif(1, .3, 1), 3); at <- round(runif(1, .02, .9), 3); width <- round(runif(1, .05, .4), 3)
  r <- ask("samplesize", "validate", "--prevalence", prev, "--auc", .8, "--threshold", at, "--sensitivity", sens, "--specificity", spec, "--nb-width", width)
  if (is.null(r)) return(miss(refused))
  w <- (1 - prev) / prev * at / (1 - at)
  n4 <- (sens * (1 - sens) / prev + w^2 * spec * (1 - spec) / (1 - prev) + w^2 * (1 - spec)^2 / (prev * (1 - prev))) / (width / 3.92)^2
  same("samplesize net benefit", c(r$criteria[[4]]$n, r$standardised_net_benefit), c(ceiling(n4), sens - w * (1 - spec)), CLOSED)
}

known <- c("univariate", "describe", "padjust", "correlation", "icc", "logistic", "nomogram", "validate", "baseline", "lasso", "combat", "samplesize")
for (set in seq_len(sets)) {
  for (test in if (length(chosen)) chosen else known) {
    set.seed(seed * 100000 + set)
    get(paste0("run_", test))()
  }
}
for (why in names(refusals)) cat("refused", length(refusals[[why]]), "times:", why, "\n")
cat(compared, "numbers compared,", misses, "missed\n")
quit(status = misses > 0)
