// SPDX-License-Identifier: Apache-2.0
//
// DICOM decoded in the fuzzer's own process, where the program runs its helper: a thousand times as
// many files. GDCM is not ours to mend: its failed assertions, which cost the program a helper and
// here would end the run, are answered like its errors, what its objects held is freed, and it gets
// no more memory than a small file can mean.
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <new>

#include "image/dicom_decode.h"

extern "C" {
#include "fuzz.h"
}

namespace
{

enum { MOST = 1 << 20 }; // bytes at once

// Before each block that C++ asks for. Blocks of one decoding are linked, those of others are not.
struct block {
    block *before, *after;
    size_t decoding;
    size_t fill; // keeps what follows aligned
};

jmp_buf asserted;
bool running;
size_t decoding = 1;
block blocks = {&blocks, &blocks, 0, 0};

void *take(size_t n) noexcept
{
    if (running && n > MOST) return nullptr;
    block *b = static_cast<block *>(malloc(sizeof *b + n));
    if (!b) return nullptr;
    b->decoding = running ? decoding : 0;
    if (running) {
        b->before = &blocks;
        b->after = blocks.after;
        b->after->before = blocks.after = b;
    }
    return b + 1;
}

void *take_or_throw(size_t n)
{
    void *p = take(n);
    if (!p) throw std::bad_alloc();
    return p;
}

void give(void *p) noexcept
{
    block *b = static_cast<block *>(p) - 1;
    if (!p) return;
    if (b->decoding == decoding) {
        b->before->after = b->after;
        b->after->before = b->before;
    }
    free(b);
}

void give_all()
{
    while (blocks.after != &blocks)
        give(blocks.after + 1);
}

} // namespace

void *operator new(size_t n)
{
    return take_or_throw(n);
}

void *operator new[](size_t n)
{
    return take_or_throw(n);
}

void *operator new(size_t n, const std::nothrow_t &) noexcept
{
    return take(n);
}

void *operator new[](size_t n, const std::nothrow_t &) noexcept
{
    return take(n);
}

void operator delete(void *p) noexcept
{
    give(p);
}

void operator delete[](void *p) noexcept
{
    give(p);
}

void operator delete(void *p, size_t) noexcept
{
    give(p);
}

void operator delete[](void *p, size_t) noexcept
{
    give(p);
}

// What assert() calls, in GDCM's libraries too.
extern "C" void __assert_fail(const char *, const char *, unsigned, const char *) noexcept
{
    if (running) longjmp(asserted, 1);
    abort();
}

// The helper's answer, and true; false where GDCM would have aborted.
static bool decode(std::string *answer, const unsigned char *buf, size_t len)
{
    dlrn_dicom_head head;
    if (setjmp(asserted)) return false;
    std::vector<char> pixels;
    dlrn_dicom_decode(&head, &pixels, std::string(reinterpret_cast<const char *>(buf), len));
    running = false; // the answer outlives the decoding
    answer->assign(reinterpret_cast<const char *>(&head), sizeof head);
    answer->append(pixels.data(), pixels.size());
    return true;
}

extern "C" dlrn_status dlrn_fuzz_dicom_read(dlrn_image *out, const unsigned char *buf, size_t len,
                                            int64_t channel, dlrn_error *err)
{
    std::string answer;
    running = true;
    const bool whole = decode(&answer, buf, len);
    running = false;
    if (!whole) give_all();
    blocks.before = blocks.after = &blocks; // what GDCM keeps stays, and is linked no more
    decoding++;
    if (!whole) return dlrn_fail(err, DLRN_EFORMAT, "its decoder died");
    return dlrn_dicom_from_answer(out, reinterpret_cast<const unsigned char *>(answer.data()),
                                  answer.size(), channel, err);
}
