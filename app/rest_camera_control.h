#pragma once
#include "app/camera_control.h"
#include "app/web.h"

namespace nightjar::app {

/// /api/camera/settings, battery, storage and liveview. `control` outlives the server.
void add_camera_control_routes(Web& web, CameraControl& control);

}  // namespace nightjar::app
