# SPDX-License-Identifier: Apache-2.0
# What dlrn stats says to bad input, one line each:
#   bad EXIT_CODE 'what f.csv holds, as printf reads it' 'what is said' TEST ARGUMENTS...
. "$(dirname "$0")/lib.sh"

bad() {
    case_ "$4: $3"
    printf "$2" >f.csv
    code=$1
    said=$3
    shift 3
    run stats "$@"
    expect_rc "$code"
    expect_err "$said"
    [ ! -s .out ] || wrong "stdout is not empty"
}
roc() { bad "$1" "$2" "$3" roc f.csv --label y --score s; }
few='y,s,g\n0,0.5,a\n1,0.2,b\n0,0.1,b\n1,0.9,a\n'

# ---- not a table ----
roc 1 '' 'f.csv: is empty, expected a header line with column names'
roc 1 '\n\r\n\n' 'f.csv: is empty'
roc 1 'y,s\n' 'f.csv: no row to work on, only a header'
roc 1 '\211PNG\r\n\032\n\000\000' 'f.csv: is a PNG image, expected a CSV table'
roc 1 '\377\330\377\340' 'f.csv: is a JPEG image, expected a CSV table'
roc 1 'PK\003\004\024' 'f.csv: is an Excel workbook or another zip file; save its sheet as "CSV UTF-8"'
roc 1 '\037\213\010' 'f.csv: is compressed with gzip; unpack it first'
roc 1 '%%PDF-1.4\n' 'f.csv: is a PDF file'
roc 1 '{"y": 0}\n' 'f.csv: is JSON, expected a CSV table'
roc 1 '[\n {"y": 0, "s": 1}]\n' 'f.csv: is JSON'
roc 1 '<!DOCTYPE html>\n' 'f.csv: is a web page or XML'
roc 1 'y,s\n0,\000\n' 'f.csv: is a binary file (line 2 holds a zero byte)'
roc 1 '\377\376y\000' 'f.csv: is UTF-16 text, expected UTF-8'
roc 1 'y,s\n0,1\n1,\351\n' 'f.csv: line 3 is not UTF-8 text'
bad 1 '' 'none.csv: there is no such file' roc none.csv --label y --score s
bad 1 '' '.: is a folder, expected a file' roc . --label y --score s

# ---- a table that is broken ----
roc 1 'y,s\n0,1\n1,2,3\n' "f.csv, line 3: more cells than the header's 2; the last column is 's'"
roc 1 'y,s\n0,1\n\n1\n' "f.csv, line 4: 1 cell, the header has 2; nothing stands under column 's'"
roc 1 'y,s\n0,"1\n1,2\n' 'f.csv, line 2, cell 2: the quote that opens here is never closed'
roc 1 'y,s\n0,"1"x\n' 'f.csv, line 2, cell 2: text follows a closing quote'
roc 1 'y,s,s\n0,1,2\n' "f.csv, line 1: two columns are named 's' (columns 2 and 3)"
roc 1 'y,,s\n0,1,2\n' 'f.csv, line 1: column 2 of 3 has no name'
roc 1 'y;s\n0;1\n1;0,7\n' "f.csv, line 3, column 's': '0,7' is neither a number nor missing (empty, NA, NaN); write a decimal point"
roc 1 'y s\n0 1\n' "f.csv: there is no column 's', only 'y s'; cells are parted by a comma, a semicolon or a tab"
roc 1 'y,s\n0,1\n1,one\n' "f.csv, line 3, column 's': 'one' is neither a number nor missing"
roc 1 'y,s\n0,1\n1,-inf\n' "f.csv, line 3, column 's': -inf is not a finite number; 'roc' needs one"
roc 1 'y,s\n0,1\n1,0x10\n' "f.csv, line 3, column 's': '0x10' is neither a number nor missing"

# ---- columns ----
bad 1 "$few" "f.csv: there is no column 'z'; there is 'y', 's', 'g'" roc f.csv --label z --score s
bad 1 'y,score\n0,1\n' "there is no column 'scroe'; did you mean 'score'?" roc f.csv --label y --score scroe
bad 1 "$few" "--score: 'y' is the label" roc f.csv --label y --score s,y
bad 1 "$few" "--score: column 's' is given twice" roc f.csv --label y --score s --score s
bad 1 "$few" '--score names no column' roc f.csv --label y --score ,
bad 1 "$few" "there is no column 'h'" roc f.csv --label y --score s --by h
bad 1 "$few" "there is no column 'h'" roc f.csv --label y --score s --cluster h
bad 1 "$few" "--columns: 'y' is the label" univariate f.csv --label y --columns s,y
bad 1 'a,b\nx,p\n' 'f.csv: no column to work on; name them with --columns' describe f.csv

# ---- labels and groups ----
roc 1 'y,s\n0,1\n2,2\n' "f.csv, line 3, column 'y': '2' is neither 0 nor 1; name the positive value with --positive"
bad 1 "$few" "f.csv, column 'y': no row reads 'yes' (--positive); there is '0', '1'" roc f.csv --label y --positive yes --score s
bad 1 'y,s\na,1\nb,2\nc,3\n' "column 'y': more than two values ('a', 'b' and 'c'); a label has two" roc f.csv --label y --positive a --score s
roc 1 'y,s\n1,1\n1,2\n' "f.csv, column 'y': 2 positive and 0 negative rows; both are needed"
roc 1 'y,s\n0,1\n1,\n,2\n' "f.csv, column 'y': 0 positive and 1 negative rows; both are needed"
roc 1 'y,s\n0,\n1,NA\n' "f.csv: no row to work on: each of the 2 lacks a value (column 's': 2)"
bad 1 'y,s,g\n0,1,\n1,2,\n' 'f.csv: --by g: no row has a value in that column' roc f.csv --label y --score s --by g
bad 1 'y,s,g\n0,1,a\n1,2,b\n' "g = b: f.csv, column 'y': 1 positive and 0 negative rows" roc f.csv --label y --score s --by g
bad 1 'y,s,g\n0,1,a\n1,2,a\n' "f.csv, column 'g': fewer than two values; --groups compares two" compare f.csv --label y --score s --groups g
bad 1 'y,s,g\n0,1,a\n1,2,b\n1,2,c\n' "f.csv, line 4, column 'g': 'c' is a third value" compare f.csv --label y --score s --groups g
bad 1 'a,c\n1,x\n2,x\n' 'ComBat: 1 batch; two are needed' combat f.csv --batch c

# ---- probabilities ----
bad 1 'y,s\n0,0.2\n1,1.5\n' "f.csv, line 3, column 's': 1.5 is not a probability (0 to 1); 'calibration' needs one" calibration f.csv --label y --score s
bad 1 'y,s\n0,-0.1\n1,0.5\n' "f.csv, line 2, column 's': -0.1 is not a probability" dca f.csv --label y --score s
bad 1 'y,s,t\n0,0.1,9\n1,0.5,1\n' "f.csv, line 2, column 't': 9 is not a probability" reclassify f.csv --label y --score s,t
bad 1 'p\n0.1\n1.5\n' "f.csv, line 3, column 'p': p is 1.5, expected 0 to 1" padjust f.csv

# ---- usage ----
bad 2 "$few" "'roc' needs --label COL" roc f.csv --score s
bad 2 "$few" "'roc' needs --score COL" roc f.csv --label y
bad 2 "$few" 'expected one argument (dlrn stats roc FILE.csv' roc f.csv f.csv --label y --score s
bad 2 "$few" '--ci 95: expected a number between 0 and 1' roc f.csv --label y --score s --ci 95
bad 2 "$few" '--bootstrap -5: expected 0 to 10000000' roc f.csv --label y --score s --bootstrap -5
bad 2 "$few" "--bootstrap: 'ten' is not a whole number" roc f.csv --label y --score s --bootstrap ten
bad 2 "$few" "--firth does not go with 'roc', only with logistic" roc f.csv --label y --score s --firth
bad 2 "$few" "unknown option '--lable'; did you mean '--label'?" roc f.csv --lable y --score s
bad 2 "$few" "--threshold needs a value (" roc f.csv --label y --score s --threshold
bad 2 "$few" "there is no test 'rocs'; did you mean 'roc'?" rocs f.csv

# ---- what is unusual, and fine ----
fine() {
    case_ "$1"
    printf "$2" >f.csv
    run stats roc f.csv --label y --score s --json
    expect_rc 0
    expect_out '"n": 4'
    expect_out '"auc": 0.75'
}
fine "semicolons" 'y;s\n0;0.5\n1;0.4\n0;0.1\n1;0.9\n'
fine "tabs" 'y\ts\n0\t0.5\n1\t0.4\n0\t0.1\n1\t0.9\n'
fine "a byte order mark and CRLF" '\357\273\277y,s\r\n0,0.5\r\n1,0.4\r\n0,0.1\r\n1,0.9\r\n'
fine "CR alone" 'y,s\r0,0.5\r1,0.4\r0,0.1\r1,0.9\r'
fine "quotes, blanks and blank lines" '"y","s"\n\n0," 0.5 "\n1,0.4\n\n"0",0.1\n1,9e-1'
fine "a column of other text between" 'y,note,s\n0,"a, b",0.5\n1,"line\nend",0.4\n0,"say ""x""",0.1\n1,,0.9\n'

case_ "a huge field is cut in the message, and read where it is not used"
huge=$(head -c 300000 /dev/zero | tr '\0' x)
printf 'y,s,t\n0,0.1,%s\n1,0.2,%s\n' "$huge" "$huge" >f.csv
run stats roc f.csv --label y --score s --json
expect_rc 0
run stats roc f.csv --label y --score t
expect_rc 1
expect_err "f.csv, line 2, column 't': 'xxxx"
[ "$(wc -c <.err)" -lt 300 ] || wrong "the message is too long"

case_ "a full disk and a closed stdout are errors"
printf "$few" >f.csv
for how in "" --json; do
    "$dlrn" stats roc f.csv --label y --score s $how >/dev/full 2>.err
    rc=$?
    expect_rc 1
    expect_err "cannot write to stdout"
    "$dlrn" stats roc f.csv --label y --score s $how >&- 2>.err
    rc=$?
    expect_rc 1
    expect_err "cannot write to stdout"
done

finish
