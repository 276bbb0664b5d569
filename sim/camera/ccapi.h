#pragma once
// The resources of CCAPI: one table, from which both the capability document and the answers come. Internal to sim/camera.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/camera/body.h"

namespace nightjar::sim::camera {

/// One request for one resource.
struct Call {
  const hal::HttpRequest& request;
  std::string_view inside;   // below a resource that has files below it
  AnswerPtr answer;
  Json body;   // discarded when there is none or it is not JSON
};

class Ccapi {
 public:
  explicit Ccapi(Body& body);
  /// A request below /ccapi, faults and authentication behind it.
  void handle(const hal::HttpRequest& request, AnswerPtr answer);

 private:
  using Handler = std::function<void(const Call&)>;
  struct Resource {
    int version = 100;
    std::string name;
    Handler get{};
    Handler post{};
    Handler put{};
    Handler remove{};
    bool has_files = false;
    std::string path{};   // "/ccapi/ver100/deviceinformation"; add() makes it
  };

  void add(Resource resource);
  void add_status();
  void add_functions();
  void add_shutter();
  void add_settings(int version);
  void add_live_view();
  void add_events();
  void add_contents();
  Json document() const;
  const Resource* find(std::string_view path, std::string_view& inside) const;

  void put_setting(const std::string& name, const Call& call);
  void start_live_view(const Call& call);
  void live_view_frame(const Call& call);

  void contents(const Call& call);
  void folder(const std::string& folder, const Call& call);
  void file(const std::string& file, const Call& call);
  void remove_file(const Call& call);

  Body& body_;
  std::vector<Resource> resources_;
};

/// The value of `name` in a query; empty when it is not there.
std::string_view query_value(std::string_view query, std::string_view name);

}   // namespace nightjar::sim::camera
