using System.ComponentModel.DataAnnotations;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>Section <c>TrackingViews</c>: how often the materialised views of tracked mail are made anew.</summary>
internal sealed class ViewOptions
{
    public const string Section = "TrackingViews";

    /// <summary>After so many minutes at the latest.</summary>
    [Range(1, 10)]
    public int RefreshMinutes { get; set; } = 10;

    /// <summary>How often it is looked whether it is time, in seconds.</summary>
    [Range(5, 60)]
    public int CheckSeconds { get; set; } = 20;

    /// <summary>After so many hours of accounts changed, as by a full sync, they are made sooner: all those are read from the tables.</summary>
    [Range(1, 1_000_000)]
    public int ManyChanges { get; set; } = 2_000;

    /// <summary>For how many megabytes a refresh may sort in memory.</summary>
    [Range(4, 4_096)]
    public int WorkMemoryMegabytes { get; set; } = 256;

    /// <summary>After so many seconds a refresh is ended; the changes stay noted.</summary>
    [Range(10, 600)]
    public int TimeoutSeconds { get; set; } = 300;
}
