# SPDX-License-Identifier: Apache-2.0
# What `meson install` puts down works where it stands, without a word about the build folder.
. "$(dirname "$0")/lib.sh"
unset DLRN_MODULE_DIR LD_LIBRARY_PATH
prefix=$PWD/tree/usr

python3 - <<'PY'
import struct, zlib
def png(name, f):
    raw = b"".join(b"\0" + bytes(f(x, y) for x in range(48)) for y in range(40))
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    open(name, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 48, 40, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))
png("image.png", lambda x, y: (5 * x + y * y // 7) % 256)
png("mask.png", lambda x, y: int(8 <= x < 40 and 10 <= y < 30))
PY

case_ "the installation holds program, library, modules, headers, manual and completion"
expect meson install -C "$DLRN_TEST_BUILD" --no-rebuild --quiet --destdir "$PWD/placed"
# the prefix may be any: move the tree, so that no absolute path can help
mkdir -p tree
mv "$(dirname "$(dirname "$(find placed -path '*/bin/dlrn')")")" "$prefix"
rm -rf placed
lib=$(dirname "$(find "$prefix" -name libdlrn.so)")
for f in "$lib/libdlrn.so" "$lib/dlrn/dlrn-blas.so" "$lib/dlrn/dlrn-canvas.so" \
    "$lib/dlrn/dlrn-zip.so" "$lib/dlrn/dlrn-dnnl.so" "$lib/pkgconfig/dlrn.pc"; do
    expect_file "$f"
done
for f in bin/dlrn libexec/dlrn/dlrn-dicom include/dlrn/dlrn.h \
    share/man/man1/dlrn.1 share/man/man1/dlrn-study.1 \
    share/bash-completion/completions/dlrn.bash share/zsh/site-functions/_dlrn \
    share/fish/vendor_completions.d/dlrn.fish; do
    expect_file "$prefix/$f"
done
for c in $("$dlrn" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
    expect_file "$prefix/share/man/man1/dlrn-$c.1"
done

case_ "the installed program extracts features"
dlrn=$prefix/bin/dlrn
run extract image.png mask.png -p xray_2d -f json
expect_rc 0
expect_out '"original_firstorder_Mean"'

case_ "the installed program finds every module that was built"
run version --json
expect_rc 0
expect_out '"oneDNN"'
if [ -f "$lib/dlrn/lib_lightgbm.so" ]; then expect_out '"LightGBM"'; fi

case_ "the installed program trains with LightGBM"
. "$here/study_tables.sh"
make_tables s
sed -i 's/^learners:.*/learners: [lr, lightgbm]/' s/study.yaml
run study s/study.yaml -o out
expect_rc 0
expect_file out/report.html
if [ -f "$lib/dlrn/lib_lightgbm.so" ]; then
    expect grep -q '"lightgbm"' out/results.json
else
    expect_err "lightgbm"
fi

case_ "a C program builds against pkg-config's word and gives the program's numbers"
export PKG_CONFIG_PATH="$lib/pkgconfig"
flags=$(pkg-config --define-variable=prefix="$prefix" --cflags --libs dlrn)
expect cc -std=c11 -Wall -Wextra -Werror "$DLRN_TEST_EXAMPLES/features.c" $flags \
    -Wl,-rpath,"$lib" -o features
expect sh -c './features image.png mask.png >features.txt'
run extract image.png mask.png -p xray_2d --setting binWidth=10 -f txt
sed -n 's/^Case-1_\(original.*\): /\1 /p' .out >expected.txt
expect [ -s expected.txt ]
grep '^original' features.txt | cut -d ' ' -f 1,2 >given.txt
expect_same given.txt expected.txt
run_example=$(./features nowhere.png mask.png 2>&1 || :)
case $run_example in
*"nowhere.png: there is no such file"*) ;;
*) wrong "the example said: $run_example" ;;
esac

finish
