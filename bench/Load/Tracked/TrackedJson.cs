using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Load.Tracked;

/// <summary>What goes over the wire.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SyncBody))]
[JsonSerializable(typeof(ViewsState))]
[JsonSerializable(typeof(TrackedReport))]
internal sealed partial class TrackedJson : JsonSerializerContext;

internal sealed record SyncBody(Guid AccountId, DateTimeOffset Since);

/// <summary>What an answer of the analytics says of the materialised views.</summary>
internal sealed record ViewsState(DateTimeOffset? ViewsRefreshedAt);
