# SPDX-License-Identifier: Apache-2.0
# dlrn's statistics beside R's, in one run on the same cohort:
#   ninja -C build dlrn bench_stats && Rscript bench/stats_vs_r.R build
# Needs pROC and rms.
suppressMessages({library(pROC); library(rms)})
build <- commandArgs(TRUE)[1]
work <- tempfile(); dir.create(work); csv <- file.path(work, "cohort.csv")

set.seed(1)
n <- 712
x <- matrix(rnorm(n * 6), n); colnames(x) <- paste0("x", 1:6)
y <- rbinom(n, 1, plogis(-.4 + x %*% c(1, -.5, .3, 0, 0, .2)))
write.csv(data.frame(y, x), csv, row.names = FALSE)
small <- file.path(work, "rows.csv"); write.csv(data.frame(y = rep(y, 2)[1:1000], s = rnorm(1000)), small, row.names = FALSE)

seconds <- function(work) system.time(work())["elapsed"]
dlrn <- read.table(text = system2(file.path(build, "bench_stats"), csv, stdout = TRUE), row.names = 1)
f <- lrm(y ~ x, x = TRUE, y = TRUE)
r <- roc(y, x[, 1], quiet = TRUE, direction = "<")
peer <- c(
  auc_bootstrap_2000 = seconds(function() ci.auc(r, method = "bootstrap", boot.n = 2000, progress = "none")),
  validate = seconds(function() validate(f, B = 1000)),
  calibrate = seconds(function() calibrate(f, B = 1000)))
names(peer) <- sub(".elapsed", "", names(peer))
command <- function(cmd, times) seconds(function() for (i in 1:times) system(cmd, ignore.stdout = TRUE)) / times
start <- command(paste(file.path(build, "dlrn"), "stats roc --label y --score s", small), 20)
r_start <- command(sprintf("Rscript -e 'library(pROC); d <- read.csv(\"%s\"); ci(roc(d$y, d$s, quiet = TRUE))' 2>/dev/null", small), 2)

line <- function(what, own, other) cat(sprintf("%-44s %9.4f s  R %8.3f s  %6.0fx\n", what, own, other, other / own))
line("2,000-bootstrap AUC interval, 712 rows", dlrn["auc_bootstrap_2000", 1], peer["auc_bootstrap_2000"])
both <- dlrn["validate_and_calibrate_1000", 1]
line("validate and calibrate B = 1,000, together", both, peer["validate"] + peer["calibrate"])
line("  against rms::validate alone", both, peer["validate"])
line("  against rms::calibrate alone", both, peer["calibrate"])
line("dlrn stats roc, 1,000 rows, start-up included", start, r_start)
cat(sprintf("AUC + DeLong, 1e6 rows  %.3f s\ncalibration, 1e6 rows   %.3f s\n", dlrn["auc_delong_1e6", 1], dlrn["calibrate_1e6", 1]))
