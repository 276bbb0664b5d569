#pragma once
#include "hal/http.h"

namespace nightjar::app {

/// A file of the page, packed where the client takes that; "/" is index.html. Answers 304, 404 and 405 as HTTP has it.
hal::HttpResponse page_response(const hal::HttpRequest& request);

}  // namespace nightjar::app
