using System.Text.Json.Serialization;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TwilioReply))]
internal sealed partial class TwilioJson : JsonSerializerContext;
