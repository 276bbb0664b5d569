// The descriptions a tool reads (openapi.json, asyncapi.json) hold what the program has, all of it, and nothing else.
#include <algorithm>
#include <set>

#include "app/messages/client_message.h"
#include "app/nightjar.h"
#include "tests/scenarios/field.h"

namespace nightjar::scenarios {
namespace {

using testing::IsEmpty;

struct Described : Field {
  static json file(const std::string& name) {
    std::ifstream in{std::string{NIGHTJAR_API "/"} + name};
    return json::parse(in);
  }
  /// Those of `a` that `b` has not, one a line.
  static std::vector<std::string> missing(const std::set<std::string>& a, const std::set<std::string>& b) {
    std::vector<std::string> out;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
    return out;
  }
};

TEST_F(Described, EveryRouteOfTheProgramIsInOpenApiAndTheOtherWayRound) {
  boot(false);
  const auto routes = program.nightjar().routes();
  const std::set<std::string> served{routes.begin(), routes.end()};
  std::set<std::string> described;
  const auto openapi = file("openapi.json");
  for (const auto& [path, methods] : openapi.at("paths").items())
    for (const auto& [method, operation] : methods.items()) {
      if (method == "parameters") continue;
      auto name = method;
      for (auto& c : name) c = static_cast<char>(c - 'a' + 'A');
      described.insert(name + " " + path);
      EXPECT_TRUE(operation.contains("summary")) << name << " " << path << " has no summary";
    }
  EXPECT_THAT(missing(served, described), IsEmpty()) << "routes of the program that app/page/public/api/openapi.json does not describe";
  EXPECT_THAT(missing(described, served), IsEmpty()) << "operations in app/page/public/api/openapi.json that the program does not have";
}

TEST_F(Described, EveryMessageAClientMaySayIsInAsyncApiAndTheOtherWayRound) {
  const auto types = app::client_message_types();
  const std::set<std::string> taken{types.begin(), types.end()};
  std::set<std::string> described;
  const auto asyncapi = file("asyncapi.json");
  for (const auto& [name, message] : asyncapi.at("channels").at("said").at("messages").items()) described.insert(name);
  EXPECT_THAT(missing(taken, described), IsEmpty()) << "messages the program takes that app/page/public/api/asyncapi.json does not describe";
  EXPECT_THAT(missing(described, taken), IsEmpty()) << "messages in app/page/public/api/asyncapi.json that the program does not take";
}

}  // namespace
}  // namespace nightjar::scenarios
