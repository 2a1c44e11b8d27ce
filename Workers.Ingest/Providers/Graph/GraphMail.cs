using System.Text.Json.Serialization;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>A mail of a page, or what is known of one that could not be read: it keeps no other from being read.</summary>
/// <param name="Message">The mail; null if it could not be read.</param>
/// <param name="Id">Its id, as far as it is known.</param>
/// <param name="Problem">Why it could not be read.</param>
[JsonConverter(typeof(GraphMailConverter))]
internal sealed record GraphMail(GraphMessage? Message, string? Id, string? Problem = null);

/// <summary>The body of an answer of a batch; one that is not what it should be keeps no other from being read.</summary>
/// <param name="Content">What it says; null if it could not be read.</param>
/// <param name="Problem">Why it could not be read.</param>
[JsonConverter(typeof(GraphBodyConverter))]
internal sealed record GraphBody(GraphContent? Content, string? Problem = null);
