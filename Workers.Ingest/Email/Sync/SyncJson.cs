using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Workers.Ingest.Email.Sync;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SyncCursors))]
internal sealed partial class SyncJson : JsonSerializerContext;
