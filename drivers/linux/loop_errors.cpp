#include "drivers/linux/loop_errors.h"

#include <cerrno>
#include <string>
#include <system_error>

namespace nightjar::os {

hal::ErrorKind error_kind(int number) {
  using hal::ErrorKind;
  switch (number) {
    case ETIMEDOUT: return ErrorKind::timed_out;
    case ECONNREFUSED: return ErrorKind::refused;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EADDRNOTAVAIL: return ErrorKind::unreachable;
    case ECONNRESET:
    case ECONNABORTED:
    case ENETRESET:
    case EPIPE: return ErrorKind::reset;
    case EACCES:
    case EPERM:
    case EROFS: return ErrorKind::denied;
    case EPROTO: return ErrorKind::protocol;
    case EAGAIN:
    case EINTR:
    case ENOBUFS:
    case ENOMEM:
    case EMFILE:
    case ENFILE: return ErrorKind::busy;
    case EOPNOTSUPP:
    case ENOSYS:
    case EAFNOSUPPORT:
    case EPROTONOSUPPORT: return ErrorKind::not_supported;
    case ENOENT:
    case ENODEV:
    case ENXIO: return ErrorKind::not_found;
    case ENOSPC:
    case EDQUOT: return ErrorKind::no_space;
    case EMSGSIZE:
    case EFBIG:
    case ENAMETOOLONG: return ErrorKind::too_large;
    case EINVAL:
    case EISDIR:
    case ENOTDIR:
    case ELOOP: return ErrorKind::invalid;
    case EADDRINUSE:
    case EBUSY:
    case ETXTBSY: return ErrorKind::in_use;
    default: return ErrorKind::io;
  }
}

hal::Error os_error(int number, std::string_view subject) {
  auto words = std::system_category().message(number);
  if (words.size() > 1 && words[0] >= 'A' && words[0] <= 'Z' && !(words[1] >= 'A' && words[1] <= 'Z'))
    words[0] = static_cast<char>(words[0] - 'A' + 'a');   // "Connection refused" follows a colon here
  std::string detail{subject};
  if (!detail.empty()) detail += ": ";
  return {error_kind(number), detail + words};
}

}   // namespace nightjar::os
