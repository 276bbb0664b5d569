#include "sim/camera/canvas.h"

#include <cstdio>
#include <cstdlib>
#include <new>
// after <cstdio>: jpeglib.h needs FILE
#include <jpeglib.h>

namespace nightjar::sim::camera {

// The compressor is driven with valid parameters from memory to memory; libjpeg's own error handler, which ends the
// program, is reached only when memory runs out.
struct JpegWriter::State {
  jpeg_compress_struct compressor{};
  jpeg_error_mgr errors{};
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
};

JpegWriter::JpegWriter(int width, int height, int quality) : state_(new State) {
  auto& compressor = state_->compressor;
  compressor.err = jpeg_std_error(&state_->errors);
  jpeg_create_compress(&compressor);
  jpeg_mem_dest(&compressor, &state_->bytes, &state_->size);
  compressor.image_width = static_cast<JDIMENSION>(width);
  compressor.image_height = static_cast<JDIMENSION>(height);
  compressor.input_components = 3;
  compressor.in_color_space = JCS_RGB;
  jpeg_set_defaults(&compressor);
  jpeg_set_quality(&compressor, quality, TRUE);
  jpeg_start_compress(&compressor, TRUE);
}

JpegWriter::~JpegWriter() {
  jpeg_destroy_compress(&state_->compressor);
  std::free(state_->bytes);
  delete state_;
}

void JpegWriter::write(Canvas& canvas, int first, int rows) {
  for (int y = first; y < first + rows; ++y) {
    JSAMPROW row = canvas.pixel(0, y);
    jpeg_write_scanlines(&state_->compressor, &row, 1);
  }
}

std::string JpegWriter::finish() {
  jpeg_finish_compress(&state_->compressor);
  return {reinterpret_cast<const char*>(state_->bytes), state_->size};
}

}   // namespace nightjar::sim::camera
