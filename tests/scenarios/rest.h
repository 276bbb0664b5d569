#pragma once
// A program in the world that speaks REST to the device.
#include "drivers/net/http_client.h"
#include "tests/scenarios/field.h"

namespace nightjar::scenarios {

class Rest {
 public:
  Rest(sim::World& world, const hal::IpAddress& address, const hal::Endpoint& device)
      : world_(world), host_(world.add_host("rest", address)), clients_(host_.network(), host_.loop(), host_.random()), client_(clients_.client({false, device, {}, {}, {}})) {}

  struct Answer {
    int status = 0;
    json body;
  };
  Answer ask(const std::string& method, const std::string& target, const json& body = nullptr) {
    std::optional<Answer> answer;
    hal::HttpRequest request{.method = method, .target = target, .headers = {}, .body = body.is_null() ? std::string{} : body.dump(), .remote = {}};
    const auto operation = client_->request(std::move(request), 120s, [&](const hal::Result<hal::HttpResponse>& response) {
      answer = response.ok() ? Answer{response.value().status, json::parse(response.value().body, nullptr, false)} : Answer{-1, response.error().text()};
    });
    world_.run_until([&] { return answer.has_value(); }, 130s);
    return answer.value_or(Answer{});
  }

 private:
  sim::World& world_;
  sim::Host& host_;
  net::HttpClients clients_;
  std::shared_ptr<hal::HttpClient> client_;
};

}  // namespace nightjar::scenarios
