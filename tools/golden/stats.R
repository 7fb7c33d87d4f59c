# SPDX-License-Identifier: Apache-2.0
# Prints the expected values that tests/unit/stats holds, each part beside the formula of its data.
#   R --slave -f tools/golden/stats.R      (R 4.2.2, pROC 1.18.0, rms 6.5-0, Hmisc 4.8-0)
options(digits = 17)
cat("test_logistic\n")
i <- 0:39; x1 <- (i*7)%%11; x2 <- (i*5)%%13/2; y <- as.integer((i*i+3*i)%%7 < 3); g <- i%/%2
f <- glm(y~x1+x2,family=binomial,control=list(epsilon=1e-15,maxit=100))
cat(coef(f),"\n",sqrt(diag(vcov(f))),"\n",logLik(f),f$null.deviance,f$aic,"\n"); suppressMessages(print(suppressMessages(confint(f))))
suppressMessages(library(rms)); r<-lrm(y~x1+x2,x=TRUE,y=TRUE,eps=1e-12,tol=1e-13); print(sqrt(diag(robcov(r,g)$var))); print(vif(r))
cat("test_calibration\n")
i<-0:119; p<-((i*37)%%121+0.5)/122; y<-as.integer(((i*53)%%127)/127 < p*0.8+0.1); o<-order(p)
l<-loess(y~p,control=loess.control(surface="direct")); e<-abs(fitted(l)-p); lp<-qlogis(p)
g1<-glm(y~offset(lp),family=binomial,control=list(epsilon=1e-15)); g<-glm(y~lp,family=binomial,control=list(epsilon=1e-15,maxit=50))
b<-cut(p,unique(quantile(p,0:10/10)),include.lowest=TRUE); O<-tapply(y,b,sum);E<-tapply(p,b,sum);N<-table(b)
cat(sprintf("%s %.17g\n",c("BRIER","ICPT","IWS","SLP","HLC","ICI","E50","E90","EMAX","SPZ"),c(mean((p-y)^2),coef(g1),coef(g),sum((O-E)^2/E+(O-E)^2/(N-E)),mean(e),median(e),quantile(e,.9),max(e),sum((y-p)*(1-2*p))/sqrt(sum((1-2*p)^2*p*(1-p))))),sep="")
cat("test_nomogram: lo, hi, count, first, last\n")
set.seed(1); a<-c(0,0,-3.2,17,0.001,1234,-5,65,99.5,0,5,-1e-3); b<-c(1,137.2,8.9,93,0.0042,1239,-1,88.3,100.5,0,5,1e-3)
for(i in seq_along(a)) {v<-pretty(c(a[i],b[i]),n=10); cat(sprintf("    {%.17g, %.17g, %d, %.17g, %.17g},\n",a[i],b[i],length(v),v[1],v[length(v)]))}
cat("test_reclassify\n")
suppressMessages(library(Hmisc)); i<-0:59; y<-as.integer(i%%3==0); a<-((i*17)%%61+1)/63; b<-((i*29)%%59+1+2*y)/64
r<-improveProb(a,b,y); cat(sprintf("%s %.17g\n",c("NRIV","NRIS","NRIE","IDIV","IDIS"),c(r$nri,r$se.nri,r$nri.ev,r$idi,r$se.idi)),sep="")
cat("test_roc_proc\n")
suppressMessages(library(pROC)); i<-0:79; y<-as.integer((i*i)%%5<2); a<-((i*17)%%23)+4*y; b<-((i*29)%%31)+3*y
ra<-roc(y,a,direction="<",quiet=TRUE); rb<-roc(y,b,direction="<",quiet=TRUE)
t<-roc.test(ra,rb,method="delong"); ev<-i%%2==0; u<-roc.test(roc(y[ev],a[ev],direction="<",quiet=TRUE),roc(y[!ev],a[!ev],direction="<",quiet=TRUE),method="delong",paired=FALSE)
cat(sprintf("%s %.17g\n",c("AUCA","VARA","LOA","ZP","PP","PLO","ZU","DFU","PU","PAUC","PSTD","PSE"),c(ra$auc,var(ra),ci(ra)[1],t$statistic,t$p.value,t$conf.int[1],u$statistic,u$parameter,u$p.value,auc(ra,partial.auc=c(1,.8)),auc(ra,partial.auc=c(1,.8),partial.auc.correct=TRUE),auc(ra,partial.auc=c(1,.7),partial.auc.focus="sens"))),sep="")
