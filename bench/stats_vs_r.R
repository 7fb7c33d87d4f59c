# SPDX-License-Identifier: Apache-2.0
# dlrn's statistics beside R's, in one run on the same rows: processor seconds on one thread.
#   ninja -C build dlrn bench_stats && Rscript bench/stats_vs_r.R build
# Needs pROC, rms and glmnet.
suppressMessages({library(pROC); library(rms); library(glmnet)})
build <- commandArgs(TRUE)[1]
work <- tempfile(); dir.create(work)
write <- function(name, frame) {
  path <- file.path(work, name)
  write.csv(frame, path, row.names = FALSE, quote = FALSE)
  path
}

set.seed(1)
n <- 712
x <- matrix(rnorm(n * 5), n); colnames(x) <- paste0("x", 1:5)
y <- rbinom(n, 1, plogis(-.4 + x %*% c(1, -.5, .3, 0, 0)))
cohort <- write("cohort.csv", data.frame(y, x))
z <- matrix(rnorm(n * 200), n) + .7 * rnorm(n); colnames(z) <- paste0("z", 1:200)
label <- rbinom(n, 1, plogis(z[, 1] - z[, 2] + .5 * z[, 3]))
fold <- sample(rep(1:10, length.out = n))
features <- write("features.csv", data.frame(y = label, fold, z))
small <- write("rows.csv", data.frame(y = rep(0:1, 500), s = rnorm(1000, c(0, 1))))
big_y <- rbinom(1e6, 1, .5); big_s <- round(rnorm(1e6, .7 * big_y), 6)
big <- write("million.csv", data.frame(y = big_y, s = big_s))

user <- function(work, times = 1)
  min(replicate(times, sum(system.time(work())[c("user.self", "sys.self")])))
peer <- list()
f <- lrm(y ~ x, x = TRUE, y = TRUE)
r <- roc(y, x[, 1], quiet = TRUE, direction = "<")
peer$bootstrap <- user(function() ci.auc(r, method = "bootstrap", boot.n = 2000, progress = "none"))
peer$validate <- user(function() validate(f, B = 1000))
peer$calibrate <- user(function() calibrate(f, B = 1000))
lasso <- function(thresh) user(function() cv.glmnet(z, label, family = "binomial", foldid = fold, thresh = thresh))
peer$lasso <- lasso(1e-7)
peer$lasso_strict <- lasso(1e-14)
peer$million <- user(function() ci.auc(roc(big_y, big_s, quiet = TRUE, direction = "<")))

dlrn <- read.table(text = system2(file.path(build, "bench_stats"), c(cohort, features), stdout = TRUE),
                   row.names = 1)
own <- function(what) dlrn[what, 1]
command <- function(cmd, times) {
  once <- function() sum(system.time(system(cmd, ignore.stdout = TRUE))[c("user.child", "sys.child")])
  min(replicate(times, once()))
}
stats_roc <- function(file) paste(file.path(build, "dlrn"), "stats roc --label y --score s", file)
start <- command(stats_roc(small), 20)
r_start <- command(sprintf("Rscript -e 'library(pROC); d <- read.csv(\"%s\"); ci(roc(d$y, d$s, quiet = TRUE))' 2>/dev/null", small), 3)
read_big <- command(stats_roc(big), 3)

line <- function(what, own, other)
  cat(sprintf("%-48s %9.4f s  R %8.3f s  %6.1fx\n", what, own, other, other / own))
line("2,000-bootstrap AUC interval, 712 rows", own("auc_bootstrap_2000"), peer$bootstrap)
both <- own("validate_and_calibrate_1000")
line("validate and calibrate, B = 1,000, 5 predictors", both, peer$validate + peer$calibrate)
line("  both against rms::validate alone", both, peer$validate)
line("  both against rms::calibrate alone", both, peer$calibrate)
line("AUC + DeLong, 1e6 rows", own("auc_delong_1e6"), peer$million)
line("LASSO, 10 folds, 712 x 200, glmnet's default", own("lasso_cv"), peer$lasso)
line("  and with thresh = 1e-14, as exact as dlrn", own("lasso_cv"), peer$lasso_strict)
line("dlrn stats roc, 1,000 rows, start-up included", start, r_start)
cat(sprintf("%-48s %9.4f s\n", c("dlrn stats roc, 1e6 rows, from the file", "calibration, 1e6 rows",
                                "Spearman with p-values, 712 x 4,000"),
            c(read_big, own("calibrate_1e6"), own("spearman_712x4000_with_p"))), sep = "")
