/* SPDX-License-Identifier: Apache-2.0
 *
 * A DICOM file in memory decoded with GDCM: what the helper program dlrn-dicom answers, and what
 * the fuzzer runs in its own process.
 */
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <sstream>
#include <utility>

#include <gdcmImageApplyLookupTable.h>
#include <gdcmImageChangePlanarConfiguration.h>
#include <gdcmImageReader.h>
#include <gdcmTrace.h>

#include "image/dicom_decode.h"

namespace
{

/* Numbers of a DS value; false unless `n` of them are there. */
bool numbers(const gdcm::DataSet &ds, const gdcm::Tag &tag, double *out, int n)
{
    if (!ds.FindDataElement(tag)) return false;
    const gdcm::ByteValue *v = ds.GetDataElement(tag).GetByteValue();
    if (!v) return false;
    const std::string text(v->GetPointer(), v->GetLength());
    const char *at = text.c_str();
    for (int k = 0; k < n; k++) {
        char *end;
        out[k] = strtod(at, &end);
        if (end == at || !std::isfinite(out[k])) return false;
        while (*end == ' ')
            end++;
        at = *end == '\\' ? end + 1 : end;
    }
    return true;
}

void read_tags(dlrn_dicom_head *h, const gdcm::DataSet &ds)
{
    h->slope = 1;
    h->intercept = 0;
    (void)numbers(ds, gdcm::Tag(0x0028, 0x1053), &h->slope, 1);
    (void)numbers(ds, gdcm::Tag(0x0028, 0x1052), &h->intercept, 1);
    h->has_spacing = numbers(ds, gdcm::Tag(0x0028, 0x0030), h->spacing_mm, 2) ||
                     numbers(ds, gdcm::Tag(0x0018, 0x1164), h->spacing_mm, 2) ||
                     numbers(ds, gdcm::Tag(0x0018, 0x2010), h->spacing_mm, 2);
    h->has_place = numbers(ds, gdcm::Tag(0x0020, 0x0032), h->position_mm, 3) &&
                   numbers(ds, gdcm::Tag(0x0020, 0x0037), h->orientation, 6);
}

/* The pixels as they are in the file; null where decoders have them in fragments. */
const gdcm::ByteValue *plain_pixels(const gdcm::DataSet &ds)
{
    const gdcm::Tag tag(0x7fe0, 0x0010);
    return ds.FindDataElement(tag) ? ds.GetDataElement(tag).GetByteValue() : nullptr;
}

/* GDCM fills up plain pixels that end too early: true where the little-endian element announces
 * more than the file holds. */
bool cut_off(const gdcm::DataSet &ds, const std::string &file)
{
    const gdcm::ByteValue *v = plain_pixels(ds);
    if (!v) return false;
    const size_t length = v->GetLength();
    const std::string mark("\xe0\x7f\x10\x00", 4);
    for (size_t at = file.find(mark); at != std::string::npos; at = file.find(mark, at + 1)) {
        const bool named = file.compare(at + 4, 1, "O") == 0;
        const size_t field = at + (named ? 8 : 4);
        if (field + 4 > file.size()) return true;
        size_t announced = 0;
        for (size_t k = 0; k < 4; k++)
            announced |= static_cast<size_t>(static_cast<unsigned char>(file[field + k]))
                         << (8 * k);
        if (announced == length && field + 4 + length > file.size()) return true;
    }
    return false;
}

/* GDCM reads numbers of 32 bits from big-endian files as pairs of 16. */
void swap_halves(std::vector<char> *pixels)
{
    for (size_t at = 0; at + 4 <= pixels->size(); at += 4) {
        std::swap((*pixels)[at], (*pixels)[at + 2]);
        std::swap((*pixels)[at + 1], (*pixels)[at + 3]);
    }
}

/* GDCM aborts on a radiotherapy dose of one frame (an assertion on its frames); as a secondary
 * capture, with the same pixels, it is read. */
void rename_dose(std::string *file)
{
    const std::string dose("1.2.840.10008.5.1.4.1.1.481.2");
    std::string capture("1.2.840.10008.5.1.4.1.1.7");
    capture.resize(dose.size());
    for (size_t at = file->find(dose); at != std::string::npos; at = file->find(dose, at))
        file->replace(at, dose.size(), capture);
}

/* Where and how an image's pixels lie. */
void describe(dlrn_dicom_head *h, const gdcm::Image &im)
{
    const gdcm::PixelFormat &pf = im.GetPixelFormat();
    const gdcm::PhotometricInterpretation pi = im.GetPhotometricInterpretation();
    h->width = im.GetDimension(0);
    h->height = im.GetDimension(1);
    h->frames = im.GetNumberOfDimensions() > 2 ? im.GetDimension(2) : 1;
    h->samples = pf.GetSamplesPerPixel();
    h->bits_allocated = pf.GetBitsAllocated();
    h->bits_stored = pf.GetBitsStored();
    h->high_bit = pf.GetHighBit();
    h->is_signed = pf.GetPixelRepresentation() == 1;
    h->inverted = pi == gdcm::PhotometricInterpretation::MONOCHROME1;
    h->colour =
        h->samples != 1 || !(h->inverted || pi == gdcm::PhotometricInterpretation::MONOCHROME2);
}

/* Whether the colours are RGB or a palette of it; the last two are once they are decoded. */
bool has_rgb(const gdcm::Image &im)
{
    const gdcm::PhotometricInterpretation pi = im.GetPhotometricInterpretation();
    return pi == gdcm::PhotometricInterpretation::RGB ||
           pi == gdcm::PhotometricInterpretation::PALETTE_COLOR ||
           pi == gdcm::PhotometricInterpretation::YBR_RCT ||
           pi == gdcm::PhotometricInterpretation::YBR_ICT;
}

/* The three colours of a pixel side by side, as ITK has them. */
bool make_rgb(dlrn_dicom_head *h, gdcm::Image *im)
{
    if (im->GetPhotometricInterpretation() == gdcm::PhotometricInterpretation::PALETTE_COLOR) {
        gdcm::ImageApplyLookupTable palette;
        palette.SetInput(*im);
        if (!palette.Apply()) return false;
        *im = palette.GetOutput();
    }
    if (im->GetPlanarConfiguration() == 1) {
        gdcm::ImageChangePlanarConfiguration planes;
        planes.SetInput(*im);
        planes.SetPlanarConfiguration(0);
        if (!planes.Change()) return false;
        *im = planes.GetOutput();
    }
    describe(h, *im);
    h->colour = 1;
    return h->samples == 3;
}

void decode(dlrn_dicom_head *h, std::vector<char> *pixels, std::string file)
{
    rename_dose(&file);
    std::istringstream in(file);
    gdcm::ImageReader reader;
    reader.SetStream(in);
    const bool read = reader.Read();
    const gdcm::DataSet &ds = reader.GetFile().GetDataSet();
    if (!read && !ds.IsEmpty() && !ds.FindDataElement(gdcm::Tag(0x7fe0, 0x0010))) {
        snprintf(h->problem, sizeof h->problem,
                 "it holds no pixels (it is cut off, or a report, plan or directory): choose the "
                 "file of the image");
        return;
    }
    if (!read || cut_off(ds, file)) {
        snprintf(h->problem, sizeof h->problem,
                 "it is damaged, cut off, or of a transfer syntax that GDCM does not decode: "
                 "export it again, uncompressed if you can");
        return;
    }
    gdcm::Image &im = reader.GetImage();
    describe(h, im);
    read_tags(h, ds);
    if (h->frames != 1 || (h->colour && !has_rgb(im))) return;
    // of less than that GDCM takes what lies behind it
    const gdcm::ByteValue *plain = plain_pixels(ds);
    const bool whole = !plain || plain->GetLength() >= im.GetBufferLength();
    if (whole && (!h->colour || make_rgb(h, &im))) pixels->resize(im.GetBufferLength());
    if (pixels->empty() || !im.GetBuffer(pixels->data())) {
        pixels->clear();
        snprintf(h->problem, sizeof h->problem,
                 "its pixels are damaged, cut off, or of a transfer syntax that GDCM does not "
                 "decode: export it again, uncompressed if you can");
    }
    const gdcm::TransferSyntax &syntax = reader.GetFile().GetHeader().GetDataSetTransferSyntax();
    if (syntax == gdcm::TransferSyntax::ExplicitVRBigEndian && h->bits_allocated == 32)
        swap_halves(pixels);
}

} // namespace

void dlrn_dicom_decode(dlrn_dicom_head *head, std::vector<char> *pixels, std::string file)
{
    gdcm::Trace::SetWarning(false);
    gdcm::Trace::SetError(false);
    *head = dlrn_dicom_head();
    memcpy(head->magic, DLRN_DICOM_MAGIC, sizeof head->magic);
    try {
        decode(head, pixels, std::move(file));
    } catch (const std::bad_alloc &) {
        pixels->clear();
        snprintf(head->problem, sizeof head->problem,
                 "it needs more memory than the decoder may use");
    } catch (const std::exception &) {
        pixels->clear();
        snprintf(head->problem, sizeof head->problem, "its decoder stopped with an error");
    }
    head->bytes = pixels->size();
}
