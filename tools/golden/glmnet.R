# SPDX-License-Identifier: Apache-2.0
# Rscript tools/golden/glmnet.R tests/golden/glmnet/lasso.txt
# cv.glmnet with given folds, solved strictly. Lines: `case NAME`, and `NAME COUNT v1 v2 ...`.
suppressPackageStartupMessages(library(glmnet))
out <- file(commandArgs(TRUE)[1], "w")
put <- function(name, v, digits = 17) {
    cat(name, length(v), formatC(as.numeric(v), digits = digits, format = "g"), "\n", file = out)
}
one <- function(name, n, p, family, alpha, measure, folds, seed) {
    set.seed(seed)
    x <- matrix(rnorm(n * p), n, p)
    for (j in 2:p) x[, j] <- 0.6 * x[, j - 1] + 0.8 * x[, j]
    x <- round(x %*% diag(rep(c(1, 20, 0.5), length.out = p)), 3)
    eta <- x[, 1] - x[, 4] + 2 * x[, 6]
    y <- if (family == "binomial") as.integer(runif(n) < plogis(eta)) else round(eta + rnorm(n), 3)
    fold <- sample(rep(seq_len(folds), length.out = n))
    # strict: the default 1e-7 leaves coefficients off by per cents at the end of the path
    f <- cv.glmnet(x, y, family = family, alpha = alpha, type.measure = measure, foldid = fold,
                   thresh = 1e-20, maxit = 1e8)
    k <- length(f$lambda)
    at <- unique(c(1, 2, k %/% 3, k %/% 2, k))
    beta <- as.matrix(f$glmnet.fit$beta)
    cat("case", name, "\n", file = out, sep = " ")
    put("logistic", family == "binomial")
    put("alpha", alpha)
    put("measure", match(measure, c("deviance", "auc", "class", "mse")) - 1)
    put("folds", folds)
    put("x", t(x), 15)
    put("y", y, 15)
    put("fold", fold - 1)
    put("lambda", f$lambda)
    put("df", f$nzero)
    put("deviance_ratio", f$glmnet.fit$dev.ratio)
    put("cvm", f$cvm)
    put("cvsd", f$cvsd)
    put("at_min", match(f$lambda.min, f$lambda) - 1)
    put("at_1se", match(f$lambda.1se, f$lambda) - 1)
    put("at", at - 1)
    put("intercept", f$glmnet.fit$a0[at])
    put("beta", beta[, at])
}
one("lasso", 80, 12, "binomial", 1, "deviance", 8, 1)
one("net", 80, 12, "binomial", 0.5, "class", 5, 2)
one("wide", 40, 60, "binomial", 1, "deviance", 5, 3)
one("auc", 90, 8, "binomial", 1, "auc", 5, 4)
one("squares", 60, 10, "binomial", 1, "mse", 6, 5)
one("linear", 60, 10, "gaussian", 1, "mse", 6, 6)
one("linear_net", 40, 50, "gaussian", 0.3, "mse", 5, 7)
one("ridge", 60, 8, "binomial", 0, "deviance", 5, 8)
close(out)
