#include "app/messages/client_message.h"

#include <gmock/gmock.h>

namespace nightjar::app {
namespace {

using namespace std::chrono_literals;

template <class T>
T taken(std::string_view text) {
  const auto parsed = parse_client_message(text);
  const auto* message = std::get_if<ClientMessage>(&parsed);
  if (message == nullptr || !std::holds_alternative<T>(*message)) {
    ADD_FAILURE() << text << " is not taken for what it is: " << (message == nullptr ? std::get<BadRequest>(parsed).message : "another message");
    return {};
  }
  return std::get<T>(*message);
}

BadRequest refused(std::string_view text) {
  const auto parsed = parse_client_message(text);
  if (const auto* bad = std::get_if<BadRequest>(&parsed)) return *bad;
  ADD_FAILURE() << text << " is taken";
  return {};
}

std::string start(std::string_view fields) { return R"({"type":"start_intervalometer_with_title","data":{)" + std::string{fields} + "}}"; }

TEST(ClientMessage, OfTheSeedIsTakenToTheLetter) {
  const auto wish = taken<StartIntervalometer>(R"({"type": "start_intervalometer_with_title", "data": {"interval": 30, "shots": 100, "title": "Night Sky"}})");
  EXPECT_EQ(wish.request.interval, 30s);
  EXPECT_EQ(wish.request.shots, 100u);
  EXPECT_EQ(wish.request.title, "Night Sky");
  EXPECT_EQ(wish.request.stop_condition, "stop-after");
  taken<StopIntervalometer>(R"({"type": "stop_intervalometer", "data": {}})");
  EXPECT_EQ(taken<SaveSession>(R"({"type": "save_session_as_report", "data": {"sessionId": "abc", "title": "Updated Title"}})").title, "Updated Title");
  EXPECT_EQ(taken<DiscardSession>(R"({"type": "discard_session", "data": {"sessionId": "abc"}})").session_id, "abc");
  const auto where = taken<ConnectToIp>(R"({"type": "connect_to_ip", "data": {"ip": "192.168.4.2", "port": "443"}})");
  EXPECT_EQ(where.endpoint.text(), "192.168.4.2:443");
  EXPECT_TRUE(where.tls);
}

TEST(ClientMessage, WithoutDataIsTaken) {
  taken<GetStatus>(R"({"type":"get_status"})");
  taken<Ping>(R"({"type":"ping","data":null})");
  taken<TakePhoto>(R"({"type":"take_photo","data":{},"more":1})");
}

TEST(ClientMessage, AboutTheCourseOfASession) {
  taken<PauseIntervalometer>(R"({"type":"pause_intervalometer"})");
  taken<ResumeIntervalometer>(R"({"type":"resume_intervalometer"})");
  EXPECT_EQ(taken<StartIntervalometer>(start(R"("interval":5,"late":"shift")")).requested(fsm::Late::burst).late, fsm::Late::shift);
  EXPECT_EQ(taken<StartIntervalometer>(start(R"("interval":5)")).requested(fsm::Late::burst).late, fsm::Late::burst);
  EXPECT_EQ(refused(start(R"("interval":5,"late":"never")")).code, "INVALID_PARAMETER");
  EXPECT_EQ(refused(start(R"("interval":5,"late":7)")).code, "INVALID_PARAMETER");
  const auto update = [](std::string_view fields) { return R"({"type":"update_intervalometer","data":{)" + std::string{fields} + "}}"; };
  const auto faster = taken<UpdateIntervalometer>(update(R"("interval":2.5)")).change;
  EXPECT_EQ(faster.interval, 2500ms);
  EXPECT_FALSE(faster.end);
  const auto shorter = taken<UpdateIntervalometer>(update(R"("shots":7)")).change;
  EXPECT_FALSE(shorter.interval);
  EXPECT_EQ(shorter.end->shots, 7u);
  EXPECT_EQ(taken<UpdateIntervalometer>(update(R"("stopTime":"06:30")")).change.end->stop_at, 6h + 30min);
  EXPECT_EQ(taken<UpdateIntervalometer>(update(R"("stopCondition":"unlimited")")).change.end->stop_condition, "unlimited");
  for (const auto* wrong : {"", R"("interval":0)", R"("interval":"5")", R"("shots":0)", R"("stopTime":"25:00")", R"("stopCondition":"stop-after")", R"("interval":null)"})
    EXPECT_EQ(refused(update(wrong)).code, "INVALID_PARAMETER") << wrong;
}

TEST(ClientMessage, AboutReports) {
  taken<GetUnsavedSession>(R"({"type":"get_unsaved_session"})");
  EXPECT_EQ(taken<GetReports>(R"({"type":"get_timelapse_reports"})").limit, 100u);
  EXPECT_EQ(taken<GetReports>(R"({"type":"get_timelapse_reports","data":{"offset":20,"limit":5}})").offset, 20u);
  for (const auto* data : {R"({"limit":0})", R"({"limit":501})", R"({"offset":-1})", R"({"offset":"1"})", R"({"limit":1.5})"})
    EXPECT_FALSE(refused(std::string{R"({"type":"get_timelapse_reports","data":)"} + data + "}").malformed) << data;
  for (const auto* key : {"id", "reportId", "sessionId"}) {
    EXPECT_EQ(taken<GetReport>(std::string{R"({"type":"get_timelapse_report","data":{")"} + key + R"(":"report-1"}})").id, "report-1");
    EXPECT_EQ(taken<RenameReport>(std::string{R"({"type":"update_report_title","data":{"title":"Da\u0000wn",")"} + key + R"(":"report-1"}})").title, "Dawn");
  }
  EXPECT_EQ(taken<DeleteReport>(R"({"type":"delete_timelapse_report","data":{"id":"report-1"}})").id, "report-1");
  EXPECT_EQ(refused(R"({"type":"update_report_title","data":{"id":"report-1"}})").message, "Report ID and title are required");
  EXPECT_EQ(refused(R"({"type":"update_report_title","data":{"id":"report-1","title":"\u0001"}})").message, "Report ID and title are required");
  EXPECT_EQ(refused(R"({"type":"delete_timelapse_report"})").message, "Report ID is required");
}

TEST(ClientMessage, OverRestIsTheDataAloneWithWhatStandsInThePath) {
  const auto rest = [](std::string_view type, std::string_view data, const PathValue& in_path = {}) { return parse_client_data(type, data, in_path); };
  const auto renamed = rest("update_report_title", R"({"title":"Dawn","id":"another"})", {"id", "report-1"});
  EXPECT_EQ(std::get<RenameReport>(std::get<ClientMessage>(renamed)).id, "report-1");   // the path counts
  EXPECT_TRUE(std::holds_alternative<ClientMessage>(rest("discard_session", "", {"sessionId", "abc"})));
  for (const auto* body : {"[]", "7", "{", "{\"a\":"}) EXPECT_EQ(std::get<BadRequest>(rest("ping", body)).code, "INVALID_MESSAGE") << body;
  EXPECT_EQ(std::get<BadRequest>(rest("ping", std::string(100, '['))).details, "nested too deeply");
}

TEST(ClientMessage, AboutCameras) {
  taken<GetCameras>(R"({"type":"get_cameras"})");
  taken<DiscoverCameras>(R"({"type":"discover_cameras"})");
  EXPECT_EQ(taken<SetPrimaryCamera>(R"({"type":"set_primary_camera","data":{"uuid":"a-1"}})").uuid, "a-1");
  EXPECT_EQ(taken<ForgetCamera>(R"({"type":"forget_camera","data":{"uuid":"a-1"}})").uuid, "a-1");
  const auto renamed = taken<RenameCamera>(R"({"type":"rename_camera","data":{"uuid":"a-1","name":"North\u0007 ridge"}})");
  EXPECT_EQ(renamed.name, "North ridge");
  EXPECT_EQ(taken<RenameCamera>(R"({"type":"rename_camera","data":{"uuid":"a","name":")" + std::string(300, 'x') + "\"}}").name.size(), kCameraNameMax);
  EXPECT_EQ(refused(R"({"type":"rename_camera","data":{"uuid":"a-1"}})").message, "name is required");
  for (const auto* data : {"{}", R"({"uuid":7})", R"({"uuid":""})"}) {
    const auto bad = refused(std::string{R"({"type":"set_primary_camera","data":)"} + data + "}");
    EXPECT_EQ(bad.message, "uuid is required");
    EXPECT_FALSE(bad.malformed);
  }
}

TEST(ClientMessage, StopConditions) {
  EXPECT_EQ(taken<StartIntervalometer>(start(R"("interval":1)")).request.shots, 0u);
  EXPECT_EQ(taken<StartIntervalometer>(start(R"("interval":1,"stopCondition":"unlimited","shots":5)")).request.shots, 0u);
  const auto until = taken<StartIntervalometer>(start(R"("interval":0.5e1,"stopTime":"05:30")"));
  EXPECT_EQ(until.stop_at, 5h + 30min);
  EXPECT_EQ(until.request.interval, 5s);
  EXPECT_EQ(until.request.stop_condition, "stop-at");
}

TEST(ClientMessage, ValuesAreHeldToTheirLimits) {
  taken<StartIntervalometer>(start(R"("interval":1,"shots":1)"));
  taken<StartIntervalometer>(start(R"("interval":86400,"shots":100000)"));
  for (const auto* fields :
       {R"("interval":0.999)", R"("interval":86400.1)", R"("interval":-5)", R"("interval":"5")", R"("shots":5)", R"("interval":1e400)", R"("interval":null)",
        R"("interval":5,"shots":0)", R"("interval":5,"shots":100001)", R"("interval":5,"shots":1.5)", R"("interval":5,"shots":"7")",
        R"("interval":5,"stopCondition":"stop-after")", R"("interval":5,"stopCondition":"stop-at")", R"("interval":5,"stopCondition":"never")",
        R"("interval":5,"stopCondition":7)", R"("interval":5,"stopTime":"24:00")", R"("interval":5,"stopTime":"5:30")", R"("interval":5,"stopTime":"05:60")",
        R"("interval":5,"stopTime":"0a:10")"}) {
    const auto text = start(fields);
    const auto parsed = parse_client_message(text);
    ASSERT_TRUE(std::holds_alternative<BadRequest>(parsed)) << text;
    EXPECT_TRUE(std::get<BadRequest>(parsed).code == "INVALID_PARAMETER" || std::get<BadRequest>(parsed).malformed) << text;
  }
}

TEST(ClientMessage, AWrongValueIsNotRubbish) {
  const auto bad = refused(start(R"("interval":0)"));
  EXPECT_FALSE(bad.malformed);
  EXPECT_EQ(bad.code, "INVALID_PARAMETER");
  EXPECT_EQ(bad.operation, "start_intervalometer_with_title");
}

TEST(ClientMessage, RubbishIsRefusedWithTheSeedsSentence) {
  for (const auto* text : {"", "{", "null", "[]", "7", "\"ping\"", "{}", R"({"type":7})", R"({"type":"ping","data":[]})", R"({"type":"invalid_type"})",
                           R"({"type":"ping"} x)", "\xff\xfe", R"({"type":"\ud800"})", R"({"type":"ping","data":"x"})"}) {
    const auto bad = refused(text);
    EXPECT_TRUE(bad.malformed) << text;
    EXPECT_EQ(bad.message, "Invalid message format") << text;
    EXPECT_FALSE(bad.details.empty()) << text;
  }
}

TEST(ClientMessage, DeepNestingCostsNothing) {
  EXPECT_EQ(refused(std::string(1'000'000, '[')).details, "nested too deeply");
  EXPECT_EQ(refused(R"({"type":"ping","data":)" + std::string(20, '[') + std::string(20, ']') + "}").details, "nested too deeply");
  taken<StartIntervalometer>(start(R"("interval":5,"title":"[[[[[[[[[[[[[[[[[[[[[[ \" [[[[[[[[")"));
}

TEST(ClientMessage, ATitleIsCutBetweenCharactersAndHasNoControls) {
  std::string title;
  for (int i = 0; i < 150; ++i) title += "\xc3\xa4";
  EXPECT_EQ(taken<StartIntervalometer>(start(R"("interval":5,"title":")" + title + "\"")).request.title.size(), 200u);
  EXPECT_EQ(taken<StartIntervalometer>(start(R"("interval":5,"title":"a)" + title + "\"")).request.title.size(), 199u);
  EXPECT_EQ(taken<StartIntervalometer>(start(R"("interval":5,"title":"a\u0000\nb")")).request.title, "ab");
}

TEST(ClientMessage, AnAddressIsAnAddress) {
  for (const auto* fields : {R"("ip":"localhost")", R"("ip":"1.2.3")", R"("ip":"0.0.0.0")", R"("ip":"239.1.2.3")", R"("port":443)", R"("ip":"1.2.3.4","port":0)",
                             R"("ip":"1.2.3.4","port":"65536")", R"("ip":"1.2.3.4","port":"44x")", R"("ip":"1.2.3.4","port":"")", R"("ip":"1.2.3.4","port":-1)"}) {
    EXPECT_EQ(refused(R"({"type":"connect_to_ip","data":{)" + std::string{fields} + "}}").code, "INVALID_PARAMETER") << fields;
  }
  EXPECT_FALSE(taken<ConnectToIp>(R"({"type":"connect_to_ip","data":{"ip":"1.2.3.4","port":8080}})").tls);
  EXPECT_EQ(taken<ConnectToIp>(R"({"type":"connect_to_ip","data":{"ip":"1.2.3.4"}})").endpoint.port, 443);
  EXPECT_TRUE(taken<ConnectToIp>(R"({"type":"connect_to_ip","data":{"ip":"1.2.3.4","port":8080,"https":true}})").tls);
}

TEST(ClientMessage, ASettingHasANameAndAValueThatAreKeptAsJson) {
  const auto set = [](const std::string& fields) { return R"({"type":"set_camera_setting","data":{)" + fields + "}}"; };
  EXPECT_EQ(taken<SetCameraSetting>(set(R"("setting":"tv","value":"30\"")")).value, R"("30\"")");
  EXPECT_EQ(taken<SetCameraSetting>(set(R"("setting":"colortemperature","value":0)")).value, "0");
  EXPECT_EQ(taken<SetCameraSetting>(set(R"("setting":"wbshift","value":{"ba":-3,"mg":2})")).value, R"({"ba":-3,"mg":2})");
  for (const auto& fields : {std::string{R"("setting":"tv")"}, std::string{R"("value":1)"}, std::string{R"("setting":"","value":1)"}, std::string{R"("setting":"tv","value":null)"},
                             std::string{R"("setting":"tv","value":[1])"}, std::string{R"("setting":"tv","value":{"a":[1]})"},
                             R"("setting":")" + std::string(65, 'x') + R"(","value":1)", R"("setting":"tv","value":")" + std::string(600, 'x') + "\""})
    EXPECT_EQ(refused(set(fields)).code, "INVALID_PARAMETER") << fields;
  EXPECT_EQ(parse_setting_value(R"({"value":false})"), "false");
  for (const auto* body : {"", "{", "{}", "[]", R"({"value":null})"}) EXPECT_FALSE(parse_setting_value(body)) << body;
}

TEST(ClientMessage, ABulbExposureHasALength) {
  const auto bulb = [](const std::string& fields) { return R"({"type":"set_bulb","data":{)" + fields + "}}"; };
  EXPECT_EQ(taken<SetBulb>(bulb(R"("seconds":45.5)")).exposure, std::chrono::milliseconds{45'500});
  EXPECT_EQ(taken<SetBulb>(bulb(R"("seconds":0)")).exposure, hal::Duration{0});
  for (const auto* fields : {"", R"("seconds":-1)", R"("seconds":61)", R"("seconds":"45")"}) EXPECT_EQ(refused(bulb(fields)).code, "INVALID_PARAMETER") << fields;
}

TEST(ClientMessage, ASessionIsNamed) {
  for (const auto* fields : {R"("x":1)", R"("sessionId":"")", R"("sessionId":7)"}) {
    refused(R"({"type":"save_session_as_report","data":{)" + std::string{fields} + "}}");
    refused(R"({"type":"discard_session","data":{)" + std::string{fields} + "}}");
  }
  refused(R"({"type":"discard_session","data":{"sessionId":")" + std::string(65, 'a') + "\"}}");
}

/// One of the messages about something.
template <class T, class Family>
T of_family(std::string_view text) {
  const auto message = taken<Family>(text);
  if (!std::holds_alternative<T>(message)) {
    ADD_FAILURE() << text << " is another message";
    return {};
  }
  return std::get<T>(message);
}

TEST(ClientMessage, AboutTheTimeAsInTheSeedAndAsTheExistingPageSendsIt) {
  const hal::WallTime time{std::chrono::milliseconds{1'640'995'201'500}};
  const auto seed = of_family<TimeSyncResponse, TimeMessage>(R"({"type": "time-sync-response", "data": {"clientTime": 1640995201500, "serverTime": 1640995200000, "requestId": "7"}})");
  EXPECT_EQ(seed.client_time, time);
  EXPECT_EQ(seed.request, 7u);
  const auto page = of_family<TimeSyncResponse, TimeMessage>(R"({"type":"time-sync-response","data":{"clientTime":"2022-01-01T00:00:01.500Z","timezone":"Europe/Berlin"}})");
  EXPECT_EQ(page.client_time, time);
  EXPECT_FALSE(page.request);
  for (const auto* odd : {R"("x")", R"("")", "-1", "1.5", "[]", "99999999999", R"("7 ")"})
    EXPECT_EQ((of_family<TimeSyncResponse, TimeMessage>(std::string{R"({"type":"time-sync-response","data":{"clientTime":1640995201500,"requestId":)"} + odd + "}}").request), 0u) << odd << ": a request nobody made";
  const auto gps = of_family<GpsResponse, TimeMessage>(R"({"type": "gps-response", "data": {"timestamp": 1640995201500, "accuracy": "high", "source": "gps"}})");
  EXPECT_EQ(gps.time, time);
  EXPECT_TRUE(gps.accurate);
  EXPECT_FALSE((of_family<GpsResponse, TimeMessage>(R"({"type":"gps-response","data":{"timestamp":1640995201500,"accuracy":12.5}})").accurate));
  of_family<ManualCameraSync, TimeMessage>(R"({"type": "manual_camera_sync", "data": {}})");
  EXPECT_FALSE(refused(R"({"type":"gps-response","data":{"accuracy":"high"}})").malformed) << "a wrong value, no rubbish";
}

TEST(ClientMessage, AboutTheNetworkIsTakenLiterally) {
  const auto join = of_family<NetworkConnect, NetworkMessage>(R"x({"type": "network_connect", "data": {"ssid": "$(reboot)", "password": "a\"b'c\\d;$(x)"}})x");
  EXPECT_EQ(join.ssid, "$(reboot)");
  EXPECT_EQ(join.password, R"x(a"b'c\d;$(x))x");
  EXPECT_TRUE((of_family<NetworkScan, NetworkMessage>(R"({"type": "network_scan", "data": {"refresh": true}})").refresh));
  EXPECT_FALSE((of_family<NetworkScan, NetworkMessage>(R"({"type": "network_scan"})").refresh));
  EXPECT_EQ((of_family<StartAccessPoint, NetworkMessage>(R"({"type":"access_point_start","data":{"ssid":"n","passphrase":"12345678","channel":11}})").options.channel), 11);
  const auto bad = refused(R"({"type":"network_connect","data":{"ssid":"home","password":"hunter2"}})");
  EXPECT_EQ((bad.message + bad.details).find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace nightjar::app
