using System.Text.Json.Serialization;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>A part of the list.</summary>
/// <param name="Items">The mails.</param>
/// <param name="NextCursor">What to ask for as <c>cursor</c> to get the next part; null when there is none.</param>
/// <param name="Page">Which page this is, if a page was asked for.</param>
/// <param name="Total">How many mails the list has; counted up to 10,000.</param>
/// <param name="TotalIsExact">Whether it has exactly so many, or more.</param>
internal sealed record TrackedEmailPage(
    IReadOnlyList<TrackedEmailResponse> Items,
    string? NextCursor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Page,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Total,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? TotalIsExact);
