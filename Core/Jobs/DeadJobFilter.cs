namespace Switchboard.Core.Jobs;

/// <summary>Which dead jobs; each part that is null matches all.</summary>
/// <param name="Type">Of this type.</param>
/// <param name="Since">Dead at this time or later.</param>
/// <param name="Until">Dead before this time.</param>
/// <param name="ErrorContains">With this in the last error, whatever the case.</param>
public sealed record DeadJobFilter(
    string? Type = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null,
    string? ErrorContains = null);
