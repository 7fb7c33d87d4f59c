# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"

case_ "init makes weights up and says so"
run weights init w.safetensors --seed 3
expect_rc 0
expect_err "made up"
expect_file w.safetensors

case_ "the same seed gives the same bytes, another seed others"
run weights init again.safetensors --seed 3
expect_same w.safetensors again.safetensors
run weights init -o other.safetensors --seed 4
expect_rc 0
expect sh -c '! cmp -s w.safetensors other.safetensors'
run weights init other.safetensors --seed 3
expect_rc 0
expect_same w.safetensors other.safetensors
rm -f again.safetensors other.safetensors

case_ "init replaces nothing that was not made up"
printf '\101\000\000\000\000\000\000\000{"fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}     12345678' >trained.safetensors
echo words >words.safetensors
for f in trained words; do
    cp $f.safetensors kept
    run weights init $f.safetensors
    expect_rc 2
    expect_err "$f.safetensors: is there already and was not made up; choose another name"
    expect_same $f.safetensors kept
done

case_ "info names format, mapping, hash and the label"
run weights info w.safetensors
expect_rc 0
expect_out "format        safetensors"
expect_out "key mapping   none needed"
expect_out "$(sha256sum w.safetensors | cut -d ' ' -f 1)"
expect_out "made up       yes"
expect_err "warning: these weights are made up"

case_ "info --json holds the same"
run weights info --json w.safetensors
expect_rc 0
expect_out '"made_up": true'
expect_out '"complete": true'
expect_out '"classes": 1000'

case_ "verify accepts a complete network"
run weights verify w.safetensors
expect_rc 0

case_ "import of safetensors writes the same tensors again"
run weights import w.safetensors -o copy.safetensors
expect_rc 0
expect_same w.safetensors copy.safetensors
rm -f copy.safetensors

case_ "a file cut off is refused with the tensor's name"
head -c 5000000 w.safetensors >cut.safetensors
run weights info cut.safetensors
expect_rc 1
expect_err "dlrn weights: cut.safetensors: tensor '"
expect_err "cut off"

case_ "a file that is no weights is refused"
echo "id,age" >table.safetensors
run weights verify table.safetensors
expect_rc 1
expect_err "table.safetensors: is no weight file that is known"

case_ "an incomplete network is information, but fails verify and import"
printf '\101\000\000\000\000\000\000\000{"fc.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}     12345678' >part.safetensors
run weights info part.safetensors
expect_rc 0
expect_out "not a complete ResNet-50"
run weights verify part.safetensors
expect_rc 1
expect_err "part.safetensors: tensor 'conv1.weight' is missing (and 264 more"
run weights import part.safetensors -o out.safetensors
expect_rc 1
expect_no_file out.safetensors

case_ "wrong usage is told apart"
run weights
expect_rc 2
run weights inof w.safetensors
expect_rc 2
expect_err "did you mean 'info'?"
run weights import w.safetensors
expect_rc 2
expect_err "-o OUT.safetensors"
run weights init weights.pth
expect_rc 2
expect_err ".safetensors"
run weights info missing.safetensors
expect_rc 1
expect_err "missing.safetensors"
rm -f w.safetensors cut.safetensors

finish
