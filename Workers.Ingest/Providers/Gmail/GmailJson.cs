using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

// a mail within a mail within a mail: two levels of JSON for each
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    MaxDepth = 512,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(GmailProfile))]
[JsonSerializable(typeof(GmailWatch))]
[JsonSerializable(typeof(GmailWatchRequest))]
[JsonSerializable(typeof(GmailHistoryPage))]
[JsonSerializable(typeof(GmailMessagePage))]
[JsonSerializable(typeof(GmailMessage))]
[JsonSerializable(typeof(GmailThread))]
[JsonSerializable(typeof(GmailToken))]
internal sealed partial class GmailJson : JsonSerializerContext;
