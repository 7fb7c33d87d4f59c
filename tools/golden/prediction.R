# SPDX-License-Identifier: Apache-2.0
# Random small data sets of labels, scores and probabilities, and R's numbers for `dlrn stats roc`,
# compare, classify, calibration, dca, reclassify, mcnemar, triage and conformal.
#   Rscript tools/golden/prediction.R golden OUT_DIR           writes prediction.json, which the tests read
#   Rscript tools/golden/prediction.R compare DLRN [N [SEED]]  runs dlrn on N random cases (default
#                                                              300, 1), compares every value; exit 1 on a miss
#   Rscript tools/golden/prediction.R bands DLRN               bootstraps of both, within what chance allows
# pROC, rms (robcov), Hmisc (improveProb), stats; formulas of the papers where no package has them:
# Obuchowski 1997, Newcombe 1998 and 2006, Vickers 2006 (dcurves), Pencina 2008 (nricens).
suppressMessages({library(pROC); library(rms); library(Hmisc); library(jsonlite)})
options(digits = 17, warn = -1)
TIGHT <- glm.control(epsilon = 1e-15, maxit = 200)

# ---- cases ----

KINDS <- c("plain", "rounded", "three values", "separated", "equal", "one case", "one control",
           "zeros and ones", "rare", "reversed")

draw <- function(kind, n) {
  y <- as.integer(runif(n) < if (kind == "rare") 0.08 else runif(1, 0.25, 0.75))
  if (kind == "one case") y <- as.integer(seq_len(n) == sample(n, 1))
  if (kind == "one control") y <- as.integer(seq_len(n) != sample(n, 1))
  if (sum(y) == 0) y[1] <- 1L
  if (sum(y) == n) y[1] <- 0L
  cluster <- sort(sample(max(2, n %/% 2), n, TRUE))
  u <- rnorm(max(cluster))[cluster] * 0.5
  s <- rnorm(n) + y * runif(1, 0, 2) + u
  t <- rnorm(n) + 0.5 * s + y * runif(1, 0, 1)
  if (kind == "separated") s <- rank(rnorm(n)) / n + y * 2
  if (kind == "reversed") s <- -s
  if (kind == "equal") s <- rep(1.5, n)
  if (kind == "rounded") { s <- round(s, 1); t <- round(t, 1) }
  if (kind == "three values") { s <- round(pmin(pmax(s, -1), 1)); t <- round(pmin(pmax(t, -1), 1)) }
  p <- plogis(s * runif(1, 0.5, 1.5) - 0.5); q <- plogis(t - 0.3)
  if (kind %in% c("rounded", "three values")) { p <- round(p, 2); q <- round(q, 2) }
  if (kind == "zeros and ones") { p[p < 0.2] <- 0; p[p > 0.8] <- 1; q[q < 0.1] <- 0 }
  data.frame(y, s, t, p, q, cluster, h = rep(c("a", "b"), length.out = n))
}

make_case <- function(i) {
  kind <- KINDS[(i - 1) %% length(KINDS) + 1]
  d <- draw(kind, sample(c(12, 25, 40, 60, 90, 150), 1))
  d <- as.data.frame(lapply(d, function(v) if (is.double(v)) as.numeric(sprintf("%.15g", v)) else v))
  list(kind = kind, d = d, threshold = as.numeric(sprintf("%.6g", sample(d$s, 1))))
}

# ---- what R says; names are the keys of the JSON, NA is null ----

clip <- function(v) pmin(pmax(v, 0), 1)
none <- function(v) if (length(v) == 0 || !is.finite(v)) NA else v

newcombe <- function(auc, m, n) {
  v <- function(th) th * (1 - th) * (1 + ((m + n) / 2 - 1) * ((1 - th) / (2 - th) + th / (1 + th))) / (m * n)
  end <- function(to) if (auc == to) to else
    uniroot(function(th) (auc - th)^2 - qnorm(0.975)^2 * v(th), sort(c(auc, to)) + c(1, -1) * 1e-15 * (to != auc), tol = 1e-14)$root
  c(end(0), end(1))
}

placements <- function(y, s) {
  K <- outer(s[y == 1], s[y == 0], function(a, b) (a > b) + 0.5 * (a == b))
  list(case = rowMeans(K), control = colMeans(K), auc = mean(K))
}

obuchowski <- function(y, s, t, g) {
  a <- placements(y, s); b <- placements(y, t)
  g1 <- factor(g[y == 1], unique(g)); g0 <- factor(g[y == 0], unique(g))
  sums <- function(v, f) { r <- tapply(v, f, sum); r[is.na(r)] <- 0; r }
  A1 <- sums(a$case - a$auc, g1); A0 <- sums(a$control - a$auc, g0)
  B1 <- sums(b$case - b$auc, g1); B0 <- sums(b$control - b$auc, g0)
  m <- sum(y); n <- sum(1 - y); I1 <- length(unique(g[y == 1])); I0 <- length(unique(g[y == 0])); I <- length(unique(g))
  cv <- function(X1, X0, Y1, Y0) I1 / ((I1 - 1) * m^2) * sum(X1 * Y1) + I0 / ((I0 - 1) * n^2) * sum(X0 * Y0) +
    I / ((I - 1) * m * n) * sum(X1 * Y0 + Y1 * X0)
  list(va = cv(A1, A0, A1, A0), vb = cv(B1, B0, B1, B0), cab = cv(A1, A0, B1, B0), auc = c(a$auc, b$auc), units = c(I1, I0))
}

auc_of <- function(y, s, g = NULL) {
  r <- roc(y, s, direction = "<", levels = c(0, 1), quiet = TRUE)
  units <- c(sum(y), sum(1 - y)); method <- "delong"
  v <- if (min(units) > 1) as.numeric(var(r, method = "delong")) else NA
  if (!is.null(g)) { o <- obuchowski(y, s, s, g); v <- o$va; units <- o$units; method <- "obuchowski"; if (min(units) < 2) v <- NA }
  a <- as.numeric(r$auc)
  if (!is.na(v) && abs(v) < 1e-20) v <- 0
  if (is.na(v) || v <= 0) { ci <- newcombe(a, units[1], units[2]); method <- "newcombe" } else ci <- clip(a + c(-1, 1) * qnorm(0.975) * sqrt(v))
  list(roc = r, auc = a, se = if (is.na(v)) NA else if (v < 0) NA else sqrt(v), ci = ci, ci_method = method)
}

part <- function(r, focus, range) {
  a <- as.numeric(auc(r, partial.auc = range, partial.auc.focus = focus))
  lo <- min(range); hi <- max(range); least <- ((1 - lo) + (1 - hi)) * (hi - lo) / 2
  corrected <- (1 + (a - least) / (hi - lo - least)) / 2
  theirs <- as.numeric(auc(r, partial.auc = range, partial.auc.focus = focus, partial.auc.correct = TRUE))
  if (!is.na(theirs)) corrected <- theirs
  list(auc = a, corrected = if (corrected < 0.5 - 1e-12) NA else corrected)
}

# The point that a rule chooses among the scores: of equals the lowest threshold.
pick <- function(y, s, rule, w = 1, want = NA) {
  th <- sort(unique(s), decreasing = TRUE)
  se <- sapply(th, function(v) mean(s[y == 1] >= v)); sp <- sapply(th, function(v) mean(s[y == 0] < v))
  m <- switch(rule, youden = se + w * sp, closest = -((1 - se)^2 + w * (1 - sp)^2),
              sensitivity = ifelse(se >= want, sp, -Inf), specificity = ifelse(sp >= want, se, -Inf))
  if (max(m) == -Inf) return(NULL)
  i <- which(m >= max(m) - 1e-12)
  i <- if (rule == "specificity") min(i) else max(i)
  list(threshold = th[i], sensitivity = se[i], specificity = sp[i])
}

wilson <- function(k, n) if (n == 0) c(NA, NA) else as.numeric(prop.test(k, n, correct = FALSE)$conf.int)
exact <- function(k, n) if (n == 0) c(NA, NA) else as.numeric(binom.test(k, n)$conf.int)

roc_expected <- function(d, s, g = NULL, rule = "youden", w = 1, want = NA, focus = "specificity", range = c(0.8, 1)) {
  a <- auc_of(d$y, s, g)
  e <- c(list(n = nrow(d), positives = sum(d$y), auc = a$auc, se = a$se, ci = a$ci, ci_method = a$ci_method),
         list(partial = part(a$roc, focus, range)))
  at <- pick(d$y, s, rule, w, want)
  if (is.null(at)) return(NULL)
  e <- c(e, at)
  if (is.null(g)) {
    e$sensitivity_ci <- wilson(round(at$sensitivity * sum(d$y)), sum(d$y))
    e$specificity_ci <- wilson(round(at$specificity * sum(1 - d$y)), sum(1 - d$y))
  }
  e
}

pair_expected <- function(d, g = NULL) {
  if (min(table(factor(d$y, 0:1))) < 2) return(NULL)
  if (is.null(g)) {
    a <- auc_of(d$y, d$s); b <- auc_of(d$y, d$t)
    t <- roc.test(a$roc, b$roc, method = "delong", paired = TRUE)
    v <- var(a$roc) + var(b$roc) - 2 * cov(a$roc, b$roc); se <- sqrt(max(v, 0)); auc <- c(a$auc, b$auc)
  } else {
    o <- obuchowski(d$y, d$s, d$t, g); if (min(o$units) < 2) return(NULL)
    se <- sqrt(max(0, o$va + o$vb - 2 * o$cab)); auc <- o$auc
  }
  if (se < 1e-9) return(NULL)
  z <- diff(rev(auc)) / se
  e <- list(auc_a = auc[1], auc_b = auc[2], difference = auc[1] - auc[2], se = se, z = z, p = 2 * pnorm(-abs(z)),
            ci = pmin(pmax(auc[1] - auc[2] + c(-1, 1) * qnorm(0.975) * se, -1), 1))
  if (is.null(g)) { stopifnot(abs(e$z - t$statistic) < 1e-9 * abs(z) + 1e-12) }
  e
}

unpaired_expected <- function(d) {
  k <- d$h == "a"
  if (min(table(factor(d$y, 0:1), d$h)) < 2) return(NULL)
  a <- auc_of(d$y[k], d$s[k]); b <- auc_of(d$y[!k], d$s[!k])
  if (a$se^2 + b$se^2 < 1e-18) return(NULL)
  t <- roc.test(a$roc, b$roc, method = "delong", paired = FALSE)
  list(auc_a = a$auc, auc_b = b$auc, z = as.numeric(t$statistic), df = as.numeric(t$parameter), p = t$p.value)
}

classify_expected <- function(y, call, interval) {
  tp <- sum(y & call); fp <- sum(!y & call); fn <- sum(y & !call); tn <- sum(!y & !call)
  rate <- function(k, n) list(value = none(k / n), ci = interval(k, n))
  h <- if (min(tp, fp, fn, tn) == 0) 0.5 else 0
  a <- tp + h; b <- fp + h; f <- fn + h; z <- tn + h
  ratio <- function(v, s2) list(value = v, ci = exp(log(v) + c(-1, 1) * qnorm(0.975) * sqrt(s2)))
  product <- as.numeric(tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
  se <- rate(tp, tp + fn); sp <- rate(tn, tn + fp); J <- se$value + sp$value - 1
  list(tp = tp, fp = fp, fn = fn, tn = tn, sensitivity = se, specificity = sp, ppv = rate(tp, tp + fp), npv = rate(tn, tn + fn),
       accuracy = rate(tp + tn, length(y)), f1 = list(value = 2 * tp / (2 * tp + fp + fn)),
       mcc = list(value = if (product > 0) cor(as.numeric(y), as.numeric(call)) else 0),
       youden = list(value = J, ci = c(J - sqrt((se$value - se$ci[1])^2 + (sp$value - sp$ci[1])^2),
                                       J + sqrt((se$value - se$ci[2])^2 + (sp$value - sp$ci[2])^2))),
       lr_pos = ratio((a / (a + f)) / (b / (b + z)), 1 / a - 1 / (a + f) + 1 / b - 1 / (b + z)),
       lr_neg = ratio((f / (a + f)) / (z / (b + z)), 1 / f - 1 / (a + f) + 1 / z - 1 / (b + z)),
       dor = ratio(a * z / (b * f), 1 / a + 1 / b + 1 / f + 1 / z))
}

loess_of <- function(y, p) loess(y ~ p, data = data.frame(y, p), control = loess.control(surface = "direct"), degree = 2, span = 0.75)

# Rows of the smoother: loess is linear in y, so the curves of the unit vectors are its columns.
smoother <- function(p, at) sapply(seq_along(p), function(j) predict(loess_of(as.numeric(seq_along(p) == j), p), data.frame(p = at)))

calibration_expected <- function(d, p, groups = 10, fitted = FALSE, g = NULL, band = FALSE) {
  y <- d$y; n <- length(y); e <- list(); z <- qnorm(0.975)
  e$brier <- mean((p - y)^2); e$brier_scaled <- 1 - e$brier / (mean(y) * (1 - mean(y)))
  eps <- .Machine$double.eps; c_ <- pmin(pmax(p, eps), 1 - eps)
  e$log_loss <- -mean(ifelse(y == 1, log(c_), log1p(-c_)))
  o_e <- sum(y) / sum(p); v <- (1 - mean(y)) / sum(y)
  if (!is.null(g)) { r <- tapply(y - o_e * p, g, sum); v <- length(r) / (length(r) - 1) * sum(r^2) / sum(y)^2 }
  e$o_e <- none(o_e); e$o_e_ci <- if (is.finite(o_e)) o_e * exp(c(-1, 1) * z * sqrt(v)) else c(NA, NA)
  k <- p > 0 & p < 1; lp <- qlogis(p[k]); yk <- y[k]
  e$excluded <- sum(!k)
  separated <- length(unique(yk)) < 2 || length(unique(lp)) < 2 || max(lp[yk == 0]) <= min(lp[yk == 1]) || max(lp[yk == 1]) <= min(lp[yk == 0])
  put <- function(key, b, s) { e[[key]] <<- b; e[[paste0(key, "_ci")]] <<- b + c(-1, 1) * z * s }
  # glm stops a step early for its covariance: two Newton steps more, then model-based or robust errors
  finish <- function(X, off, beta) {
    for (i in 1:2) { pr <- plogis(drop(X %*% beta) + off); beta <- beta + drop(solve(t(X) %*% (X * (pr * (1 - pr))), t(X) %*% (yk - pr))) }
    pr <- plogis(drop(X %*% beta) + off); B <- solve(t(X) %*% (X * (pr * (1 - pr))))
    if (!is.null(g)) { U <- rowsum(X * (yk - pr), g[k]); B <- B %*% t(U) %*% U %*% B }
    list(b = unname(beta), s = unname(sqrt(diag(B))))
  }
  if (length(unique(yk)) == 2) {
    f <- finish(matrix(1, sum(k), 1), lp, coef(glm(yk ~ 1 + offset(lp), family = binomial, control = TIGHT)))
    put("intercept", f$b, f$s)
  }
  if (!separated) {
    f <- finish(cbind(1, lp), 0, coef(glm(yk ~ lp, family = binomial, control = TIGHT)))
    put("intercept_with_slope", f$b[1], f$s[1]); put("slope", f$b[2], f$s[2])
  }
  cuts <- unique(quantile(p, seq(0, 1, length.out = groups + 1)))
  b <- if (length(cuts) > 1) cut(p, cuts, include.lowest = TRUE) else factor(rep(1, n))
  b <- droplevels(b)
  O <- tapply(y, b, sum); E <- tapply(p, b, sum); N <- table(b)
  terms <- ifelse((O - E)^2 > 0, (O - E)^2 / E + (O - E)^2 / (N - E), 0)
  df <- nlevels(b) - if (fitted) 2 else 0
  if (df > 0) e$hosmer_lemeshow <- list(chi2 = none(sum(terms)), df = df, p = pchisq(sum(terms), df, lower.tail = FALSE))
  bin <- pmin(floor(p * 10), 9); e$ece <- sum(abs(tapply(y - p, bin, sum))) / n
  sz <- sum((y - p) * (1 - 2 * p)) / sqrt(sum((1 - 2 * p)^2 * p * (1 - p)))
  if (is.finite(sz)) e$spiegelhalter <- list(z = sz, p = 2 * pnorm(-abs(sz)))
  if (length(unique(p)) > 8) {
    f <- fitted(loess_of(y, p)); a <- abs(f - p)
    e$ici <- mean(a); e$e50 <- median(a); e$e90 <- unname(quantile(a, 0.9)); e$emax <- max(a)
    if (band) {
      at <- min(p) + (max(p) - min(p)) * c(0, 25, 50, 75, 100) / 100; at[5] <- max(p)
      L <- smoother(p, at); v <- drop(L %*% y)
      s <- if (is.null(g)) sqrt(drop(L^2 %*% (clip(f) * (1 - clip(f))))) else {
        sqrt(rowSums(t(rowsum(t(L) * (y - f), g))^2)) }
      e$curve_at <- cbind(at, clip(v), clip(v - z * s), clip(v + z * s))
    }
  }
  e
}

dca_expected <- function(y, p, pt, prevalence = NA, harm = 0) {
  pr <- if (is.na(prevalence)) mean(y) else prevalence
  nb <- sapply(pt, function(t) mean(p[y == 1] >= t) * pr - mean(p[y == 0] >= t) * (1 - pr) * t / (1 - t)) - harm
  all <- pr - (1 - pr) * pt / (1 - pt)
  list(net_benefit = nb, standardised = nb / pr, interventions_avoided = 100 * (nb - all) / (pt / (1 - pt)), all = all)
}

improvement <- function(v, s, ev, ne) list(value = v, se = s, z = v / s, p = 2 * pnorm(-abs(v / s)), ci = v + c(-1, 1) * qnorm(0.975) * s, events = ev, nonevents = ne)
reclassify_expected <- function(y, p, q, cuts) {
  if (min(table(factor(y, 0:1))) < 2) return(NULL)
  r <- improveProb(p, q, y)
  e <- list()
  if (r$se.nri > 0) e$nri_continuous <- improvement(r$nri, r$se.nri, r$nri.ev, r$nri.ne)
  if (r$se.idi > 0) e$idi <- improvement(r$idi, r$se.idi, r$improveSens, r$improveSpec)
  a <- findInterval(p, cuts); b <- findInterval(q, cuts); n1 <- sum(y); n0 <- sum(1 - y)
  up <- b > a; dn <- b < a
  ev <- (sum(up & y) - sum(dn & y)) / n1; ne <- (sum(dn & !y) - sum(up & !y)) / n0
  v <- (sum((up | dn) & y)) / n1^2 - (sum(up & y) - sum(dn & y))^2 / n1^3 + sum((up | dn) & !y) / n0^2 - (sum(up & !y) - sum(dn & !y))^2 / n0^3
  if (v > 0) e$nri_categorical <- improvement(ev + ne, sqrt(v), ev, ne)
  e
}

paired_expected <- function(y, a, b, g = NULL) {
  one <- function(k) {
    A <- (a == y)[k]; B <- (b == y)[k]; n <- sum(k); e <- sum(A & B); f <- sum(A & !B); h <- sum(!A & B); i <- sum(!A & !B)
    d <- (f - h) / n; r <- list(n = n, a = mean(A), b = mean(B), difference = d, both = e, only_a = f, only_b = h, neither = i)
    if (is.null(g)) {
      m <- if (f + h > 0) mcnemar.test(matrix(c(e, h, f, i), 2)) else list(statistic = 0, p.value = 1)
      r$chi2 <- as.numeric(m$statistic); r$p <- m$p.value; r$p_exact <- if (f + h > 0) binom.test(f, f + h)$p.value else 1
      wa <- wilson(e + f, n); wb <- wilson(e + h, n)
      margins <- as.numeric(e + f) * (h + i) * (e + h) * (f + i); top <- e * i - f * h
      phi <- if (margins > 0) (if (top > 0) max(0, top - n / 2) else top) / sqrt(margins) else 0
      side <- function(x, v) sqrt(max(0, x^2 - 2 * phi * x * v + v^2))
      r$ci <- c(d - side(r$a - wa[1], wb[2] - r$b), d + side(wa[2] - r$a, r$b - wb[1]))
    } else {
      D <- tapply(A - B, g[k], sum); N <- tapply(A, g[k], length); K <- length(N)
      if (K < 2) return(NULL)
      v0 <- K / (K - 1) * sum(D^2); r$chi2 <- if (v0 > 0) sum(D)^2 / v0 else 0; r$p <- pchisq(r$chi2, 1, lower.tail = FALSE)
      s <- sqrt(K / (K - 1) * sum((D - N * d)^2)) / n
      if (s > 1e-12) r$ci <- pmin(pmax(d + c(-1, 1) * qnorm(0.975) * s, -1), 1)
    }
    r
  }
  Filter(Negate(is.null), list(sensitivity = one(y == 1), specificity = one(y == 0), accuracy = one(rep(TRUE, length(y)))))
}

# Thresholds among the scores of d[on, ], judged on d[!on, ] (on: TRUE is all and all).
triage_expected <- function(y, s, on, out, out_value, into, into_value) {
  if (identical(on, TRUE)) { of <- on <- rep(TRUE, length(y)) } else of <- !on
  if (length(unique(y[on])) < 2 || length(unique(y[of])) < 2) return(NULL)
  th <- sort(unique(s[on]), decreasing = TRUE); Y <- y[on]; S <- s[on]
  n <- function(f) sapply(th, f); fn <- n(function(t) sum(Y == 1 & S < t)); tn <- n(function(t) sum(Y == 0 & S < t))
  tp <- sum(Y) - fn; fp <- sum(1 - Y) - tn
  ok_out <- if (out == "npv") tn >= out_value * (tn + fn) - 1e-12 else tp >= out_value * sum(Y) - 1e-12
  ok_in <- if (into == "ppv") tp >= into_value * (tp + fp) - 1e-12 else tn >= into_value * sum(1 - Y) - 1e-12
  k <- which(ok_out & tn > 0); low <- if (length(k)) th[max(k[tn[k] == max(tn[k])])] else NA
  k <- which(ok_in & tp > 0); high <- if (length(k)) th[min(k[tp[k] == max(tp[k])])] else NA
  if (!is.na(low) && !is.na(high) && low > high) {
    k <- which(ok_out & ok_in); if (!length(k)) return(NULL)
    J <- tp[k] / sum(Y) + tn[k] / sum(1 - Y); low <- high <- th[k[which(J >= max(J) - 1e-12)[1]]]
  }
  Y <- y[of]; S <- s[of]; A <- !is.na(low) & S < low; C <- !is.na(high) & S >= high
  rate <- function(k, n) list(value = none(k / n), ci = wilson(k, n))
  zone <- function(z) list(n = sum(z), cases = sum(Y[z]), share = rate(sum(z), length(Y)))
  list(rule_out = c(zone(A), list(threshold = low, npv = rate(sum(1 - Y[A]), sum(A)), sensitivity = rate(sum(Y) - sum(Y[A]), sum(Y)))),
       grey = c(zone(!A & !C), list(risk = rate(sum(Y[!A & !C]), sum(!A & !C)))),
       rule_in = c(zone(C), list(threshold = high, ppv = rate(sum(Y[C]), sum(C)), specificity = rate(sum(1 - Y) - sum(1 - Y[C]), sum(1 - Y)))))
}

conformal_expected <- function(y, p, on, coverage, pooled) {
  if (length(unique(y[on])) < 2) return(NULL)
  s <- ifelse(y == 1, 1 - p, p)[on]
  limit <- sapply(0:1, function(k) { v <- sort(if (pooled) s else s[y[on] == k]); r <- ceiling((length(v) + 1) * coverage - 1e-9)
    if (r <= length(v)) v[r] else Inf })
  P <- p[!on]; Y <- y[!on]; zero <- P <= limit[1]; one <- 1 - P <= limit[2]
  list(limit_0 = none(limit[1]), limit_1 = none(limit[2]), coverage = list(value = mean(ifelse(Y == 1, one, zero)), ci = wilson(sum(ifelse(Y == 1, one, zero)), length(Y))),
       single = list(value = mean(zero + one == 1)), both = list(value = mean(zero & one)), none = list(value = mean(!zero & !one)),
       sets = ifelse(zero & one, "0 or 1", ifelse(one, "1", ifelse(zero, "0", "none"))))
}

# ---- all of one case: what to type, where the answer stands, what it should be ----

commands <- function(case) {
  d <- case$d; th <- case$threshold; pt <- c(0.05, 0.2, 0.35, 0.5, 0.8); q <- 0.9
  several <- length(unique(d$cluster)) > 1
  out <- list()
  add <- function(args, at, want, tol = 1e-9) if (!is.null(want)) out[[length(out) + 1]] <<- list(args = args, at = at, want = want, tol = tol)
  S <- c("--label", "y", "--score")
  add(c("roc", S, "s", "--threshold", "closest", "--partial", "specificity=0.8:1"), c("scores", "s"), roc_expected(d, d$s, rule = "closest"))
  add(c("roc", S, "t", "--threshold", "closest", "--cost", "3", "--prevalence", "0.2"), c("scores", "t"),
      roc_expected(d, d$t, rule = "closest", w = 0.8 / (3 * 0.2))[c("auc", "threshold", "sensitivity", "specificity")])
  add(c("roc", S, "s", "--threshold", "cost", "--cost", "0.5", "--prevalence", "0.3", "--partial", "sensitivity=0.7:0.95"), c("scores", "s"),
      roc_expected(d, d$s, rule = "youden", w = 0.7 / (0.5 * 0.3), focus = "sensitivity", range = c(0.7, 0.95)))
  add(c("roc", S, "p", "--threshold", "sensitivity=0.9"), c("scores", "p"),
      roc_expected(d, d$p, rule = "sensitivity", want = q)[c("auc", "threshold", "sensitivity", "specificity")])
  add(c("roc", S, "t", "--threshold", "specificity=0.9"), c("scores", "t"),
      roc_expected(d, d$t, rule = "specificity", want = q)[c("auc", "threshold", "sensitivity", "specificity")])
  add(c("roc", S, "t", "--cluster", "cluster"), c("scores", "t"), roc_expected(d, d$t, d$cluster)[c("auc", "se", "ci", "ci_method", "threshold")])
  add(c("compare", S, "s,t"), c("pairs", 1), pair_expected(d), 1e-8)
  add(c("compare", S, "s,t", "--cluster", "cluster"), c("pairs", 1), pair_expected(d, d$cluster), 1e-8)
  add(c("compare", S, "s", "--groups", "h"), c("pairs", 1), unpaired_expected(d), 1e-8)
  add(c("classify", S, "s", "--threshold", sprintf("%.15g", th)), c("scores", "s"), classify_expected(d$y, d$s >= th, wilson))
  add(c("classify", S, "s", "--threshold", sprintf("%.15g", th), "--method", "exact"), c("scores", "s"), classify_expected(d$y, d$s >= th, exact), 1e-8)
  small <- nrow(d) <= 60
  add(c("calibration", S, "p"), c("scores", "p"), calibration_expected(d, d$p, band = small), 1e-9)
  add(c("calibration", S, "q", "--groups", "5", "--fitted"), c("scores", "q"), calibration_expected(d, d$q, 5, TRUE), 1e-9)
  if (several) add(c("calibration", S, "p", "--cluster", "cluster"), c("scores", "p"), calibration_expected(d, d$p, g = d$cluster, band = small), 1e-9)
  D <- c("--thresholds", paste(pt, collapse = ","))
  add(c("dca", S, "p", D), c("scores", "p"), dca_expected(d$y, d$p, pt)[1:3])
  add(c("dca", S, "q", D, "--prevalence", "0.1", "--harm", "0.02"), c("scores", "q"), dca_expected(d$y, d$q, pt, 0.1, 0.02)[1:3])
  add(c("dca", S, "q", D, "--prevalence", "0.1"), NULL, dca_expected(d$y, d$q, pt, 0.1)["all"])
  add(c("reclassify", S, "p,q", "--cuts", "0.2,0.5"), NULL, reclassify_expected(d$y, d$p, d$q, c(0.2, 0.5)))
  M <- c("mcnemar", S, "s,t", "--threshold", sprintf("%.15g", th))
  add(M, c("pairs", 1), paired_expected(d$y, d$s >= th, d$t >= th))
  add(c(M, "--cluster", "cluster"), c("pairs", 1), paired_expected(d$y, d$s >= th, d$t >= th, d$cluster))
  on <- d$h == "a"; H <- c("--calibration", "h=a")
  add(c("triage", S, "s"), c("scores", "s"), triage_expected(d$y, d$s, TRUE, "sensitivity", 0.95, "specificity", 0.95))
  add(c("triage", S, "t", H, "--rule-out", "npv=0.9", "--rule-in", "ppv=0.7"), c("scores", "t"), triage_expected(d$y, d$t, on, "npv", 0.9, "ppv", 0.7))
  add(c("conformal", S, "p", H), c("scores", "p"), conformal_expected(d$y, d$p, on, 0.9, FALSE))
  add(c("conformal", S, "q", H, "--coverage", "0.8", "--pooled"), c("scores", "q"), conformal_expected(d$y, d$q, on, 0.8, TRUE))
  out
}

# ---- comparing ----

compared <- 0; misses <- 0; refused <- 0
miss <- function(...) { misses <<- misses + 1; if (misses <= 40) cat("MISS", ..., "\n") }

same <- function(what, got, want, tol) {
  if (is.list(want)) {
    for (k in names(want)) same(paste0(what, ".", k), if (is.list(got)) got[[k]] else NULL, want[[k]], tol)
    return(invisible())
  }
  if (grepl("curve_at$", what)) return(invisible())
  compared <<- compared + length(want)
  if (is.character(want)) { if (!identical(as.character(unlist(got)), as.character(want))) miss(what, format(got), "R:", want); return(invisible()) }
  got <- suppressWarnings(as.numeric(unlist(lapply(if (is.null(got)) NA else got, function(v) if (is.null(v)) NA else v))))
  want <- unname(as.numeric(want)); want[!is.finite(want)] <- NA
  if (length(got) == 1 && is.na(got)) got <- rep(NA_real_, length(want))
  bad <- length(got) != length(want) || any(is.na(got) != is.na(want)) || any(abs(got - want) > tol * pmax(abs(want), 1e-3) + 1e-12, na.rm = TRUE)
  if (bad) miss(what, paste(sprintf("%.15g", got), collapse = " "), "R:", paste(sprintf("%.15g", want), collapse = " "))
}

compare <- function(dlrn, n, seed) {
  set.seed(seed); folder <- tempfile("prediction"); dir.create(folder); file <- file.path(folder, "d.csv")
  for (i in seq_len(n)) {
    case <- make_case(i)
    d <- case$d; for (k in names(d)) if (is.double(d[[k]])) d[[k]] <- sprintf("%.15g", d[[k]])
    write.csv(d, file, row.names = FALSE, quote = FALSE)
    for (c in commands(case)) {
      words <- c("stats", c$args[1], file, c$args[-1], "--json", "--quiet")
      text <- suppressWarnings(system2(dlrn, shQuote(words), stdout = TRUE, stderr = file.path(folder, "err")))
      where <- sprintf("case %d (%s) %s", i, case$kind, paste(c$args, collapse = " "))
      if (!is.null(attr(text, "status"))) { miss(where, "refused:", readLines(file.path(folder, "err"))); next }
      got <- fromJSON(paste(text, collapse = "\n"), simplifyVector = FALSE)
      for (k in c$at) got <- got[[if (k == "1") 1 else k]]
      same(where, got, c$want, c$tol)
      if (!is.null(c$want$curve_at)) {
        rows <- got$curve[c(1, 26, 51, 76, 101)]
        for (r in 1:5) same(paste(where, "curve", r), rows[[r]], c$want$curve_at[r, ], 1e-6)
      }
    }
  }
  cat(sprintf("%d values of %d cases compared, %d misses\n", compared, n, misses))
  quit(status = as.integer(misses > 0))
}

# Bootstraps differ by their draws: with 5,000 replicates a bound has a standard deviation of about 0.001 to 0.002
# here, so that 0.012 is four and more of the difference's.
bands <- function(dlrn) {
  set.seed(5); file <- tempfile(fileext = ".csv")
  ask <- function(...) {
    text <- system2(dlrn, shQuote(c("stats", ..., "--json", "--quiet", "--bootstrap", "5000")), stdout = TRUE)
    fromJSON(paste(text, collapse = "\n"), simplifyVector = TRUE)
  }
  near <- function(what, got, want, tol) {
    compared <<- compared + length(want)
    cat(sprintf("%-34s", what), sprintf("%.4f", got), " R:", sprintf("%.4f", want), "\n")
    if (any(abs(got - want) > tol)) miss(what)
  }
  for (i in 1:3) {
    d <- draw("plain", 200); write.csv(d, file, row.names = FALSE, quote = FALSE); S <- c("--label", "y", "--score")
    a <- roc(d$y, d$s, direction = "<", quiet = TRUE); b <- roc(d$y, d$t, direction = "<", quiet = TRUE)
    got <- ask("roc", file, S, "s", "--partial", "specificity=0.8:1")$scores$s
    boot <- function(r, ...) as.numeric(ci.auc(r, method = "bootstrap", boot.n = 5000, progress = "none", ...))[c(1, 3)]
    near("AUC", got$bootstrap_ci, boot(a), 0.012)
    near("partial AUC", got$partial$auc_ci, boot(auc(d$y, d$s, direction = "<", quiet = TRUE, partial.auc = c(1, 0.8))), 0.006)
    t <- roc.test(a, b, method = "bootstrap", boot.n = 5000, progress = "none")
    got <- ask("compare", file, S, "s,t")$pairs
    near("z of a paired bootstrap test", got$z, as.numeric(t$statistic), 0.1 * max(1, abs(t$statistic)))
    got <- ask("dca", file, S, "p,q", "--thresholds", "0.2,0.5")
    nb <- function(y, p, t) mean(p >= t & y == 1) - mean(p >= t & y == 0) * t / (1 - t)
    R <- replicate(5000, { k <- sample(nrow(d), replace = TRUE); e <- d[k, ]
      c(nb(e$y, e$p, 0.2), nb(e$y, e$p, 0.5), nb(e$y, e$p, 0.2) - nb(e$y, e$q, 0.2), nb(e$y, e$p, 0.5) - nb(e$y, e$q, 0.5)) })
    Q <- apply(R, 1, quantile, c(0.025, 0.975))
    near("net benefit", c(t(got$scores$p$ci)), c(Q[, 1:2]), 0.012)
    near("difference of net benefits", c(t(got$differences$ci[[1]])), c(Q[, 3:4]), 0.012)
    near("F1", ask("classify", file, S, "s", "--threshold", "0.5")$scores$s$f1$ci, {
      f1 <- function(y, c) 2 * sum(y & c) / (sum(y) + sum(c)); k1 <- which(d$y == 1); k0 <- which(d$y == 0)
      quantile(replicate(5000, { k <- c(sample(k1, replace = TRUE), sample(k0, replace = TRUE)); f1(d$y[k], d$s[k] >= 0.5) }), c(0.025, 0.975)) }, 0.012)
  }
  cat(sprintf("%d bounds compared, %d misses\n", compared, misses))
  quit(status = as.integer(misses > 0))
}

golden <- function(folder) {
  set.seed(11)
  cases <- lapply(1:10, function(i) {
    repeat { case <- make_case(i); if (nrow(case$d) <= 40) break }
    list(kind = case$kind, threshold = case$threshold, data = as.list(case$d),
         results = lapply(commands(case), function(c) list(
           command = paste(c$args, collapse = " "), at = I(as.character(c$at)), tolerance = c$tol, curve = c$want$curve_at,
           want = c$want[names(c$want) != "curve_at"])))
  })
  writeLines(toJSON(cases, digits = NA, auto_unbox = TRUE, na = "null"), file.path(folder, "prediction.json"))
}

args <- commandArgs(TRUE)
if (length(args) >= 2 && args[1] == "golden") {
  golden(args[2])
} else if (length(args) >= 2 && args[1] == "compare") {
  compare(normalizePath(args[2]), if (length(args) > 2) as.integer(args[3]) else 300, if (length(args) > 3) as.integer(args[4]) else 1)
} else if (length(args) == 2 && args[1] == "bands") {
  bands(normalizePath(args[2]))
} else {
  stop("usage: prediction.R golden OUT_DIR | compare DLRN [N [SEED]] | bands DLRN")
}
