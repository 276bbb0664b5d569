#pragma once
#include <functional>

#include "app/camera_finder.h"
#include "app/messages/server_message.h"
#include "app/web.h"

namespace nightjar::app {

/// What REST asks of the camera and of those who look for cameras; each answers once.
struct CameraDesk {
  using Answer = std::function<void(const hal::Result<void>&)>;
  std::function<void(Answer)> take_photo;
  std::function<void(const ConnectToIp&, Answer)> connect;
  std::function<hal::Result<void>(const std::string& uuid)> forget;
  std::function<StatusView()> view;
};

/// Photo, status, and the registry of cameras, by REST. `finder` and what the desk touches outlive `web`.
void add_camera_routes(Web& web, CameraFinder& finder, CameraDesk desk);

}  // namespace nightjar::app
