using Switchboard.Core.Notifications;

namespace Switchboard.Core.Jobs;

/// <summary>Makes any error one that travels with its job and that Postgres takes.</summary>
internal static class JobErrorText
{
    /// <summary>An error longer than this is cut: all errors of a job travel in one header of its message.</summary>
    public const int MaxLength = 1000;

    public static string From(string error) =>
        StorableText.From(error.Length <= MaxLength ? error : error[..(MaxLength - 1)] + "…");
}
