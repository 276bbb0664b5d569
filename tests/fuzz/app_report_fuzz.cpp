// Whatever a bad card makes of a report, of the index of reports or of a journal: it is read or refused, and what is read can be written again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "app/report.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nightjar::app;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (const auto entry = entry_of(text)) entry_of(summary(*entry).text());
  if (const auto renamed = with_title(text, "Dawn \"of\" day")) {
    const auto again = with_title(*renamed, "Dawn \"of\" day");
    require(again == renamed);
  }
  report_csv(text);
  std::size_t whole = 0;
  if (const auto session = journal::read(text, &whole)) require(whole <= size && session->slots() >= session->shots.size());
  return 0;
}
