# SPDX-License-Identifier: Apache-2.0
# The files that the rows of errors.tsv speak of. Sourced by test_errors.sh.

# image NAME TYPE "SIZES" EXPRESSION [HEADER LINES]: a NRRD text image whose pixels are an expression
# of awk over x, y, z.
image() {
    awk -v type="$2" -v sizes="$3" -v more="${5:-spacings: 0.5 0.5}" "
    function value(x, y, z) { return $4 }
    BEGIN {
        n = split(sizes, s, \" \")
        if (n < 3) s[3] = 1
        printf \"NRRD0004\\ntype: %s\\ndimension: %d\\nsizes: %s\\nencoding: ascii\\n%s\\n\\n\", type, n, sizes, more
        for (z = 0; z < s[3]; z++) for (y = 0; y < s[2]; y++) for (x = 0; x < s[1]; x++) print value(x, y, z)
    }" >"$1"
}
inside='x > 3 && x < 15 && y > 2 && y < 12'
slope='(7 * x * x + 3 * x * y) % 251'
image grey.nrrd uchar "20 16" "$slope"
image mask.nrrd uchar "20 16" "$inside"
image volume.nrrd short "12 12 6" "$slope" "spacings: 0.5 0.5 2"
image outline.nrrd uchar "12 12 6" 'x > 2 && x < 9 && y > 2 && y < 9 && z > 0 && z < 5' "spacings: 0.5 0.5 2"

# masks
image larger.nrrd uchar "24 16" "$inside"
image coarser.nrrd uchar "20 16" "$inside" "spacings: 0.6 0.5"
image moved.nrrd uchar "20 16" "$inside" "spacings: 0.5 0.5
axis mins: 2 0"
image slice.nrrd uchar "20 16 1" "$inside" "spacings: 1 1 1"
image turned.nrrd uchar "20 16" "$inside" "space dimension: 2
space directions: (0,0.5) (0.5,0)
space origin: (0,0)"
image several.nrrd uchar "20 16" '(x > 3 && x < 9) * 2 + (x > 12) * 5'
image grades.nrrd uchar "20 16" 'x + y + 2'
image only2.nrrd uchar "20 16" "2 * ($inside)"
image zero.nrrd uchar "20 16" 0
image one.nrrd uchar "20 16" 'x == 5 && y == 5'
image line.nrrd uchar "20 16" 'y == 5'
image half.nrrd float "20 16" "($inside) * 0.5"

# images
image nan.nrrd float "20 16" 'x == 4 && y == 3 ? "nan" : x + y'
image inf.nrrd float "20 16" 'x == 9 && y == 9 ? "inf" : x + y'
image huge.nrrd float "20 16" 'x == 9 && y == 9 ? "3e38" : x + y'
image endless.nrrd double "20 16" 'x == 9 ? "1.5e308" : "-1.5e308"'
image flat.nrrd uchar "20 16" 7
image vector.nrrd uchar "3 20 16" 1 "kinds: RGB-color domain domain"
sed 's/^dimension: 2/dimension: 4/; s/^sizes: 20 16/sizes: 20 16 1 1/' grey.nrrd >four.nrrd
sed 's/^type: uchar/type: block/' grey.nrrd >block.nrrd
sed '/^sizes/d' grey.nrrd >sizeless.nrrd
sed 's/^encoding: ascii/encoding: bzip2/' grey.nrrd >bzip2.nrrd
sed 's/^spacings: 0.5 0.5/data file: grey.raw/' grey.nrrd >detached.nhdr
head -c 300 grey.nrrd >cut.nrrd
printf '%s\n' 'ObjectType = Image' 'NDims = 2' 'BinaryData = False' 'ElementSpacing = 0.5 0.5' 'DimSize = 20 16' \
    'ElementType = MET_UCHAR' 'ElementDataFile = LOCAL' >grey.mha
sed '1,/^$/d' grey.nrrd >>grey.mha
head -c 300 grey.mha >cut.mha
head -n 4 grey.mha >headless.mha
sed '/^DimSize/d' grey.mha >sizeless.mha
sed 's/^BinaryData = False/CompressedData = True/' grey.mha >deflated.mha
sed 's/^ElementSpacing = .*/ElementNumberOfChannels = 3/' grey.mha >vector.mha
sed 's/^DimSize = 20 16/DimSize = 20 16 1/' grey.mha >axes.mha
sed 's/MET_UCHAR/MET_OTHER/' grey.mha >other.mha
sed 's/^BinaryData.*/HeaderSize = 512/' grey.mha >apart.mha
sed 's/LOCAL/grey.raw/' grey.mha >detached.mhd
: >empty.png
echo "no image at all, only a text" >text.nii
gzip -n -c text.nii >text.nii.gz
printf '\037\213\010' >cut.nii.gz
printf '\211PNG\r\n\032\n' >cut.png
printf '\377\330\377\340\000\020JFIF' >cut.jpg
cp "$here/../../fuzz/corpus/jpeg/baseline.jpg" mask.jpg
printf 'II*\000\010\000\000\000' >cut.tif
mkdir folder
for kind in png-colour dicom-frames dicom-colour dicom-rle; do
    "$DLRN_ODD_IMAGE" "$kind" "$kind.${kind%%-*}"
done
"$DLRN_ODD_IMAGE" grey grey.dicom.dcm
head -c 140 grey.dicom.dcm >cut.dcm
head -c 700 grey.dicom.dcm >cut2.dcm

# parameter files and tables of cases: NAME TEXT, with the escapes of printf %b
file() { printf %b "$2" >"$1"; }
file key.yaml 'setting:\n  binWith: 5\n'
file section.yaml 'settings:\n  binWidth: 5\n'
file twice.yaml 'setting:\n  binWidth: 5\n  binWidth: 6\n'
file list.yaml 'setting:\n  binWidth: [5, 6]\n'
file map.yaml 'setting:\n  binWidth: {a: 5}\n'
file word.yaml 'setting:\n  label: two\n'
file tab.yaml 'setting:\n\tbinWidth: 5\n'
file open.yaml 'setting: {binWidth: 5\n'
file items.yaml '- setting\n- imageType\n'
file alias.yaml 'setting: &a [*a]\n'
file blank.yaml '\n'
file binary.yaml 'a\0001b'
file type.yaml 'imageType:\n  Original: {}\n  Wavlet: {}\n'
file types.yaml 'imageType: [Original, Wavelet]\n'
file wavelet.yaml 'imageType:\n  Wavelet: {wavelet: db99}\n'
file sigma.yaml 'imageType:\n  LoG: {sigma: [0]}\n'
file lbp.yaml 'imageType:\n  LBP2D: {lbp2DMethod: uni}\n'
file class.yaml 'featureClass:\n  glmc:\n'
file feature.yaml 'featureClass:\n  glcm: [Contrat]\n'
file scalar.yaml 'featureClass:\n  glcm: Contrast\n'
file nested.yaml 'featureClass:\n  glcm: [[Contrast]]\n'
file voxel.yaml 'voxelSetting:\n  kernelRadus: 2\n'
file resegment.yaml 'setting:\n  resegmentRange: [1, 2, 3]\n'
file box.yaml 'setting:\n  boxPercentiles: [99, 1]\n'

file noimage.csv 'Picture,Mask\ngrey.nrrd,mask.nrrd\n'
file nomask.csv 'Image,Msk\ngrey.nrrd,mask.nrrd\n'
file norows.csv 'Image,Mask\n'
file empty.csv ''
file nopath.csv 'Image,Mask\ngrey.nrrd,\n'
file nofile.csv 'Image,Mask\ngrey.nrrd,mask.nrrd\nnothere.nrrd,mask.nrrd\n'
file label.csv 'Image,Mask,Label\ngrey.nrrd,mask.nrrd,L4\n'
file cells.csv 'Image,Mask\ngrey.nrrd,mask.nrrd,5\n'
file few.csv 'Image,Mask\ngrey.nrrd\n'
file names.csv 'Image,Mask,Mask\na,b,c\n'
file quote.csv 'Image,Mask\n"grey.nrrd,mask.nrrd\n'
file good.csv 'Image,Mask\ngrey.nrrd,mask.nrrd\n'
