# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/lib.sh"
g=$DLRN_TEST_GOLDEN/pyradiomics
i=$g/3d-8bit-parts_image.nii.gz
m=$g/3d-8bit-parts_mask.nii.gz
p=$g/3d-8bit-parts.json

case_ "one case as csv has a header and a row"
run extract "$i" "$m" -p "$p"
expect_rc 0
expect_out "original_glcm_Contrast"
expect test "$(wc -l <.out)" = 2

case_ "json holds the same names, txt numbers its case"
run extract "$i" "$m" -p "$p" -f json -o one.json
expect_rc 0
expect grep -q '"original_ngtdm_Strength"' one.json
run extract "$i" "$m" -p "$p" -f txt
expect_out "Case-1_original_firstorder_Mean: "

case_ "a missing file is named"
run extract nothere.nii.gz "$m"
expect_rc 1
expect_err "nothere.nii.gz"

case_ "an absent label is named, and no file is written"
run extract "$i" "$m" -p "$p" --label 77 -o gone.csv
expect_rc 1
expect_err "77"
expect_no_file gone.csv

case_ "a mask of another size is refused with both sizes"
run extract "$i" "$g/2d-8bit_mask.nii.gz" -p "$p"
expect_rc 1
expect_err "mask"

case_ "--correct-mask brings a mask of another grid onto the image's"
own=$g/correctMask-plane
printf 'setting: {minimumROIDimensions: 1, preCrop: true, padDistance: 2}\n' >own.yaml
run extract "${own}_image.nrrd" "${own}_mask.nrrd" -p own.yaml
expect_rc 1
expect_err "--correct-mask"
run extract "${own}_image.nrrd" "${own}_mask.nrrd" -p own.yaml --correct-mask -o given.csv
expect_rc 0
expect_err "brought onto the image's grid"
printf 'setting: {minimumROIDimensions: 1, preCrop: true, padDistance: 2, correctMask: true}\n' >own.yaml
run extract "${own}_image.nrrd" "${own}_mask.nrrd" -p own.yaml -o written.csv
expect_rc 0
expect cmp given.csv written.csv

case_ "an unknown setting gets a suggestion"
run extract "$i" "$m" --setting binWith=3
expect_rc 1
expect_err "did you mean 'binWidth'?"

case_ "a parameter file with an unknown key names its line"
printf 'setting:\n  binWidth: 5\n  binCont: 3\n' >bad.yaml
run extract "$i" "$m" -p bad.yaml
expect_rc 1
expect_err "bad.yaml, line 3"

case_ "wrong usage is exit code 2"
run extract "$i"
expect_rc 2
run extract "$i" "$m" -f xml
expect_rc 2
run extract --batch cases.csv
expect_rc 2

case_ "a batch gives the same bytes for any number of threads"
{
    echo "ID,Image,Mask,Label"
    for k in 2d-8bit 2d-flat slice-float-border 3d-oblique 3d-double 3d-16bit-anisotropic; do
        echo "$k,$g/${k}_image.nii.gz,$g/${k}_mask.nii.gz,1"
    done
} >cases.csv
printf 'setting: {minimumROIDimensions: 1}\nfeatureClass: {firstorder: , glcm: }\n' >few.yaml
run extract --batch cases.csv -p few.yaml -o one.csv -j 1
expect_rc 0
run extract --batch cases.csv -p few.yaml -o three.csv -j 3
expect_rc 0
expect_same one.csv three.csv
expect_no_file one.csv.journal
expect test "$(wc -l <one.csv)" = 7

case_ "a case that fails stops the batch, and the next run goes on from there"
{
    cat cases.csv
    echo "bad,gone.nii.gz,gone.nii.gz,1"
} >more.csv
run extract --batch more.csv -p few.yaml -o more_out.csv -j 1
expect_rc 1
expect_err "more.csv, line 8"
expect_no_file more_out.csv
expect_file more_out.csv.journal
run extract --batch more.csv -p few.yaml -o more_out.csv -j 1 --keep-going --reasons why.csv
expect_rc 1
expect_err "6 of 7 cases were done earlier"
expect_err "1 of 7 cases failed"
expect_file more_out.csv
expect grep -q "^bad,gone.nii.gz,gone.nii.gz,1,all,.*there is no such file" why.csv
head -7 more_out.csv | cmp -s - one.csv || wrong "resumed values differ"

case_ "a first case that fails does not disturb the columns"
awk 'NR == 1 { print; print "bad,gone.nii.gz,gone.nii.gz,1"; next } { print }' cases.csv >late.csv
run extract --batch late.csv -p few.yaml -o late_out.csv --keep-going
expect_rc 1
head -1 late_out.csv >late_header.csv
head -1 one.csv >one_header.csv
expect_same late_header.csv one_header.csv

case_ "once the failed case is mended only it is done again"
cp "$g/2d-flat_image.nii.gz" gone.nii.gz
run extract --batch more.csv -p few.yaml -o more_out.csv
expect_rc 1
expect_err "6 of 7 cases were done earlier"
expect_err "gone.nii.gz, mask gone.nii.gz: the mask has no label 1"
cp "$m" gone.nii.gz
run extract --batch more.csv -p few.yaml -o more_out.csv --label 1
expect_rc 1
if grep -q "done earlier" .err; then wrong "another label went on from the journal"; fi
expect_err "more_out.csv.journal is of another table, setting or version, or the files have changed: all"

case_ "a run that dies while it takes over a journal leaves it as it was"
cp more_out.csv.journal before.journal
(
    ulimit -f 1
    exec "$dlrn" extract --batch more.csv -p few.yaml -o more_out.csv --label 1
) >.out 2>.err
expect test $? -gt 1
expect_same before.journal more_out.csv.journal

case_ "a case whose files have changed since is done again"
for n in 1 2; do cp "$i" image$n.nii.gz; cp "$m" mask$n.nii.gz; done
printf 'Image,Mask\nimage1.nii.gz,mask1.nii.gz\nimage2.nii.gz,mask2.nii.gz\nimage3.nii.gz,mask1.nii.gz\n' >changed.csv
run extract --batch changed.csv -p "$p" -o changed_out.csv -j 1
expect_rc 1
expect_err "2 of 3 cases are kept: the same command goes on from there"
cp "$g/2d-8bit_image.nii.gz" image1.nii.gz
cp "$i" image3.nii.gz
run extract --batch changed.csv -p "$p" -o changed_out.csv -j 1 --keep-going
expect_err "1 of 3 cases were done earlier"

case_ "a batch that is interrupted or terminated goes on to the same bytes"
{
    echo "Image,Mask"
    for n in $(seq 100); do echo "$i,$m"; done
} >long.csv
printf 'imageType: {Original: , Wavelet: {level: 2}, Square: , Gradient: }\n' >long.yaml
label=$(sed 's/.*"label": \([0-9]*\).*/\1/' "$p")
run extract --batch long.csv -p long.yaml --label "$label" -o whole.csv
expect_rc 0
for signal in INT TERM; do
    "$dlrn" extract --batch long.csv -p long.yaml --label "$label" -o "part_$signal.csv" >.out 2>.err &
    pid=$!
    tries=0
    while [ "$(wc -l 2>/dev/null <"part_$signal.csv.journal" || echo 0)" -lt 5 ] && [ $tries -lt 600 ]; do
        tries=$((tries + 1))
        sleep 0.02
    done
    kill -$signal $pid
    wait $pid
    rc=$?
    expect_rc $([ $signal = INT ] && echo 130 || echo 143)
    expect_err "dlrn extract: stopped"
    expect_err "the same command goes on from there"
    expect_no_file "part_$signal.csv"
    run extract --batch long.csv -p long.yaml --label "$label" -o "part_$signal.csv"
    expect_rc 0
    expect_err "of 100 cases were done earlier"
    expect_same whole.csv "part_$signal.csv"
    expect test "$(ls | grep -c "part_$signal")" = 1
done

case_ "other columns are passed through, and a feature replaces a column of its name"
printf 'ID,Image,Mask,original_firstorder_Mean,"note, long"\n007,%s,%s,old,"a ""b"""\n' "$i" "$m" >through.csv
run extract --batch through.csv -p "$p" -o through_out.csv
expect_rc 0
expect test "$(head -1 through_out.csv | grep -o ",original_firstorder_Mean," | wc -l)" = 1
expect grep -q '^007,.*nii.gz,[-0-9.e]*,"a ""b""",' through_out.csv

case_ "a batch as json is a list of objects, as txt it numbers the cases; the ending of -o tells"
head -3 cases.csv >two.csv
run extract --batch two.csv -p few.yaml -o two.json
expect_rc 0
expect sh -c "head -c 1 two.json | grep -q '\['"
expect test "$(grep -c '"ID": "2d-' two.json)" = 2
run extract --batch two.csv -p few.yaml -o two.txt
expect_rc 0
expect grep -q '^Case-2_ID: 2d-flat' two.txt
expect grep -q '^Case-1_original_firstorder_Mean: ' two.txt

case_ "a batch can be written to a pipe or a device, without a journal"
run extract --batch two.csv -p few.yaml -o /dev/stdout
expect_rc 0
expect test "$(wc -l <.out)" = 3
run extract --batch two.csv -p few.yaml -o -
expect_rc 0
expect test "$(wc -l <.out)" = 3
echo "kept" >appended.txt
"$dlrn" extract --batch two.csv -p few.yaml -o - >>appended.txt
expect test "$(wc -l <appended.txt)" = 4
expect_no_file ./-
run extract --batch two.csv -p few.yaml -o /dev/full
expect_rc 1
expect_err "No space left on device"

case_ "warnings of many cases are said once, with their number"
printf 'imageType: {Original: , LoG: }\nfeatureClass: {firstorder: }\nsetting: {minimumROIDimensions: 1}\n' >warn.yaml
run extract --batch cases.csv -p warn.yaml -o warn.csv
expect_rc 0
expect test "$(grep -c warning .err)" = 1
expect_err "LoG has no sigma, so it gives no image: add one, as LoG: {sigma: [1.0]} (6 of 6 cases, the first in line 2)"

case_ "what nobody sees in the features is a warning: MONOCHROME1, no pixel spacing, no shape"
run phantom inverted --patients 8 --size 192 --format dicom --quiet
inverted=$(grep -al MONOCHROME1 inverted/images/*.dcm | head -n 1)
run extract "$inverted" "inverted/masks/$(basename "$inverted")" -o warned.csv
expect_rc 0
expect_err "warning: MONOCHROME1: in this image bright means little; its pixels are taken as stored"
expect_err "warning: the class shape is for volumes: none for a 2-D image, which has shape2D"
run phantom sizeless --patients 8 --size 192 --format png --quiet
sizeless=$(sed -n 2p sizeless/cohort.csv | cut -d, -f5)
run extract "sizeless/$sizeless" "sizeless/masks/${sizeless#images/}" -p xray_2d -o warned.csv
expect_rc 0
expect_err "warning: the image has no pixel spacing: 1 mm stands in for shape, LoG and resampling"
printf 'featureClass: {glcm: }\n' >grey.yaml
run extract "sizeless/$sizeless" "sizeless/masks/${sizeless#images/}" -p grey.yaml -o warned.csv
expect_rc 0
expect_no_err

case_ "a slice drawn where the spacing was not known goes with its radiograph within geometryTolerance"
printf 'NRRD0004\ntype: uchar\ndimension: 2\nsizes: 6 5\nspacings: 0.2 0.2\nencoding: ascii\n\n' >fine.nrrd
printf 'NRRD0004\ntype: uchar\ndimension: 3\nsizes: 6 5 1\nspacings: 1 1 1\nencoding: ascii\n\n' >drawn.nrrd
seq 30 | tee -a fine.nrrd | awk '{ print ($1 > 8) + 0 }' >>drawn.nrrd
run extract fine.nrrd drawn.nrrd -s geometryTolerance=3 -o drawn.csv
expect_rc 1
expect_err "(setting geometryTolerance, as a share of the pixel spacing)"
run extract fine.nrrd drawn.nrrd -s geometryTolerance=4.1 -o drawn.csv
expect_rc 0
expect grep -qF '"(0.2, 0.2)"' drawn.csv

case_ "settings of feature maps are passed over with a warning"
printf 'voxelSetting: {kernelRadius: 2, initValue: nan}\nfeatureClass: {glcm: [JointEntropy]}\nsetting: {minimumROIDimensions: 1, label: %s}\n' "$label" >voxel.yaml
run extract "$i" "$m" -p voxel.yaml -o voxel.csv
expect_rc 0
expect_err "warning: voxelSetting belongs to feature maps, which dlrn does not make: passed over"
expect grep -q original_glcm_JointEntropy voxel.csv

case_ "the profile zhang1834 says what a 2-D image and a single slice lack"
run phantom tiny --patients 8 --size 192 --format png --quiet
run extract tiny/images/p00001.png tiny/masks/p00001.png -p zhang1834 -o flat.csv
expect_rc 0
expect_err "a 2-D image gives 1183 of the 1834 features"
printf 'NRRD0004\ntype: uchar\ndimension: 3\nsizes: 40 30 1\nspacings: 1 1 1\nencoding: ascii\n\n' >slice.nrrd
cp slice.nrrd outline.nrrd
awk 'BEGIN { for (k = 0; k < 1200; k++) print (k * k + int(k / 40) * 7) % 200 }' >>slice.nrrd
awk 'BEGIN { for (k = 0; k < 1200; k++) print (k % 40 > 5 && k % 40 < 34 && k > 200 && k < 1000) + 0 }' >>outline.nrrd
run extract slice.nrrd outline.nrrd -p zhang1834 -f json -o slice.json
expect_rc 0
expect_err "PyRadiomics gives no LoG of one slice, 1561 features in all"
expect test "$(grep '^  "' slice.json | grep -vc '"diagnostics')" = 1834

case_ "every undefined value has its reason"
run extract "$i" "$m" -p "$p" --setting binWidth=100000 --reasons why1.csv -o undefined.csv
expect_rc 0
expect grep -q '^Image,Mask,feature,reason$' why1.csv
undefined=$(tail -1 undefined.csv | grep -o ',nan' | wc -l)
expect test "$(($(wc -l <why1.csv) - 1))" = "$undefined"
if grep -q ',$' why1.csv; then wrong "a reason is missing"; fi

case_ "settings are taken as PyRadiomics' command line writes them, too"
run extract "$i" "$m" -p "$p" --setting binWidth:10 --setting distances:1,2 -o colon.csv
expect_rc 0
run extract "$i" "$m" -p "$p" --setting binWidth=10 --setting 'distances=[1, 2]' -o equals.csv
expect_same colon.csv equals.csv

case_ "features lists the catalogue and explains one column"
run features
expect_rc 0
expect_out "MaximumProbability"
run features original_glcm_Imc2
expect_rc 0
expect_out "JN9H"
expect_out "undefined  NaN where no voxel has a neighbour; a direction with HXY2 < HXY is left out"
expect_out "image      as it is"
run features wavelet-LH_glcm_Contrast
expect_out "image      a band of the wavelet transform: a letter for each axis, x first, L low-pass"
run features squareroot_glcm_Contrast
expect_out "image      sign(x) sqrt(|x| max |x|)"
run features ACUI
expect_rc 0
expect_out "glcm_Contrast"
run features GLCM_contrast
expect_rc 0
expect_out "glcm_Contrast"
run features gclm
expect_rc 1
expect_err "did you mean 'glcm'?"
run features Contrat
expect_rc 1
expect_err "did you mean 'Contrast'?"

case_ "the catalogue fits a page of 100 columns, in json every row has all its fields"
run features
expect test "$(awk 'length > 100' .out | wc -l)" = 0
rows=$(grep -c '^  [A-Z0-9][A-Za-z0-9]* * [A-Z0-9-]' .out)
for class in firstorder shape shape2D glcm glrlm glszm gldm ngtdm; do
    run features $class
    expect test "$(awk 'length > 100' .out | wc -l)" = 0
done
run features --json
expect_rc 0
for key in class name formula unit ibsi undefined differs_from_ibsi default; do
    expect test "$(grep -c "\"$key\":" .out)" = "$rows"
done


case_ "the short options are PyRadiomics', too"
run extract "$i" "$m" -p "$p" -s binWidth:10 -s distances:1,2 -l "$label" -o short.csv
expect_same short.csv colon.csv

case_ "a file that is there is replaced, not appended to"
for n in 1 2; do
    run extract "$i" "$m" -p "$p" -o replaced.csv
    expect_rc 0
done
expect [ "$(wc -l <replaced.csv)" = 2 ]

case_ "paths are written as given, absolute, relative or by their last name"
mkdir -p deep/er
cp "$i" deep/i.nii.gz
cp "$m" deep/m.nii.gz
printf 'Image,Mask,Label\ni.nii.gz,er/../m.nii.gz,%s\n' "$label" >deep/cases.csv
for how in "" absolute relative basename; do
    run extract deep/i.nii.gz deep/er/../m.nii.gz -p "$p" ${how:+--format-path $how} -o "one_$how.csv"
    expect_rc 0
    run extract --batch deep/cases.csv -p "$p" ${how:+--format-path $how} -o "many_$how.csv"
    expect_rc 0
done
begins() {
    [ "$(tail -1 "$1" | cut -d, -f1-2)" = "$2" ] || wrong "$1: $(tail -1 "$1" | cut -c1-80), expected: $2"
}
begins one_.csv "deep/i.nii.gz,deep/er/../m.nii.gz"
begins one_absolute.csv "$PWD/deep/i.nii.gz,$PWD/deep/m.nii.gz"
begins one_relative.csv "deep/i.nii.gz,deep/m.nii.gz"
begins one_basename.csv "i.nii.gz,m.nii.gz"
begins many_.csv "i.nii.gz,er/../m.nii.gz"
begins many_absolute.csv "$PWD/deep/i.nii.gz,$PWD/deep/m.nii.gz"
begins many_relative.csv "i.nii.gz,m.nii.gz"
begins many_basename.csv "i.nii.gz,m.nii.gz"
cd deep/er || exit 1
run extract ../i.nii.gz ../../deep/m.nii.gz -p "$p" --format-path relative -o up.csv
begins up.csv "../i.nii.gz,../m.nii.gz"
cd ../..
run extract "$i" "$m" --format-path short
expect_rc 2
expect_err "--format-path: expected absolute, relative or basename, not 'short'"

case_ "undefined values can be left out"
run extract "$i" "$m" -p "$p" --setting binWidth=100000 --skip-nans -o left.csv
expect_rc 0
expect_same left.csv "$(sed 's/,nan/,/g' undefined.csv >blanked.csv; echo blanked.csv)"
run extract "$i" "$m" -p "$p" --setting binWidth=100000 --skip-nans -o left.json
if grep '"original_' left.json | grep -q null; then wrong "an undefined value is left"; fi
run extract "$i" "$m" -p "$p" --setting binWidth=100000 --skip-nans -o left.txt
if grep -q ': nan' left.txt; then wrong "an undefined value is left"; fi

case_ "diagnostics are lists, objects and numbers in json"
run extract "$i" "$m" -p "$p" --setting additionalInfo=true --setting 'resampledPixelSpacing=[2, 2, 2]' -o native.json
expect_rc 0
tr -d ' \n' <native.json >native.txt
expect grep -q '"diagnostics_Configuration_Settings":{"minimumROIDimensions":[0-9]*,"minimumROISize":null,"normalize":false,' native.txt
expect grep -q '"resampledPixelSpacing":\[2.0,2.0,2.0\],"interpolator":"sitkBSpline"' native.txt
expect grep -q '"diagnostics_Configuration_EnabledImageTypes":{"Original":{},"Wavelet":{},"LoG":{"sigma":\[1.0\]},' native.txt
expect grep -q '"diagnostics_Image-original_Hash":"[0-9a-f]*","diagnostics_Image-original_Dimensionality":"3D",' native.txt
expect grep -q '"diagnostics_Mask-original_BoundingBox":\[[0-9,]*\],"diagnostics_Mask-original_VoxelNum":[0-9]*,' native.txt

case_ "a batch takes a channel of each mask from its table"
printf 'NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 6 5\nkinds: vector domain domain\nencoding: ascii\n\n' >two.nrrd
awk 'BEGIN { for (k = 0; k < 30; k++) print (k < 20) + 0, (k >= 8) + 0 }' >>two.nrrd
printf 'NRRD0004\ntype: uchar\ndimension: 2\nsizes: 6 5\nencoding: ascii\n\n' >thirty.nrrd
seq 30 >>thirty.nrrd
printf 'Image,Mask,Label_channel\nthirty.nrrd,two.nrrd,0\nthirty.nrrd,two.nrrd,\nthirty.nrrd,two.nrrd,1\n' >channels.csv
printf 'featureClass: {firstorder: [Minimum]}\nsetting: {additionalInfo: false}\n' >minimum.yaml
run extract --batch channels.csv -p minimum.yaml -o channels_out.csv
expect_rc 0
expect test "$(cut -d, -f4 channels_out.csv | tr '\n' ' ')" = "original_firstorder_Minimum 1 1 9 "
printf 'Image,Mask,Label_channel\nthirty.nrrd,two.nrrd,first\n' >channels.csv
run extract --batch channels.csv -p minimum.yaml -o channels_out.csv
expect_rc 1
expect_err "column Label_channel: 'first' is no channel; expected a whole number from 0"

finish
