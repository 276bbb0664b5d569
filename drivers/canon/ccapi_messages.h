#pragma once
// What a Canon camera says over CCAPI, as values. Every function takes whatever the network sent and answers a value or
// nothing: none throws, none does I/O, each has a bound on what it takes in and ignores what it does not know.
//
// The wire is JSON over HTTP. Canon's reference is not public; the shapes are those seen in public clients:
//   capability document  {"ver100":[{"path":"/ccapi/ver100/deviceinformation","get":true,"post":false,...},...],"ver110":[...]}
//                        oldest firmware writes "url":"http://host:8080/ccapi/ver100/..." instead of "path"
//   error                {"message":"Device busy"} with an HTTP status of 400 and above
//   contents             {"path":["/ccapi/ver130/contents/card1/100CANON/IMG_0001.JPG",...]}, oldest firmware "url"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/camera.h"
#include "hal/result.h"
#include "hal/time.h"

namespace nightjar::canon {

constexpr std::size_t kJsonMax = 1u << 20;     // bytes; the largest known message, a first poll, is near 100 KB
constexpr std::size_t kResourcesMax = 1024;    // of a capability document; an R5 II lists about 300
constexpr std::size_t kContentsMax = 10'000;   // entries of one listing; a folder holds at most 9999 pictures
constexpr std::size_t kPathMax = 256;          // bytes of a resource path; a longer one is ignored
constexpr int kVersionMax = 140;               // the newest shape of resources known here

enum class Method : unsigned char { get, post, put, remove };

/// One line of the capability document.
struct Resource {
  int version = 0;    // 110 for ver110
  std::string name;   // what follows the version in the path: "shooting/control/shutterbutton"
  std::string path;   // to be requested as it is
  bool get = false;
  bool post = false;
  bool put = false;
  bool remove = false;

  bool allows(Method method) const;
};

/// What a body can do. Past kResourcesMax resources the rest is ignored.
struct Capabilities {
  std::vector<Resource> resources;

  /// The resource of that name in the highest version understood that takes `method`; nothing when the body has none.
  const Resource* find(std::string_view name, Method method) const;
};

/// Nothing when it is no capability document: not JSON, no verNNN member, or not one usable resource.
std::optional<Capabilities> parse_capabilities(std::string_view body);

/// manufacturer, model, serial, firmware and mac; nothing without a product name.
std::optional<hal::CameraInfo> parse_device_information(std::string_view body);

/// The level word of devicestatus/battery: "full", "half", ...
std::optional<std::string> parse_battery(std::string_view body);

/// The status word of devicestatus/temperature: "normal", "warning", ...
std::optional<std::string> parse_temperature(std::string_view body);

/// How many pictures the card still takes, from shooting/information/recordable.
std::optional<std::int64_t> parse_recordable(std::string_view body);

/// One card, from devicestatus/storage.
struct StorageInfo {
  std::string path;   // of its contents
  hal::CameraCard card;
};
/// An empty list is a camera without a card.
std::optional<std::vector<StorageInfo>> parse_storage(std::string_view body);

/// The path of devicestatus/currentdirectory.
std::optional<std::string> parse_directory(std::string_view body);

/// A list of content paths: storages, folders or files.
std::optional<std::vector<std::string>> parse_contents(std::string_view body);

/// How a folder is paged (`kind=number`).
struct ContentsNumber {
  std::int64_t contents = 0;
  std::int64_t pages = 0;
};
std::optional<ContentsNumber> parse_contents_number(std::string_view body);

/// Also what has no meaning to us; up to kJsonMax.
bool is_json(std::string_view body);

/// The camera's own sentence in an error body, without control characters, at most 200 bytes; empty when there is none.
std::string parse_error_message(std::string_view body);

/// What an answer that is not 2xx means to the caller, by the classes of hal/camera.h.
hal::Error error_of(int status, std::string_view body);

/// An exposure time: "1/125", `30"` (30 s), `1"3` (1.3 s), `0"5`; nothing for "bulb" and all else. At most one hour.
std::optional<hal::Duration> parse_tv(std::string_view text);

/// The path of a content address: "http://host:port/a/b" gives "/a/b", "/a/b" itself; nothing for what cannot be
/// put on a request line (not starting with '/', control characters, blanks, longer than kPathMax).
std::optional<std::string> parse_path(std::string_view address);

}   // namespace nightjar::canon
